"""What people have as links: given to them like rewards, and counted with those."""

from collections.abc import Collection

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from orders.models import Claim, Reward


def face_by_person(
    rewards: QuerySet[Reward], roots: Collection[int], *, besides: Claim | None = None
) -> dict[int, int]:
    """The face value of the good links among these rewards, by who has them.

    In minor units, by living record; `besides` is left out. One query.
    """
    links = Claim.objects.good().filter(reward__in=rewards.order_by())
    if besides is not None:
        links = links.exclude(pk=besides.pk)
    sums = (
        links.filter(Q(recipient__in=roots) | Q(recipient__merged_into__in=roots))
        .order_by()
        .annotate(root=Coalesce("recipient__merged_into_id", "recipient_id"))
        .values_list("root")
        .annotate(given=Sum("reward__value_minor"))
    )
    return dict(sums)
