"""Any sequence of acts, faults and time: the ledger follows, and nothing is paid twice.

Provider and portal may disagree in between; at rest they agree to the cent.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders import approvals, attention, drafts, expiry, lifecycle, tracking
from orders.models import Approval, Order, Placement
from orders.states import TRANSITIONS, OrderStatus
from orders.tasks import place
from portal.accounts.models import User, actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox.models import Message
from portal.provider.sandbox.knobs import Fault
from portal.provider.sandbox.launch import Sandbox
from programs import budget, consent
from programs.models import ConsentEntry, Product, Program, Recipient
from tests import factories
from tests.orders import ledger
from tests.orders.conftest import Worker

REFUSALS = (
    approvals.SelfApproval,
    approvals.TooLateToUndo,
    budget.OverBudget,
    drafts.NotSubmittable,
    lifecycle.StaleOrder,
    lifecycle.TransitionRefused,
)
FAULTS = [fault for fault in Fault if fault is not Fault.FORBIDDEN]


@dataclass
class World:
    """One program with its people, a provider, and what was seen of the orders."""

    program: Program
    card: Product
    maker: User
    approver: User
    sandbox: Sandbox
    worker: Worker
    email: str
    seen: dict[int, Order] = field(default_factory=dict)
    journalled: int = 0

    def order(self, number: int) -> Order | None:
        """One of those there are, as it stands."""
        orders = Order.objects.filter(program=self.program).order_by("pk")
        return orders[number % len(orders)] if orders else None

    def act(self, name: str, number: int) -> None:
        if name in EVENTS:
            EVENTS[name](self, number)
        elif (order := self.order(number)) is not None:
            with contextlib.suppress(*REFUSALS):
                ACTS[name](self, order)

    def check(self) -> None:
        """What must hold between any two steps."""
        ledger.check(self.program)
        charged = sum(
            placed["costCents"]
            for placed in self.sandbox.orders()
            if placed["Status"] != "Cancelled"
        )
        assert charged <= self.program.held_minor + self.program.spent_minor
        told = self._told()
        for order in Order.objects.filter(program=self.program):
            before = self.seen.get(order.pk)
            if before is not None and before.status != order.status:
                assert order.pk in told
                assert order.version > before.version
                assert TRANSITIONS[OrderStatus(before.status)]
            self.seen[order.pk] = order
        assert not Approval.objects.filter(
            decision="approved", order__contributors__user=F("user")
        ).exists()

    def rest(self) -> None:
        """The provider recovers, somebody resumes, and time passes."""
        self.sandbox.settings(
            balance=10**6, products={}, faults={}, next=[], status_word=""
        )
        for _ in range(3):
            self.sandbox.release()
            self.worker.run(seconds=2000)
            for order in Order.objects.filter(program=self.program):
                self.act("resume", self._number_of(order))
        self.sandbox.settings(claimed_after=0)
        self.worker.run(seconds=8 * 3600)

    def _number_of(self, order: Order) -> int:
        return Order.objects.filter(program=self.program, pk__lt=order.pk).count()

    def _told(self) -> set[int]:
        """The orders the journal has spoken of since the last step."""
        entries = list(Entry.objects.filter(sequence__gt=self.journalled))
        self.journalled = max([e.sequence for e in entries], default=self.journalled)
        return {
            int(entry.data.get("order") or entry.subject_id)
            for entry in entries
            if entry.subject_type in ("order", "placement")
        }


def _edit(world: World, order: Order) -> None:
    gift = factories.make_gift(world.program, world.card, quantity=2, email=world.email)
    drafts.edit(order, gift, version=order.version, actor=actor_of(world.maker))


def _decide(verb: Callable[..., Order], world: World, order: Order) -> None:
    verb(
        order,
        content_hash=order.content_hash,
        actor=actor_of(world.approver),
        comment="Because",
    )


def _versioned(verb: Callable[..., Order], world: World, order: Order) -> None:
    verb(order, version=order.version, actor=actor_of(world.maker))


def _send(world: World, number: int) -> None:
    """The usual way: made, submitted, approved."""
    with contextlib.suppress(*REFUSALS):
        factories.make_approved(
            world.program, world.card, world.maker, world.approver, email=world.email
        )


def _expire(world: World, order: Order) -> None:
    Order.objects.filter(pk=order.pk, submitted_at__isnull=False).update(
        submitted_at=timezone.now() - timedelta(days=100)
    )
    expiry.expire(order.pk, actor=WORKER)


def _place_again(world: World, order: Order) -> None:
    """A second worker that believes the first one dead."""
    for placement in order.placements.all():
        place({"placement": placement.pk})


def _hint(world: World, order: Order) -> None:
    for placement in order.placements.select_related("order"):
        tracking.hint(placement, uuid4().bytes)


def _cancel_line(world: World, order: Order) -> None:
    """The provider's people cancel it, before it was sent."""
    for placed in world.sandbox.orders():
        if placed["PONumber"] == order.po_number and placed["Status"] == "Pending":
            world.sandbox.cancel_line(placed["Id"])


def _stop(world: World, number: int) -> None:
    person = Recipient.objects.filter(email=world.email).first()
    if person is not None:
        consent.withdraw(
            person,
            ConsentEntry.Channel.EMAIL,
            source=ConsentEntry.Source.PREFERENCES,
            actor=WORKER,
        )


def _lower(world: World, number: int) -> None:
    with contextlib.suppress(budget.OverBudget):
        budget.adjust(
            world.program,
            world.program.money(-4000),
            actor=actor_of(world.approver),
            note="Less",
        )


ACTS: dict[str, Callable[[World, Order], None]] = {
    "edit": _edit,
    "submit": lambda world, order: _versioned(drafts.submit, world, order),
    "approve": lambda world, order: _decide(approvals.approve, world, order),
    "reject": lambda world, order: _decide(approvals.reject, world, order),
    "changes": lambda world, order: _decide(approvals.request_changes, world, order),
    "undo": lambda world, order: _undo(world.maker, order),
    "undo approval": lambda world, order: _undo(world.approver, order),
    "cancel": lambda world, order: _versioned(drafts.cancel, world, order),
    "resume": lambda world, order: _versioned(attention.resume, world, order),
    "give up": lambda world, order: _versioned(attention.give_up, world, order),
    "expire": _expire,
    "place again": _place_again,
    "hint": _hint,
    "cancel line": _cancel_line,
}


def _undo(user: User, order: Order) -> None:
    approvals.undo(order, actor=actor_of(user))


EVENTS: dict[str, Callable[[World, int], None]] = {
    "send": _send,
    "draft": lambda world, number: _draft(world),
    "a second": lambda world, number: world.worker.run(seconds=1 + number),
    "a minute": lambda world, number: world.worker.run(seconds=61),
    "a while": lambda world, number: world.worker.run(seconds=1000),
    "fault": lambda world, number: _fault(world, number),
    "poor": lambda world, number: _set(world, balance=0),
    "rich": lambda world, number: _set(world, balance=10**6),
    "not sold": lambda world, number: _set(world, products={"CVS": None}),
    "sold": lambda world, number: _set(world, products={}),
    "strange word": lambda world, number: _set(world, status_word="Sparkling"),
    "known word": lambda world, number: _set(world, status_word=""),
    "works on": lambda world, number: world.sandbox.release(),
    "stop": _stop,
    "less budget": _lower,
}


def _draft(world: World) -> None:
    factories.make_draft(world.program, world.card, world.maker, email=world.email)


def _fault(world: World, number: int) -> None:
    _set(world, next=[FAULTS[number % len(FAULTS)], FAULTS[number * 5 % len(FAULTS)]])


def _set(world: World, **knobs: object) -> None:
    world.sandbox.settings(**knobs)


STEPS = st.lists(
    st.tuples(st.sampled_from(["send"] * 6 + [*ACTS, *EVENTS]), st.integers(0, 12)),
    min_size=4,
    max_size=25,
)


@pytest.fixture
def cast(cvs, manu, ada, adam, sandbox, worker):
    """A new world for every example, on the same database."""

    def build() -> World:
        sandbox.reset()
        sandbox.settings(seed=1)
        Message.objects.all().delete()
        program = factories.make_program(f"P{uuid4()}", funded=100, funded_by=adam)
        last = Entry.objects.latest("sequence").sequence
        email = f"{program.name.lower()}@example.com"
        return World(program, cvs, manu, ada, sandbox, worker, email, journalled=last)

    return build


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)
@given(steps=STEPS)
def test_the_ledger_follows_whatever_happens(cast, steps):
    world = cast()

    for name, number in steps:
        world.act(name, number)
        world.check()

    world.rest()
    world.check()
    assert not Order.objects.filter(
        program=world.program, status__in=["placing", "approved"]
    ).exists()
    assert all(each["bodies"] == 1 for each in world.sandbox.attempts().values())
    _agree(world)
    ledger.check_journal()


def _agree(world: World) -> None:
    """Every order the provider holds is one of ours, paid as it charged."""
    costs = {
        placement.po_number: placement.cost_minor
        for placement in Placement.objects.filter(order__program=world.program)
    }
    for placed in world.sandbox.orders():
        if placed["Status"] == "Cancelled":
            assert costs[placed["PONumber"]] == 0
        else:
            assert costs[placed["PONumber"]] == placed["costCents"]
