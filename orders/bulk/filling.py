"""From a checked list to a draft order: its ready rows become rewards, in batches.

The rows that are not ready stay in the list; they are the rest of the draft. A batch is
one transaction, so a worker that dies leaves nothing half done, and the next goes on.
"""

import time
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from orders import content, drafts, eligibility, lifecycle, po_numbers, rows
from orders.bulk import making
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


class NotReady(Exception):
    """No order can be made from the list now; the text says why and what to do."""


def begin(sheet: Sheet, *, version: int, actor: Actor) -> Order:
    """Begin an order from the list's ready rows; the worker fills it.

    A list whose order is still a draft refills that one. Asking again while it is being
    filled gives the same order. Raises NotReady.
    """
    try:
        return _begin(sheet, version=version, actor=actor)
    except locking.WrongStatus as refusal:
        if (order := _editable(sheet)) and order.is_filling:
            return order
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
    rows.give_back_all(order)
    count = order.rewards_count
    order.rewards.all().delete()
    order.rewards_planned = order.rewards_count = 0
    order.version += 1
    order.save(update_fields=["rewards_planned", "rewards_count", "version"])
    drafts.requote(order)
    drafts.contribute(order, actor)
    _journal(Action.ORDER_REOPENED, order, actor, rewards=count)
    return order


def given_up(order_id: int) -> None:
    """Nobody fills it any more: it is what it holds so far, and the list is free.

    Within the verb of the person who gave it up.
    """
    order = lifecycle.lock(order_id)
    if order.is_filling:
        _finish(order, WORKER)


@transaction.atomic(durable=True)
def _begin(sheet: Sheet, *, version: int, actor: Actor) -> Order:
    order = _editable(sheet)
    if order is not None:
        # As everywhere, the order is locked before anything of it.
        order = lifecycle.lock(order.pk)
    sheet = locking.lock(sheet, Sheet.Status.CHECKED, version=version)
    ready = sheet.rows.filter(status=SheetRow.Status.READY).count()
    if not ready:
        raise NotReady(_("No row of this list is ready. Correct some rows first."))
    if problem := next(eligibility.program_problems(sheet.program), None):
        raise NotReady(problem.message)
    action = Action.ORDER_EDITED
    if order is None or order.status not in EDITABLE:
        action = Action.ORDER_CREATED
        order = _new(sheet, actor)
    order.rewards_planned = order.rewards_count + ready
    order.version += 1
    order.save(update_fields=["rewards_planned", "version"])
    _set_status(sheet.pk, Sheet.Status.FILLING)
    _contribute(order, sheet, actor)
    enqueue(TOPIC, order.pk, {"order": order.pk, "user": actor.person_id})
    _journal(action, order, actor, po_number=order.po_number, planned=ready)
    return order


@transaction.atomic(durable=True)
def _batch(order_id: int, *, actor: Actor) -> bool:
    """One portion of rows; whether there is nothing left to do."""
    order = lifecycle.lock(order_id)
    if order.status not in EDITABLE or not order.is_filling or order.sheet is None:
        return True
    found = taking.ready_rows(order.sheet, 0, loading.step())
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
    if order.sheet_id is not None:
        _set_status(order.sheet_id, Sheet.Status.CHECKED)
    digest = content.hash_of(content.of(order))
    _journal(
        Action.ORDER_FILLED, order, actor, rewards=order.rewards_count, digest=digest
    )


def _editable(sheet: Sheet) -> Order | None:
    """The list's order that can still be changed; there is at most one."""
    return sheet.orders.filter(status__in=EDITABLE).order_by("pk").last()


def _new(sheet: Sheet, actor: Actor) -> Order:
    return Order.objects.create(
        program=sheet.program,
        sheet=sheet,
        po_number=po_numbers.next_number(settings.BULK_PO_PATTERN),
        currency=sheet.program.currency,
        rewards_planned=0,
        rewards_count=0,
        created_by_id=actor.person_id,
    )


def _contribute(order: Order, sheet: Sheet, actor: Actor) -> None:
    """Whoever had a hand in the list cannot approve what comes of it either."""
    acts = Entry.objects.about("sheet", sheet.pk).filter(actor_kind=ActorKind.PERSON)
    people = {int(each) for each in acts.values_list("actor_id", flat=True).distinct()}
    for user_id in {*people, sheet.created_by_id, actor.person_id}:
        Contributor.objects.get_or_create(order=order, user_id=user_id)


def _set_status(sheet_id: int, status: Sheet.Status) -> None:
    Sheet.objects.filter(pk=sheet_id).update(status=status, version=F("version") + 1)


def _journal(action: Action, order: Order, actor: Actor, **data: str | int) -> None:
    journal.record(
        action,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"sheet": order.sheet_id, **data},
    )
