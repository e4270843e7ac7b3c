"""After the release hold: the plan of placements is frozen, then handed over.

What was approved is checked once more. If the price rose or the gift may no longer be
sent, nothing is sent; the requester decides again.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import content, drafts, lifecycle, notices, obstacles, plans, pricing
from orders.models import Order
from orders.states import OrderStatus
from portal.actors import WORKER, Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.handlers import Later
from programs.models import Program

# How often an order asks whether its paused program runs again.
_PAUSED_SECONDS = 60.0


@transaction.atomic(durable=True)
def release(order_id: int, *, actor: Actor) -> Later | None:
    """Freeze the placements of an approved order and enqueue them; safe to repeat."""
    order = lifecycle.lock(order_id)
    if order.status != OrderStatus.APPROVED or order.release_at is None:
        return None
    if (wait := (order.release_at - timezone.now()).total_seconds()) > 0:
        return Later(wait)
    if order.program.status == Program.Status.PAUSED:
        lifecycle.explain(order, _("The program is paused; this waits until it runs."))
        return Later(_PAUSED_SECONDS)
    if obstacle := _obstacle(order):
        _hand_back(order, obstacle, actor=actor)
        return None
    placements = plans.make(order)
    lifecycle.move(order, OrderStatus.PLACING)
    journal.record(
        Action.ORDER_RELEASED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"placements": [placement.po_number for placement in placements]},
    )
    return None


def given_up(order_id: int, reason: str) -> None:
    """It will not be placed: hand an approved order back, within the caller's verb."""
    order = lifecycle.lock(order_id)
    if order.status == OrderStatus.APPROVED:
        _hand_back(order, reason, actor=WORKER)


def _obstacle(order: Order) -> str:
    if content.hash_of(content.of(order)) != order.content_hash:
        return _("It is no longer what was approved.")
    totals = pricing.totals_of(pricing.shares(order))
    price = order.program.money(totals.estimate_minor)
    if price > order.estimate:
        return _("The price rose from %(approved)s to %(now)s since approval.") % {
            "approved": order.estimate,
            "now": price,
        }
    found = obstacles.of(order, holds_budget=True)
    return found[0].message if found else ""


def _hand_back(order: Order, obstacle: str, *, actor: Actor) -> None:
    drafts.release(order, actor=actor)
    order.release_at = None
    lifecycle.move(order, OrderStatus.CHANGES_REQUESTED, problem=obstacle[:250])
    notices.to_requester(order, "handed_back")
    journal.record(
        Action.ORDER_HANDED_BACK, order, actor=actor, program_id=order.program_id
    )
