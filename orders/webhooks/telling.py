"""What is said of an order or a reward: words of the interface, ids, nothing personal.

The body is made once and stored, so that every attempt sends the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orders.models import Announcement, Kind, Order, Reward


def of_order(order: Order, kind: Kind, at: datetime) -> Announcement:
    """That an order was approved or rejected; of a triggered one, by which event."""
    data: dict[str, Any] = {"order": order.reference, "status": _word(kind)}
    if order.origin == Order.Origin.TRIGGER:
        data |= _origin(order.rewards.select_related("award__event").first())
    return _announcement(kind, data, at, order=order)


def of_reward(order: Order, reward: Reward, kind: Kind, at: datetime) -> Announcement:
    """That a reward was placed, sent, claimed or will not come."""
    status = _word(kind)
    if kind == Kind.REWARD_FAILED:
        status = reward.status
    elif kind == Kind.REWARD_SENT and order.is_postal:
        status = "shipped"
    data = {
        "order": order.reference,
        "line": reward.pk,
        "status": status,
        "external_id": reward.external_id or None,
        **_origin(reward),
    }
    return _announcement(kind, data, at, order=order, reward=reward)


def of_nothing(program_id: int, at: datetime) -> Announcement:
    """A test: it is about nothing, and looks like all others."""
    data = {"message": "This is a test. Nothing happened."}
    return _announcement(Kind.TEST, data, at, program_id=program_id)


def _origin(reward: Reward | None) -> dict[str, str | None]:
    """The ids under which a caller knows it; None for what no caller asked for."""
    award = getattr(reward, "award", None)
    return {
        "reward": str(award) if award else None,
        "event_id": award.event.event_id if award else None,
    }


def _word(kind: Kind) -> str:
    return kind.value.partition(".")[2]


def _announcement(
    kind: Kind, data: Mapping[str, Any], at: datetime, **about: Any
) -> Announcement:
    told = at.astimezone(UTC).isoformat(timespec="milliseconds")
    body = {
        "type": kind.value,
        "timestamp": told.replace("+00:00", "Z"),
        "data": data,
    }
    if order := about.get("order"):
        about["program_id"] = order.program_id
    return Announcement(
        kind=kind,
        happened_at=at,
        body=json.dumps(body, separators=(",", ":")),
        **about,
    )
