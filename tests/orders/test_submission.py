"""Submitting: every rule is asked, the money is held, and a refusal writes nothing."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import drafts, lifecycle
from orders.models import Order, Submission
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.outbox.models import Message
from portal.permissions import Role
from programs import budget, consent, merging
from programs.models import ConsentEntry, Product, Program, Recipient
from tests import factories
from tests.orders import ledger
from tests.orders.test_drafts import MOBILE, evidence, in_parallel

Denomination = Product.Denomination


def submit(order, user):
    return drafts.submit(order, version=order.version, actor=actor_of(user))


def refusal_of(order, user):
    """The fields that were refused; nothing may have been written."""
    before = _written(order)
    with pytest.raises(drafts.NotSubmittable) as refusal:
        submit(order, user)
    assert _written(order) == before
    assert all(problem.message for problem in refusal.value.problems)
    return [problem.field for problem in refusal.value.problems]


def _written(order):
    return (
        Order.objects.filter(pk=order.pk).values().get(),
        Program.objects.filter(pk=order.program_id).values().get(),
        Entry.objects.count(),
        Message.objects.count(),
        Submission.objects.count(),
        order.contributors.count(),
    )


def test_submitting_holds_exactly_the_estimate(program, cvs, manu):
    order = factories.make_submitted(program, cvs, manu, quantity=3)

    program.refresh_from_db()
    assert order.status == "submitted"
    assert (str(order.estimate), str(program.held)) == ("$45.00", "$45.00")
    assert program.budget_entries.get(kind="hold").order_id == order.pk
    ledger.check(program)
    assert Entry.objects.filter(action="order.submitted").count() == 1


def test_the_estimate_counts_fee_and_discount(program, manu):
    card = factories.make_product(
        "CARD", values=[10], fee_minor=95, discount_percent=Decimal("2.5")
    )

    order = factories.make_submitted(program, card, manu, value=Decimal(10), quantity=3)

    # 3 x (10 x 0.975 + 0.95)
    assert (str(order.face), str(order.fee), str(order.discount)) == (
        "$30.00",
        "$2.85",
        "$0.75",
    )
    assert str(order.estimate) == "$32.10"


def test_the_price_is_that_of_the_day_it_is_submitted(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    Product.objects.update(fee_minor=100)

    submitted = submit(order, manu)

    assert str(submitted.estimate) == "$16.00"
    ledger.check(program)


def test_approvers_are_asked_and_nobody_who_made_it(program, cvs, manu, ada):
    both = factories.make_member("Bea", program, Role.MANAGER, Role.APPROVER)
    gone = factories.make_member("Gus", program, Role.APPROVER)
    gone.is_active = False
    gone.save()
    elsewhere = factories.make_program("Elsewhere")
    factories.make_member("Eve", elsewhere, Role.APPROVER)
    order = factories.make_draft(program, cvs, both)
    drafts.edit(
        order, factories.make_gift(program, cvs), version=1, actor=actor_of(manu)
    )
    order.refresh_from_db()

    submit(order, manu)
    dispatch.drain()

    assert [sent.to for sent in mail.outbox] == [["ada@example.com"]]
    assert order.po_number in mail.outbox[0].subject


def test_a_stale_page_is_not_submitted(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    drafts.edit(
        order,
        factories.make_gift(program, cvs, value=Decimal(100)),
        version=1,
        actor=actor_of(manu),
    )

    with pytest.raises(lifecycle.StaleOrder):
        drafts.submit(order, version=1, actor=actor_of(manu))

    ledger.check(program)
    assert Order.objects.get().status == "draft"


@pytest.mark.django_db(transaction=True)
def test_submitting_twice_at_once_holds_once(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)

    made = in_parallel(*[lambda: submit(order, manu)] * 8)

    assert made.count(order) == 1
    assert {type(each) for each in made} == {Order, lifecycle.StaleOrder}
    ledger.check(program)


@pytest.mark.django_db(transaction=True)
def test_of_eight_orders_for_the_budget_of_one_exactly_one_is_submitted(
    adam, cvs, manu
):
    poor = factories.make_program("Poor", funded=20, funded_by=adam)
    orders = [factories.make_draft(poor, cvs, manu) for _ in range(8)]

    made = in_parallel(*[lambda order=order: submit(order, manu) for order in orders])

    assert sum(isinstance(each, Order) for each in made) == 1
    assert {type(each) for each in made} == {Order, drafts.NotSubmittable}
    ledger.check(poor)


# What is refused, and at which field


def test_a_retired_product_is_refused(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    Product.objects.update(retired_at=timezone.now())

    assert refusal_of(order, manu) == ["product"]


def test_a_product_of_another_currency_is_refused(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    Product.objects.update(currency="EUR")

    assert refusal_of(order, manu) == ["product"]


def test_a_product_the_program_does_not_offer_is_refused(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    program.products.add(factories.make_product("OTHER", values=[15]))

    assert refusal_of(order, manu) == ["product"]


@pytest.mark.parametrize("delivered", [["Links"], []])
def test_a_product_that_is_not_sent_by_mail_is_refused(program, cvs, manu, delivered):
    order = factories.make_draft(program, cvs, manu)
    Product.objects.update(delivery_types=delivered)

    assert refusal_of(order, manu) == ["product"]


def test_a_program_that_sends_by_post_only_is_refused(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    Program.objects.update(delivery_types=["PhysicalShipment"])

    assert refusal_of(order, manu) == ["product"]


@pytest.mark.parametrize(
    ("kind", "sold", "value"),
    [
        (Denomination.FIXED, [10, 25], "15"),
        (Denomination.FIXED, [10, 25], "25.01"),
        (Denomination.FIXED, [], "15"),
        (Denomination.VARIABLE, [10, 25], "9.99"),
        (Denomination.VARIABLE, [10, 25], "25.01"),
        (Denomination.NO_CENTS, [10, 25], "12.50"),
        (Denomination.NO_CENTS, [10, 25], "26"),
        (Denomination.NO_CENTS, [10], "10"),
        ("Surprise", [10, 25], "15"),
    ],
)
def test_a_value_that_is_not_sold_is_refused(program, manu, kind, sold, value):
    card = factories.make_product("CARD", values=sold, denomination_type=kind)
    order = factories.make_draft(program, card, manu, value=Decimal(value))

    assert refusal_of(order, manu) == ["value"]


@pytest.mark.parametrize(
    ("kind", "sold", "value"),
    [
        (Denomination.FIXED, [10, 25], "25"),
        (Denomination.VARIABLE, [10, 25], "10"),
        (Denomination.VARIABLE, [10, 25], "12.34"),
        (Denomination.VARIABLE, [10, 25], "25"),
        (Denomination.NO_CENTS, [10, 25], "25"),
    ],
)
def test_a_value_that_is_sold_is_accepted(program, manu, kind, sold, value):
    card = factories.make_product("CARD", values=sold, denomination_type=kind)
    order = factories.make_draft(program, card, manu, value=Decimal(value))

    assert submit(order, manu).status == "submitted"


def test_more_than_a_reward_may_be_is_refused(program, cvs, manu):
    Program.objects.update(reward_cap_minor=4499)
    order = factories.make_draft(program, cvs, manu, quantity=3)
    assert refusal_of(order, manu) == ["value"]

    Program.objects.update(reward_cap_minor=4500)
    assert submit(order, manu).status == "submitted"


def test_more_than_the_budget_is_refused(program, cvs, manu, adam):
    order = factories.make_draft(program, cvs, manu)
    short = program.available * -1 + program.money(1499)
    budget.adjust(program, short, actor=actor_of(adam), note="Almost")
    assert refusal_of(order, manu) == ["value"]

    budget.fund(program, program.money(1), actor=actor_of(adam))
    assert submit(order, manu).status == "submitted"


def test_a_person_gets_no_more_than_the_cap(program, cvs, manu):
    Program.objects.update(recipient_cap_minor=3000)
    factories.make_submitted(program, cvs, manu)
    factories.make_submitted(program, cvs, manu)
    order = factories.make_draft(program, cvs, manu)
    other = factories.make_draft(program, cvs, manu, email="other@example.com")

    assert refusal_of(order, manu) == ["value"]
    assert submit(other, manu).status == "submitted"


@pytest.mark.parametrize("end", ["cancelled", "rejected", "draft"])
def test_what_came_to_nothing_uses_up_nobodys_cap(program, cvs, manu, end):
    Program.objects.update(recipient_cap_minor=1500)
    first = factories.make_submitted(program, cvs, manu)
    Order.objects.filter(pk=first.pk).update(status=end)
    order = factories.make_draft(program, cvs, manu)

    assert submit(order, manu).status == "submitted"


def test_the_cap_counts_within_its_days(program, cvs, manu, clock):
    Program.objects.update(recipient_cap_minor=2000, recipient_cap_days=30)
    factories.make_submitted(program, cvs, manu)
    order = factories.make_draft(program, cvs, manu)

    clock.shift(timedelta(days=29))
    assert refusal_of(order, manu) == ["value"]

    clock.shift(timedelta(days=1, seconds=1))
    assert submit(order, manu).status == "submitted"


def test_the_cap_of_another_program_is_another(program, cvs, manu, adam):
    Program.objects.update(recipient_cap_minor=2000)
    other = factories.make_program("Other", funded=100, funded_by=adam)
    factories.make_submitted(other, cvs, manu)

    order = factories.make_draft(program, cvs, manu)

    assert submit(order, manu).status == "submitted"


def test_the_cap_counts_what_a_merged_record_was_given(program, cvs, manu):
    Program.objects.update(recipient_cap_minor=2000)
    factories.make_submitted(program, cvs, manu, email="old@example.com")
    before = factories.make_draft(program, cvs, manu)
    keep, other = (
        Recipient.objects.get(email=email)
        for email in ("user@example.com", "old@example.com")
    )
    merging.merge(keep, other, take=merging.Take(), actor=actor_of(manu))

    assert refusal_of(before, manu) == ["value"]


def test_a_draft_for_a_record_merged_meanwhile_counts_for_the_one_that_lives(
    program, cvs, manu
):
    Program.objects.update(recipient_cap_minor=2000)
    factories.make_submitted(program, cvs, manu)
    draft = factories.make_draft(program, cvs, manu, email="old@example.com")
    keep, other = (
        Recipient.objects.get(email=email)
        for email in ("user@example.com", "old@example.com")
    )
    merging.merge(keep, other, take=merging.Take(), actor=actor_of(manu))

    assert refusal_of(draft, manu) == ["value"]


def test_a_number_without_consent_is_refused(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu, phone=MOBILE)

    assert refusal_of(order, manu) == ["phone"]


def test_an_address_that_needs_consent_and_has_none_is_refused(program, cvs, manu):
    Program.objects.update(email_consent=Program.EmailConsent.RECORDED)
    program.refresh_from_db()
    order = factories.make_draft(program, cvs, manu)

    assert refusal_of(order, manu) == ["email"]


@pytest.mark.parametrize(
    ("channel", "field"),
    [(ConsentEntry.Channel.EMAIL, "email"), (ConsentEntry.Channel.SMS, "phone")],
)
def test_whoever_stopped_a_channel_is_not_written_to(
    program, cvs, manu, channel, field
):
    order = factories.make_draft(program, cvs, manu, phone=MOBILE, consent=evidence())
    consent.withdraw(
        Recipient.objects.get(rewards__order=order),
        channel,
        source=ConsentEntry.Source.PREFERENCES,
        actor=WORKER,
    )

    assert refusal_of(order, manu) == [field]


def test_a_delivery_time_that_has_passed_is_refused(program, cvs, manu, clock):
    soon = timezone.now() + timedelta(minutes=5)
    order = factories.make_draft(program, cvs, manu, deliver_at=soon)

    clock.shift(timedelta(minutes=6))

    assert refusal_of(order, manu) == ["deliver_at"]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "paused"},
        {"status": "closed"},
        {"starts_on": timezone.localdate() + timedelta(days=2)},
        {"ends_on": timezone.localdate() - timedelta(days=2)},
    ],
    ids=lambda fields: "-".join(fields),
)
def test_a_program_that_does_not_run_is_refused(program, cvs, manu, fields):
    order = factories.make_draft(program, cvs, manu)
    Program.objects.update(**fields)

    assert refusal_of(order, manu) == ["program"]


def test_everything_that_stands_in_the_way_is_said_at_once(program, cvs, manu, clock):
    order = factories.make_draft(
        program,
        cvs,
        manu,
        value=Decimal(11),
        phone=MOBILE,
        deliver_at=timezone.now() + timedelta(minutes=1),
    )
    Program.objects.update(status="paused")
    clock.shift(timedelta(minutes=2))

    assert refusal_of(order, manu) == ["program", "value", "phone", "deliver_at"]


# Who has to approve


@pytest.mark.parametrize(
    ("rule", "above", "status"),
    [
        ("always", None, "submitted"),
        ("above", 1499, "submitted"),
        ("above", 1500, "approved"),
        ("never", None, "approved"),
    ],
)
def test_the_programs_rule_decides_whether_approval_is_needed(
    program, cvs, manu, rule, above, status
):
    Program.objects.update(approval_rule=rule, approval_above_minor=above)
    order = factories.make_draft(program, cvs, manu)

    submitted = submit(order, manu)

    assert submitted.status == status
    assert submitted.rule
    ledger.check(program)


def test_what_needs_no_approval_still_waits_for_the_hold(
    program, cvs, manu, sandbox, worker
):
    Program.objects.update(approval_rule="never")
    order = submit(factories.make_draft(program, cvs, manu), manu)

    worker.run(seconds=59)
    assert sandbox.orders() == []
    worker.run(seconds=2)

    order.refresh_from_db()
    assert order.status == "completed"
    assert not order.approvals.exists()
    assert not Message.objects.filter(topic="orders.notify").exists()
    ledger.check_with_provider(program, sandbox)


def test_submitting_locks_the_order_before_the_program(program, cvs, manu):
    """Everything else that locks both does it in this order, so none can deadlock."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    order = factories.make_draft(program, cvs, manu)

    with CaptureQueriesContext(connection) as queries:
        submit(order, manu)

    sql = " ".join(each["sql"] for each in queries if "FOR UPDATE" in each["sql"])
    tables = re.findall(r'FROM "(\w+)"', sql)
    assert tables[:2] == ["orders_order", "programs_program"]
