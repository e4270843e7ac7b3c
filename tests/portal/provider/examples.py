"""Bodies to send, the ones GiftCard Partners print first among them."""

from datetime import datetime
from decimal import Decimal

from portal.provider.bodies import (
    DigitalAddress,
    Line,
    Order,
    Personalization,
    PhysicalAddress,
    encode_order,
)

WORDS = Personalization(
    to="Recipient", from_name="Rewards Team", message="Enjoy your reward!"
)
# The four printed bodies of provider-api, each beside the order that must encode to it.
PRINTED = {
    "one digital reward": (
        '{"Type": "DigitalDelivery", "PONumber": "DIGITAL-13001", "LineItems": '
        '[{"ProductId": "CVS", "Value": 15, "Quantity": 1, "DigitalDeliveryAddress": '
        '{"Email": "user@email.com", "Sms": "+15555555555"}, "Personalization": '
        '{"To": "Recipient", "FromName": "Rewards Team", '
        '"Message": "Enjoy your reward!"}}]}',
        Order(
            type="DigitalDelivery",
            po_number="DIGITAL-13001",
            lines=(
                Line(
                    product_id="CVS",
                    value=Decimal(15),
                    digital=DigitalAddress(email="user@email.com", sms="+15555555555"),
                    personalization=WORDS,
                ),
            ),
        ),
    ),
    "bulk": (
        '{"Type": "DigitalDelivery", "PONumber": "BULK-12001", "LineItems": '
        '[{"ProductId": "CVS", "Value": 10, "Quantity": 3, '
        '"DigitalDeliveryAddress": {"Email": "user1@email.com"}}, '
        '{"ProductId": "CVS", "Value": 10, "Quantity": 2, '
        '"DigitalDeliveryAddress": {"Email": "user2@email.com"}}]}',
        Order(
            type="DigitalDelivery",
            po_number="BULK-12001",
            lines=tuple(
                Line(
                    product_id="CVS",
                    value=Decimal(10),
                    quantity=quantity,
                    digital=DigitalAddress(email=email),
                )
                for quantity, email in ((3, "user1@email.com"), (2, "user2@email.com"))
            ),
        ),
    ),
    "by post": (
        '{"Type": "PhysicalShipment", "PONumber": "PHYSICAL-15001", "LineItems": '
        '[{"ProductId": "CVS", "Value": 50, "Quantity": 1, "PhysicalDeliveryAddress": '
        '{"ShippingMethodId": "STANDARD", "CarrierId": "DEFAULT", '
        '"Name": "Recipient Name", "AddressLine1": "123 Main Street", '
        '"City": "New York", "State": "NY", "Zip": "10001", "Country": "US"}}]}',
        Order(
            type="PhysicalShipment",
            po_number="PHYSICAL-15001",
            lines=(
                Line(
                    product_id="CVS",
                    value=Decimal("50.00"),
                    physical=PhysicalAddress(
                        shipping_method_id="STANDARD",
                        carrier_id="DEFAULT",
                        name="Recipient Name",
                        line1="123 Main Street",
                        city="New York",
                        state="NY",
                        zip="10001",
                        country="US",
                    ),
                ),
            ),
        ),
    ),
    "links": (
        '{"Type": "Links", "PONumber": "LINKS-14001", "LineItems": '
        '[{"ProductId": "CVS", "Value": 10, "Quantity": 5}]}',
        Order(
            type="Links",
            po_number="LINKS-14001",
            lines=(Line(product_id="CVS", value=Decimal(10), quantity=5),),
        ),
    ),
}


def digital(
    po_number: str,
    *,
    lines: int = 1,
    product_id: str = "CVS",
    value: str = "15",
    webhook_url: str = "",
    deliver_at: datetime | None = None,
) -> bytes:
    """A digital order of as many equal lines, each with its own ExternalId."""
    words = Personalization(to="Rae", from_name="Rewards", deliver_at=deliver_at)
    return encode_order(
        Order(
            type="DigitalDelivery",
            po_number=po_number,
            webhook_url=webhook_url,
            lines=tuple(
                Line(
                    product_id=product_id,
                    value=Decimal(value),
                    external_id=f"{po_number}-{number}",
                    digital=DigitalAddress(email=f"rae{number}@example.com"),
                    personalization=words,
                )
                for number in range(lines)
            ),
        )
    )


def links(po_number: str, *, quantity: int = 1) -> bytes:
    line = Line(product_id="CVS", value=Decimal(10), quantity=quantity)
    return encode_order(Order(type="Links", po_number=po_number, lines=(line,)))
