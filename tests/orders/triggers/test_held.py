"""Held rewards: both sides beside each other, and a decision with its reason."""

from dataclasses import replace

import pytest
from django.urls import reverse

from orders.award_states import AwardStatus
from orders.models import Award, Order, Side
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.permissions import Role
from tests import factories
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db

LIST = "/developers/held/"


def page_of(award: Award) -> str:
    return reverse("orders:award_decide", args=[award.pk])


def shown(response) -> str:
    return str(response.content.decode())


def count_in_tab(page):
    return next(tab["count"] for tab in page.context["tabs"] if tab["is_current"])


@pytest.fixture
def held(referral, key) -> Award:
    """Fred referred himself: what he would get is held, and so is the advocate's."""
    advocate = replace(made.ADVOCATE, email="fred+2@example.com")
    event = made.report(key, advocate=advocate)
    return event.awards.get(side=Side.PERSON)


@pytest.fixture
def as_abe(program):
    """An approver who had no hand in the rule, as Ada had none either."""
    return factories.signed_in(factories.make_member("Abe", program, Role.APPROVER))


def decide(client, award: Award, verdict: str, **fields: object):
    data = {"version": award.version, "reason": "They share an inbox.", **fields}
    return client.post(page_of(award), {"verdict": verdict, **data})


def test_what_is_held_is_listed_and_counted(held, as_abe, as_manu):
    page = as_abe.get(LIST)

    assert len(page.context["rows"]) == 2
    assert page_of(held) in shown(page)
    assert "Both e-mail addresses may lead to one mailbox." in shown(page)
    assert count_in_tab(page) == 2
    # Whoever may not decide sees it all the same, and gets to the event.
    assert page_of(held) not in shown(as_manu.get(LIST))
    assert reverse("orders:event_detail", args=[held.event_id]) in shown(
        as_manu.get(LIST)
    )


def test_nothing_held_says_what_would_be_there(rule, as_abe):
    assert "Nothing is held" in shown(as_abe.get(LIST))


def test_both_sides_are_beside_each_other_in_full(held, as_abe):
    page = shown(as_abe.get(page_of(held)))

    for fact in ("fred@example.com", "fred+2@example.com", "Release $15.00", "Block"):
        assert fact in page
    other = held.event.awards.get(side=Side.ADVOCATE)
    assert page_of(other) in page


def test_everything_that_is_alike_is_named(referral, key, as_abe):
    friend = replace(made.FRIEND, phone="+12025550123")
    advocate = replace(friend, name="Adele")
    event = made.report(key, person=friend, advocate=advocate)

    page = shown(as_abe.get(page_of(event.awards.earliest("pk"))))

    assert "Both e-mail addresses may lead to one mailbox." in page
    assert "Both have the same mobile number." in page


def test_released_it_goes_on(held, as_abe):
    done = decide(as_abe, held, "release")
    dispatch.drain()

    held.refresh_from_db()
    assert done.headers["Location"] == LIST
    assert (held.status, held.reason) == (AwardStatus.ORDERED, "They share an inbox.")
    assert Order.objects.count() == 1
    event = as_abe.get(reverse("orders:event_detail", args=[held.event_id]))
    assert "Abe: They share an inbox." in shown(event)


def test_blocked_it_stays(held, as_abe):
    decide(as_abe, held, "block")
    dispatch.drain()

    held.refresh_from_db()
    assert held.status == AwardStatus.BLOCKED
    assert not Order.objects.exists()
    assert Entry.objects.latest("sequence").action == "award.blocked"


def test_no_verdict_releases_nothing(held, as_abe):
    decide(as_abe, held, "")

    held.refresh_from_db()
    assert held.status == AwardStatus.HELD


def test_a_decision_needs_a_reason_and_keeps_what_was_typed(held, as_abe):
    page = decide(as_abe, held, "release", reason="  ")

    held.refresh_from_db()
    assert page.status_code == 422
    assert "Say why" in shown(page)
    assert held.status == AwardStatus.HELD


def test_the_second_of_two_is_told(held, as_abe):
    decide(as_abe, held, "block")

    late = decide(as_abe, held, "release")

    held.refresh_from_db()
    assert late.status_code == 409
    assert "not held any more" in shown(late)
    assert held.status == AwardStatus.BLOCKED


def test_what_is_not_held_leads_to_its_event(held, as_abe):
    decide(as_abe, held, "block")

    answer = as_abe.get(page_of(held))

    assert answer.headers["Location"].endswith(f"/events/{held.event_id}/")


def test_whoever_wrote_the_rule_reads_why_they_may_not_decide(held, program, manu):
    manu.memberships.create(program=program, role=Role.APPROVER)
    as_manu = factories.signed_in(manu)

    page = as_manu.get(page_of(held))
    sent = decide(as_manu, held, "release")

    held.refresh_from_db()
    assert "You had a hand in its rule or its key" in shown(page)
    assert "Release $" not in shown(page)
    assert sent.status_code == 422
    assert held.status == AwardStatus.HELD
    assert count_in_tab(as_manu.get(LIST)) is None


def test_what_may_not_be_sent_any_more_says_so(held, referral, key, as_abe):
    referral.in_force.per_person = 1
    referral.in_force.save()
    other = replace(made.ADVOCATE, email="other@example.org")
    made.report(key, "evt-2", advocate=other)

    done = as_abe.post(
        page_of(held),
        {"verdict": "release", "version": held.version, "reason": "Fine."},
        follow=True,
    )

    assert "Released, but it may not be sent: A cap is reached." in shown(done)


def test_what_cannot_be_read_can_only_be_blocked(held, as_abe):
    type(held.event).objects.update(body_ciphertext="nonsense")

    page = shown(as_abe.get(page_of(held)))

    assert "What was said cannot be read" in page
    assert "Release $" not in page
