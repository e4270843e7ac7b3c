"""People of a list are found or added, and what they agreed to is recorded."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit.models import Entry
from portal.outbox.models import Message
from programs import consent, preferences, recipient_search, wordings
from programs.consent import Channel, Source
from programs.models import ConsentEntry, Recipient, Sheet, SheetRow
from programs.sheets import adding, loading, locking, people
from programs.sheets.people import Grant, Person
from tests import factories
from tests.programs.sheets.checked import kinds_of, make_checked, row, work

pytestmark = pytest.mark.django_db

PHONE = "+12025550123"


def take_in(program, actor, *rows):
    with transaction.atomic():
        return people.take_in(program, [Person(*each) for each in rows], actor)


def test_somebody_new_is_added_whole(program, manager):
    (pk,) = take_in(program, manager, ("Dana Bell", "dana@example.com", PHONE))
    dana = Recipient.objects.get(pk=pk)
    assert (dana.name, dana.email, dana.phone) == (
        "Dana Bell",
        "dana@example.com",
        PHONE,
    )
    assert dana.search_text == recipient_search.indexed(
        dana.name, dana.email, dana.phone
    )
    assert list(dana.programs.all()) == [program]
    assert dana.version == 1
    assert dana.created_at <= timezone.now()


def test_ids_do_not_collide_with_those_that_follow(program, manager):
    (pk,) = take_in(program, manager, ("Dana", "dana@example.com", ""))
    assert factories.make_recipient("Eli", program, email="eli@example.com").pk > pk


def test_somebody_known_keeps_name_and_contacts(program, manager):
    other = factories.make_program("Autumn")
    dana = factories.make_recipient(
        "Dana", other, email="dana@example.com", phone=PHONE
    )
    rows = [("D. B.", "dana@example.com", "+12025550199"), ("D", "", PHONE)]
    assert take_in(program, manager, *rows) == [dana.pk, dana.pk]
    dana.refresh_from_db()
    assert (dana.name, dana.phone, dana.version) == ("Dana", PHONE, 1)
    assert set(dana.programs.all()) == {program, other}
    assert not Recipient.objects.filter(phone="+12025550199").exists()


def test_a_contact_that_is_missing_is_filled_in(program, manager):
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    assert take_in(program, manager, ("D", "dana@example.com", PHONE)) == [dana.pk]
    dana.refresh_from_db()
    assert (dana.phone, dana.version) == (PHONE, 2)
    assert dana.search_text == recipient_search.indexed("Dana", dana.email, PHONE)


def test_contacts_of_two_people_take_nobody_in(program, manager):
    factories.make_recipient("Dana", program, email="dana@example.com")
    factories.make_recipient("Eli", program, phone=PHONE)
    assert take_in(program, manager, ("D", "dana@example.com", PHONE)) == [None]


def test_rows_of_one_batch_know_each_other(program, manager):
    first, second, third = take_in(
        program,
        manager,
        ("Dana", "dana@example.com", ""),
        ("Dana", "dana@example.com", PHONE),
        ("D", "", PHONE),
    )
    assert first == second == third
    dana = Recipient.objects.get(pk=first)
    assert (dana.email, dana.phone) == ("dana@example.com", PHONE)


def test_taking_in_again_changes_nothing(program, manager):
    rows = [("Dana", "dana@example.com", PHONE), ("Eli", "eli@example.com", "")]
    assert take_in(program, manager, *rows) == take_in(program, manager, *rows)
    assert Recipient.objects.count() == 2
    assert program.recipients.count() == 2


def test_a_merged_record_is_met_as_the_one_that_lives(program, manager, manu):
    from programs import merging

    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    twin = factories.make_recipient("Dana B", program, phone=PHONE)
    merging.merge(dana, twin, take=merging.Take(), actor=manager)
    assert take_in(program, manager, ("D", "", PHONE)) == [dana.pk]


CONTACTS = st.tuples(
    st.sampled_from(["", "a@example.com", "b@example.com", "c@example.com"]),
    st.sampled_from(["", "+12025550101", "+12025550102", "+12025550103"]),
).filter(any)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(CONTACTS, min_size=1, max_size=6), st.integers(1, 3))
def test_many_at_once_come_out_as_one_by_one(program, manager, rows, size):
    from programs import recipients

    def one_by_one(rows):
        for email, phone in rows:
            try:
                found = recipients.find_or_add(
                    program, name="P", email=email, phone=phone, actor=manager
                )
                yield (found.email, found.phone)
            except recipients.Conflict:
                yield None

    def at_once(rows):
        for start in range(0, len(rows), size):
            some = [Person("P", *each) for each in rows[start : start + size]]
            with transaction.atomic():
                for pk in people.take_in(program, some, manager):
                    found = pk and Recipient.objects.get(pk=pk)
                    yield found and (found.email, found.phone)

    outcomes = []
    for way in (one_by_one, at_once):
        point = transaction.savepoint()
        taken = [outcome is None for outcome in way(rows)]
        book = sorted(
            map(str, program.recipients.values_list("email", "phone", "search_text"))
        )
        outcomes.append((taken, book))
        transaction.savepoint_rollback(point)
    assert outcomes[0] == outcomes[1]


def test_a_batch_takes_the_same_queries_whatever_it_holds(program, manager):
    def queries(count, start):
        rows = [(f"P{n}", f"p{n}@example.com", "") for n in range(start, start + count)]
        with CaptureQueriesContext(connection) as captured:
            take_in(program, manager, *rows)
        return len(captured)

    assert queries(300, 0) == queries(3, 1000)


def grant(pk, day, contact=PHONE):
    return Grant(pk, Channel.SMS, contact, Source.PAPER, day, "Form 7")


def test_consent_that_a_list_brings_is_recorded_once(program, manager):
    dana = factories.make_recipient("Dana", program, phone=PHONE)
    today = timezone.localdate()
    given = [grant(dana.pk, today), grant(dana.pk, today)]
    with transaction.atomic():
        wording = wordings.current()
        assert people.grant_many(given, wording=wording, actor=manager) == 1
        assert people.grant_many(given, wording=wording, actor=manager) == 0
    entry = ConsentEntry.objects.get()
    assert (entry.source, entry.evidence, entry.wording) == (
        Source.PAPER,
        "Form 7",
        wording,
    )
    assert entry.given_on == today
    assert consent.allows(dana, Channel.SMS, program=program).allowed


def test_consent_never_undoes_what_was_stopped(program, manager):
    dana = factories.make_recipient("Dana", program, phone=PHONE)
    consent.withdraw(dana, Channel.SMS, source=Source.REPLY, actor=manager)
    with transaction.atomic():
        given = [grant(dana.pk, timezone.localdate())]
        people.grant_many(given, wording=wordings.current(), actor=manager)
    assert not consent.allows(dana, Channel.SMS, program=program).allowed


@pytest.fixture
def sheet(program, manu):
    return make_checked(
        program,
        manu,
        [
            ("Dana Bell", "dana@example.com", "2025550123", "paper", "2025-03-31"),
            ("Eli Fox", "eli@example.com", "", "", ""),
            ("Fay", "fay@", "", "", ""),
        ],
        columns=("name", "email", "phone", "consent_source", "consent_on"),
    )


def test_the_ready_rows_are_added_with_their_consent(sheet, program, manager):
    adding.begin(sheet, version=sheet.version, actor=manager)
    work()
    sheet.refresh_from_db()
    assert sheet.status == Sheet.Status.CHECKED
    dana = Recipient.objects.get(email="dana@example.com")
    assert row(sheet, 2).recipient == dana
    assert row(sheet, 2).status == row(sheet, 3).status == SheetRow.Status.TAKEN
    assert row(sheet, 4).status == SheetRow.Status.PROBLEM
    assert dana.consent_entries.count() == 2
    assert consent.allows(dana, Channel.SMS, program=program).allowed


def test_one_entry_tells_of_the_import_and_of_nobody(sheet, manager):
    adding.begin(sheet, version=sheet.version, actor=manager)
    work()
    entry = Entry.objects.get(action="recipients.imported")
    assert entry.actor_id == manager.id
    assert (entry.data["added"], entry.data["consents"]) == (2, 2)
    assert len(entry.data["digest"]) == 64
    assert not Entry.objects.filter(action="recipient.added").exists()


def test_an_import_that_was_killed_goes_on(sheet, manager, monkeypatch):
    monkeypatch.setattr(loading, "step", lambda: 1)
    batch = adding._batch
    left = iter([True])

    def dies(place, actor):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return batch(place, actor)

    adding.begin(sheet, version=sheet.version, actor=manager)
    with monkeypatch.context() as dying:
        dying.setattr(adding, "_batch", dies)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert Recipient.objects.count() == 1
    Message.objects.update(leased_until=None)
    work()
    assert Recipient.objects.count() == 2
    assert Entry.objects.get(action="recipients.imported").data["added"] == 2


def test_a_conflict_that_came_up_meanwhile_keeps_the_row_back(sheet, program, manager):
    factories.make_recipient("One", program, email="dana@example.com")
    factories.make_recipient("Two", program, phone=PHONE)
    adding.begin(sheet, version=sheet.version, actor=manager)
    work()
    assert kinds_of(sheet, 2) == ["two_people"]
    assert row(sheet, 2).status == SheetRow.Status.PROBLEM


def test_a_list_that_changed_is_looked_at_again(sheet, manager):
    with pytest.raises(locking.Stale):
        adding.begin(sheet, version=sheet.version - 1, actor=manager)


def test_nothing_ready_adds_nobody(program, manu, manager):
    empty = make_checked(program, manu, [("Fay", "fay@", "")])
    with pytest.raises(adding.NothingReady):
        adding.begin(empty, version=empty.version, actor=manager)


def test_a_preferences_link_is_made_when_it_is_asked_for(program, manager):
    (pk,) = take_in(program, manager, ("Dana", "dana@example.com", ""))
    dana = Recipient.objects.get(pk=pk)
    assert dana.preferences_digest is None
    url = preferences.page_url(dana)
    assert preferences.page_url(Recipient.objects.get(pk=pk)) == url
    assert preferences.holder(url.rsplit("/", 1)[1]) == dana
