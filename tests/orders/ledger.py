"""What must hold of the money at every moment, whatever happened before."""

from orders.models import Order, Placement
from orders.states import OrderStatus
from portal.audit import journal
from portal.audit.models import Entry
from portal.provider.sandbox.launch import Sandbox
from programs.models import BudgetEntry, Program

Kind = BudgetEntry.Kind

_WAITING = (OrderStatus.SUBMITTED, OrderStatus.APPROVED)


def check(program: Program) -> None:
    """The program's totals follow from its entries, and its holds from its orders."""
    program.refresh_from_db()
    entries = list(program.budget_entries.order_by("id"))
    sums = dict.fromkeys(Kind, 0)
    for entry in entries:
        sums[Kind(entry.kind)] += entry.amount_minor
        assert entry.held_after_minor >= 0
        assert entry.available_after.amount >= 0
    assert program.funded_minor == sums[Kind.FUND] + sums[Kind.ADJUST]
    assert program.held_minor == sums[Kind.HOLD] - sums[Kind.RELEASE]
    assert program.spent_minor == sums[Kind.SPEND]
    assert program.held_minor == _owed(program)
    for order in Order.objects.filter(program=program):
        _check_order(order)


def check_with_provider(program: Program, sandbox: Sandbox) -> None:
    """At rest: what the provider charged is what was spent, order by order."""
    check(program)
    charged = {order["PONumber"]: order["costCents"] for order in sandbox.orders()}
    spent = {
        placement.po_number: placement.cost_minor
        for placement in Placement.objects.filter(order__program=program)
        if placement.provider_order_id
    }
    assert spent == charged
    assert program.spent_minor == sum(charged.values())


def check_journal() -> None:
    """The chain is whole."""
    verdict = journal.verify()
    assert verdict.first_bad is None, verdict.reason
    assert verdict.checked == Entry.objects.count()


def _owed(program: Program) -> int:
    """What has to be held: what was asked for, and what was sent and not settled."""
    waiting = Order.objects.filter(program=program, status__in=_WAITING)
    unsettled = Placement.objects.filter(order__program=program, settled_at=None)
    return sum(waiting.values_list("estimate_minor", flat=True)) + sum(
        unsettled.values_list("held_minor", flat=True)
    )


def _check_order(order: Order) -> None:
    """What is held is what it may still cost, and each request is paid once."""
    amounts: dict[Kind, list[int]] = {kind: [] for kind in Kind}
    for entry in BudgetEntry.objects.filter(order_id=order.pk):
        amounts[Kind(entry.kind)].append(entry.amount_minor)
    held = sum(amounts[Kind.HOLD]) - sum(amounts[Kind.RELEASE])
    unsettled = order.placements.filter(settled_at=None)
    owed = sum(unsettled.values_list("held_minor", flat=True))
    assert held == (order.estimate_minor if order.status in _WAITING else owed)
    assert len(amounts[Kind.SPEND]) <= order.placements.count()
