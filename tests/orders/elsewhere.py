"""Orders on the same account at the provider that are not of this portal."""

from decimal import Decimal

from portal.provider import bodies, connection
from portal.provider.types import Created, ProviderOrder


def make_order(
    po_number: str, *, value: int = 100, email: str = "other@example.com"
) -> ProviderOrder:
    """Placed by somebody else, and accepted."""
    line = bodies.Line(
        product_id="CVS",
        value=Decimal(value),
        digital=bodies.DigitalAddress(email=email),
        personalization=bodies.Personalization(to="Other", from_name="Somebody"),
    )
    body = bodies.Order(type="DigitalDelivery", po_number=po_number, lines=(line,))
    made = connection.client().create_order(bodies.encode_order(body))
    assert isinstance(made, Created)
    return made.order
