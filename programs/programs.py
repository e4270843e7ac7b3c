"""Programs: setting them up, running them, and who belongs to them.

The budget is another module's; a program closes only when nothing is held in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from portal.permissions import Role
from programs import budget
from programs.models import BudgetEntry, Membership, Program

Status = Program.Status
ApprovalRule = Program.ApprovalRule


@dataclass(frozen=True, slots=True)
class Setup:
    """What people choose about a program; amounts in its currency.

    No products means every product of that currency; no days means the recipient cap
    counts over the whole program.
    """

    name: str
    kind: str
    purpose: str
    starts_on: date | None
    ends_on: date | None
    currency: str
    approval_rule: str
    approval_above: Money | None
    reward_cap: Money | None
    recipient_cap: Money | None
    recipient_cap_days: int | None
    email_consent: str
    products: frozenset[int]
    delivery_types: tuple[str, ...]
    phone_region: str
    from_name: str
    message: str
    mails_links: bool = False

    def __post_init__(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("a program ends on or after its first day")
        if self.approval_rule == ApprovalRule.ABOVE and self.approval_above is None:
            raise ValueError("the approval rule needs its amount")


# Fields a program and its setup have in common as they are.
_PLAIN: Final = (
    "name",
    "kind",
    "purpose",
    "starts_on",
    "ends_on",
    "currency",
    "approval_rule",
    "recipient_cap_days",
    "email_consent",
    "phone_region",
    "from_name",
    "message",
    "mails_links",
)
_AMOUNTS: Final = ("approval_above", "reward_cap", "recipient_cap")


class NameTaken(Exception):
    """Another program has this name."""


class Stale(Exception):
    """Somebody edited the program since the page was opened; nothing was changed."""


class CurrencyFixed(Exception):
    """Money has been booked, so the currency can no longer change."""


class WrongStatus(Exception):
    """The program's status does not allow it; the text says so to the person."""


class MoneyHeld(Exception):
    """Money is held for orders on their way, so the program cannot close."""

    def __init__(self, held: Money) -> None:
        super().__init__(f"{held} is held")
        self.held = held


class OwnRole(Exception):
    """Nobody changes their own roles."""


class AlreadyMember(Exception):
    """The person holds this role in the program already."""


class Deactivated(Exception):
    """The person can no longer sign in."""


@transaction.atomic(durable=True)
def create(setup: Setup, *, actor: Actor) -> Program:
    """A new, active program without money or members. Raises NameTaken."""
    program = Program()
    _write(program, setup)
    with _refusing_taken(program):
        program.save(force_insert=True)
    program.products.set(setup.products)
    journal.record(Action.PROGRAM_CREATED, program, actor=actor, program_id=program.pk)
    return program


@transaction.atomic(durable=True)
def edit(program: Program, setup: Setup, *, version: int, actor: Actor) -> Program:
    """Change what was set up, if nobody else did since `version`.

    Raises Stale, NameTaken, CurrencyFixed, or WrongStatus for a closed program.
    """
    locked = budget.lock(program.pk)
    if locked.version != version:
        raise Stale
    if locked.status == Status.CLOSED:
        raise WrongStatus(_("This program is closed and can no longer be edited."))
    if locked.currency != setup.currency and has_ledger(locked):
        raise CurrencyFixed
    changed = differences(setup_of(locked), setup)
    if not changed:
        return locked
    _write(locked, setup)
    locked.version += 1
    stored = [*_PLAIN, *(f"{name}_minor" for name in _AMOUNTS)]
    with _refusing_taken(locked):
        locked.save(update_fields=[*stored, "delivery_types", "version"])
    locked.products.set(setup.products)
    journal.record(
        Action.PROGRAM_EDITED,
        locked,
        actor=actor,
        program_id=locked.pk,
        data={"fields": list(changed)},
    )
    return locked


@transaction.atomic(durable=True)
def pause(program: Program, *, actor: Actor) -> Program:
    """Stop new orders until it is resumed. Raises WrongStatus unless active."""
    locked = budget.lock(program.pk)
    if locked.status != Status.ACTIVE:
        raise WrongStatus(_("Only an active program can be paused."))
    return _move(locked, Status.PAUSED, Action.PROGRAM_PAUSED, actor)


@transaction.atomic(durable=True)
def resume(program: Program, *, actor: Actor) -> Program:
    """Let a paused program send again. Raises WrongStatus unless paused."""
    locked = budget.lock(program.pk)
    if locked.status != Status.PAUSED:
        raise WrongStatus(_("Only a paused program can be resumed."))
    return _move(locked, Status.ACTIVE, Action.PROGRAM_RESUMED, actor)


@transaction.atomic(durable=True)
def close(program: Program, *, actor: Actor) -> Program:
    """End it for good. Raises WrongStatus when closed, MoneyHeld while orders run."""
    locked = budget.lock(program.pk)
    if locked.status == Status.CLOSED:
        raise WrongStatus(_("This program is closed already."))
    if locked.held_minor:
        raise MoneyHeld(locked.held)
    return _move(locked, Status.CLOSED, Action.PROGRAM_CLOSED, actor)


@transaction.atomic(durable=True)
def add_member(program: Program, user: User, role: Role, *, actor: Actor) -> Membership:
    """Give a person a role. Raises OwnRole, Deactivated or AlreadyMember."""
    locked = budget.lock(program.pk)
    if actor.user_id == user.pk:
        raise OwnRole
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise Deactivated
    if locked.memberships.filter(user=user, role=role).exists():
        raise AlreadyMember
    membership = Membership.objects.create(program=locked, user=user, role=role)
    _record_member(Action.MEMBER_ADDED, membership, actor)
    return membership


@transaction.atomic(durable=True)
def remove_member(membership: Membership, *, actor: Actor) -> None:
    """Take a role away. Raises OwnRole, or DoesNotExist if it is gone already."""
    locked = budget.lock(membership.program_id)
    current = locked.memberships.get(pk=membership.pk)
    if actor.user_id == current.user_id:
        raise OwnRole
    Membership.objects.filter(pk=current.pk).delete()
    _record_member(Action.MEMBER_REMOVED, current, actor)


def setup_of(program: Program) -> Setup:
    """What was chosen about a stored program; one query, for its products."""
    return Setup(
        **{name: getattr(program, name) for name in (*_PLAIN, *_AMOUNTS)},
        products=frozenset(program.products.values_list("pk", flat=True)),
        delivery_types=tuple(program.delivery_types),
    )


def differences(before: Setup, after: Setup) -> tuple[str, ...]:
    """The names of the fields in which two setups differ."""
    names = (field.name for field in fields(Setup))
    return tuple(n for n in names if getattr(before, n) != getattr(after, n))


def has_ledger(program: Program) -> bool:
    """Whether money was ever booked, which fixes the currency."""
    return BudgetEntry.objects.filter(program=program).exists()


def needs_approval(program: Program, amount: Money) -> bool:
    """Whether an order of this cost needs somebody else's approval."""
    if program.approval_rule == ApprovalRule.NEVER:
        return False
    above = program.approval_above
    if program.approval_rule == ApprovalRule.ABOVE and above is not None:
        return amount > above
    return True


def approval_rule_sentence(program: Program) -> str:
    """The rule in words, as shown to whoever makes an order."""
    if program.approval_rule == ApprovalRule.NEVER:
        return _("No order needs approval.")
    above = program.approval_above
    if program.approval_rule == ApprovalRule.ABOVE and above is not None:
        return _("Orders above %(amount)s need approval.") % {"amount": above}
    return _("Every order needs approval.")


@contextmanager
def _refusing_taken(program: Program) -> Iterator[None]:
    """Raise NameTaken where another has its name, or gets it in this very moment."""
    _refuse_taken(program)
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        _refuse_taken(program)
        raise


def _refuse_taken(program: Program) -> None:
    others = Program.objects.exclude(pk=program.pk)
    if others.filter(name__iexact=program.name).exists():
        raise NameTaken


def _write(program: Program, setup: Setup) -> None:
    for name in _PLAIN:
        setattr(program, name, getattr(setup, name))
    for name in _AMOUNTS:
        amount: Money | None = getattr(setup, name)
        # Adding nothing refuses an amount of another currency.
        minor = None if amount is None else (program.money(0) + amount).minor
        setattr(program, f"{name}_minor", minor)
    program.delivery_types = list(setup.delivery_types)


def _move(program: Program, status: Status, action: Action, actor: Actor) -> Program:
    program.status = status
    program.save(update_fields=["status"])
    journal.record(action, program, actor=actor, program_id=program.pk)
    return program


def _record_member(action: Action, membership: Membership, actor: Actor) -> None:
    journal.record(
        action,
        membership.program,
        actor=actor,
        program_id=membership.program_id,
        data={"user": membership.user_id, "role": membership.role},
    )
