"""What it takes to record that somebody agreed or stopped, and that it stays so."""

import datetime

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from portal.audit.models import Entry
from programs import consent, merging, recipients, wordings
from programs.consent import Channel, Purpose, Source

LONG_AGO = datetime.date(2026, 1, 14)


@pytest.fixture
def dana(program, manager):
    return recipients.add(
        program,
        name="Dana Rivera",
        email="dana@example.com",
        phone="+12025550123",
        actor=manager,
    )


def grant(recipient, actor, channel=Channel.SMS, **changes):
    given = {
        "purpose": Purpose.REWARDS,
        "wording": wordings.current(),
        "source": Source.PAPER,
        "given_on": LONG_AGO,
        "evidence": "Folder 12",
        **changes,
    }
    return consent.grant(recipient, channel, actor=actor, **given)


def allowed(recipient, program, channel=Channel.SMS, **more):
    return consent.allows(recipient, channel, program=program, **more).allowed


def test_consent_is_asked_for_where_the_message_goes(program, manager, dana):
    grant(dana, manager)

    assert allowed(dana, program, contact="+12025550123")
    assert not allowed(dana, program, contact="+12025550124")


def test_consent_can_be_given_for_another_contact_than_the_one_on_record(
    program, manager, dana
):
    grant(dana, manager, contact="+12025550124")

    assert allowed(dana, program, contact="+12025550124")
    assert not allowed(dana, program)


def test_a_merged_record_answers_for_the_one_that_lives(program, manager, dana):
    twin = recipients.add(
        program, name="Dana", email=None, phone="+12025550124", actor=manager
    )
    grant(dana, manager)
    merging.merge(dana, twin, take=merging.Take(), actor=manager)
    twin.refresh_from_db()

    assert allowed(twin, program)


def test_asking_costs_two_queries(program, manager, dana, django_assert_num_queries):
    grant(dana, manager)

    with django_assert_num_queries(2):
        assert allowed(dana, program)


def test_an_act_of_consent_is_one_journal_entry_without_personal_data(manager, dana):
    entry = grant(dana, manager)
    granted = Entry.objects.latest("sequence")
    written = consent.withdraw_all(dana, source=Source.SPOKEN, actor=manager)
    withdrawn = Entry.objects.latest("sequence")

    assert (granted.action, granted.data["entries"]) == ("consent.granted", [entry.pk])
    assert withdrawn.action == "consent.withdrawn"
    assert withdrawn.sequence == granted.sequence + 1
    assert withdrawn.data["entries"] == [each.pk for each in written]
    for personal in ("dana", "555", "Folder"):
        assert personal not in f"{granted.data}{withdrawn.data}"


def test_stopping_twice_is_one_act(manager, dana):
    first = consent.withdraw_all(dana, source=Source.PREFERENCES, actor=manager)
    acts = Entry.objects.count()

    again = consent.withdraw_all(dana, source=Source.PREFERENCES, actor=manager)

    assert (len(first), again) == (4, [])
    assert Entry.objects.count() == acts


def test_stopping_again_covers_the_number_they_have_by_then(program, manager, dana):
    consent.withdraw(dana, Channel.SMS, source=Source.REPLY, actor=manager)
    recipients.edit(
        dana,
        name=dana.name,
        email=dana.email,
        phone="+12025550124",
        version=dana.version,
        actor=manager,
    )

    consent.withdraw(dana, Channel.SMS, source=Source.REPLY, actor=manager)

    answer = consent.allows_stranger(Channel.SMS, "+12025550124", program=program)
    assert answer.entry is not None
    assert answer.entry.recipient == dana


def test_stopping_everything_covers_a_channel_that_comes_later(program, manager):
    sam = recipients.add(
        program, name="Sam", email="sam@example.com", phone=None, actor=manager
    )

    consent.withdraw_all(sam, source=Source.REPLY, actor=manager)

    stopped = set(sam.consent_entries.values_list("channel", "purpose"))
    assert stopped == {(c, p) for c in Channel.values for p in Purpose.values}


def test_the_same_consent_twice_is_one_entry(manager, dana):
    assert grant(dana, manager) == grant(dana, manager)
    assert dana.consent_entries.count() == 1


def test_consent_of_a_day_to_come_is_refused(manager, dana):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    with pytest.raises(consent.Refused) as refused:
        grant(dana, manager, given_on=tomorrow)

    assert refused.value.field == "given_on"


def test_consent_without_a_contact_is_refused(program, manager):
    sam = recipients.add(
        program, name="Sam", email="sam@example.com", phone=None, actor=manager
    )

    with pytest.raises(consent.Refused) as refused:
        grant(sam, manager)

    assert refused.value.field == "channel"


def test_consent_for_a_record_that_changed_meanwhile_is_refused(manager, dana):
    with pytest.raises(recipients.Stale):
        grant(dana, manager, version=dana.version + 1)


@pytest.mark.parametrize(
    ("given_on", "counts"),
    [("2026-03-02", False), ("2026-03-03", False), ("2026-03-04", True)],
)
def test_over_a_withdrawal_staff_can_record_only_later_consent(
    program, manager, dana, given_on, counts
):
    with time_machine.travel("2026-03-03T09:00Z", tick=False):
        consent.withdraw(dana, Channel.SMS, source=Source.REPLY, actor=manager)

    with time_machine.travel("2026-03-09T09:00Z", tick=False):
        if counts:
            grant(dana, manager, given_on=datetime.date.fromisoformat(given_on))
        else:
            with pytest.raises(consent.Refused, match="later day"):
                grant(dana, manager, given_on=datetime.date.fromisoformat(given_on))

    assert allowed(dana, program) == counts


REWRITES = [
    "UPDATE programs_consententry SET evidence = 'another'",
    "DELETE FROM programs_consententry",
    "UPDATE programs_wording SET text = 'another'",
    "DELETE FROM programs_wording",
]
SQLITE_ONLY = [
    "INSERT OR REPLACE INTO programs_consententry SELECT * FROM programs_consententry",
    "INSERT OR REPLACE INTO programs_wording SELECT * FROM programs_wording",
]
POSTGRESQL_ONLY = [
    "TRUNCATE programs_consententry",
    "TRUNCATE programs_wording CASCADE",
]


def test_the_database_itself_refuses_to_rewrite_consent(manager, dana):
    grant(dana, manager)
    is_postgresql = connection.vendor == "postgresql"
    # Foreign keys still to be checked would keep TRUNCATE from beginning.
    connection.check_constraints()

    for statement in [*REWRITES, *(POSTGRESQL_ONLY if is_postgresql else SQLITE_ONLY)]:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert dana.consent_entries.get().evidence == "Folder 12"
