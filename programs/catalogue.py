"""Our copy of the provider's catalogue: how it is read, applied and priced.

Reading happens before the transaction that applies it. What is missing from a reading
is retired, never deleted, and an empty reading retires nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.actors import Actor, ActorKind
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.journal import Json
from portal.money import Money
from portal.outbox.messages import enqueue
from portal.provider import types
from portal.provider.client import Client
from programs import intake, stocktaking
from programs.models import (
    Branding,
    CardCarrier,
    CatalogueRefresh,
    Product,
    Program,
    ShippingMethod,
)
from programs.models.catalogue import ProductQuerySet
from programs.stocktaking import Row

REFRESH_TOPIC: Final = "programs.refresh_catalogue"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the provider offered; `read_at` is when the reading began.

    `card_carriers` is empty where the provider is not asked for them.
    """

    read_at: datetime
    products: tuple[types.Product, ...]
    shipping_methods: tuple[types.ShippingMethod, ...]
    brandings: tuple[types.Branding, ...]
    card_carriers: tuple[types.CardCarrier, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """An estimate: the provider's own rounding is not documented."""

    face: Money
    fee: Money
    discount: Money
    # With what posting it costs.
    total: Money
    # None where nothing is posted.
    shipping: Money | None = None


class EmptyCatalogue(Exception):
    """The reading held no product we can use, so nothing was changed."""


class Outdated(Exception):
    """A later reading has been applied already."""


def snapshot(client: Client) -> Snapshot:
    """Read every page of every list. Raises the errors of `portal.provider.errors`."""
    return Snapshot(
        read_at=timezone.now(),
        products=tuple(client.products()),
        shipping_methods=tuple(client.shipping_methods()),
        brandings=tuple(client.brandings()),
        card_carriers=(
            tuple(client.card_carriers()) if settings.PROVIDER_CARD_CARRIERS else ()
        ),
    )


@transaction.atomic(durable=True)
def apply(snapshot: Snapshot, *, actor: Actor) -> CatalogueRefresh:
    """Bring our copy up to what was read. Raises EmptyCatalogue or Outdated."""
    products = _rows(intake.product, snapshot.products)
    if not products:
        raise EmptyCatalogue
    stocktaking.lock()
    if CatalogueRefresh.objects.filter(at__gt=snapshot.read_at).exists():
        raise Outdated
    methods = _rows(intake.shipping_method, snapshot.shipping_methods)
    brandings = _rows(intake.branding, snapshot.brandings)
    carriers = _rows(intake.card_carrier, snapshot.card_carriers)
    outcome = stocktaking.bring_up_to_date(Product, products)
    others = {
        "shipping_methods": stocktaking.bring_up_to_date(ShippingMethod, methods),
        "brandings": stocktaking.bring_up_to_date(Branding, brandings),
        "card_carriers": stocktaking.bring_up_to_date(CardCarrier, carriers),
    }
    refresh = CatalogueRefresh.objects.create(
        at=snapshot.read_at,
        products=len(products),
        added=len(outcome.added),
        changed=len(outcome.changed),
        retired=len(outcome.retired),
    )
    read: dict[str, Json] = {
        "read": len(snapshot.products),
        "unusable": len(snapshot.products) - len(products),
        "products": outcome.words(),
    }
    rest = {name: other.words() for name, other in others.items()}
    journal.record(
        Action.CATALOGUE_REFRESHED, refresh, actor=actor, data={**read, **rest}
    )
    return refresh


@transaction.atomic(durable=True)
def request_refresh(*, actor: Actor) -> None:
    """Have the catalogue read soon; asking again meanwhile changes nothing.

    The journal's entry comes with the refresh itself, in the name of who asked.
    """
    by_person = actor.kind is ActorKind.PERSON
    enqueue(REFRESH_TOPIC, "asked", {"asked_by": actor.id} if by_person else {})


def quote(product: Product, value: Decimal, quantity: int) -> Quote:
    """What cards of this value, in major units, will about cost (provider-api: 6).

    Quantity x (value x (1 - discount / 100) + fee), half-up to the minor unit per line.
    """
    kept = 1 - product.discount_percent / 100
    exact = quantity * (value * kept + product.fee.amount)
    face = Money.rounded(value * quantity, product.currency)
    fee = product.fee * quantity
    total = Money.rounded(exact, product.currency)
    return Quote(face=face, fee=fee, discount=face + fee - total, total=total)


def offered_in(
    program: Program,
    delivery_type: str = Program.DeliveryType.DIGITAL,
    *others: str,
) -> ProductQuerySet:
    """What this program may send: its currency, its products, delivered this way.

    With more ways, by any of them.
    """
    offered = Product.objects.offered().filter(currency=program.currency)
    # SQLite cannot ask whether a JSON list contains a word; its text always can.
    delivered = Q()
    for each in (delivery_type, *others):
        delivered |= Q(delivery_types__icontains=f'"{each}"')
    offered = offered.filter(delivered)
    if program.products.exists():
        offered = offered.filter(pk__in=program.products.values("pk"))
    return offered


def _rows(read: Callable[[Item], Row | None], items: Iterable[Item]) -> dict[str, Row]:
    """By the provider's id; what makes no sense is left out, and so retired."""
    return {row.provider_id: row for item in items if (row := read(item))}
