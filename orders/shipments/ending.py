"""The end of asking for addresses: all are there, the time is up, or it was stopped.

The order is a draft again. What is missing is asked for once more, typed, or left out.
"""

from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders import drafts, drawing_up, lifecycle, notices, rows
from orders.models import AddressRequest, Order, Shipment
from orders.shipments import asking
from orders.states import EDITABLE, OrderStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action

_MOST_AT_ONCE: Final = 500


@transaction.atomic(durable=True)
def stop(order: Order, *, version: int, actor: Actor) -> Order:
    """Ask no longer: every link of this order opens nothing from now on.

    Raises StaleOrder.
    """
    order = lifecycle.lock(order.pk)
    if order.version != version or order.status != OrderStatus.COLLECTING:
        raise lifecycle.StaleOrder(order)
    finish(order, actor=actor)
    return order


@transaction.atomic(durable=True)
def conclude(order_id: int, *, actor: Actor) -> None:
    """End it if no answer can come any more; else nothing."""
    finish_if_over(lifecycle.lock(order_id), actor=actor)


def overdue() -> list[int]:
    """Orders whose recipients had time until now."""
    collecting = Order.objects.with_status(OrderStatus.COLLECTING)
    late = collecting.filter(collects_until__lte=timezone.now())
    return list(late.values_list("pk", flat=True)[:_MOST_AT_ONCE])


def finish_if_over(order: Order, *, actor: Actor) -> None:
    """The same as `conclude`, within a verb that has locked the order."""
    if order.status != OrderStatus.COLLECTING or order.collects_until is None:
        return
    is_time_up = order.collects_until <= timezone.now()
    if is_time_up or not asking.unanswered(order).exists():
        finish(order, actor=actor)


def finish(order: Order, *, actor: Actor) -> None:
    """Make a locked order that collects a draft again, and tell who made it."""
    now = timezone.now()
    answered = asking.of_round(order).filter(answered_at__isnull=False).count()
    missing = without_address(order)
    asked = AddressRequest.objects.filter(shipment__reward__order=order)
    asked.filter(expires_at__gt=now).update(expires_at=now)
    order.collects_until = None
    order.save(update_fields=["collects_until"])
    lifecycle.move(order, OrderStatus.DRAFT, problem=_said(missing))
    if actor.user_id != order.created_by_id:
        kind = "addresses missing" if missing else "addresses collected"
        notices.to_requester(order, kind)
    journal.record(
        Action.ADDRESSES_COLLECTED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"answered": answered, "missing": missing},
    )


def without_address(order: Order) -> int:
    """How many of its parcels have nowhere to go."""
    return Shipment.objects.filter(reward__order=order, line1="").count()


@transaction.atomic(durable=True)
def leave_out(order: Order, *, count: int, version: int, actor: Actor) -> Order:
    """Give the rows of parcels without an address back to the list, with the reason.

    `count` is the number that was on the button. Raises StaleOrder.
    """
    order = lifecycle.lock(order.pk)
    is_open = order.status in EDITABLE and order.is_postal and not order.is_filling
    if order.version != version or order.sheet_id is None or not is_open:
        raise lifecycle.StaleOrder(order)
    homeless = order.rewards.filter(shipment__line1="")
    if not count or homeless.count() != count:
        raise lifecycle.StaleOrder(order)
    rows.give_back(homeless, problem=_reason())
    homeless.delete()
    order.rewards_planned -= count
    order.rewards_count -= count
    order.version += 1
    order.save(update_fields=["rewards_planned", "rewards_count", "version"])
    lifecycle.explain(order, "")
    drafts.requote(order)
    drawing_up.contribute(order, actor)
    journal.record(
        Action.ORDER_EDITED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"left_out": count, "estimate": order.estimate_minor},
    )
    return order


def _said(missing: int) -> str:
    if not missing:
        return ""
    text = ngettext(
        "%(n)s address is missing. Ask again, enter it, or leave the card out.",
        "%(n)s addresses are missing. Ask again, enter them, or leave the cards out.",
        missing,
    )
    return text % {"n": f"{missing:,}"}


def _reason() -> str:
    return _("The recipient did not say where the card is to go. Enter the address.")
