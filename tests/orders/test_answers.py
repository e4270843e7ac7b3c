"""What the provider says of an order: taken over forwards, and paid for once."""

from dataclasses import replace

import pytest
from django.core import mail

from orders import attention, placing, releasing, tracking
from orders.tasks import collect
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.provider import connection
from portal.provider.types import Created
from programs import budget
from tests import factories
from tests.orders import ledger


@pytest.fixture
def order(program, cvs, manu, ada, sandbox, at_once):
    """Approved, and due at once."""
    return factories.make_approved(program, cvs, manu, ada)


def state(order, program):
    """Order, placement, reward; held and spent in cents."""
    order.refresh_from_db()
    program.refresh_from_db()
    ledger.check(program)
    ledger.check_journal()
    return (
        order.status,
        order.placements.get().status,
        order.rewards.get().status,
        program.held_minor,
        program.spent_minor,
    )


DONE = ("completed", "completed", "sent", 0, 1470)


def calls_for_attention():
    """How many mails ask Manu to look."""
    dispatch.drain()
    return sum("needs your attention" in sent.subject for sent in mail.outbox)


def cost(sandbox, cents):
    """What a $15 card costs from now on."""
    fee = f"{(cents - 1500) / 100:.2f}"
    sandbox.settings(products={"CVS": {"Cost": {"Fee": fee, "DiscountPercentage": 0}}})


def look(order):
    """The provider's order as it stands, over the wire."""
    placement = order.placements.get()
    return connection.client().get_order(placement.provider_order_id)


# Words


def test_a_word_we_do_not_know_is_a_persons_business_until_it_is_one_we_know(
    program, order, sandbox, worker
):
    sandbox.settings(status_word="Sparkling")
    worker.run(seconds=60)

    assert state(order, program) == (
        "needs attention",
        "needs attention",
        "placed",
        1500,
        0,
    )
    placement = order.placements.get()
    assert placement.provider_status == "Sparkling"
    assert "Sparkling" in placement.problem
    assert order.problem == placement.problem
    assert calls_for_attention() == 1  # and not one per look

    sandbox.settings(status_word="")
    worker.run(seconds=600)

    assert state(order, program) == DONE
    assert (order.problem, order.placements.get().problem) == ("", "")


def test_what_waits_with_the_provider_can_be_neither_resumed_nor_given_up(
    order, sandbox, worker, as_manu
):
    sandbox.settings(status_word="Sparkling")
    worker.run(seconds=60)
    order.refresh_from_db()

    for act in ("resume", "give-up"):
        response = as_manu.post(
            f"/orders/{order.reference}/{act}/", {"version": order.version}
        )
        assert response.status_code == 409

    order.refresh_from_db()
    assert order.status == "needs attention"


@pytest.mark.parametrize("word", ["Processing", "AwaitingApproval", "PENDING"])
def test_every_word_for_not_yet_means_pending(program, order, sandbox, worker, word):
    sandbox.settings(status_word=word)
    worker.run(seconds=60)

    # The same word stands on the lines, where it is none of theirs unless Pending.
    known = word.casefold() == "pending"
    status = ("placing", "pending") if known else ("needs attention",) * 2
    assert state(order, program) == (*status, "placed", 1500, 0)


def test_a_completed_order_that_turns_strange_comes_back_completed(
    program, order, sandbox, worker
):
    worker.run()
    assert state(order, program) == DONE
    sandbox.settings(status_word="Sparkling")
    worker.run(seconds=60)
    assert state(order, program)[0] == "needs attention"
    assert program.spent_minor == 1470

    sandbox.settings(status_word="")
    worker.run(seconds=600)

    assert state(order, program) == DONE


def test_sent_and_then_claimed(program, order, sandbox, worker):
    worker.run()
    sandbox.settings(claimed_after=0)
    worker.run(seconds=60)

    reward = order.rewards.get()
    assert state(order, program) == ("completed", "completed", "claimed", 0, 1470)
    assert reward.sent_at
    assert reward.claimed_at
    ledger.check_with_provider(program, sandbox)


@pytest.mark.parametrize("said", [2000, 1, None])
def test_what_was_booked_is_not_booked_again_by_hand(
    program, order, adam, sandbox, worker, said
):
    """The order is paid for; only its word is strange."""
    worker.run()
    sandbox.settings(status_word="Sparkling")
    worker.run(seconds=2000)
    assert state(order, program)[0] == "needs attention"

    attention.settle(
        order,
        charged=None if said is None else program.money(said),
        reason="Asked by phone",
        version=order.version,
        actor=actor_of(adam),
    )
    worker.run(seconds=3600)

    assert state(order, program) == DONE
    ledger.check_with_provider(program, sandbox)


# Backwards


def test_what_was_completed_does_not_go_back(program, order, sandbox, worker):
    worker.run()
    sandbox.settings(status_word="Pending")
    worker.run(seconds=600)

    assert state(order, program) == DONE


def test_what_ended_with_failures_does_not_go_back(program, order, sandbox, worker):
    sandbox.settings(next=["pending"])
    worker.run()
    before = look(order)
    sandbox.cancel_line(before.id)
    worker.run(seconds=60)
    ended = ("completed with failures", "completed", "cancelled", 0, 0)
    assert state(order, program) == ended

    tracking.collected(order.placements.get().pk, before, actor=WORKER)

    assert state(order, program) == ended


def test_an_old_answer_after_a_new_one_changes_nothing(program, order, sandbox, worker):
    sandbox.settings(next=["pending"])
    worker.run()
    before = look(order)
    sandbox.release()
    worker.run(seconds=600)
    sandbox.settings(claimed_after=0)
    worker.run(seconds=3600)
    claimed = ("completed", "completed", "claimed", 0, 1470)
    assert state(order, program) == claimed

    tracking.collected(order.placements.get().pk, before, actor=WORKER)

    assert state(order, program) == claimed


def test_an_answer_of_yesterday_to_the_post_changes_nothing(
    program, order, sandbox, worker
):
    """Attempt 1 hangs, attempt 2 settles it, and then attempt 1 is answered."""
    releasing.release(order.pk, actor=WORKER)
    placement = order.placements.get()
    first = placing.begin(placement.pk, actor=WORKER)
    assert isinstance(first, placing.Post)
    worker.run(seconds=60)
    done = state(order, program)
    assert done == DONE

    placing.answered(first.attempt_id, Created(look(order)), actor=WORKER)

    assert state(order, program) == DONE
    ledger.check_with_provider(program, sandbox)


# Cancelled by the provider


def test_cancelled_before_it_was_sent_costs_nothing(program, order, sandbox, worker):
    sandbox.settings(next=["pending"])
    worker.run()
    sandbox.cancel_line(look(order).id)

    worker.run(seconds=60)

    assert state(order, program) == (
        "completed with failures",
        "completed",
        "cancelled",
        0,
        0,
    )
    assert order.rewards.get().problem
    assert order.placements.get().cost_minor == 0


def test_cancelled_afterwards_what_was_paid_stays_paid(program, order, sandbox, worker):
    worker.run()
    sandbox.cancel_line(look(order).id)

    worker.run(seconds=60)

    assert state(order, program) == (
        "completed with failures",
        "completed",
        "cancelled",
        0,
        1470,
    )


# Cost


def test_what_costs_more_is_paid_from_what_is_free(program, order, sandbox, worker):
    cost(sandbox, 1795)

    worker.run()

    assert state(order, program) == ("completed", "completed", "sent", 0, 1795)
    ledger.check_with_provider(program, sandbox)


def test_what_the_budget_cannot_cover_waits_for_funds_and_settles_by_itself(
    program, order, adam, sandbox, worker
):
    boss = actor_of(adam)
    program.refresh_from_db()
    budget.adjust(program, program.available * -1, actor=boss, note="Needed elsewhere")
    cost(sandbox, 1795)
    worker.run(seconds=60)

    assert state(order, program) == (
        "needs attention",
        "needs attention",
        "sent",
        1500,
        0,
    )
    assert "$17.95" in order.problem
    assert calls_for_attention() == 1

    budget.fund(program, program.money(295), actor=boss)
    worker.run(seconds=3600)

    assert state(order, program) == ("completed", "completed", "sent", 0, 1795)
    ledger.check_with_provider(program, sandbox)


def test_one_cent_short_is_short(program, order, adam, sandbox, worker):
    boss = actor_of(adam)
    program.refresh_from_db()
    rest = program.money(294)
    budget.adjust(program, rest - program.available, actor=boss, note="Nearly")
    cost(sandbox, 1795)

    worker.run(seconds=60)

    assert state(order, program)[0] == "needs attention"


def test_an_answer_without_costs_is_paid_as_approved(program, order, sandbox, worker):
    sandbox.settings(next=["pending"])
    worker.run()
    sandbox.release()
    found = look(order)
    silent = replace(found, lines=tuple(replace(x, cost=None) for x in found.lines))

    tracking.collected(order.placements.get().pk, silent, actor=WORKER)

    assert state(order, program) == ("completed", "completed", "sent", 0, 1500)


def test_an_answer_without_lines_does_not_make_it_free(program, order, sandbox, worker):
    sandbox.settings(next=["pending"])
    worker.run()
    sandbox.release()
    bare = replace(look(order), lines=())

    tracking.collected(order.placements.get().pk, bare, actor=WORKER)

    assert program.spent_minor == 0
    assert state(order, program)[4] in (0, 1500)
    assert order.placements.get().cost_minor != 0


# Lines


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: (line, replace(line, id="more", email="sam@example.com")),
        lambda line: (replace(line, id="other", quantity=2),),
    ],
    ids=["one-more", "another"],
)
def test_lines_that_are_not_ours_settle_nothing_until_they_are(
    program, order, sandbox, worker, spoil
):
    sandbox.settings(next=["pending"])
    worker.run()
    sandbox.release()
    found = look(order)
    (line,) = found.lines

    strange = replace(found, lines=spoil(line))
    tracking.collected(order.placements.get().pk, strange, actor=WORKER)

    status = state(order, program)
    assert (status[0], *status[3:]) == ("needs attention", 1500, 0)
    assert "Lines sent: 1;" in order.problem
    assert calls_for_attention() == 1
    worker.run(seconds=600)
    assert state(order, program) == DONE


# A 201 that says less, or says it otherwise


def answer(order, found):
    """The first attempt is answered by 201 with this order."""
    releasing.release(order.pk, actor=WORKER)
    post = placing.begin(order.placements.get().pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    made = connection.client().create_order(post.body)
    assert isinstance(made, Created)
    placing.answered(post.attempt_id, Created(found(made.order)), actor=WORKER)


@pytest.mark.parametrize(
    "found",
    [
        lambda order: replace(order, lines=(), status=""),
        lambda order: replace(order, lines=(), status="Pending", po_number="", type=""),
        lambda order: replace(
            order, lines=tuple(replace(line, email="") for line in order.lines)
        ),
        lambda order: replace(order, po_number=order.po_number.lower()),
        lambda order: replace(
            order, lines=tuple(replace(line, external_id="L-1") for line in order.lines)
        ),
        lambda order: replace(
            order, lines=tuple(replace(line, quantity=2) for line in order.lines)
        ),
    ],
    ids=["bare", "id-and-status", "no-address", "other-case", "its-id", "other-line"],
)
def test_a_201_that_says_little_is_followed_to_its_end(
    program, order, sandbox, worker, found
):
    answer(order, found)

    worker.run(seconds=600)

    assert state(order, program) == DONE
    ledger.check_with_provider(program, sandbox)


def test_an_id_in_another_case_is_the_same_order(program, order, sandbox, worker):
    sandbox.settings(next=["pending"])
    worker.run()
    sandbox.release()
    found = look(order)

    loud = replace(found, id=found.id.upper())
    tracking.collected(order.placements.get().pk, loud, actor=WORKER)

    assert state(order, program) == DONE


def test_looks_that_bring_no_news_are_not_journalled(order, sandbox, worker):
    worker.run()
    before = Entry.objects.count()

    for _ in range(5):
        collect({"placement": order.placements.get().pk})

    assert Entry.objects.count() == before
    assert order.placements.get().polls >= 5
