"""What the provider is asked for, to the byte, and what it may answer with."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from orders import approvals, drafts, frozen, releasing
from orders.models import Order
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.provider.types import ProviderLine, ProviderOrder
from tests.orders import ledger
from tests.orders.claims.made import make_draft
from tests.portal.provider.examples import PRINTED

FIVE = {"value": Decimal(10), "quantity": 5, "po_number": "LINKS-14001"}


@pytest.fixture(autouse=True)
def _no_webhook(settings, at_once):
    settings.WEBHOOK_BASE_URL = ""


@pytest.fixture
def approved(program, cvs, manu, ada):
    """Makes a batch that is approved and due at once."""

    def approved(**terms) -> Order:
        order = make_draft(program, cvs, manu, **terms)
        order = drafts.submit(order, version=order.version, actor=actor_of(manu))
        return approvals.approve(
            order, content_hash=order.content_hash, actor=actor_of(ada)
        )

    return approved


@pytest.fixture
def placement(approved):
    """Five links, frozen and not sent yet."""
    order = approved(**FIVE)
    releasing.release(order.pk, actor=WORKER)
    return order.placements.get()


def test_in_one_line_the_body_is_the_printed_example(approved):
    order = approved(**FIVE, is_one_line=True)

    releasing.release(order.pk, actor=WORKER)

    body = frozen.body_of(order.placements.get())
    assert body.decode() == PRINTED["links"][0]


def test_the_provider_gets_the_printed_example(approved, sandbox, worker):
    order = approved(**FIVE, is_one_line=True)

    worker.run(seconds=10)

    (stored,) = sandbox.orders()
    assert stored["body"] == PRINTED["links"][0]
    assert sandbox.attempts()["LINKS-14001"] == {"outcomes": ["201"], "bodies": 1}
    order.refresh_from_db()
    assert order.status == "completed"


def test_by_default_the_provider_gets_a_line_for_each_link(
    approved, sandbox, worker, program
):
    order = approved(**FIVE)

    worker.run(seconds=10)

    (stored,) = sandbox.orders()
    line = {"ProductId": "CVS", "Value": 10, "Quantity": 1}
    ids = [f"{order.reference}-{number:05}" for number in range(1, 6)]
    assert json.loads(stored["body"]) == {
        "Type": "Links",
        "PONumber": "LINKS-14001",
        "LineItems": [line | {"ExternalId": name} for name in ids],
    }
    order.refresh_from_db()
    assert order.status == "completed"
    assert set(order.rewards.values_list("status", flat=True)) == {"sent"}
    program.refresh_from_db()
    assert program.held_minor == 0
    ledger.check_with_provider(program, sandbox)


def test_a_note_goes_along(approved, sandbox, worker):
    approved(**FIVE, note="For the fair")

    worker.run(seconds=10)

    assert json.loads(sandbox.orders()[0]["body"])["Note"] == "For the fair"


@pytest.mark.parametrize("fault", ["504_after", "cut_after", "garbage_after"])
@pytest.mark.parametrize("is_one_line", [False, True])
def test_a_lost_answer_ends_with_one_order_of_the_provider(
    approved, sandbox, worker, program, fault, is_one_line
):
    order = approved(**FIVE, is_one_line=is_one_line)
    sandbox.settings(next=[fault])

    worker.run(seconds=60)

    assert sandbox.attempts()["LINKS-14001"]["bodies"] == 1
    assert len(sandbox.orders()) == 1
    order.refresh_from_db()
    assert order.status == "completed"
    ledger.check_with_provider(program, sandbox)


def test_a_large_batch_comes_back_pending_and_fills_in(approved, sandbox, worker):
    sandbox.settings(async_threshold=4, async_after=30)
    order = approved(**FIVE)

    worker.run(seconds=10)

    order.refresh_from_db()
    assert order.placements.get().provider_status == "Pending"
    assert set(order.rewards.values_list("status", flat=True)) == {"placed"}
    assert order.status == "placing"

    # The sandbox lives by the wall clock, and the worker by its own.
    sandbox.settings(async_after=0)
    worker.run(seconds=600)

    order.refresh_from_db()
    assert order.status == "completed"
    assert set(order.rewards.values_list("status", flat=True)) == {"sent"}


def test_a_batch_is_split_where_a_request_would_be_too_long(
    approved, sandbox, worker, settings, program
):
    settings.PLACEMENT_MOST_LINES = 2
    order = approved(**FIVE)

    worker.run(seconds=10)

    bodies = [json.loads(stored["body"]) for stored in sandbox.orders()]
    assert sorted(len(body["LineItems"]) for body in bodies) == [1, 2, 2]
    ids = [line["ExternalId"] for body in bodies for line in body["LineItems"]]
    assert sorted(ids) == [f"{order.reference}-{number:05}" for number in range(1, 6)]
    order.refresh_from_db()
    assert order.status == "completed"
    ledger.check_with_provider(program, sandbox)


@pytest.mark.parametrize("echo", [str.upper, str.lower, lambda name: ""])
def test_ids_that_come_back_or_do_not_are_ours(placement, echo):
    found = theirs(placement)
    lines = [replace(line, external_id=echo(line.external_id)) for line in found.lines]

    answer = replace(found, lines=tuple(reversed(lines)))

    assert frozen.is_ours(placement, answer)
    assert not frozen.contradicts(placement, answer)


@pytest.mark.parametrize(
    "change",
    [
        {"external_id": "OTHER-00005"},
        {"external_id": ""},
        {"value": Decimal(15)},
        {"quantity": 2},
        {"product_id": "TARGET"},
    ],
    ids=str,
)
def test_an_order_with_another_line_is_not_ours(placement, change):
    found = theirs(placement)
    lines = (*found.lines[:-1], replace(found.lines[-1], **change))

    answer = replace(found, lines=lines)

    assert not frozen.is_ours(placement, answer)
    # Under our own number it is our order gone wrong; else only lines tell whose it is.
    assert not frozen.contradicts(placement, answer)
    assert frozen.contradicts(placement, replace(answer, po_number=""))


def test_an_id_twice_is_not_ours(placement):
    found = theirs(placement)

    answer = replace(found, lines=(*found.lines[:-1], found.lines[0]))

    assert not frozen.is_ours(placement, answer)


def test_a_line_without_an_id_may_be_given_one(approved):
    order = approved(**FIVE, is_one_line=True)
    releasing.release(order.pk, actor=WORKER)
    placement = order.placements.get()
    found = theirs(placement)

    (line,) = found.lines
    answer = replace(found, lines=(replace(line, external_id="theirs"),))

    assert frozen.is_ours(placement, answer)


def theirs(placement):
    """The provider's order that says exactly what was sent."""
    body = json.loads(frozen.body_of(placement))
    lines = tuple(
        ProviderLine(
            id=f"line-{number}",
            status="Pending",
            external_id=line.get("ExternalId", ""),
            product_id=line["ProductId"],
            value=Decimal(line["Value"]),
            quantity=line["Quantity"],
            cost=None,
            email="",
            sms="",
            claims=(),
            raw={},
        )
        for number, line in enumerate(body["LineItems"])
    )
    return ProviderOrder(
        id="their-order",
        po_number=placement.po_number,
        type="Links",
        status="Pending",
        lines=lines,
        webhook_url="",
        raw={},
    )
