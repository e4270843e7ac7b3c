"""The outbox's handlers for orders: call the provider, report back by a verb."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from orders import (
    announcing,
    expiry,
    fate,
    notices,
    outcomes,
    placing,
    releasing,
    tracking,
)
from orders.bulk import filling, samples
from orders.claims import letters, mailing
from orders.models import Placement
from orders.shipments import asking, ending, reminding, requesting
from orders.triggers import (
    accepting,
    deciding,
    holding,
    ordering,
    replaying,
    routing,
    rule_notices,
)
from orders.webhooks import delivering, news
from portal.actors import WORKER, Actor, ActorKind, Channel
from portal.outbox.handlers import Later, handles
from portal.outbox.schedule import every
from portal.provider.connection import client
from portal.provider.errors import NotFound, ProviderError, Unavailable
from portal.provider.types import Duplicate, Outcome, ProviderOrder, Unknown

every("orders.expire", timedelta(hours=1))
every("orders.end_asking", timedelta(hours=1))


def _release_given_up(payload: Mapping[str, Any], reason: str) -> None:
    releasing.given_up(payload["order"], reason)


def _placement_given_up(payload: Mapping[str, Any], reason: str) -> None:
    placing.given_up(payload["placement"], reason)


@handles("orders.release", given_up=_release_given_up)
def release(payload: Mapping[str, Any]) -> Later | None:
    return releasing.release(payload["order"], actor=WORKER)


@handles("orders.place", given_up=_placement_given_up)
def place(payload: Mapping[str, Any]) -> Later | None:
    """One attempt; an unknown fate comes back later with the same bytes."""
    placement_id = payload["placement"]
    match placing.begin(placement_id, actor=WORKER):
        case placing.Wait(seconds):
            return Later(seconds)
        case placing.LookUp(po_number):
            return _look_up(placement_id, po_number)
        case placing.Post(attempt_id, body):
            answer = _resolved(client().create_order(body), body_of=placement_id)
            if placing.answered(attempt_id, answer, actor=WORKER):
                return _again(placement_id, answer)
    return None


@handles("orders.collect", given_up=_placement_given_up)
def collect(payload: Mapping[str, Any]) -> Later | None:
    """One look at the provider's order; again later until all is final."""
    placement = Placement.objects.get(pk=payload["placement"])
    if not placement.provider_order_id:
        return None  # A webhook came early; the answer to the POST starts the looks.
    wait = tracking.next_look(placement)
    if wait is None:
        return None
    try:
        found = client().get_order(placement.provider_order_id)
    except NotFound:
        tracking.collected(placement.pk, None, actor=WORKER)
    except ProviderError as error:
        return Later(_patience(error, wait))
    else:
        tracking.collected(placement.pk, found, actor=WORKER)
    placement.refresh_from_db()
    wait = tracking.next_look(placement)
    return None if wait is None else Later(wait)


def _fill_given_up(payload: Mapping[str, Any], reason: str) -> None:
    filling.given_up(payload["order"])


@handles(filling.TOPIC, given_up=_fill_given_up)
def fill(payload: Mapping[str, Any]) -> Later | None:
    """Rewards out of a list's rows, for a while; again until all are there."""
    actor = Actor(ActorKind.PERSON, str(payload["user"]), Channel.WORKER)
    return None if filling.fill_some(payload["order"], actor=actor) else Later(0)


@handles("orders.notify")
def notify(payload: Mapping[str, Any]) -> None:
    notices.send(payload)


@handles(samples.TOPIC)
def test_message(payload: Mapping[str, Any]) -> None:
    samples.mail_test(payload)


@handles(mailing.TOPIC, given_up=mailing.given_up)
def send_claim(payload: Mapping[str, Any]) -> None:
    """Mail a link to whoever it was assigned to."""
    letters.deliver(payload)


@handles(asking.TOPIC, given_up=requesting.given_up)
def ask_addresses(payload: Mapping[str, Any]) -> Later | None:
    """Links to whoever is asked for an address, for a while; again until all went."""
    return requesting.ask_some(payload)


@handles(reminding.TOPIC)
def remind_addresses(payload: Mapping[str, Any]) -> Later | None:
    """The same for reminders."""
    return requesting.remind_some(payload)


@handles(asking.HALFWAY)
def halfway_to_addresses(payload: Mapping[str, Any]) -> None:
    reminding.halfway(payload, actor=WORKER)


@handles(accepting.TOPIC)
def decide(payload: Mapping[str, Any]) -> None:
    deciding.decide(payload["event"])


@handles(replaying.TOPIC)
def replay(payload: Mapping[str, Any]) -> None:
    """One of the events that somebody had replayed together."""
    actor = Actor(ActorKind.PERSON, str(payload["user"]), Channel.WORKER)
    deciding.replay(payload["event"], actor=actor)


@handles(routing.VERIFIED)
def verified(payload: Mapping[str, Any]) -> None:
    holding.verified(payload["award"])


@handles(routing.ORDER)
def order_award(payload: Mapping[str, Any]) -> None:
    ordering.order_one(payload["award"])


@handles(routing.COLLECT)
def collect_awards(payload: Mapping[str, Any]) -> Later | None:
    """A part of a period's awards into its order; again until all are in it."""
    is_done = ordering.collect_some(payload["rule"], payload["due"])
    return None if is_done else Later(0)


@handles(ordering.SUBMIT)
def submit_triggered(payload: Mapping[str, Any]) -> None:
    ordering.submit(payload["order"])


@handles(rule_notices.TOPIC)
def notify_of_rule(payload: Mapping[str, Any]) -> None:
    rule_notices.send(payload)


@handles(announcing.TOPIC)
def announce(payload: Mapping[str, Any]) -> Later | None:
    """A part of what is new of an order; again until all of it was announced."""
    return None if news.announce_some(payload["order"]) else Later(0)


@handles(delivering.TOPIC)
def deliver_announced(payload: Mapping[str, Any]) -> Later | None:
    return delivering.deliver_some(payload["endpoint"])


@handles("orders.end_asking")
def end_asking(payload: Mapping[str, Any]) -> None:
    for order_id in ending.overdue():
        ending.conclude(order_id, actor=WORKER)


@handles("orders.expire")
def expire(payload: Mapping[str, Any]) -> None:
    for order_id in expiry.overdue():
        expiry.expire(order_id, actor=WORKER)


def _resolved(outcome: Outcome, *, body_of: int) -> outcomes.Answer:
    """A 409 with the orders it names, or those that carry the PONumber."""
    if not isinstance(outcome, Duplicate):
        return outcome
    try:
        return outcomes.Named(_named(outcome.order_ids, body_of))
    except ProviderError as error:
        return Unknown(f"409, and the order it names could not be read: {error}")


def _named(order_ids: tuple[str, ...], placement_id: int) -> tuple[ProviderOrder, ...]:
    found = []
    for order_id in order_ids:
        try:
            found.append(client().get_order(order_id))
        except NotFound:
            continue
    if found:
        return tuple(found)
    po_number = Placement.objects.values_list("po_number", flat=True)
    return client().find_orders(po_number.get(pk=placement_id))


def _look_up(placement_id: int, po_number: str) -> Later | None:
    try:
        found = client().find_orders(po_number)
    except ProviderError as error:
        return Later(_patience(error, fate.back_off(placement_id)))
    placing.looked_up(placement_id, found, actor=WORKER)
    return None


def _again(placement_id: int, answer: outcomes.Answer) -> Later:
    wait = fate.back_off(placement_id)
    if isinstance(answer, Unknown) and answer.retry_after is not None:
        wait = max(wait, answer.retry_after)
    return Later(wait)


def _patience(error: ProviderError, wait: float) -> float:
    if isinstance(error, Unavailable) and error.retry_after is not None:
        return max(wait, error.retry_after)
    return max(wait, 5.0)
