"""People who are only posted to: known by name and address, added many at a time."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from portal.audit.models import Entry
from programs import address_book, merging, recipient_search
from programs.addresses.fields import Address
from programs.models import PostalAddress, Recipient
from programs.sheets import people, residents
from programs.sheets.people import Person
from tests import factories
from tests.programs.sheets.test_at_once import at_once

pytestmark = pytest.mark.django_db
HOME = Address(
    country="US",
    name="Rosa Example",
    line1="476 5th Ave",
    city="New York",
    state="NY",
    postal_code="10018",
)
ROSA = Person("Rosa Example", "", "", HOME)


def at(number, name="Rosa Example", **contacts):
    home = replace(HOME, line1=f"{number} 5th Ave", name=name)
    found = {"email": "", "phone": "", **contacts}
    return Person(name, found["email"], found["phone"], home)


def take_in(program, actor, *rows):
    with transaction.atomic():
        return people.take_in(program, list(rows), actor)


def test_somebody_without_a_contact_is_added_with_the_address(program, manager):
    (pk,) = take_in(program, manager, ROSA)

    rosa = Recipient.objects.get(pk=pk)
    assert (rosa.name, rosa.email, rosa.phone) == ("Rosa Example", None, None)
    assert rosa.is_by_post_only
    assert rosa.search_text == recipient_search.indexed("Rosa Example", None, None)
    assert list(rosa.programs.all()) == [program]
    assert address_book.read(rosa.addresses.get(), name=rosa.name) == HOME


def test_the_same_name_at_the_same_address_is_the_same_person(program, manager):
    spelt = replace(HOME, name="ROSA EXAMPLE", line1="476 5TH AVE")

    first = take_in(program, manager, ROSA, Person("Rosa  Example", "", "", spelt))
    again = take_in(program, manager, ROSA)

    assert {*first, *again} == {first[0]}
    assert PostalAddress.objects.count() == 1
    assert address_book.resident(program, HOME) == Recipient.objects.get()


def test_others_at_the_address_and_namesakes_elsewhere_are_others(program, manager):
    ids = take_in(program, manager, ROSA, at(476, "Otto Example"), at(8))

    assert len(set(ids)) == 3
    assert Recipient.objects.count() == 3


def test_somebody_on_record_is_known_by_an_address_of_theirs(program, manager):
    rosa = factories.make_recipient("rosa example", program, email="rosa@example.com")
    address_book.remember_many([address_book.Used(rosa.pk, HOME)])

    assert take_in(program, manager, ROSA) == [rosa.pk]
    rosa.refresh_from_db()
    assert not rosa.is_by_post_only


def test_whom_another_program_knows_is_somebody_new(program, manager):
    other = factories.make_program("Autumn")
    rosa = factories.make_recipient("Rosa Example", other, email="rosa@example.com")
    address_book.remember_many([address_book.Used(rosa.pk, HOME)])

    (pk,) = take_in(program, manager, ROSA)

    new = Recipient.objects.get(pk=pk)
    assert (new.email, new.is_by_post_only) == (None, True)
    assert list(rosa.programs.all()) == [other]
    assert take_in(program, manager, ROSA) == [pk]
    assert address_book.resident(program, HOME) == new
    assert address_book.resident(other, HOME) == rosa


def test_a_merged_record_is_met_as_the_one_that_lives(program, manager):
    living = factories.make_recipient("Rosa Example", program, email="r@example.com")
    (pk,) = take_in(program, manager, at(8))
    twin = Recipient.objects.get(pk=pk)
    merging.merge(living, twin, take=merging.Take(), actor=manager)

    assert take_in(program, manager, at(8)) == [living.pk]


def test_an_address_beside_a_contact_is_kept_with_its_person(program, manager):
    dana = factories.make_recipient("Dana Bell", program, email="dana@example.com")
    known = at(476, "DANA BELL", email="dana@example.com")
    new = at(8, "Eli Fox", email="eli@example.com")

    first, second = take_in(program, manager, known, new)

    assert first == dana.pk
    assert dana.addresses.get().line1 == "476 5th Ave"
    eli = Recipient.objects.get(pk=second)
    assert (eli.email, eli.is_by_post_only) == ("eli@example.com", False)
    assert eli.addresses.get().line1 == "8 5th Ave"


@pytest.mark.parametrize("name", ["Bob Other", "Rosa Example \N{PARTY POPPER}"])
def test_an_address_is_not_kept_with_whoever_is_called_otherwise(
    program, manager, name
):
    known = factories.make_recipient(name, program, email="rosa@example.com")

    ids = take_in(program, manager, at(476, email="rosa@example.com"), at(8))

    assert ids[0] == known.pk
    assert not known.addresses.exists()
    assert PostalAddress.objects.get().recipient_id == ids[1]


def test_an_address_that_is_used_again_is_the_latest(program, manager):
    for day, number in enumerate((8, 9, 8), start=1):
        with time_machine.travel(datetime(2026, 11, day, tzinfo=UTC)):
            take_in(program, manager, at(number, email="r@example.com"))

    rosa = Recipient.objects.get()
    lines = [each.line1 for each in address_book.latest_first(rosa)]
    assert lines == ["8 5th Ave", "9 5th Ave"]


def test_what_nothing_can_be_posted_to_is_not_kept(program, manager):
    nowhere = Person("Rosa Example", "", "", replace(HOME, postal_code="?"))

    with pytest.raises(address_book.Refused):
        take_in(program, manager, ROSA, nowhere)

    assert not PostalAddress.objects.exists()


def test_an_address_in_doubt_is_kept_with_its_reason(program, manager):
    home = replace(HOME, line1="Rose Cottage")

    take_in(program, manager, Person("Rosa Example", "", "", home, "She said so."))

    assert PostalAddress.objects.get().reason == "She said so."


def test_the_journal_tells_of_no_single_address(program, manager):
    before = Entry.objects.count()
    take_in(program, manager, ROSA, at(8))

    assert Entry.objects.count() == before


def test_a_batch_takes_few_queries_whatever_it_holds(
    program, manager, django_assert_max_num_queries
):
    rows = [at(n, f"Person {n}") for n in range(300)]

    # SQLite takes 999 values in one statement, which are some 70 addresses.
    with django_assert_max_num_queries(16):
        take_in(program, manager, *rows)


def test_a_key_says_neither_name_nor_address():
    key = residents.resident(HOME).key

    assert len(key) == 32
    assert key == residents.resident(replace(HOME, name="rosa EXAMPLE")).key
    assert key != residents.resident(replace(HOME, name="Otto Example")).key


@pytest.mark.django_db(transaction=True)
def test_two_workers_add_the_same_residents_once(program, manager):
    everybody = [at(n, f"Person {n}") for n in range(60)]
    everybody += [at(n, f"P {n}", email=f"p{n}@example.com") for n in range(60)]

    def take(some):
        def act():
            with transaction.atomic():
                return people.take_in(program, some, manager)

        return act

    first, second = at_once(take(everybody), take(everybody[::-1]))

    assert first == second[::-1]
    assert Recipient.objects.count() == program.recipients.count() == 120
    assert PostalAddress.objects.count() == 120
