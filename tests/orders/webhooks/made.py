"""Endpoints, deliveries and workers as tests of webhooks need them."""

from collections.abc import Collection

from django.utils import timezone

from orders.models import Announcement, Delivery, Endpoint, Kind
from orders.webhooks import endpoints, telling
from orders.webhooks.endpoints import Wish
from portal.accounts.models import User, actor_of
from programs.models import Program

ALL = tuple(kind.value for kind in Kind if kind != Kind.TEST)


def make_endpoint(
    program: Program,
    maker: User,
    *,
    url: str = "https://hooks.example.com/in",
    label: str = "Referral tool",
    kinds: Collection[str] = ALL,
) -> tuple[Endpoint, str]:
    """One that is told everything unless said otherwise, and its secret."""
    wish = Wish(url, label, tuple(kinds))
    return endpoints.add(program, wish, actor=actor_of(maker))


def make_deliveries(endpoint: Endpoint, count: int, **fields: object) -> list[Delivery]:
    """Tests that were sent and delivered, unless said otherwise; the oldest first."""
    now = timezone.now()
    told = Announcement.objects.bulk_create(
        telling.of_nothing(endpoint.program_id, now) for _ in range(count)
    )
    defaults = {"status": Delivery.Status.DELIVERED, "tried_since": now, "done_at": now}
    return Delivery.objects.bulk_create(
        Delivery(announcement=each, endpoint=endpoint, **{**defaults, **fields})
        for each in told
    )
