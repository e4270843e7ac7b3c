"""The pages of triggered orders: one of its own, and many collected into one."""

from dataclasses import replace

import pytest
from django.urls import reverse

from orders import approvals, placing, releasing
from orders.models import Award, Order
from orders.states import OrderStatus, RewardStatus
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.provider.types import FieldError, Refused
from tests.orders.triggers import made, states

pytestmark = pytest.mark.django_db


def shown(response) -> str:
    return str(response.content.decode())


def url(name: str, order: Order, *more: str) -> str:
    return reverse(f"orders:{name}", args=[order.reference, *more])


@pytest.fixture
def always(program):
    program.approval_rule = "always"
    program.save()


@pytest.fixture
def single(rule, key, always) -> Order:
    """One reward, which waits for approval."""
    return states.order_of(made.report(key))


@pytest.fixture
def collected(rule, key, always, cvs) -> Order:
    """Three rewards of an hour in one order, which waits for approval."""
    rule.in_force.timing = "hour"
    rule.in_force.save()
    for number in range(3):
        made.report(key, f"hour-{number}", person=made.people(number))
    return states.collect(rule)


@pytest.fixture
def changed(collected, ada) -> Order:
    """Its approver wants something changed."""
    return approvals.request_changes(
        collected,
        content_hash=collected.content_hash,
        comment="Why so many?",
        actor=actor_of(ada),
    )


@pytest.fixture
def failed(collected, ada, at_once) -> Order:
    """The provider refused all of it."""
    order = approvals.approve(
        collected, content_hash=collected.content_hash, actor=actor_of(ada)
    )
    releasing.release(order.pk, actor=WORKER)
    placement = order.placements.get()
    post = placing.begin(placement.pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    refusal = Refused((FieldError("LineItems", ("No such product.",)),))
    placing.answered(post.attempt_id, refusal, actor=WORKER)
    order.refresh_from_db()
    return order


def test_a_triggered_order_leads_to_its_rule_and_its_event(single, rule, as_manu):
    page = shown(as_manu.get(url("order_detail", single)))
    event = Award.objects.get().event

    assert reverse("orders:rule_detail", args=[rule.pk]) in page
    assert "version 1" in page
    assert "One reward for each referral." in page
    assert reverse("orders:event_detail", args=[event.pk]) in page
    assert url("order_edit", single) not in page


def test_a_triggered_order_is_not_edited(single, ada, as_manu):
    approvals.request_changes(
        single, content_hash=single.content_hash, comment="Why?", actor=actor_of(ada)
    )

    there = as_manu.get(url("order_edit", single), follow=True)

    assert there.redirect_chain[-1][0] == url("order_check", single)
    assert "it is what its rule says" in shown(there)
    assert ">Edit<" not in shown(there)
    assert "Submit for approval: $15.00" in shown(there)


def test_an_approver_reads_who_asks_and_the_rule(single, rule, as_ada):
    page = shown(as_ada.get(url("approval_review", single)))

    assert "The rule “Spring referral” asks to send" in page.replace("&quot;", '"')
    assert "When referral.completed arrives" in page
    assert "Approve $15.00" in page


def test_an_approver_reads_what_counts_together(rule, key, program, as_ada):
    program.approval_rule, program.approval_above_minor = "above", 2000
    program.save()
    made.report(key, "evt-1")

    second = made.report(key, "evt-2", person=made.people(2))
    order = states.order_of(second)
    page = shown(as_ada.get(url("approval_review", order)))

    assert order.status == OrderStatus.SUBMITTED
    assert "it comes to $30.00" in page


def test_lists_name_the_rule(single, collected, as_manu, as_ada):
    for client, path in ((as_manu, "/orders/"), (as_ada, "/approvals/")):
        assert "Spring referral" in shown(client.get(path))


def test_a_collected_order_says_what_it_is(collected, rule, as_manu):
    page = shown(as_manu.get(url("order_detail", collected)))

    assert "Spring · 3 triggered rewards" in page
    assert reverse("orders:rule_detail", args=[rule.pk]) in page
    assert "The list" not in page
    assert "from a list" not in page


def test_its_rewards_lead_to_their_events(collected, as_manu):
    page = shown(as_manu.get(url("reward_list", collected)))

    for award in Award.objects.all():
        assert reverse("orders:event_detail", args=[award.event_id]) in page


def test_its_approver_sees_rewards_rule_and_a_message(collected, as_ada, as_manu):
    page = shown(as_ada.get(url("approval_review", collected)))
    last = shown(as_ada.get(f"{url('approval_review', collected)}?row=99"))

    assert "The rule “Spring referral” asks to send" in page
    assert "Approve 3 rewards for $45.00" in page
    assert "Reward 1" in page
    assert "Reward 3" in last
    assert "The last" in last


def test_a_test_of_its_message_is_mailed(collected, as_ada, worker, mailoutbox):
    worker.run()
    before = len(mailoutbox)

    as_ada.post(url("order_test", collected), {"row": "2"})
    worker.run()

    (mail,) = mailoutbox[before:]
    assert mail.to == ["ada@example.com"]


def test_sent_back_it_can_be_checked_and_submitted_again(changed, as_manu):
    page = as_manu.get(url("order_check", changed))

    assert "Submit 3 rewards ($45.00) for approval" in shown(page)
    assert "Back to the list" not in shown(page)

    changed.refresh_from_db()
    as_manu.post(
        url("order_submit", changed), {"version": changed.version, "estimate": "4500"}
    )

    changed.refresh_from_db()
    assert changed.status == OrderStatus.SUBMITTED


def test_it_has_no_list_to_go_back_to(changed, as_manu):
    for name in ("order_reopen", "order_correct"):
        assert as_manu.post(url(name, changed), {"version": "1"}).status_code == 409


def test_what_stands_in_its_way_names_no_row(changed, cvs, as_manu):
    cvs.denominations = ["10"]
    cvs.save()

    page = as_manu.post(
        url("order_submit", changed), {"version": changed.version, "estimate": "4500"}
    )

    assert page.status_code == 422
    assert "3 in the order:" in shown(page)


def test_its_results_say_who_got_what_for_which_event(collected, as_manu):
    response = as_manu.post(url("order_result", collected, "csv"))

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Event,Recipient,E-mail,Mobile,Product,Value,Status")
    assert lines[1].startswith("hour-0,Person 0,person0@example.com,,CVS,15.00,Queued")
    assert len(lines) == 4


def test_the_results_of_one_reward_are_no_file(single, as_manu):
    assert as_manu.post(url("order_result", single, "csv")).status_code == 404


def test_what_failed_is_sent_again_as_it_is(failed, as_manu):
    page = shown(as_manu.get(url("order_detail", failed)))
    assert "Send 3 again for $45.00" in page
    assert "in the list" not in page

    as_manu.post(
        url("order_retry", failed), {"version": failed.version, "estimate": "4500"}
    )

    assert set(failed.rewards.values_list("status", flat=True)) == {RewardStatus.QUEUED}
    assert failed.placements.count() == 2


def test_it_may_not_be_sent_again_for_more_than_was_approved(failed, cvs, as_manu):
    cvs.discount_percent = -10
    cvs.save()

    page = as_manu.post(
        url("order_retry", failed),
        {"version": failed.version, "estimate": "4500"},
        follow=True,
    )

    assert "send it with an order of its own" in shown(page)


def test_a_cancelled_one_says_where_its_rewards_went(collected, as_manu):
    Award.objects.update(reward=None, status="refused")

    page = shown(as_manu.get(url("order_detail", collected)))

    assert "its rewards were given back to their events" in page


def test_a_reward_without_a_rule_names_its_key(single, as_manu):
    Award.objects.update(rule=None, rule_version=None)

    page = shown(as_manu.get(url("order_detail", single)))

    assert "Asked for without a rule, with the key Referral tool." in page
    assert replace(made.FRIEND).name in page
