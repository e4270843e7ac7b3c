"""The budget ledger: the only writer of a program's totals.

available = funded - held - spent and is never negative; the database holds the same
inequality. Posting under a key that exists is a no-op, so handlers may run twice.
"""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.db import transaction

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from programs.models import BudgetEntry, Program

Kind = BudgetEntry.Kind


class OverBudget(Exception):
    """The program has less available than asked for."""

    def __init__(self, wanted: Money, available: Money) -> None:
        super().__init__(f"{wanted} is more than the {available} available")
        self.wanted = wanted
        self.available = available


class Closed(Exception):
    """The program is closed, so it gets no more money."""


@transaction.atomic(durable=True)
def fund(
    program: Program,
    amount: Money,
    *,
    actor: Actor,
    note: str = "",
    form_key: UUID | None = None,
) -> BudgetEntry:
    """Raise what the program may spend, once per `form_key`.

    Raises ValueError unless positive, and Closed.
    """
    if amount.minor <= 0:
        raise ValueError("funding is positive")
    locked = lock(program.pk)
    key = _once("fund", locked, form_key)
    if posted := BudgetEntry.objects.filter(key=key).first():
        return posted
    if locked.status == Program.Status.CLOSED:
        raise Closed
    entry = _post_one(locked, Kind.FUND, amount, key=key, actor=actor, note=note)
    _record(Action.BUDGET_FUNDED, entry, actor)
    return entry


@transaction.atomic(durable=True)
def adjust(
    program: Program,
    amount: Money,
    *,
    actor: Actor,
    note: str,
    form_key: UUID | None = None,
) -> BudgetEntry:
    """Correct what was funded, up or down, once per `form_key`.

    Raises ValueError for nothing, OverBudget below what is held and spent.
    """
    if not amount:
        raise ValueError("an adjustment changes something")
    locked = lock(program.pk)
    key = _once("adjust", locked, form_key)
    if posted := BudgetEntry.objects.filter(key=key).first():
        return posted
    entry = _post_one(locked, Kind.ADJUST, amount, key=key, actor=actor, note=note)
    _record(Action.BUDGET_ADJUSTED, entry, actor)
    return entry


def hold(
    program: Program, amount: Money, *, key: str, order_id: int, actor: Actor
) -> None:
    """Set money aside for an order, within its verb. Raises OverBudget."""
    _post_one(
        program, Kind.HOLD, amount, key=f"hold:{key}", order_id=order_id, actor=actor
    )


def release(
    program: Program, amount: Money, *, key: str, order_id: int, actor: Actor
) -> None:
    """Give back what was held, within the verb that knows it cannot be spent."""
    _post_one(
        program,
        Kind.RELEASE,
        amount,
        key=f"release:{key}",
        order_id=order_id,
        actor=actor,
    )


def settle(
    program: Program,
    cost: Money,
    *,
    held: Money,
    key: str,
    order_id: int,
    actor: Actor,
) -> None:
    """Turn a hold into what the provider charged, and give back the rest.

    Raises OverBudget when the charge exceeds the hold by more than is available;
    nothing is posted then.
    """
    lines = {
        f"release:{key}": (Kind.RELEASE, held),
        f"spend:{key}": (Kind.SPEND, cost),
    }
    # A hold that was released before is not released again.
    for posted in BudgetEntry.objects.filter(key__in=lines).values_list("key"):
        del lines[posted[0]]
    if f"spend:{key}" not in lines:
        return
    excess = cost.minor - held.minor
    if excess > program.available.minor:
        raise OverBudget(program.money(excess), program.available)
    _post(program, lines, order_id=order_id, actor=actor)


def lock(program_id: int) -> Program:
    """The program, locked until the transaction ends; every posting needs it."""
    return Program.objects.select_for_update().get(pk=program_id)


def _post_one(
    program: Program,
    kind: BudgetEntry.Kind,
    amount: Money,
    *,
    key: str,
    actor: Actor,
    order_id: int | None = None,
    note: str = "",
) -> BudgetEntry:
    if existing := BudgetEntry.objects.filter(key=key).first():
        return existing
    lines = {key: (kind, amount)}
    return _post(program, lines, actor=actor, order_id=order_id, note=note)[0]


def _post(
    program: Program,
    lines: Mapping[str, tuple[BudgetEntry.Kind, Money]],
    *,
    actor: Actor,
    order_id: int | None = None,
    note: str = "",
) -> list[BudgetEntry]:
    """Change the totals line by line, and write them once. Raises OverBudget."""
    entries = []
    for key, (kind, amount) in lines.items():
        minor = (amount - program.money(0)).minor  # raises if the currency is not ours
        _count(program, kind, minor)
        entries.append(
            BudgetEntry(
                program=program,
                kind=kind,
                amount_minor=minor,
                key=key,
                order_id=order_id,
                note=note,
                funded_after_minor=program.funded_minor,
                held_after_minor=program.held_minor,
                spent_after_minor=program.spent_minor,
                actor_kind=actor.kind,
                actor_id=actor.id,
            )
        )
    program.save(update_fields=["funded_minor", "held_minor", "spent_minor"])
    return BudgetEntry.objects.bulk_create(entries)


def _count(program: Program, kind: BudgetEntry.Kind, minor: int) -> None:
    funded, held, spent = program.funded_minor, program.held_minor, program.spent_minor
    if kind in (Kind.FUND, Kind.ADJUST):
        funded += minor
    elif kind == Kind.HOLD:
        held += minor
    elif kind == Kind.RELEASE:
        held -= minor
    else:
        spent += minor
    if held + spent > funded:
        raise OverBudget(program.money(minor), program.available)
    program.funded_minor, program.held_minor, program.spent_minor = funded, held, spent


def _once(kind: str, program: Program, form_key: UUID | None) -> str:
    return f"{kind}:{program.pk}:{form_key or uuid4()}"


def _record(action: Action, entry: BudgetEntry, actor: Actor) -> None:
    journal.record(
        action,
        entry.program,
        actor=actor,
        program_id=entry.program_id,
        data={
            "entry": entry.pk,
            "amount": entry.amount_minor,
            "currency": entry.program.currency,
        },
    )
