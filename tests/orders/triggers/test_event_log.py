"""The event log: what came in, what matched and why not, and what it made."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from orders.models import Award, Event, RefusedCall, Side
from orders.triggers.problems import Code
from portal.permissions import Role
from tests import factories
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db

LOG = "/developers/events/"


def page_of(event: Event) -> str:
    return reverse("orders:event_detail", args=[event.pk])


def shown(response) -> str:
    return str(response.content.decode())


def listed(response) -> list[str]:
    return [row.event.event_id for row in response.context["rows"]]


@pytest.fixture
def events(rule, key, test_key, clock) -> dict[str, Event]:
    """One of each kind; the first is a day older than the rest."""
    found = {"sent": made.report(key, "evt-sent")}
    clock.shift(timedelta(days=1))
    found["small"] = made.report(key, "evt-small", attributes={"purchase": 20})
    found["test"] = made.report(test_key, "evt-test")
    return found


def test_every_event_is_there_newest_first_with_its_rewards(events, as_audra):
    page = as_audra.get(LOG)

    assert listed(page) == ["evt-test", "evt-small", "evt-sent"]
    assert [len(row.awards) for row in page.context["rows"]] == [1, 0, 1]


FILTERS: tuple[tuple[str, list[str]], ...] = (
    ("q=evt-small", ["evt-small"]),
    ("q=evt-s", []),
    ("mode=live", ["evt-small", "evt-sent"]),
    ("mode=test", ["evt-test"]),
    ("status=unmatched", ["evt-small"]),
    ("status=matched", ["evt-test", "evt-sent"]),
    ("status=reward-ordered", ["evt-sent"]),
    ("status=reward-tested", ["evt-test"]),
    ("status=nonsense", ["evt-test", "evt-small", "evt-sent"]),
    ("type=referral.completed", ["evt-test", "evt-small", "evt-sent"]),
    ("type=survey.done", []),
    ("problem=over-cap", []),
    ("rule={rule}", ["evt-test", "evt-sent"]),
    ("key={key}", ["evt-small", "evt-sent"]),
    ("program={program}", ["evt-test", "evt-small", "evt-sent"]),
    ("program=0", ["evt-test", "evt-small", "evt-sent"]),
    ("since={today}", ["evt-test", "evt-small"]),
    ("until={yesterday}", ["evt-sent"]),
)


def test_filters(events, rule, key, program, as_audra):
    today = factories.today()
    things = {
        "today": today,
        "yesterday": today - timedelta(days=1),
        "rule": rule.pk,
        "key": key.pk,
        "program": program.pk,
    }

    for query, found in FILTERS:
        assert listed(as_audra.get(f"{LOG}?{query.format(**things)}")) == found, query


def test_an_event_is_found_by_the_id_of_its_reward(events, as_audra):
    award = events["sent"].awards.get()

    assert listed(as_audra.get(LOG, {"q": str(award)})) == ["evt-sent"]
    assert listed(as_audra.get(LOG, {"q": f"rw_{uuid.uuid4().hex}"})) == []
    assert listed(as_audra.get(LOG, {"q": "rw_nonsense"})) == []


def test_a_list_without_events_says_what_will_be_there(as_manu):
    assert "No events yet" in shown(as_manu.get(LOG))
    assert "No event matches" in shown(as_manu.get(f"{LOG}?q=nothing"))


def test_an_event_says_which_rule_matched_and_leads_to_its_order(events, rule, as_manu):
    page = shown(as_manu.get(page_of(events["sent"])))
    order = events["sent"].awards.get().reward.order

    assert rule.name in page
    assert "version 1 · matched" in page
    assert reverse("orders:order_detail", args=[order.reference]) in page
    assert "fred@example.com" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"attributes": {"purchase": 20}}, "It asks for: purchase ≥ 50."),
        ({"attributes": {}}, "The event has no “purchase”."),
        ({"attributes": {"purchase": "much"}}, "cannot be compared"),
    ],
)
def test_an_event_says_why_a_rule_did_not_match(rule, key, as_manu, fields, words):
    event = made.report(key, **fields)

    page = shown(as_manu.get(page_of(event)))

    assert "version 1 · not matched" in page
    assert words in page


def test_contacts_are_masked_for_who_sees_no_recipients(events, as_ada):
    page = shown(as_ada.get(page_of(events["sent"])))

    assert "f•••@example.com" in page
    assert "fred@example.com" not in page
    assert "Fred Friend" in page


def test_what_cannot_be_decrypted_any_more_leaves_the_rest(events, as_manu):
    Event.objects.update(body_ciphertext="nonsense")

    page = shown(as_manu.get(page_of(events["sent"])))

    assert "What was said cannot be read" in page
    assert "version 1 · matched" in page


def test_a_refused_reward_says_why_and_what_to_do(referral, key, as_manu):
    event = made.report(key)

    page = shown(as_manu.get(page_of(event)))

    assert event.awards.get(side=Side.ADVOCATE).problem == Code.PERSON_MISSING
    assert "The event does not say who it is about." in page
    assert "Send the person, and in a referral the advocate." in page


def test_a_reversal_and_its_event_lead_to_each_other(rule, key, as_manu):
    first = made.report(key)
    taken = made.report(
        key, "evt-2", type="referral.reversed", reverses="evt-1", person=None
    )

    there, back = as_manu.get(page_of(first)), as_manu.get(page_of(taken))

    assert page_of(taken) in shown(there)
    assert "The card is final" in shown(there)
    assert page_of(first) in shown(back)


def test_a_reversal_that_came_first_says_that_its_event_is_not_there(
    rule, key, as_manu
):
    event = made.report(key, type="referral.reversed", reverses="evt-0", person=None)

    assert "It takes back evt-0, which has not come." in shown(
        as_manu.get(page_of(event))
    )


def test_what_happened_to_an_event_is_on_its_page(events, as_manu):
    titles = [e.title for e in as_manu.get(page_of(events["sent"])).context["events"]]

    assert titles == ["Event decided"]


def test_an_event_of_another_program_is_not_found(events, adam):
    other = factories.make_program("Autumn")
    outsider = factories.signed_in(
        factories.make_member("Olga", other, Role.MANAGER, Role.AUDITOR)
    )

    assert outsider.get(page_of(events["sent"])).status_code == 404
    assert listed(outsider.get(LOG)) == []


def test_refused_calls_name_the_problem_and_the_remedy(key, program, as_manu):
    RefusedCall.objects.create(
        program=program,
        key=key,
        call="POST /events",
        code=Code.TYPE_UNKNOWN,
        minute=made.at("2026-01-01T00:00"),
        count=1234,
    )

    page = shown(as_manu.get(f"{LOG}refused/"))

    assert "No rule of the program knows this type of event." in page
    assert "make a rule for it first" in page
    assert "1,234" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("code=type-unknown", 1),
        ("code=invalid", 0),
        ("since=2026-01-02", 0),
        ("until=2026-01-01", 1),
    ],
)
def test_refused_calls_are_filtered(key, program, as_manu, query, count):
    RefusedCall.objects.create(
        program=program,
        key=key,
        call="POST /events",
        code=Code.TYPE_UNKNOWN,
        minute=made.at("2026-01-01T12:00"),
    )

    page = as_manu.get(f"{LOG}refused/?{query}")

    assert len(page.context["rows"]) == count


def test_calls_of_nobody_are_for_who_sees_every_program(as_manu, as_adam):
    RefusedCall.objects.create(
        call="POST /events", code=Code.KEY_UNKNOWN, minute=made.at("2026-01-01T00:00")
    )

    assert "This key is not known." in shown(as_adam.get(f"{LOG}refused/"))
    assert as_manu.get(f"{LOG}refused/").context["rows"] == []


def test_the_tabs_lead_to_what_a_person_may_open(events, as_audra, as_ada):
    for client in (as_audra, as_ada):
        page = client.get(LOG)
        nav = [str(i.label) for i in page.context["nav"] if i.is_current]

        assert nav == ["Triggers"]
        assert f'<a href="{LOG}" aria-current="page">' in shown(page)
    assert "/developers/keys/" not in shown(as_ada.get(LOG))
    assert Award.objects.count() == 2
