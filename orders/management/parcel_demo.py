"""The demonstration's card in the post: approved, and on its way to the sandbox."""

import uuid
from typing import Final

from orders import approvals, drafts, postal
from orders.models import Shipment
from orders.postal import PostalWish
from orders.shipments import drafting
from orders.states import OrderStatus
from portal.actors import Actor
from programs import catalogue, shipping
from programs.addresses.fields import Address
from programs.models import Program

# A public library, so that nobody lives there.
_ADDRESS: Final = Address(
    country="US",
    name="Riley Carter",
    line1="476 5th Ave",
    city="New York",
    state="NY",
    postal_code="10018",
)


def fill(program: Program, *, maker: Actor, approver: Actor) -> None:
    """One order by the cheapest method, unless there is a parcel already."""
    if Shipment.objects.exists():
        return
    product = catalogue.offered_in(program, postal.PHYSICAL).get(provider_id="CVS")
    cheapest = shipping.preselected(shipping.choices(program.currency))
    if cheapest is None:
        return
    wish = PostalWish(
        program=program,
        product=product,
        value=min(product.values),
        quantity=1,
        name=_ADDRESS.name,
        email="riley.carter@example.com",
        address=_ADDRESS,
        method=cheapest.method,
        to_name="Riley",
        from_name=program.from_name,
        message=program.message,
    )
    order = drafting.create(wish, actor=maker, form_key=uuid.uuid4())
    order = drafts.submit(order, version=order.version, actor=maker)
    if order.status == OrderStatus.SUBMITTED:
        approvals.approve(order, content_hash=order.content_hash, actor=approver)
