"""Replaying events, one or many, and taking them out of the portal as a file."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.award_states import AwardStatus, EventStatus
from orders.models import Award, Event, Order, Side
from orders.triggers import replaying
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.outbox.models import Message
from portal.permissions import Role
from programs.models import Program
from tests import factories
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db

LOG = "/developers/events/"
MANY = f"{LOG}replay/"
FILE = f"{LOG}export/"


def replay_url(event: Event) -> str:
    return reverse("orders:event_replay", args=[event.pk])


def shown(response) -> str:
    return str(response.content.decode())


def text_of(response) -> str:
    return b"".join(response.streaming_content).decode()


def since() -> str:
    """A day ago, as a browser sends it."""
    return f"{timezone.localtime() - timedelta(days=1):%Y-%m-%dT%H:%M}"


@pytest.fixture
def refused(rule, key, cvs) -> Event:
    """The card was retired when the event came, and is on sale again."""
    cvs.retired_at = timezone.now()
    cvs.save()
    event = made.report(key)
    cvs.retired_at = None
    cvs.save()
    return event


def test_a_replay_says_what_it_may_send_and_sends_it(refused, as_manu):
    look = shown(as_manu.get(replay_url(refused)))
    assert "Replay for up to $15.00" in look
    assert "Replays keep the event id, so no second reward is created." in look

    done = as_manu.post(replay_url(refused))
    dispatch.drain()

    refused.refresh_from_db()
    assert done.status_code == 303
    assert refused.replays == 1
    assert refused.awards.get().status == AwardStatus.ORDERED


def test_a_replay_of_what_was_rewarded_sends_nothing(rule, key, as_manu):
    event = made.report(key)

    assert "nothing new would be sent" in shown(as_manu.get(replay_url(event)))
    as_manu.post(replay_url(event))
    dispatch.drain()

    assert Order.objects.count() == 1
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.data["awards"]) == ("event.replayed", [])


def test_a_replay_asks_the_rules_of_today(rule, key, as_manu):
    event = made.report(key, attributes={"purchase": 20})
    rule.in_force.conditions = []
    rule.in_force.save()

    as_manu.post(replay_url(event))

    event.refresh_from_db()
    assert event.status == EventStatus.MATCHED


def test_a_replay_of_a_test_names_no_money(rule, test_key, as_manu):
    event = made.report(test_key, attributes={"purchase": 20})
    rule.in_force.conditions = []
    rule.in_force.save()

    page = shown(as_manu.get(replay_url(event)))

    assert "nothing is bought" in page
    assert "$" not in page.partition("<form")[2].partition("</form>")[0]


def test_what_was_asked_for_without_a_rule_is_not_replayed(rule, key, as_manu):
    event = made.report(key)
    Event.objects.update(type="")

    assert as_manu.get(replay_url(event)).status_code == 404


def test_many_are_counted_before_they_are_replayed(refused, key, as_manu, program):
    made.report(key, "evt-2", attributes={"purchase": 20})
    made.report(key, "evt-3", person=made.people(3))
    asked = {"program": program.pk, "since": since(), "mode": "live"}

    page = shown(as_manu.get(MANY, asked))

    assert "2 events" in page
    assert "1 reward may newly be sent." in page
    assert "Replay 2 events for up to $15.00" in page


def test_many_go_through_the_outbox_one_message_each(
    refused, key, as_manu, program, manu
):
    second = made.report(key, "evt-2", attributes={"purchase": 20})
    asked = {"program": program.pk, "since": since(), "mode": "live"}

    done = as_manu.post(MANY, asked)

    waiting = Message.objects.filter(topic=replaying.TOPIC, status="waiting")
    assert done.status_code == 303
    assert sorted(message.payload["event"] for message in waiting) == [
        refused.pk,
        second.pk,
    ]
    refused.refresh_from_db()
    assert refused.replays == 0

    dispatch.drain()

    assert refused.awards.get().status == AwardStatus.ORDERED
    assert Order.objects.count() == 1
    batch = Entry.objects.get(action="events.replayed")
    assert (batch.subject_type, batch.data["count"]) == ("program", 2)
    ones = Entry.objects.filter(action="event.replayed")
    assert {entry.actor_id for entry in ones} == {str(manu.pk)}


def test_a_second_press_enqueues_nothing(refused, program, manu):
    day_ago = timezone.now() - timedelta(days=1)

    def replay() -> int:
        return replaying.replay_since(
            program, since=day_ago, is_test=False, actor=actor_of(manu)
        )

    first, again = replay(), replay()
    dispatch.drain()

    refused.refresh_from_db()
    assert (first, again, refused.replays) == (1, 0, 1)


def test_only_the_program_the_mode_and_the_time_that_were_chosen(
    refused, rule, test_key, manu
):
    made.report(test_key, attributes={"purchase": 20})
    other = factories.make_program("Autumn")

    def count(program: Program, hours: int, *, is_test: bool) -> int:
        moment = timezone.now() - timedelta(hours=hours)
        return replaying.outlook(program, since=moment, is_test=is_test).events

    assert count(refused.program, 1, is_test=False) == 1
    assert count(refused.program, 1, is_test=True) == 1
    assert count(refused.program, -1, is_test=False) == 0
    assert count(other, 1, is_test=False) == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"since": "yesterday"}, "Enter a valid date/time."),
        ({"since": "0001-01-01T00:00"}, "greater than or equal to"),
        ({"program": "0"}, "Select a valid choice."),
        ({"mode": "both"}, "Select a valid choice."),
    ],
)
def test_a_choice_that_makes_no_sense_is_named(rule, as_manu, program, fields, message):
    asked = {"program": program.pk, "since": since(), "mode": "live", **fields}

    for page in (as_manu.get(MANY, asked), as_manu.post(MANY, asked)):
        assert page.status_code == 422
        assert message in shown(page)
    assert not Message.objects.filter(topic=replaying.TOPIC).exists()


def test_the_file_holds_what_the_list_shows_and_nobody(referral, key, as_manu):
    made.report(key, "evt-1", advocate=made.ADVOCATE)
    made.report(key, "=evt-2", type="referral.completed", advocate=made.ADVOCATE)
    made.report(key, "evt-3", type="referral.reversed", reverses="evt-9", person=None)

    text = text_of(as_manu.post(f"{FILE}?status=matched", {"kind": "csv"}))

    lines = text.splitlines()
    assert len(lines) == 1 + 4
    assert lines[1].startswith("evt-1,referral.completed,Spring,Live,Referral tool,")
    assert lines[3].startswith("'=evt-2,")
    assert ",PROMO-13001," in text
    for word in ("fred", "Friend", "adele", "example.com"):
        assert word not in text


def test_each_file_is_journalled_before_its_first_byte(rule, key, as_manu):
    made.report(key)

    response = as_manu.post(FILE, {"kind": "xlsx"})

    entry = Entry.objects.get(action="events.exported")
    assert response.headers["Content-Disposition"].endswith('.xlsx"')
    assert (entry.subject_type, entry.data["kind"], entry.data["count"]) == (
        "program",
        "xlsx",
        1,
    )
    assert len(entry.data["events"]) == 64
    response.close()


def test_an_export_without_events_says_so(rule, as_manu):
    assert "Nothing to export" in shown(as_manu.get(FILE))
    refused = as_manu.post(FILE, {"kind": "csv"})

    assert refused.status_code == 422
    assert not Entry.objects.filter(action="events.exported").exists()


def test_too_many_for_one_file_are_refused(rule, key, as_manu, monkeypatch):
    monkeypatch.setattr("orders.triggers.exporting.MOST", 0)
    made.report(key)

    page = as_manu.post(FILE, {"kind": "csv"})

    assert page.status_code == 422
    assert "Choose fewer days, or one program." in shown(page)


def test_a_file_is_of_the_programs_one_may_export(rule, key, program):
    made.report(key)
    other = factories.make_program("Autumn")
    # An approver sees Spring's events, and exports only Autumn's.
    both = factories.make_member("Both", other, Role.MANAGER)
    both.memberships.create(program=program, role=Role.APPROVER)

    page = factories.signed_in(both).get(FILE)

    assert "Nothing to export" in shown(page)


def test_somebody_whose_confirmation_is_old_confirms_first(rule, key, manu, client):
    made.report(key)
    client.force_login(manu)

    answer = client.post(FILE, {"kind": "csv"})

    assert answer.status_code == 303
    assert "/confirm/" in answer.headers["Location"]
    assert not Entry.objects.filter(action="events.exported").exists()


def test_both_sides_have_a_row_each(referral, key, as_manu):
    made.report(key)

    text = text_of(as_manu.post(FILE, {"kind": "csv"}))

    assert Award.objects.filter(side=Side.ADVOCATE).count() == 1
    assert "The advocate" in text
    assert "The event does not say who it is about." in text
