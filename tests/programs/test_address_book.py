"""A person's addresses: what is kept, what is refused, and what the journal says."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection

from portal.audit.models import Entry
from portal.outbox.models import Message
from programs import address_book, merging, recipients
from programs.addresses.fields import Address
from programs.merging import Take
from programs.models import PostalAddress, Recipient
from tests import factories

HALL = Address(
    country="US",
    line1="1 City Hall Square",
    line2="Room 500",
    city="Boston",
    state="MA",
    postal_code="02201",
)
MUSEUM = Address(
    country="US",
    line1="11 West 53rd Street",
    city="New York",
    state="NY",
    postal_code="10019-5497",
)
# In doubt, though the provider would take it.
NO_NUMBER = replace(MUSEUM, line1="Fifth Avenue")
SLIP = replace(MUSEUM, postal_code="100L9")
# Nothing arrives there, by all that is known; the provider would take it.
NOWHERE = replace(MUSEUM, state="CA")
# What the provider refuses, whatever anybody says.
OVER_LIMITS = {
    "no state": Address(
        country="DE", line1="Bodestraße 1-3", city="Berlin", postal_code="10178"
    ),
    "no country of this world": replace(HALL, country="ZZ"),
    "a state spelt out": replace(HALL, country="BR", state="Acre Province"),
    "a line too long": replace(HALL, line1=f"1 {'x' * 100}"),
    "what cannot be printed": replace(HALL, line1="1 City Hall 🎁"),
    "nothing": Address(country="US"),
}


@pytest.fixture
def dana(program, manager):
    return recipients.add(
        program, name="Dana Rivera", email="dana@example.com", phone=None, actor=manager
    )


@pytest.fixture
def twin(program, manager):
    return recipients.add(
        program, name="D. Rivera", email="d@example.org", phone=None, actor=manager
    )


@pytest.fixture
def hall(dana, manager):
    return address_book.add(dana, HALL, actor=manager)


def test_an_address_is_kept_in_its_normal_form(manager, dana):
    typed = replace(
        HALL, country="usa", line1="  1  City Hall Square, ", state="massachusetts"
    )

    added = address_book.add(dana, typed, actor=manager)

    assert address_book.read(added) == HALL
    assert (added.version, added.reason) == (1, "")


def test_the_journal_tells_that_and_not_where(manager, dana):
    stored = address_book.add(dana, NO_NUMBER, reason="Ask the porter", actor=manager)
    stored = address_book.change(stored, HALL, version=1, actor=manager)
    address_book.remove(stored, version=2, actor=manager)

    acts = list(Entry.objects.filter(action__startswith="address.").order_by("pk"))

    assert [(entry.action, entry.subject_id) for entry in acts] == [
        ("address.added", str(dana.pk)),
        ("address.changed", str(dana.pk)),
        ("address.removed", str(dana.pk)),
    ]
    changed = ["line1", "line2", "city", "state", "postal_code", "reason"]
    assert [entry.data for entry in acts] == [
        {"address": stored.pk, "reason_given": True},
        {"address": stored.pk, "fields": changed, "reason_given": False},
        {"address": stored.pk},
    ]
    assert not Message.objects.exists()


def test_nobody_s_address_is_in_a_repr_or_an_exception(manager, dana, hall):
    with pytest.raises(address_book.Taken) as taken:
        address_book.add(dana, HALL, actor=manager)
    with pytest.raises(address_book.Refused) as refused:
        address_book.add(dana, NOWHERE, actor=manager)

    said = f"{hall} {hall!r} {taken.value!r} {refused.value!r} {HALL!r}"
    assert not any(word in said for word in ("City", "Boston", "02201", "53rd"))


def test_the_same_address_in_another_spelling_is_kept_once(manager, dana, hall):
    typed = replace(HALL, line1="1 CITY HALL SQUARE", city="boston", country="America")

    with pytest.raises(address_book.Taken) as taken:
        address_book.add(dana, typed, actor=manager)

    assert taken.value.other == hall
    assert dana.addresses.count() == 1


def test_two_people_may_live_at_one_address(manager, twin, hall):
    added = address_book.add(twin, HALL, actor=manager)

    assert added.digest == hall.digest


@pytest.mark.parametrize("reason", ["", "They told me so"])
@pytest.mark.parametrize("name", sorted(OVER_LIMITS))
def test_what_the_provider_would_refuse_is_never_kept(name, reason, manager, dana):
    with pytest.raises(address_book.Refused):
        address_book.add(dana, OVER_LIMITS[name], reason=reason, actor=manager)

    assert not dana.addresses.exists()
    assert not Entry.objects.filter(action="address.added").exists()


@pytest.mark.parametrize("name", sorted(OVER_LIMITS))
def test_nothing_is_changed_into_what_the_provider_would_refuse(name, manager, hall):
    with pytest.raises(address_book.Refused):
        address_book.change(
            hall, OVER_LIMITS[name], version=1, reason="They moved", actor=manager
        )

    assert address_book.read(PostalAddress.objects.get()) == HALL


@pytest.mark.parametrize("address", [NO_NUMBER, SLIP, NOWHERE])
def test_what_is_in_doubt_is_kept_for_a_reason_alone(address, manager, dana):
    with pytest.raises(address_book.Refused):
        address_book.add(dana, address, actor=manager)

    kept = address_book.add(dana, address, reason="It is new", actor=manager)

    assert (address_book.read(kept), kept.reason) == (address, "It is new")


def test_a_reason_goes_with_the_doubt(manager, dana):
    kept = address_book.add(dana, NO_NUMBER, reason="Ask the porter", actor=manager)

    changed = address_book.change(
        kept, MUSEUM, version=1, reason="Ask the porter", actor=manager
    )

    assert changed.reason == ""


@pytest.mark.parametrize("address", [NOWHERE, NO_NUMBER])
def test_a_change_for_the_worse_is_refused(address, manager, hall):
    with pytest.raises(address_book.Refused):
        address_book.change(hall, address, version=1, actor=manager)

    hall.refresh_from_db()
    assert address_book.read(hall) == HALL


def test_a_change_that_changes_nothing_is_no_act(manager, hall):
    before = Entry.objects.count()

    same = address_book.change(hall, HALL, version=1, actor=manager)

    assert (same.version, Entry.objects.count()) == (1, before)


def test_another_spelling_of_the_same_address_is_a_change(manager, hall):
    changed = address_book.change(
        hall, replace(HALL, line1="1 CITY HALL SQUARE"), version=1, actor=manager
    )

    assert (changed.line1, changed.version) == ("1 CITY HALL SQUARE", 2)
    assert Entry.objects.latest("sequence").data["fields"] == ["line1"]


def test_a_change_into_one_that_is_there_already_is_refused(manager, dana, hall):
    museum = address_book.add(dana, MUSEUM, actor=manager)

    with pytest.raises(address_book.Taken) as taken:
        address_book.change(museum, HALL, version=1, actor=manager)

    assert taken.value.other == hall


def test_what_somebody_else_changed_is_neither_changed_nor_removed(manager, hall):
    address_book.change(hall, MUSEUM, version=1, actor=manager)

    with pytest.raises(recipients.Stale):
        address_book.change(hall, NO_NUMBER, version=1, reason="New", actor=manager)
    with pytest.raises(recipients.Stale):
        address_book.remove(hall, version=1, actor=manager)

    assert address_book.read(PostalAddress.objects.get()) == MUSEUM


def test_what_somebody_else_removed_stays_removed(manager, hall):
    address_book.remove(hall, version=1, actor=manager)

    with pytest.raises(recipients.Stale):
        address_book.change(hall, MUSEUM, version=1, actor=manager)
    with pytest.raises(recipients.Stale):
        address_book.remove(hall, version=1, actor=manager)

    assert not PostalAddress.objects.exists()


def test_the_latest_comes_first(manager, dana):
    added = {}
    for day, address in enumerate((HALL, MUSEUM, NO_NUMBER), start=1):
        with time_machine.travel(datetime(2026, 3, day, tzinfo=UTC), tick=False):
            added[address] = address_book.add(
                dana, address, reason="New", actor=manager
            )
    with time_machine.travel(datetime(2026, 3, 9, tzinfo=UTC), tick=False):
        address_book.change(
            added[HALL], replace(HALL, line2="Room 501"), version=1, actor=manager
        )

    found = [stored.pk for stored in address_book.latest_first(dana)]

    assert found == [added[each].pk for each in (HALL, NO_NUMBER, MUSEUM)]


def test_a_merge_carries_addresses_along_without_doubles(manager, dana, twin):
    day = datetime(2026, 3, 1, tzinfo=UTC)
    with time_machine.travel(day, tick=False):
        mine = address_book.add(dana, HALL, actor=manager)
        only_mine = address_book.add(dana, MUSEUM, actor=manager)
    with time_machine.travel(day.replace(day=2), tick=False):
        address_book.add(twin, replace(HALL, city="BOSTON"), actor=manager)
        theirs = address_book.add(twin, NO_NUMBER, reason="New", actor=manager)

    living = merging.merge(dana, twin, take=Take(), actor=manager)

    kept = address_book.latest_first(living)
    assert {stored.pk for stored in kept} == {mine.pk, only_mine.pk, theirs.pk}
    assert kept[-1] == only_mine
    assert next(each for each in kept if each == mine).used_at.day == 2
    assert PostalAddress.objects.count() == 3


def test_a_merged_record_gets_no_address(manager, dana, twin, hall):
    on_screen = address_book.add(twin, MUSEUM, actor=manager)
    merging.merge(dana, twin, take=Take(), actor=manager)

    with pytest.raises(recipients.Stale):
        address_book.add(twin, HALL, actor=manager)
    with pytest.raises(recipients.Stale):
        address_book.change(on_screen, HALL, version=1, actor=manager)
    with pytest.raises(recipients.Stale):
        address_book.remove(on_screen, version=1, actor=manager)


@pytest.mark.django_db(transaction=True)
def test_one_address_added_twice_at_once_is_kept_once(program, manager):
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    start = threading.Barrier(4)
    taken, failures = [], []

    def add():
        try:
            start.wait()
            address_book.add(Recipient.objects.get(pk=dana.pk), HALL, actor=manager)
        except address_book.Taken as refusal:
            taken.append(refusal)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert (dana.addresses.count(), len(taken)) == (1, 3)
    assert Entry.objects.filter(action="address.added").count() == 1
