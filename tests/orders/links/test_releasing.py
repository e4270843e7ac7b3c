"""The last check of an approved batch, and the plan that is frozen from it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders import approvals, drafts, lifecycle, releasing
from orders.models import LinkBatch, Order, Reward
from portal.accounts.models import actor_of
from portal.actors import WORKER
from programs.models import Product, Program
from tests.orders import ledger
from tests.orders.claims.made import make_submitted

TERMS = {"value": Decimal(10), "quantity": 5}


@pytest.fixture
def submitted(program, cvs, manu):
    tomorrow = timezone.localdate() + timedelta(days=1)
    return make_submitted(program, cvs, manu, **TERMS, expires_on=tomorrow)


@pytest.fixture
def approved(submitted, approver, at_once):
    return approvals.approve(
        submitted, content_hash=submitted.content_hash, actor=approver
    )


def test_the_plan_holds_every_link_once_and_the_whole_estimate(
    approved, program, settings
):
    settings.PLACEMENT_MOST_LINES = 2

    releasing.release(approved.pk, actor=WORKER)

    placements = approved.placements.order_by("pk")
    assert [placement.rewards.count() for placement in placements] == [2, 2, 1]
    assert sum(each.held_minor for each in placements) == approved.estimate_minor
    assert not approved.rewards.filter(placement=None).exists()
    approved.refresh_from_db()
    assert approved.status == "placing"
    ledger.check(program)


@pytest.mark.parametrize(
    ("model", "change", "reason"),
    [
        (Program, {"delivery_types": ["DigitalDelivery"]}, "gives no claim links"),
        (Program, {"reward_cap_minor": 900}, "may be at most $9.00"),
        (Program, {"status": "closed"}, "is closed"),
        (Product, {"delivery_types": ["DigitalDelivery"]}, "is not offered"),
        (Product, {"fee_minor": 1}, "The price rose from $50.00 to $50.05"),
        (LinkBatch, {"expires_on": None}, "no longer what was approved"),
        (LinkBatch, {"way": "provider"}, "no longer what was approved"),
        (LinkBatch, {"quantity": 50}, "no longer what was approved"),
        (Reward, {"value_minor": 2500}, "no longer what was approved"),
        (Reward, {"quantity": 2}, "no longer what was approved"),
    ],
    ids=str,
)
def test_what_changed_since_the_approval_hands_the_batch_back(
    approved, program, model, change, reason
):
    model.objects.update(**change)

    releasing.release(approved.pk, actor=WORKER)

    approved.refresh_from_db()
    assert approved.status == "changes requested"
    assert reason in approved.problem
    assert not approved.placements.exists()
    program.refresh_from_db()
    assert program.held_minor == 0


def test_a_last_day_that_passed_during_the_hold_hands_the_batch_back(approved, clock):
    clock.shift(timedelta(days=2))

    releasing.release(approved.pk, actor=WORKER)

    approved.refresh_from_db()
    assert approved.status == "changes requested"
    assert "The last day has passed" in approved.problem


def test_a_price_that_fell_is_held_as_it_was_approved(approved, cvs, program):
    Product.objects.update(discount_percent=Decimal(10))

    releasing.release(approved.pk, actor=WORKER)

    assert approved.placements.get().held_minor == 5000
    ledger.check(program)


def test_an_approval_is_for_the_content_on_screen(submitted, approver):
    LinkBatch.objects.update(message="Other words")

    with pytest.raises(lifecycle.StaleOrder):
        approvals.approve(
            submitted, content_hash=submitted.content_hash, actor=approver
        )

    assert Order.objects.get().status == "submitted"


def test_whoever_made_a_batch_cannot_approve_it(submitted, manu):
    with pytest.raises(approvals.SelfApproval):
        approvals.approve(
            submitted, content_hash=submitted.content_hash, actor=actor_of(manu)
        )


def test_cancelling_frees_the_money(submitted, manu, program):
    drafts.cancel(submitted, version=submitted.version, actor=actor_of(manu))

    program.refresh_from_db()
    assert program.held_minor == 0
    assert set(submitted.rewards.values_list("status", flat=True)) == {"cancelled"}
    ledger.check(program)
