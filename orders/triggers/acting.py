"""In whose name triggered rewards are asked for."""

from orders.models import Award, Contributor, Order
from portal.actors import Actor, ActorKind, Channel
from programs.models import ApiKey


def of_key(key: ApiKey, request_id: str = "") -> Actor:
    """Another system, on behalf of whoever made its key."""
    return Actor(
        ActorKind.KEY,
        str(key.pk),
        Channel.API,
        request_id=request_id,
        on_behalf_of=key.created_by_id,
    )


def of_award(award: Award) -> Actor:
    """The rule that earned it, on behalf of whoever wrote it; else the key."""
    version = award.rule_version
    if version is None:
        return of_key(award.event.key)
    return Actor(
        ActorKind.RULE,
        str(version.pk),
        Channel.WORKER,
        on_behalf_of=version.created_by_id,
    )


def of_order(order: Order) -> Actor:
    """The same for a triggered order: its first award's."""
    awards = Award.objects.select_related("rule_version", "event__key")
    return of_award(awards.filter(reward__order=order).order_by("pk")[0])


def contribute(order: Order, award: Award) -> None:
    """Whoever had a hand in the rule or the key can never approve what comes of it.

    Within the verb that makes the order.
    """
    hands = {award.event.key.created_by_id}
    if award.rule_version is not None:
        hands |= set(award.rule_version.hands.values_list("user_id", flat=True))
    Contributor.objects.bulk_create(
        (Contributor(order=order, user_id=hand) for hand in sorted(hands)),
        ignore_conflicts=True,
    )
