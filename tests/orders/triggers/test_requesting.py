"""A reward asked for without a rule: checked at once, the same answer every time."""

from decimal import Decimal

import pytest

from orders.award_states import AwardStatus, EventStatus
from orders.models import Award, Event, Order, Reward, Way
from orders.states import OrderStatus
from orders.triggers import requesting
from orders.triggers.calls import RewardCall
from orders.triggers.problems import Code, Refused
from portal.outbox import dispatch
from programs.models import Program
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db


def call(request_id="req-1", **fields):
    return RewardCall(
        request_id=request_id,
        **{
            "product_id": "CVS",
            "value": Decimal(15),
            "person": made.FRIEND,
            "way": Way.EMAIL,
            "message": "Thank you!",
            **fields,
        },
    )


def test_it_becomes_an_order(cvs, key, program):
    answer = requesting.request(call(), key=key)
    dispatch.drain()

    reward = Reward.objects.get(award=answer.award)
    assert (reward.message, reward.from_name) == ("Thank you!", program.from_name)
    assert reward.order.origin == Order.Origin.TRIGGER
    assert reward.order.status == OrderStatus.APPROVED


def test_the_same_call_gets_the_same_award(cvs, key):
    first = requesting.request(call(), key=key)
    dispatch.drain()
    second = requesting.request(call(), key=key)
    dispatch.drain()

    assert first.award == second.award
    assert Order.objects.count() == 1


def test_another_body_under_the_same_id_is_refused(cvs, key):
    requesting.request(call(), key=key)

    with pytest.raises(Refused) as refusal:
        requesting.request(call(value=Decimal(25)), key=key)

    assert refusal.value.code == Code.ID_REUSED


@pytest.mark.parametrize(
    ("fields", "change", "code"),
    [
        ({"product_id": "NONE"}, {}, Code.PRODUCT_UNAVAILABLE),
        ({"value": Decimal("15.001")}, {}, Code.VALUE_NOT_SOLD),
        ({"value": Decimal(16)}, {}, Code.VALUE_NOT_SOLD),
        ({"way": Way.SMS}, {}, Code.CONTACT_MISSING),
        ({}, {"status": "paused"}, Code.PROGRAM_NOT_RUNNING),
        ({}, {"funded_minor": 100}, Code.BUDGET_EXHAUSTED),
        ({}, {"reward_cap_minor": 100}, Code.OVER_CAP),
        ({}, {"email_consent": "recorded"}, Code.CONSENT_MISSING),
    ],
)
def test_what_may_not_be_sent_is_refused_every_time(
    cvs, key, program, fields, change, code
):
    Program.objects.filter(pk=program.pk).update(**change)
    program.refresh_from_db()
    key.program.refresh_from_db()

    first = requesting.request(call(**fields), key=key)
    Program.objects.filter(pk=program.pk).update(status="active", funded_minor=10**6)
    second = requesting.request(call(**fields), key=key)

    assert [each.refusal and each.refusal.code for each in (first, second)] == [
        code,
        code,
    ]
    event = Event.objects.get()
    assert (event.status, event.problem) == (EventStatus.REFUSED, code)
    assert not Award.objects.exists()


def test_a_test_key_buys_nothing(cvs, test_key):
    answer = requesting.request(call(), key=test_key)
    dispatch.drain()

    assert Award.objects.get() == answer.award
    assert Award.objects.get().status == AwardStatus.TESTED
    assert not Order.objects.exists()


def test_whoever_made_the_key_cannot_approve(cvs, key, program, manu):
    Program.objects.filter(pk=program.pk).update(approval_rule="always")

    requesting.request(call(), key=key)
    dispatch.drain()

    order = Order.objects.get()
    assert order.status == OrderStatus.SUBMITTED
    assert list(order.contributors.values_list("user", flat=True)) == [manu.pk]
