"""A thousand approved orders through a slow provider, on real Celery workers.

Measured is what `orders.placing` does: from a frozen placement to the recorded answer.
"""

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

import django

django.setup()

from django.utils import timezone  # noqa: E402  Django has to be set up first

from orders import approvals, drafts, gifts, releasing  # noqa: E402
from orders.models import Order, Placement  # noqa: E402
from orders.states import PlacementStatus  # noqa: E402
from portal.accounts.models import actor_of  # noqa: E402
from portal.actors import WORKER  # noqa: E402
from portal.celery import app  # noqa: E402
from portal.outbox.models import Message  # noqa: E402
from portal.outbox.wake import wake  # noqa: E402
from portal.permissions import Role  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks.installation import ROOT, Figure, report  # noqa: E402

ORDERS: Final = 1_000
MOST_RATIO: Final = 1.5
_PATIENCE_SECONDS: Final = 300.0


def main(concurrency: int, latency: float) -> None:
    _approve_orders()
    _release_orders()
    with workers(concurrency):
        begin = time.perf_counter()
        wake_workers()
        wait_until_placed(ORDERS)
        wall = time.perf_counter() - begin
    ideal = ORDERS * latency / concurrency
    what = f"{ORDERS} orders placed : {ideal:.1f} s of latency"
    report([Figure(what, wall / ideal, MOST_RATIO, "x")])


def _approve_orders() -> None:
    """Through the verbs, as people would."""
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program("Spring", funded=ORDERS * 15, funded_by=adam)
    manager = actor_of(factories.make_member("Manu", program, Role.MANAGER))
    approver = actor_of(factories.make_member("Ada", program, Role.APPROVER))
    product = factories.make_product("CVS", values=[15])
    for number in range(ORDERS):
        gift = gifts.DigitalGift(
            program=program,
            product=product,
            value=Decimal(15),
            quantity=1,
            name=f"Person {number}",
            email=f"person{number}@example.com",
            phone="",
            to_name=f"Person {number}",
            from_name="Rewards Team",
        )
        order = drafts.create(gift, actor=manager, form_key=uuid.uuid4())
        order = drafts.submit(order, version=order.version, actor=manager)
        approvals.approve(order, content_hash=order.content_hash, actor=approver)


def _release_orders() -> None:
    """Freeze a placement for each, and leave nothing but these to be delivered."""
    for order_id in Order.objects.values_list("pk", flat=True):
        releasing.release(order_id, actor=WORKER)
    Message.objects.exclude(topic="orders.place").delete()
    app.control.purge()


@contextmanager
def workers(concurrency: int) -> Iterator[None]:
    """Celery's workers as docs/operations.md starts them, once they are ready."""
    command = [
        *(sys.executable, "-m", "celery", "--app", "portal", "--quiet", "worker"),
        *("--concurrency", str(concurrency), "--loglevel", "warning"),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=sys.stderr) as workers:
        try:
            while not app.control.ping(timeout=0.5):
                if workers.poll() is not None:
                    raise RuntimeError("the workers ended before they were ready")
            yield
        finally:
            workers.terminate()


def wake_workers() -> None:
    now = timezone.now()
    for message_id in Message.objects.values_list("pk", flat=True):
        wake(message_id, now)


def wait_until_placed(count: int) -> None:
    """Until so many placements are completed."""
    placed = Placement.objects.filter(status=PlacementStatus.COMPLETED)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while placed.count() < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{placed.count()} of {count} orders were placed")
        time.sleep(0.1)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
