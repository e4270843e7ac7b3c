"""One order of ten thousand rewards through a slow provider, on real Celery workers."""

import sys
import time
from typing import Final

import django

django.setup()

from django.conf import settings  # noqa: E402  Django has to be set up first

from orders import approvals, drafts, releasing  # noqa: E402
from orders.models import Order, Placement  # noqa: E402
from portal.accounts.models import User, actor_of  # noqa: E402
from portal.actors import WORKER  # noqa: E402
from portal.celery import app  # noqa: E402
from portal.outbox.models import Message  # noqa: E402
from portal.permissions import Role  # noqa: E402
from programs.models import Program  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks import placing  # noqa: E402
from tests.benchmarks.installation import Figure, report  # noqa: E402
from tests.orders.bulk import lists  # noqa: E402

REWARDS: Final = 10_000
MOST_RATIO: Final = 1.5


def main(concurrency: int, latency: float) -> None:
    program, manu = funded_program()
    sheet = lists.make_sheet(
        program, factories.make_product("CVS", values=[10]), manu, REWARDS
    )
    release(lists.make_order(sheet, manu))
    report([placed("rewards", concurrency, latency)])


def funded_program() -> tuple[Program, User]:
    """A program that can pay for all of them, and its manager."""
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program(
        "Spring",
        funded=REWARDS * 10,
        funded_by=adam,
        delivery_types=["DigitalDelivery", "Links"],
    )
    return program, factories.make_member("Manu", program, Role.MANAGER)


def release(order: Order) -> None:
    """Through the verbs, as people would; nothing but placing is left to be done."""
    approver = factories.make_member("Ada", order.program, Role.APPROVER)
    maker = actor_of(order.created_by)
    order = drafts.submit(order, version=order.version, actor=maker)
    approvals.approve(order, content_hash=order.content_hash, actor=actor_of(approver))
    releasing.release(order.pk, actor=WORKER)
    Message.objects.exclude(topic="orders.place").delete()
    app.control.purge()


def placed(what: str, concurrency: int, latency: float) -> Figure:
    """How long the workers take, in multiples of what the latency alone would."""
    placements = Placement.objects.count()
    assert placements == REWARDS / settings.PLACEMENT_MOST_LINES, placements
    with placing.workers(concurrency):
        begin = time.perf_counter()
        placing.wake_workers()
        placing.wait_until_placed(placements)
        wall = time.perf_counter() - begin
    ideal = placements * latency / concurrency
    what = f"{REWARDS} {what} in {placements} orders : {ideal:.0f} s of latency"
    return Figure(what, wall / ideal, MOST_RATIO, "x")


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
