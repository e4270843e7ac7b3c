import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from portal.accounts.models import User
from portal.actors import WORKER, Actor, ActorKind, Channel
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.outbox.models import Message
from tests import factories
from tests.portal.audit.tampering import tamper

DATA: dict[str, journal.Json] = {
    "from": "",
    "to": "auditor",
    "ids": [3, 1, 2],
    "note": "é\u2028\"'",
    "ok": True,
}


@pytest.fixture
def subject(db):
    return factories.make_user("Sue")


def record(subject: User, count: int = 1, *, actor: Actor = WORKER) -> None:
    for _ in range(count):
        journal.record(Action.PERSON_ROLE_CHANGED, subject, actor=actor, data=DATA)


def test_an_entry_keeps_who_what_and_through_what(subject):
    actor = Actor(ActorKind.PERSON, "7", Channel.WEB, "a" * 32)

    record(subject, actor=actor)

    entry = Entry.objects.get()
    assert (entry.actor_kind, entry.actor_id, entry.channel) == ("person", "7", "web")
    assert (entry.subject_type, entry.subject_id) == ("user", str(subject.pk))
    assert (entry.action, entry.request_id) == ("person.role_changed", "a" * 32)
    assert entry.data == DATA


def test_a_sound_journal_verifies(subject):
    record(subject, 5)

    verdict = journal.verify()

    assert verdict.first_bad is None
    assert verdict.checked == 5
    assert verdict.head == Entry.objects.get(sequence=5).digest


def test_an_empty_journal_is_sound(db):
    assert journal.verify() == journal.Verdict(0, journal.GENESIS)


@pytest.mark.parametrize(
    ("sql", "first_bad", "reason"),
    [
        ("UPDATE audit_entry SET actor_id = 'nobody' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit_entry SET action = 'x' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit_entry SET subject_id = '9' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit_entry SET program_id = 9 WHERE sequence = 3", 3, "content"),
        ("UPDATE audit_entry SET channel = 'web' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit_entry SET request_id = 'x' WHERE sequence = 3", 3, "content"),
        ("UPDATE audit_entry SET data = '{}' WHERE sequence = 3", 3, "content"),
        (
            "UPDATE audit_entry SET at = '2026-01-01 00:00:00+00' WHERE sequence = 3",
            3,
            "content",
        ),
        (
            "UPDATE audit_entry SET digest = previous_digest WHERE sequence = 3",
            3,
            "content",
        ),
        ("DELETE FROM audit_entry WHERE sequence = 3", 4, "entry 3 is missing"),
        ("DELETE FROM audit_entry WHERE sequence = 1", 2, "entry 1 is missing"),
        ("UPDATE audit_entry SET sequence = 9 WHERE sequence = 3", 4, "3 is missing"),
    ],
)
def test_tampering_is_found_at_the_first_entry_it_touches(
    subject, sql, first_bad, reason
):
    record(subject, 5)

    tamper(sql)

    verdict = journal.verify()
    assert verdict.first_bad == first_bad
    assert reason in verdict.reason


def test_an_entry_rewritten_with_a_fitting_digest_breaks_the_next(subject):
    record(subject, 5)
    entry = Entry.objects.get(sequence=3)
    entry.actor_id = "nobody"

    tamper(
        "UPDATE audit_entry SET actor_id = 'nobody', digest = %s WHERE sequence = 3",
        [journal.digest_of(entry)],
    )

    verdict = journal.verify()
    assert (verdict.first_bad, verdict.checked) == (4, 3)
    assert "does not follow" in verdict.reason


def test_swapped_entries_are_found(subject):
    record(subject, 4)

    tamper("UPDATE audit_entry SET sequence = 90 WHERE sequence = 2")
    tamper("UPDATE audit_entry SET sequence = 2 WHERE sequence = 3")
    tamper("UPDATE audit_entry SET sequence = 3 WHERE sequence = 90")

    assert journal.verify().first_bad == 2


def test_verifyjournal_names_the_first_bad_entry(subject, capsys):
    record(subject, 3)
    call_command("verifyjournal")
    assert "3 entries checked. Chain unbroken." in capsys.readouterr().out

    tamper("UPDATE audit_entry SET actor_id = 'nobody' WHERE sequence = 2")

    with pytest.raises(CommandError, match=r"Entry 2 is bad: .* 1 entries before"):
        call_command("verifyjournal")


ON_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'")
ON_POSTGRESQL = pytest.mark.skipif("connection.vendor != 'postgresql'")
FIRST = "SELECT * FROM audit_entry WHERE sequence = 1"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET actor_id = 'nobody'",
        "UPDATE audit_entry SET sequence = sequence WHERE sequence = 1",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE sequence = 1",
        "INSERT INTO audit_entry "
        + FIRST
        + " ON CONFLICT (sequence) DO UPDATE SET channel = 'x'",
        pytest.param("INSERT OR REPLACE INTO audit_entry " + FIRST, marks=ON_SQLITE),
        pytest.param("REPLACE INTO audit_entry " + FIRST, marks=ON_SQLITE),
        pytest.param("UPDATE OR REPLACE audit_entry SET sequence = 2", marks=ON_SQLITE),
        pytest.param("TRUNCATE audit_entry", marks=ON_POSTGRESQL),
        pytest.param("TRUNCATE audit_entry CASCADE", marks=ON_POSTGRESQL),
    ],
)
@pytest.mark.parametrize("recursive_triggers", [True, False])
def test_the_database_refuses_to_change_the_journal(subject, sql, recursive_triggers):
    record(subject, 2)
    before = list(Entry.objects.order_by("sequence").values())

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite" and not recursive_triggers:
            # As a connection that is not ours has it.
            cursor.execute("PRAGMA recursive_triggers = OFF")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(sql)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA recursive_triggers = ON")

    assert list(Entry.objects.order_by("sequence").values()) == before


def test_the_model_cannot_change_an_entry_either(subject):
    record(subject)
    entry = Entry.objects.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_an_act_needs_a_transaction():
    message = Message(pk=1)

    with pytest.raises(transaction.TransactionManagementError):
        journal.record(Action.MESSAGE_RETRIED, message, actor=WORKER)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_rolls_back_leaves_no_hole():
    subject = factories.make_user("Sue")

    def fail() -> None:
        with transaction.atomic():
            record(subject)
            raise RuntimeError

    with transaction.atomic():
        record(subject)
    with pytest.raises(RuntimeError):
        fail()
    with transaction.atomic():
        record(subject)

    assert [e.sequence for e in Entry.objects.order_by("sequence")] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain_without_holes():
    subject = factories.make_user("Sue")
    start = threading.Barrier(4)

    def write() -> None:
        start.wait()
        try:
            for _ in range(10):
                with transaction.atomic():
                    record(subject)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    verdict = journal.verify()
    assert (verdict.checked, verdict.first_bad) == (40, None)
