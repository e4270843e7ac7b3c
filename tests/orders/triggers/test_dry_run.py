"""A dry run says matched or not, and why; nothing is stored."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from orders.models import Award, Event, Side, Way
from orders.triggers import dry_running, rule_versions, sample_reading, texts
from orders.triggers.calls import Address, Person
from programs.models import Recipient
from tests import factories
from tests.orders.triggers import made, ruled
from tests.tables import changed, contents

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(program, cvs, manu):
    gifts = {Side.PERSON: 15, Side.ADVOCATE: 25}
    return ruled.make_draft(ruled.make_text(program, cvs, gifts), manu, "Dry")


@pytest.fixture
def url(draft):
    return reverse("orders:rule_dry_run", args=[draft.pk])


def event(**fields: object) -> str:
    said = {"type": "referral.completed", "attributes": {"purchase": 60}, **fields}
    return json.dumps(said)


def line(page) -> dry_running.Line:
    outcome: dry_running.Outcome = page.context["outcome"]
    (only,) = outcome.lines
    return only


def test_the_sample_that_comes_with_the_page_matches(url, as_manu):
    page = as_manu.get(url)

    assert line(page).is_match
    assert line(page).sends == (
        "The person: CVS $15.00 by e-mail",
        "The advocate: CVS $25.00 by e-mail",
    )


@pytest.mark.parametrize("days", [-400, 400])
def test_the_sample_is_of_a_day_on_which_the_rule_runs(draft, as_manu, url, days):
    version = rule_versions.newest(draft)
    first = factories.today() + timedelta(days=days)
    text = replace(texts.of(version), starts_on=first, ends_on=first)
    texts.write(version, text)

    assert line(as_manu.get(url)).is_match


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"attributes": {"purchase": 20}}, "purchase ≥ 50"),
        ({"attributes": {}}, "has no “purchase”"),
        ({"attributes": {"purchase": "much"}}, "cannot be compared"),
        ({"type": "referral.started"}, "another type"),
        ({"occurred_at": "2020-01-01T00:00:00Z"}, "before the rule’s first day"),
    ],
)
def test_a_sample_that_does_not_match_says_why(url, as_manu, fields, why):
    page = as_manu.post(url, {"sample": event(**fields)})

    assert page.status_code == 200
    assert not line(page).is_match
    assert why in line(page).why


def test_a_match_says_what_would_stop_it(url, as_manu):
    person = {"name": "Fred", "email": "fred@example.com"}
    alike = {"name": "F", "email": "fred+2@example.com"}

    nobody = as_manu.post(url, {"sample": event()})
    same = as_manu.post(url, {"sample": event(person=person, advocate=alike)})

    assert "does not say who it is about" in " ".join(line(nobody).sends)
    assert "may lead to one mailbox" in " ".join(line(same).sends)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "{",
        "[]",
        "17",
        "{}",
        '{"type": 7}',
        '{"type": "a", "attributes": [1]}',
        '{"type": "a", "attributes": {"b": {}}}',
        '{"type": "a", "occurred_at": "yesterday"}',
        "[" * 100_000,
        "[" * 5_000,
    ],
)
def test_what_is_no_event_is_said_and_kept(url, as_manu, typed):
    page = as_manu.post(url, {"sample": typed})

    assert page.status_code == 422
    assert page.context["form"].errors["sample"]
    assert page.context["form"]["sample"].value() == typed


def test_what_a_rule_does_not_look_at_is_left_alone():
    call = sample_reading.read(
        '{"type": "a", "person": {"email": 7, "address": {"city": "Boston"}},'
        ' "advocate": "nobody", "occurred_at": "2026-03-01T12:00:00", "more": [1]}'
    )

    assert call.person == Person(
        name="",
        email="7",
        address=Address(line1="", city="Boston", postal_code="", country=""),
    )
    assert call.advocate is None
    assert call.occurred_at.date() == date(2026, 3, 1)
    assert timezone.is_aware(call.occurred_at)


def test_the_last_events_are_tried_and_nothing_changes(draft, url, key, test_key, manu):
    for number in range(3):
        made.report(key, f"evt-{number}", attributes={"purchase": 40 + 10 * number})
    made.report(test_key, "evt-test")
    before = contents()
    version = rule_versions.newest(draft)

    live = dry_running.of_last(version, is_test=False)
    test = dry_running.of_last(version, is_test=True)

    assert [(each.event_id, each.is_match) for each in live.lines] == [
        ("evt-2", True),
        ("evt-1", True),
        ("evt-0", False),
    ]
    assert live.matched == 2
    assert [each.event_id for each in test.lines] == ["evt-test"]
    assert changed(before) == set()


def test_reversals_and_asked_rewards_are_no_events_to_try(draft, key):
    made.report(key, "evt-1")
    made.report(key, "evt-2", type="referral.reversed", reverses="evt-1")
    Event.objects.filter(event_id="evt-1").update(type="")

    outcome = dry_running.of_last(rule_versions.newest(draft), is_test=False)

    assert outcome.lines == ()


def test_a_hundred_events_take_a_few_queries(
    draft, url, key, as_manu, django_assert_max_num_queries
):
    made.report(key)
    first = Event.objects.get()
    for number in range(120):
        first.pk, first.event_id = None, f"many-{number}"
        first.save(force_insert=True)

    with django_assert_max_num_queries(12):
        page = as_manu.get(f"{url}?of=live")

    assert len(page.context["rows"]) == dry_running.MOST
    assert "100 of 100 events matched" in page.text
    # Whose they are is for the event log.
    assert "fred@example.com" not in page.text


def test_a_dry_run_makes_nobody_known(url, as_manu):
    before = contents()

    as_manu.get(url)
    as_manu.post(url, {"sample": event(person={"name": "N", "email": "n@example.com"})})

    assert {name for name in changed(before) if "session" not in name} == set()
    assert not Award.objects.exists()
    assert not Recipient.objects.exists()


def test_a_missing_contact_is_noticed(draft, url, as_manu):
    version = rule_versions.newest(draft)
    version.gifts.update(way=Way.SMS)

    person = {"name": "Fred", "email": "fred@example.com"}
    page = as_manu.post(url, {"sample": event(person=person)})

    assert "no address or number" in line(page).sends[0]
