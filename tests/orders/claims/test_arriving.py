"""Links come from the provider once each, and what is wrong with them is told."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import attention, placing, releasing, tracking
from orders.claims import handing, sealing
from orders.models import Claim, Handout, Placement
from orders.tasks import collect
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.outbox.models import Message
from portal.provider import connection as provider
from portal.provider.types import Created
from tests.orders import ledger
from tests.orders.claims.arrived import claims_of, make_approved, status_of, theirs
from tests.orders.claims.made import secret_of

DONE = ("completed", "", "completed")
ASK = "Ask the provider; what it puts right is taken over by itself."


@pytest.fixture
def order_links(program, cvs, manu, ada, sandbox, at_once):
    """Approves a batch of five, or of whatever else is asked for."""
    return lambda **fields: make_approved(program, cvs, manu, ada, **fields)


def delivered(sandbox):
    """Link and answer of all that the provider delivered, by external id."""
    return {
        line.get("ExternalId", ""): [
            (claim["ClaimLink"], claim["ClaimLinkChallengeAnswer"])
            for claim in line["ClaimData"]
        ]
        for order in sandbox.orders()
        for line in order["LineItems"]
    }


def kept(batch):
    """The same, of what we keep."""
    found = defaultdict(list)
    for claim in claims_of(batch):
        secret = secret_of(claim)
        found[claim.reward.external_id].append((secret.link, secret.answer))
    return dict(found)


def looks(sandbox):
    return [
        each["path"]
        for each in sandbox.requests()
        if each["method"] == "GET" and each["path"].startswith("/v1/Orders/")
    ]


# What arrives


@pytest.mark.parametrize("is_one_line", [False, True])
def test_every_link_is_kept_with_its_answer_under_its_line(
    program, order_links, sandbox, worker, is_one_line
):
    batch = order_links(is_one_line=is_one_line)
    worker.run(seconds=60)

    claims = claims_of(batch)
    assert status_of(batch) == DONE
    assert kept(batch) == delivered(sandbox)
    assert [claim.number for claim in claims] == [1, 2, 3, 4, 5]
    assert len({claim.token_digest for claim in claims}) == 5
    assert {claim.reward_id for claim in claims} == set(
        batch.order.rewards.values_list("pk", flat=True)
    )
    assert {(claim.status, claim.problem) for claim in claims} == {("created", "")}
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()


def test_a_link_is_found_by_its_token_and_ends_with_its_batch(order_links, worker):
    last_day = timezone.localdate() + timedelta(days=30)
    batch = order_links(expires_on=last_day)
    worker.run(seconds=60)
    claim = claims_of(batch)[0]

    assert sealing.find(secret_of(claim).token) == claim
    assert claim.last_day == last_day


def test_looking_again_changes_nothing(order_links, worker):
    batch = order_links()
    worker.run(seconds=60)
    before, entries = list(Claim.objects.values()), Entry.objects.count()

    for _ in range(3):
        collect({"placement": batch.order.placements.get().pk})

    assert list(Claim.objects.values()) == before
    assert Entry.objects.count() == entries


def test_a_look_asks_no_more_for_more_links(order_links, worker, sandbox):
    asked = []
    for quantity in (3, 40):
        sandbox.settings(next=["pending"])
        batch = order_links(quantity=quantity)
        worker.run()
        sandbox.release()
        found, placement = theirs(batch), batch.order.placements.get()
        for _ in ("first", "again"):
            with CaptureQueriesContext(connection) as queries:
                tracking.collected(placement.pk, found, actor=WORKER)
            asked.append(len(queries))
        assert batch.claims.count() == quantity

    assert asked[:2] == asked[2:]


def test_links_are_not_read_while_their_line_is_pending(order_links, sandbox, worker):
    sandbox.settings(next=["pending"])
    batch = order_links()
    worker.run()
    placement, before = batch.order.placements.get(), theirs(batch)
    sandbox.release()
    links = {line.id: line.claims for line in theirs(batch).lines}
    early = replace(
        before,
        lines=tuple(replace(line, claims=links[line.id]) for line in before.lines),
    )

    tracking.collected(placement.pk, early, actor=WORKER)
    assert claims_of(batch) == []

    worker.run(seconds=600)
    assert len(claims_of(batch)) == 5


def test_a_line_that_is_filled_does_not_wait_for_the_others(
    order_links, sandbox, worker
):
    sandbox.settings(next=["pending"])
    batch = order_links()
    worker.run()
    pending, placement = theirs(batch), batch.order.placements.get()
    sandbox.release()
    done = theirs(batch)
    mixed = replace(pending, lines=done.lines[:2] + pending.lines[2:])

    tracking.collected(placement.pk, mixed, actor=WORKER)

    assert [claim.number for claim in claims_of(batch)] == [1, 2]
    assert status_of(batch)[0] == "placing"
    worker.run(seconds=600)
    assert [claim.number for claim in claims_of(batch)] == [1, 2, 3, 4, 5]


def test_a_large_order_comes_back_pending_and_fills_in(
    order_links, sandbox, worker, settings
):
    settings.PLACEMENT_MOST_LINES = 4
    sandbox.settings(next=["pending"] * 3)
    batch = order_links(quantity=10)
    worker.run(seconds=30)
    batch.order.refresh_from_db()
    assert (batch.order.status, batch.claims.count()) == ("placing", 0)

    sandbox.release()
    worker.run(seconds=600)

    batch.order.refresh_from_db()
    assert batch.order.status == "completed"
    assert [claim.number for claim in claims_of(batch)] == list(range(1, 11))
    assert kept(batch) == delivered(sandbox)


def test_lines_are_told_apart_by_our_id_in_whatever_order_they_come(
    order_links, sandbox, worker
):
    sandbox.settings(next=["pending"])
    batch = order_links()
    worker.run()
    sandbox.release()
    placement, found = batch.order.placements.get(), theirs(batch)
    batch.order.rewards.update(provider_line_id="")  # as if it had named none before

    turned = replace(found, lines=found.lines[::-1])
    tracking.collected(placement.pk, turned, actor=WORKER)

    assert kept(batch) == delivered(sandbox)


@pytest.mark.parametrize(
    "fault", ["504_after", "cut_after", "garbage_after", "webhook_repeated"]
)
def test_a_placement_whose_answer_was_lost_still_brings_every_link_once(
    program, order_links, sandbox, worker, fault
):
    sandbox.settings(next=[fault, fault])
    batch = order_links()

    worker.run(seconds=600)

    assert status_of(batch) == DONE
    assert len(sandbox.orders()) == 1
    assert kept(batch) == delivered(sandbox)
    ledger.check_with_provider(program, sandbox)


# What is wrong


@pytest.mark.parametrize("is_one_line", [False, True])
@pytest.mark.parametrize(
    ("links", "good", "told", "flaw"),
    [
        ("fewer", 4, "1 missing", ""),
        ("more", 5, "1 too many", "one more than was ordered"),
        ("repeated", 4, "1 repeated", "Another card has the same link"),
        ("no_link", 4, "1 without a link", "sent no link"),
        ("no_answer", 4, "1 without an answer", "without its challenge answer"),
        ("bad_url", 4, "1 not a web address", "not a web address"),
    ],
)
def test_a_bad_delivery_needs_attention_until_it_is_put_right(
    program, order_links, sandbox, worker, is_one_line, links, good, told, flaw
):
    sandbox.settings(links=links)
    batch = order_links(is_one_line=is_one_line)
    worker.run(seconds=60)

    problem = f"{good} of 5 links came as ordered: {told}. {ASK}"
    assert status_of(batch) == ("needs attention", problem, "needs attention")
    claims = claims_of(batch)
    assert sum(not claim.problem for claim in claims) == good
    wrong = [claim for claim in claims if claim.problem]
    assert [flaw in claim.problem for claim in wrong] == ([True] if flaw else [])
    assert all(claim.status == "needs attention" for claim in wrong)
    assert calls_for_attention() == 1  # and not one per look
    ledger.check_with_provider(program, sandbox)  # paid for all the same

    sandbox.settings(links="good")
    worker.run(seconds=3600)

    assert status_of(batch) == DONE
    assert batch.claims.good().count() == 5
    assert calls_for_attention() == 1


def calls_for_attention():
    """How many mails ask somebody to look."""
    dispatch.drain()
    return sum("needs your attention" in sent.subject for sent in mail.outbox)


def test_what_was_one_too_many_stays_on_record_and_never_leaves(
    order_links, sandbox, worker, manager
):
    sandbox.settings(links="more")
    batch = order_links()
    worker.run(seconds=60)
    surplus = batch.claims.get(number=6)
    sandbox.settings(links="good")
    worker.run(seconds=3600)

    everything = batch.claims.all()
    handing.hand_out(batch, everything, kind=Handout.Kind.CSV, actor=manager)

    surplus.refresh_from_db()
    assert surplus.problem
    assert surplus.handed_out_at is None
    assert batch.claims.exclude(handed_out_at=None).count() == 5


def test_a_link_of_an_older_batch_is_nobodys_second_card(order_links, sandbox, worker):
    first = order_links()
    worker.run(seconds=60)
    sandbox.settings(links="repeated")
    second = order_links()
    worker.run()  # and no look at the first, whose last link would change as well

    assert status_of(first) == DONE
    assert "1 repeated" in status_of(second)[1]
    same = Claim.objects.filter(link_digest=claims_of(first)[0].link_digest)
    assert [bool(claim.problem) for claim in same.order_by("pk")] == [False, True]


def test_several_things_wrong_are_counted_apart(order_links, sandbox, worker):
    sandbox.settings(next=["pending"])
    batch = order_links()
    worker.run()
    sandbox.release()
    found, placement = theirs(batch), batch.order.placements.get()
    first, second, third, fourth, fifth = found.lines
    spoilt = replace(
        found,
        lines=(
            replace(first, claims=()),
            replace(second, claims=(replace(second.claims[0], challenge_answer=""),)),
            replace(third, claims=(*third.claims, *third.claims)),
            replace(fourth, claims=(*fourth.claims, *first.claims)),
            replace(fifth, claims=(replace(fifth.claims[0], link="ftp://x/y"),)),
        ),
    )

    tracking.collected(placement.pk, spoilt, actor=WORKER)

    assert status_of(batch)[1] == (
        "2 of 5 links came as ordered: 1 missing, 1 not a web address, "
        f"1 without an answer, 1 repeated, 1 too many. {ASK}"
    )
    worker.run(seconds=600)
    assert status_of(batch) == DONE
    assert batch.claims.good().count() == 5


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "//cards.example.com/c/1",
        "cards.example.com/c/1",
        "http://",
        "https://[broken/c/1",
        "https://cards.example.com/c/\n1",
        "https://cards.example.com/c/" + "1" * 2000,
    ],
)
def test_only_a_web_address_is_a_link(order_links, sandbox, worker, link):
    sandbox.settings(next=["pending"])
    batch = order_links(quantity=1)
    worker.run()
    sandbox.release()
    found = theirs(batch)
    (line,) = found.lines
    bad = replace(line, claims=(replace(line.claims[0], link=link),))

    placement = batch.order.placements.get()
    tracking.collected(placement.pk, replace(found, lines=(bad,)), actor=WORKER)

    assert "not a web address" in batch.claims.get().problem
    assert secret_of(batch.claims.get()).link == link  # nothing is lost


def test_a_good_link_is_not_exchanged_for_another(order_links, sandbox, worker):
    """What was handed out must stay what it was; the other link waits for a person."""
    batch = order_links(quantity=1)
    worker.run(seconds=60)
    before = list(batch.claims.values())
    found, placement = theirs(batch), batch.order.placements.get()
    (line,) = found.lines
    other = replace(line.claims[0], link="https://cards.example.com/other")

    changed = replace(found, lines=(replace(line, claims=(other,)),))
    tracking.collected(placement.pk, changed, actor=WORKER)

    assert list(batch.claims.filter(problem="").values()) == before
    assert "1 too many" in status_of(batch)[1]
    assert secret_of(batch.claims.get(number=2)).link == other.link


def test_a_person_can_settle_what_the_provider_does_not_put_right(
    program, order_links, sandbox, worker, adam
):
    sandbox.settings(links="fewer")
    batch = order_links()
    worker.run(seconds=60)
    order = batch.order
    order.refresh_from_db()

    attention.settle(
        order,
        charged=program.money(order.estimate_minor),
        reason="They credit the fifth card",
        version=order.version,
        actor=actor_of(adam),
    )
    worker.run(seconds=3600)

    assert status_of(batch) == DONE
    assert batch.claims.good().count() == 4
    ledger.check_with_provider(program, sandbox)


def test_a_card_cancelled_after_delivery_is_good_no_more(order_links, sandbox, worker):
    batch = order_links()
    worker.run(seconds=60)
    sandbox.cancel_line(theirs(batch).id, 1)
    sandbox.cancel_line(theirs(batch).id, 2)
    batch.claims.filter(number=3).update(redeemed_at="2026-01-01T00:00:00Z")

    worker.run(seconds=3600)

    batch.order.refresh_from_db()
    assert batch.order.status == "completed with failures"
    problems = [bool(claim.problem) for claim in claims_of(batch)]
    assert problems == [False, True, False, False, False]
    assert "cancelled" in batch.claims.get(number=2).problem


# Other lines than were sent


@pytest.fixture
def pending(order_links, sandbox, worker):
    """A batch whose order the provider works on, and that order once it is filled."""
    sandbox.settings(next=["pending"])
    batch = order_links()
    worker.run()
    sandbox.release()
    return batch, theirs(batch)


def without_the_last(found):
    return replace(found, lines=found.lines[:-1])


def with_one_more(found):
    (claim,) = found.lines[0].claims
    more = replace(claim, id="more", link="https://cards.example.com/c/more")
    line = replace(found.lines[0], id="more", external_id="more", claims=(more,))
    return replace(found, lines=(*found.lines, line))


def with_a_stranger(found):
    line = replace(with_one_more(found).lines[-1], value=Decimal(99))
    return replace(found, lines=(*found.lines[:-1], line))


@pytest.mark.parametrize(
    ("spoil", "told", "good"),
    [
        (without_the_last, "shows: 4, of them ours: 4.", 4),
        (with_one_more, "shows: 6, of them ours: 5.", 5),
        (with_a_stranger, "shows: 5, of them ours: 4.", 4),
    ],
)
def test_other_lines_than_were_sent_settle_nothing_until_they_are_ours(
    program, pending, worker, sandbox, spoil, told, good
):
    batch, found = pending
    placement = batch.order.placements.get()

    tracking.collected(placement.pk, spoil(found), actor=WORKER)

    status, problem, _placement = status_of(batch)
    assert status == "needs attention"
    assert problem.startswith("Lines sent: 5; lines the provider ")
    assert told in problem
    assert len(claims_of(batch)) == good  # what is ours is taken all the same
    program.refresh_from_db()
    assert (program.held.minor, program.spent.minor) == (placement.held_minor, 0)

    worker.run(seconds=3600)

    assert status_of(batch) == DONE
    assert batch.claims.good().count() == 5
    assert calls_for_attention() == 1
    ledger.check_with_provider(program, sandbox)


def test_other_lines_after_all_was_booked_are_told_as_well(pending, worker):
    batch, found = pending
    worker.run(seconds=600)
    assert status_of(batch) == DONE

    placement = batch.order.placements.get()
    tracking.collected(placement.pk, with_one_more(found), actor=WORKER)

    assert status_of(batch)[0] == "needs attention"
    worker.run(seconds=24 * 3600)
    assert status_of(batch) == DONE


def answer_short(batch):
    """The POST is answered by 201 with all lines but the last."""
    releasing.release(batch.order_id, actor=WORKER)
    post = placing.begin(batch.order.placements.get().pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    made = provider.client().create_order(post.body)
    assert isinstance(made, Created)
    short = Created(without_the_last(made.order))
    placing.answered(post.attempt_id, short, actor=WORKER)
    return made.order


def test_a_201_with_fewer_lines_is_followed_to_its_end(
    program, order_links, sandbox, worker
):
    batch = order_links()
    made = answer_short(batch)

    assert status_of(batch)[::2] == ("needs attention", "needs attention")
    assert batch.order.placements.get().provider_order_id == made.id
    assert len(claims_of(batch)) == 4
    program.refresh_from_db()
    assert program.spent.minor == 0
    assert calls_for_attention() == 1

    worker.run(seconds=600)

    assert status_of(batch) == DONE
    assert kept(batch) == delivered(sandbox)
    ledger.check_with_provider(program, sandbox)


def test_a_201_with_fewer_lines_can_be_settled_and_still_brings_its_links(
    program, order_links, sandbox, worker, adam
):
    batch = order_links()
    answer_short(batch)
    order = batch.order
    order.refresh_from_db()
    assert not attention.waiting(order).exists()  # to try again would help nothing

    attention.settle(
        order,
        charged=program.money(order.estimate_minor),
        reason="They charged for five",
        version=order.version,
        actor=actor_of(adam),
    )
    assert status_of(batch) == DONE
    worker.run(seconds=600)

    assert status_of(batch) == DONE
    assert kept(batch) == delivered(sandbox)


@pytest.mark.parametrize(
    "thin",
    [
        lambda found: replace(found, lines=()),
        lambda found: replace(
            found,
            lines=(replace(found.lines[0], status="Pending"), *found.lines[1:]),
        ),
    ],
    ids=["no-lines", "pending-again"],
)
def test_an_answer_that_shows_less_puts_no_missing_link_right(pending, worker, thin):
    batch, found = pending
    placement = batch.order.placements.get()
    fewer = replace(found, lines=(replace(found.lines[0], claims=()), *found.lines[1:]))
    tracking.collected(placement.pk, fewer, actor=WORKER)
    before = status_of(batch)
    assert "4 of 5 links came as ordered: 1 missing" in before[1]

    tracking.collected(placement.pk, thin(fewer), actor=WORKER)

    assert status_of(batch) == before
    worker.run(seconds=3600)
    assert status_of(batch) == DONE


# Afterwards


def test_what_is_claimed_at_the_provider_shows_on_that_link_alone(
    order_links, sandbox, worker
):
    batch = order_links()
    worker.run(seconds=60)
    secret = secret_of(batch.claims.get(number=3))

    assert sandbox.claim(secret.link, secret.answer) == 200
    worker.run(seconds=3600)

    statuses = [claim.status for claim in claims_of(batch)]
    assert statuses == ["created", "created", "claimed", "created", "created"]
    claim = batch.claims.get(number=3)
    assert (claim.claimed_at, claim.reward.status) == (None, "claimed")
    before = list(batch.claims.values())
    worker.run(seconds=24 * 3600)
    assert list(batch.claims.values()) == before


def test_of_one_line_for_all_nobody_can_tell_which_was_claimed(
    order_links, sandbox, worker
):
    batch = order_links(quantity=2, is_one_line=True)
    worker.run(seconds=60)
    for claim in claims_of(batch):
        secret = secret_of(claim)
        sandbox.claim(secret.link, secret.answer)
    worker.run(seconds=3600)

    assert batch.order.rewards.get().status == "claimed"
    assert [claim.redeemed_at for claim in claims_of(batch)] == [None, None]


def test_looks_end_when_every_link_is_claimed_and_not_before(
    order_links, sandbox, worker
):
    batch = order_links(quantity=2)
    worker.run(seconds=60)
    for claim in claims_of(batch):
        assert Message.objects.get(topic="orders.collect").status == "waiting"
        secret = secret_of(claim)
        sandbox.claim(secret.link, secret.answer)
        worker.run(seconds=24 * 3600)

    assert Message.objects.get(topic="orders.collect").status == "done"


def test_claimed_or_not_a_missing_link_is_looked_for(order_links, sandbox, worker):
    sandbox.settings(links="fewer", claimed_by="time", claimed_after=0)
    batch = order_links(quantity=1)
    worker.run(seconds=24 * 3600)
    assert batch.order.rewards.get().status == "claimed"

    sandbox.settings(links="good")
    worker.run(seconds=24 * 3600)

    assert status_of(batch) == DONE
    assert batch.claims.get().status == "claimed"


def test_each_placement_is_looked_at_by_itself_and_ever_more_rarely(
    order_links, sandbox, worker, settings
):
    settings.PLACEMENT_MOST_LINES = 2
    order_links(quantity=10)
    worker.run(seconds=3600)

    seen = looks(sandbox)
    polls = Placement.objects.values_list("polls", flat=True)
    assert len(set(seen)) == 5
    assert len(seen) == sum(polls)
    assert max(polls) <= 20  # 2 s x 1.5^n within the hour


def test_no_link_and_no_answer_stands_in_a_journal_or_a_message(
    order_links, sandbox, worker
):
    sandbox.settings(links="no_answer")
    batch = order_links()
    worker.run(seconds=60)
    sandbox.settings(links="good")
    worker.run(seconds=3600)

    written = json.dumps(
        [
            *Entry.objects.values_list("data", flat=True),
            *Message.objects.values_list("payload", flat=True),
            *Message.objects.values_list("problem", flat=True),
            *Placement.objects.values_list("problem", flat=True),
            *Claim.objects.values_list("problem", flat=True),
        ]
    )
    for claim in claims_of(batch):
        secret = secret_of(claim)
        for word in (secret.link, secret.answer, secret.token, secret.seed):
            assert word not in written
    updates = Entry.objects.filter(action="placement.updated")
    assert updates.latest("sequence").data["links"] == {"here": 5, "wrong": 0}
