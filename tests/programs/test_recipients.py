"""Adding, finding and changing people."""

import threading

import pytest
from django.db import connection

from portal.audit.models import Entry
from programs import preferences, recipients
from programs.models import Recipient
from tests import factories


def add(program, actor, name="Dana Rivera", email=None, phone=None):
    return recipients.add(program, name=name, email=email, phone=phone, actor=actor)


@pytest.fixture
def dana(program, manager):
    return add(program, manager, email="dana@example.com", phone="+12025550123")


@pytest.fixture
def autumn(program):
    """A program Manu has no part in."""
    return factories.make_program("Autumn")


def test_somebody_new_is_in_the_address_book_and_the_journal(program, manager):
    dana = add(program, manager, email="dana@example.com")

    assert list(dana.programs.all()) == [program]
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.program_id) == ("recipient.added", program.pk)
    assert "dana" not in str(entry.data).lower()


def test_two_people_never_share_a_contact(program, manager, dana):
    with pytest.raises(recipients.Taken) as taken:
        add(program, manager, "Sam", "sam@example.com", dana.phone)

    assert (taken.value.field, taken.value.other) == ("phone", dana)
    assert Recipient.objects.count() == 1


def test_somebody_without_a_contact_is_refused(program, manager):
    with pytest.raises(recipients.NoContact):
        add(program, manager)


def find(program, actor, name="Dana R.", email=None, phone=None):
    return recipients.find_or_add(
        program, name=name, email=email, phone=phone, actor=actor
    )


def test_a_known_person_is_found_and_keeps_their_name(autumn, manager, dana):
    found = find(autumn, manager, email=dana.email)

    assert (found, found.name) == (dana, "Dana Rivera")
    assert autumn in found.programs.all()


def test_a_missing_contact_is_filled_in(program, manager):
    dana = add(program, manager, email="dana@example.com")

    found = find(program, manager, email="dana@example.com", phone="+12025550123")

    assert (found, found.phone) == (dana, "+12025550123")
    assert list(recipients.search(Recipient.objects.all(), "555-0123")) == [dana]
    assert Entry.objects.latest("sequence").data == {"known": True, "filled": ["phone"]}


def test_another_contact_than_the_one_on_record_is_left_alone(program, manager, dana):
    found = find(program, manager, email=dana.email, phone="+12025550188")

    assert (found, found.phone) == (dana, "+12025550123")


def test_finding_somebody_where_they_are_already_is_no_act(program, manager, dana):
    before = Entry.objects.count()

    find(program, manager, phone=dana.phone)

    assert Entry.objects.count() == before


def test_contacts_of_two_people_conflict(program, manager, dana):
    sam = add(program, manager, "Sam", "sam@example.com")

    with pytest.raises(recipients.Conflict) as conflict:
        find(program, manager, email=sam.email, phone=dana.phone)

    assert {conflict.value.first, conflict.value.second} == {dana, sam}


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_for_one_new_person_make_one_record(program, manager):
    start = threading.Barrier(4)
    failures = []

    def order():
        try:
            start.wait()
            find(program, manager, email="dana@example.com", phone="+12025550123")
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=order) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert Recipient.objects.count() == 1


def edit(recipient, actor, **changes):
    now = {"name": recipient.name, "email": recipient.email, "phone": recipient.phone}
    version = changes.pop("version", recipient.version)
    return recipients.edit(
        recipient, **{**now, **changes}, version=version, actor=actor
    )


def test_an_edit_changes_what_is_searched_and_keeps_the_preferences_link(manager, dana):
    link = preferences.page_url(dana)
    edited = edit(dana, manager, name="Dana Okafor", phone=None)

    assert list(recipients.search(Recipient.objects.all(), "okafor")) == [dana]
    assert not recipients.search(Recipient.objects.all(), "rivera").exists()
    assert preferences.page_url(edited) == link
    assert edited.version == dana.version + 1
    assert Entry.objects.latest("sequence").data == {"fields": ["name", "phone"]}


def test_an_edit_of_nothing_is_no_act(manager, dana):
    before = Entry.objects.count()

    assert edit(dana, manager).version == dana.version
    assert Entry.objects.count() == before


def test_an_edit_over_somebody_elses_is_refused(manager, dana):
    edit(dana, manager, name="Dana Okafor")

    with pytest.raises(recipients.Stale):
        edit(dana, manager, name="Dana R.")


def test_an_edit_cannot_take_anothers_contact(program, manager, dana):
    sam = add(program, manager, "Sam", "sam@example.com")

    with pytest.raises(recipients.Taken):
        edit(sam, manager, email=dana.email)
