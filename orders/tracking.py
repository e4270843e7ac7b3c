"""Following a placement until its rewards are final: polling, and webhooks as hints.

A webhook is never believed: it is stored, answered at once, and brings the next look
forward. Polling alone converges.
"""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import answers, fate, placing
from orders.models import Claim, Hint, Order, Placement
from portal.actors import PROVIDER, Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.journal import Json
from portal.outbox.messages import enqueue
from portal.provider.types import ProviderOrder

_FIRST_LOOK_SECONDS = 2.0
_LONGEST_SECONDS = 6 * 3600.0
# One look per placement in this time, however many calls arrive.
_HINT_SECONDS = 30.0


@transaction.atomic(durable=True)
def collected(placement_id: int, found: ProviderOrder | None, *, actor: Actor) -> None:
    """Take in what a look brought; None when the provider knows no such order."""
    placement = placing.locked(placement_id)
    placement.polls += 1
    placement.misses = placement.misses + 1 if found is None else 0
    placement.save(update_fields=["polls", "misses"])
    if found is None:
        if placement.misses != fate.MISSING_LOOKS:
            return
        placing.attention(placement, _("The provider no longer knows this order."))
    elif not _is_news(placement, found, actor=actor):
        return
    journal.record(
        Action.PLACEMENT_UPDATED,
        placement,
        actor=actor,
        program_id=placement.order.program_id,
        data={
            "order": placement.order_id,
            "status": placement.status,
            "cost": placement.cost_minor,
            **_rewards(placement),
        },
    )


def _rewards(placement: Placement) -> dict[str, Json]:
    """What became of the rewards: of one by its id, of many by their number."""
    if placement.order.shape == Order.Shape.SINGLE:
        statuses = placement.rewards.values_list("pk", "status")
        return {"rewards": {str(pk): status for pk, status in statuses}}
    counts = placement.rewards.order_by().values_list("status").annotate(Count("pk"))
    told: dict[str, Json] = {"counts": dict(counts)}
    if placement.order.shape == Order.Shape.LINKS:
        links = Claim.objects.filter(reward__placement=placement)
        is_wrong = ~Q(problem="")
        told["links"] = links.aggregate(
            here=Count("pk"), wrong=Count("pk", filter=is_wrong)
        )
    return told


def _is_news(placement: Placement, found: ProviderOrder, *, actor: Actor) -> bool:
    is_ours = found.id.casefold() == placement.provider_order_id.casefold()
    return is_ours and answers.apply(placement, found, actor=actor)


def next_look(placement: Placement) -> float | None:
    """Seconds until the next look, longer for larger orders; None when all is final."""
    tracked_for = timezone.now() - placement.created_at
    is_old = tracked_for > timedelta(days=settings.TRACKING_DAYS)
    # While its money is not settled, nobody stops looking.
    if placement.settled_at and (is_old or answers.is_final(placement)):
        return None
    size = 1 + placement.rewards.count() / 100
    seconds = _FIRST_LOOK_SECONDS * size * 1.5 ** min(placement.polls, 40)
    return min(_LONGEST_SECONDS, seconds)


@transaction.atomic(durable=True)
def hint(placement: Placement, body: bytes) -> None:
    """Store a webhook call and look sooner; the same call again changes nothing."""
    digest = hashlib.sha256(body).hexdigest()
    last = Hint.objects.filter(placement=placement).order_by("-received_at").first()
    due = last.received_at + timedelta(seconds=_HINT_SECONDS) if last else None
    _hint, is_new = Hint.objects.get_or_create(placement=placement, body_digest=digest)
    if not is_new:
        return
    enqueue("orders.collect", placement.pk, {"placement": placement.pk}, not_before=due)
    journal.record(
        Action.PLACEMENT_HINTED,
        placement,
        actor=PROVIDER,
        program_id=placement.order.program_id,
        data={"order": placement.order_id, "body": digest},
    )
