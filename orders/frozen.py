"""A placement's body: made once, stored encrypted, sent byte for byte the same.

Comparing it with an order of the provider's decides whether that order is ours.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import simplejson
from django.conf import settings
from django.urls import reverse

from orders.models import Order, Placement, Reward, Shipment
from portal import crypto
from portal.provider import bodies
from portal.provider.types import ProviderOrder

_Line = tuple[str, Decimal, int, str, str, str, str]


def freeze(
    order: Order, rewards: Iterable[Reward], *, po_number: str, held_minor: int
) -> Placement:
    """A placement ready to be sent, not yet saved."""
    token = crypto.new_token()
    body = bodies.encode_order(
        bodies.Order(
            type=order.type,
            po_number=po_number,
            note=order.note,
            webhook_url=_webhook_url(token),
            lines=tuple(_line(reward) for reward in rewards),
        )
    )
    return Placement(
        order=order,
        po_number=po_number,
        body_ciphertext=crypto.encrypt(body.decode("ascii")),
        body_digest=hashlib.sha256(body).hexdigest(),
        hook_digest=hook_digest(token),
        held_minor=held_minor,
    )


def body_of(placement: Placement) -> bytes:
    """The exact bytes to send. Raises ValueError if they are not what was frozen."""
    body = crypto.decrypt(placement.body_ciphertext).encode("ascii")
    if hashlib.sha256(body).hexdigest() != placement.body_digest:
        raise ValueError(f"the body of placement {placement.pk} was altered")
    return body


def is_ours(placement: Placement, found: ProviderOrder) -> bool:
    """Whether the provider's order is this placement: number, type and every line.

    What the provider does not echo back is not compared, except the lines.
    """
    body = simplejson.loads(body_of(placement), use_decimal=True)
    return not contradicts(placement, found) and _are_same_lines(body, found)


def contradicts(placement: Placement, found: ProviderOrder) -> bool:
    """Whether what the provider says of an order shows that it is not ours.

    An answer that says little, such as an id alone, contradicts nothing. Under our own
    number other lines are still our order, gone wrong (answers.apply says so).
    """
    body = simplejson.loads(body_of(placement), use_decimal=True)
    hook = body.get("WebhookSettings", {}).get("FulfillmentComplete", "")
    stated = (
        (found.type.casefold(), body["Type"].casefold()),
        (found.po_number.casefold(), body["PONumber"].casefold()),
        (found.webhook_url, hook),
    )
    if any(theirs and theirs != ours for theirs, ours in stated):
        return True
    if found.po_number or not found.lines:
        return False
    return not _are_same_lines(body, found)


def _are_same_lines(body: dict[str, Any], found: ProviderOrder) -> bool:
    # A line that was sent without an id may be given one.
    has_ids = any("ExternalId" in line for line in body["LineItems"])
    return _ours(body, found) == _theirs(found, has_ids=has_ids)


def _ours(body: dict[str, Any], found: ProviderOrder) -> Counter[_Line]:
    echoes_id = any(line.external_id for line in found.lines)
    echoes_email = any(line.email for line in found.lines)
    echoes_sms = any(line.sms for line in found.lines)
    echoes_label = any(line.label for line in found.lines)
    lines: Counter[_Line] = Counter()
    for line in body["LineItems"]:
        to = line.get("DigitalDeliveryAddress", {})
        lines[
            line["ProductId"].casefold(),
            Decimal(line["Value"]),
            line["Quantity"],
            line.get("ExternalId", "").casefold() if echoes_id else "",
            to.get("Email", "").casefold() if echoes_email else "",
            to.get("Sms", "") if echoes_sms else "",
            _label(line) if echoes_label else "",
        ] += 1
    return lines


def _label(line: dict[str, Any]) -> str:
    if not (parcel := line.get("PhysicalDeliveryAddress")):
        return ""
    return bodies.label(parcel["Name"], parcel["AddressLine1"], parcel["Zip"])


def _theirs(found: ProviderOrder, *, has_ids: bool) -> Counter[_Line]:
    return Counter(
        (
            line.product_id.casefold(),
            line.value or Decimal(0),
            line.quantity or 0,
            line.external_id.casefold() if has_ids else "",
            line.email.casefold(),
            line.sms,
            line.label,
        )
        for line in found.lines
    )


def hook_digest(token: str) -> str:
    """What a webhook's token is looked up by."""
    return crypto.digest(token, purpose="webhook")


def _webhook_url(token: str) -> str:
    if not settings.WEBHOOK_BASE_URL:
        return ""
    return f"{settings.WEBHOOK_BASE_URL}{reverse('orders:hint_receive', args=[token])}"


def _line(reward: Reward) -> bodies.Line:
    line = bodies.Line(
        product_id=reward.product.provider_id,
        value=reward.value.amount,
        quantity=reward.quantity,
        external_id=reward.line_id,
    )
    if reward.order.type == Order.Type.LINKS:
        return line
    words = bodies.Personalization(
        to=reward.to_name,
        from_name=reward.from_name,
        from_email=reward.from_email,
        message=reward.message,
        deliver_at=reward.deliver_at,
    )
    if reward.order.is_postal:
        return replace(line, physical=_parcel(reward.shipment), personalization=words)
    address = bodies.DigitalAddress(email=reward.email, sms=reward.phone)
    return replace(line, digital=address, personalization=words)


def _parcel(shipment: Shipment) -> bodies.PhysicalAddress:
    return bodies.PhysicalAddress(
        shipping_method_id=shipment.method.provider_id,
        carrier_id=shipment.card_carrier,
        name=shipment.name,
        line1=shipment.line1,
        line2=shipment.line2,
        line3=shipment.line3,
        city=shipment.city,
        state=shipment.state,
        zip=shipment.postal_code,
        country=shipment.country,
    )
