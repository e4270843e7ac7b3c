"""From a checked list to draft orders: its ready rows become rewards, in batches.

Rows for the screen and rows for the post go into an order each; the list is what the
two have in common. The rows that are not ready stay in the list; they are the rest of
the draft. A batch is one transaction, so a worker that dies leaves nothing half done,
and the next goes on.
"""

import time
from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from orders import content, drafts, drawing_up, eligibility, lifecycle, po_numbers, rows
from orders.bulk import making, posting
from orders.models import Contributor, Order
from orders.states import EDITABLE
from portal.actors import WORKER, Actor, ActorKind
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.outbox.messages import enqueue
from programs.models import Sheet, SheetRow
from programs.sheets import loading, locking, taking
from programs.sheets.discarding import pause

TOPIC: Final = "orders.fill"
_SECONDS: Final = 40.0
# What the orders of a list are numbered by.
_PATTERNS: Final[Mapping[str, str]] = {
    Order.Type.DIGITAL: "BULK_PO_PATTERN",
    Order.Type.PHYSICAL: "POST_PO_PATTERN",
}


class NotReady(Exception):
    """No order can be made from the list now; the text says why and what to do."""


def begin(sheet: Sheet, *, version: int, actor: Actor) -> list[Order]:
    """Begin the orders of a list's ready rows, one per way they go; the worker fills.

    What is sent to screens comes before what is posted. Where such an order is still a
    draft, it is filled further. Asking again while they are being filled gives the same
    orders. Raises NotReady.
    """
    try:
        return _begin(sheet, version=version, actor=actor)
    except locking.WrongStatus as refusal:
        if orders := list(rows.being_filled(sheet.pk).order_by("type", "pk")):
            return orders
        raise NotReady(str(refusal)) from None
    except locking.Stale:
        text = _("The list changed since you opened it. Look at it again.")
        raise NotReady(text) from None


def fill_some(order_id: int, *, actor: Actor) -> bool:
    """Make rewards of ready rows for a while; whether the order is complete.

    Safe to repeat at any moment, also after a crash.
    """
    until = time.monotonic() + _SECONDS
    while not _batch(order_id, actor=actor):
        if time.monotonic() > until:
            return False
        pause()
    return True


@transaction.atomic(durable=True)
def reopen(order: Order, *, version: int, actor: Actor) -> Order:
    """Give every row back to the list, to change it there. Raises StaleOrder."""
    order = lifecycle.lock(order.pk)
    is_open = order.status in EDITABLE and order.sheet_id is not None
    if order.version != version or not is_open:
        raise lifecycle.StaleOrder(order)
    posting.keep_answers(order)
    rows.give_back_all(order)
    count = order.rewards_count
    order.rewards.all().delete()
    order.rewards_planned = order.rewards_count = 0
    order.version += 1
    order.save(update_fields=["rewards_planned", "rewards_count", "version"])
    drafts.requote(order)
    drawing_up.contribute(order, actor)
    _journal(Action.ORDER_REOPENED, order, actor, rewards=count)
    return order


def given_up(order_id: int) -> None:
    """Nobody fills it any more: it is what it holds so far, and the list is free.

    Within the verb of the person who gave it up.
    """
    order = lifecycle.lock(order_id)
    if order.is_filling:
        _finish(order, WORKER)


def editable(sheet: Sheet) -> list[Order]:
    """The list's orders that can still be changed: the last of each type."""
    found = sheet.orders.filter(status__in=EDITABLE).order_by("pk")
    last = {order.type: order for order in found}
    return sorted(last.values(), key=attrgetter("pk"))


@transaction.atomic(durable=True)
def _begin(sheet: Sheet, *, version: int, actor: Actor) -> list[Order]:
    # As everywhere, orders are locked before anything of them.
    locked = [lifecycle.lock(order.pk) for order in editable(sheet)]
    drafted = {order.type: order for order in locked if order.status in EDITABLE}
    sheet = locking.lock(sheet, Sheet.Status.CHECKED, version=version)
    ready = _ready(sheet)
    if not ready:
        raise NotReady(_("No row of this list is ready. Correct some rows first."))
    if problem := next(eligibility.program_problems(sheet.program), None):
        raise NotReady(problem.message)
    orders = [drafted.get(way) or _new(sheet, way, actor) for way in ready]
    hands = _hands(sheet, actor)
    for order in orders:
        order.rewards_planned = order.rewards_count + ready[order.type]
        order.version += 1
        order.save(update_fields=["rewards_planned", "version"])
        for user_id in hands:
            Contributor.objects.get_or_create(order=order, user_id=user_id)
    sheet.status = Sheet.Status.FILLING
    sheet.version += 1
    sheet.save(update_fields=["status", "version"])
    for order in orders:
        enqueue(TOPIC, order.pk, {"order": order.pk, "user": actor.person_id})
    for order in orders:
        is_known = order in drafted.values()
        action = Action.ORDER_EDITED if is_known else Action.ORDER_CREATED
        planned = ready[order.type]
        _journal(action, order, actor, po_number=order.po_number, planned=planned)
    return orders


@transaction.atomic(durable=True)
def _batch(order_id: int, *, actor: Actor) -> bool:
    """One portion of rows; whether there is nothing left to do."""
    order = lifecycle.lock(order_id)
    if order.status not in EDITABLE or not order.is_filling or order.sheet is None:
        return True
    found = taking.ready_rows(order.sheet, 0, loading.step(), is_postal=order.is_postal)
    made = making.add(order, found, actor=actor) if found else 0
    order.rewards_count += made
    order.rewards_planned -= len(found) - made
    if found and order.is_filling:
        order.save(update_fields=["rewards_planned", "rewards_count"])
        return False
    _finish(order, actor)
    return True


def _finish(order: Order, actor: Actor) -> None:
    order.rewards_planned = order.rewards_count
    order.version += 1
    order.save(update_fields=["rewards_planned", "rewards_count", "version"])
    drafts.requote(order)
    rows.free_list(order)
    digest = content.hash_of(content.of(order))
    _journal(
        Action.ORDER_FILLED, order, actor, rewards=order.rewards_count, digest=digest
    )


def _ready(sheet: Sheet) -> dict[str, int]:
    """How many ready rows go which way, by the type of their order."""
    ready = sheet.rows.filter(status=SheetRow.Status.READY).order_by("is_postal")
    counts = ready.values_list("is_postal").annotate(Count("pk"))
    types = {False: Order.Type.DIGITAL, True: Order.Type.PHYSICAL}
    return {types[is_postal]: count for is_postal, count in counts}


def _new(sheet: Sheet, way: str, actor: Actor) -> Order:
    pattern: str = getattr(settings, _PATTERNS[way])
    return Order.objects.create(
        type=way,
        program=sheet.program,
        sheet=sheet,
        po_number=po_numbers.next_number(pattern),
        currency=sheet.program.currency,
        rewards_planned=0,
        rewards_count=0,
        created_by_id=actor.person_id,
    )


def _hands(sheet: Sheet, actor: Actor) -> list[int]:
    """Whoever had a hand in the list: they cannot approve what comes of it either."""
    acts = Entry.objects.about("sheet", sheet.pk).filter(actor_kind=ActorKind.PERSON)
    people = {int(each) for each in acts.values_list("actor_id", flat=True).distinct()}
    return sorted({*people, sheet.created_by_id, actor.person_id})


def _journal(action: Action, order: Order, actor: Actor, **data: str | int) -> None:
    journal.record(
        action,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"sheet": order.sheet_id, **data},
    )
