"""A worker killed at any point of the way: one order, paid for once.

A kill is an exception nothing catches: the transaction at hand rolls back, what was
committed stays, and the message's lease runs out.
"""

from collections.abc import Callable

import pytest

from orders import placing, releasing, tracking
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox import dispatch
from portal.outbox.models import Message
from portal.provider.client import Client
from tests import factories
from tests.orders import ledger


class Killed(BaseException):
    """The process is gone."""


class Axe:
    """Wraps functions so that the process dies there, once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.has_struck = False

    def before(self, owner: object, name: str) -> None:
        self._wrap(owner, name, is_late=False)

    def after(self, owner: object, name: str) -> None:
        self._wrap(owner, name, is_late=True)

    def in_commit_of(self, action: Action) -> None:
        """Within the transaction, when all but the commit is done."""
        plain = journal.record

        def record(given: Action, *args: object, **kwargs: object) -> object:
            entry = plain(given, *args, **kwargs)  # type: ignore[arg-type]
            if given == action:
                self.strike()
            return entry

        self.monkeypatch.setattr(journal, "record", record)

    def strike(self) -> None:
        if not self.has_struck:
            self.has_struck = True
            raise Killed

    def _wrap(self, owner: object, name: str, *, is_late: bool) -> None:
        plain = getattr(owner, name)

        def wrapped(*args: object, **kwargs: object) -> object:
            if not is_late:
                self.strike()
            answer = plain(*args, **kwargs)
            self.strike()
            return answer

        self.monkeypatch.setattr(owner, name, wrapped)


def at_settling(axe: Axe, topic: str, *, after: bool) -> None:
    """When the outbox writes the outcome of a message of this topic."""
    plain = dispatch._settle

    def settle(message: Message, **change: object) -> None:
        if message.topic == topic and not after:
            axe.strike()
        plain(message, **change)
        if message.topic == topic:
            axe.strike()

    axe.monkeypatch.setattr(dispatch, "_settle", settle)


POINTS: dict[str, Callable[[Axe], None]] = {
    "before the release": lambda axe: axe.before(releasing, "release"),
    "in the commit of the release": lambda axe: axe.in_commit_of(Action.ORDER_RELEASED),
    "after the release": lambda axe: axe.after(releasing, "release"),
    "before the release is done": lambda axe: at_settling(
        axe, "orders.release", after=False
    ),
    "after the release is done": lambda axe: at_settling(
        axe, "orders.release", after=True
    ),
    "before the attempt": lambda axe: axe.before(placing, "begin"),
    "in the commit of the attempt": lambda axe: axe.in_commit_of(
        Action.PLACEMENT_ATTEMPTED
    ),
    "after the attempt, before the POST": lambda axe: axe.after(placing, "begin"),
    "before the token": lambda axe: axe.before(Client, "issue_token"),
    "after the POST": lambda axe: axe.after(Client, "create_order"),
    "after a GET": lambda axe: axe.after(Client, "get_order"),
    "in the commit of the answer": lambda axe: axe.in_commit_of(
        Action.PLACEMENT_ANSWERED
    ),
    "after the answer": lambda axe: axe.after(placing, "answered"),
    "before the placing is done": lambda axe: at_settling(
        axe, "orders.place", after=False
    ),
    "after the placing is done": lambda axe: at_settling(
        axe, "orders.place", after=True
    ),
    "before a look": lambda axe: axe.before(Client, "get_order"),
    "in the commit of a look": lambda axe: axe.in_commit_of(Action.PLACEMENT_UPDATED),
    "after a look": lambda axe: axe.after(tracking, "collected"),
    "before the look is done": lambda axe: at_settling(
        axe, "orders.collect", after=False
    ),
}
# What the provider does to the first attempts, and how the order ends.
OUTCOMES = {
    "created": ([], "completed"),
    "pending": (["pending"], "completed"),
    "cut before": (["cut_before"], "completed"),
    "cut after": (["cut_after"], "completed"),
    "504 after": (["504_after"], "completed"),
    "unreadable": (["garbage_after"], "completed"),
    "500": (["error_500"], "completed"),
    "429": (["too_many_429"], "completed"),
    "401": (["unauthorized_401"], "completed"),
    "422": (["insufficient_422"], "needs attention"),
    "400": (None, "completed with failures"),
}


# Before anything is sent the provider's mood makes no difference.
CASES = [
    (point, outcome)
    for point in POINTS
    for outcome in OUTCOMES
    if "release" not in point or outcome == "created"
]


@pytest.mark.parametrize(("point", "outcome"), CASES)
def test_a_kill_at_any_point_leaves_one_order_or_none(
    program, cvs, manu, ada, sandbox, worker, at_once, monkeypatch, point, outcome
):
    faults, ending = OUTCOMES[outcome]
    sandbox.settings(next=faults or [])
    if faults is None:
        sandbox.settings(products={"CVS": None})
    order = factories.make_approved(program, cvs, manu, ada)
    axe = Axe(monkeypatch)
    POINTS[point](axe)

    _run_with_kills(worker, seconds=125)
    sandbox.settings(claimed_after=0)  # final, so that nothing is asked any more
    sandbox.release()
    _run_with_kills(worker, seconds=1000)

    order.refresh_from_db()
    attempts = sandbox.attempts().get(order.po_number, {"bodies": 0, "outcomes": []})
    if ending == "needs attention" and len(attempts["outcomes"]) > 1:
        ending = "completed"  # The kill came before the 422 was on record.
    assert order.status == ending
    assert attempts["bodies"] <= 1
    assert len(sandbox.orders()) == (ending == "completed")
    program.refresh_from_db()
    assert program.held_minor == (1500 if ending == "needs attention" else 0)
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()


def _run_with_kills(worker, *, seconds):
    """A killed worker is started again, and waits for the lease it left behind."""
    while True:
        try:
            worker.run(seconds=seconds)
        except Killed:
            continue
        return


def test_every_point_is_one_that_is_passed(
    program, cvs, manu, ada, sandbox, worker, at_once
):
    """The control: an axe that never falls would prove nothing."""
    for point, hang in POINTS.items():
        sandbox.reset()
        sandbox.settings(next=["pending"])
        with pytest.MonkeyPatch.context() as monkeypatch:
            axe = Axe(monkeypatch)
            hang(axe)
            factories.make_approved(program, cvs, manu, ada)
            _run_with_kills(worker, seconds=150)
            sandbox.release()
            _run_with_kills(worker, seconds=300)
        assert axe.has_struck, point
