"""A batch of links as it is asked for: what stands in its way, and what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import eligibility, pricing
from orders.eligibility import Gift, Problem
from orders.models import LinkBatch, Order
from orders.pricing import Totals
from portal.money import Money
from programs.models import Product, Program

LINKS: Final = Program.DeliveryType.LINKS
# Gift cards outlive no offer of this length, and dates end somewhere.
_MOST_DAYS: Final = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWish:
    """What the form holds; `value` is that of one card, in major units."""

    program: Program
    product: Product
    value: Decimal
    quantity: int
    label: str
    from_name: str
    message: str = ""
    expires_on: date | None = None
    way: str = LinkBatch.Way.PORTAL
    # One line item for all, as in provider-api's example: one status for all as well.
    is_one_line: bool = False
    po_number: str = ""
    note: str = ""

    @property
    def lines(self) -> list[int]:
        """The quantity of each line item."""
        return [self.quantity] if self.is_one_line else [1] * self.quantity


def wish_of(order: Order) -> LinkWish:
    """What a stored order of links asks for; three queries."""
    batch = order.links
    reward = order.rewards.select_related("product", "order").order_by("pk")[0]
    return LinkWish(
        program=order.program,
        product=reward.product,
        value=reward.value.amount,
        quantity=batch.quantity,
        label=batch.label,
        from_name=batch.from_name,
        message=batch.message,
        expires_on=batch.expires_on,
        way=batch.way,
        is_one_line=batch.is_one_line,
        po_number=order.po_number,
        note=order.note,
    )


def totals(wish: LinkWish) -> Totals:
    """What it costs at today's price: each line is rounded by itself."""
    prices = pricing.Prices(wish.program.currency)
    minor = Money(wish.value, wish.program.currency).minor
    quote = prices.quote(wish.product, minor, wish.lines[0])
    return pricing.times(quote, len(wish.lines))


def problems(wish: LinkWish, *, holds_budget: bool = False) -> list[Problem]:
    """Everything that stands in the way; `holds_budget` if its money is set aside."""
    found = [
        *program_problems(wish.program),
        *quantity_problems(wish.quantity),
        *date_problems(wish.expires_on),
    ]
    if LINKS in wish.program.delivery_types:
        found += card_problems(wish)
    priced = {"product", "value", "quantity"}
    if not holds_budget and priced.isdisjoint(each.field for each in found):
        cost = wish.program.money(totals(wish).estimate_minor)
        found += eligibility.budget_problems(wish.program, cost)
    return found


def program_problems(program: Program) -> Iterator[Problem]:
    """Whether the program may send today, and gives claim links."""
    yield from eligibility.program_problems(program)
    if LINKS not in program.delivery_types:
        yield Problem(
            "program",
            _(
                "%(program)s gives no claim links. Choose another program, or ask an "
                "administrator to add them to its ways to deliver."
            )
            % {"program": program.name},
        )


def quantity_problems(quantity: int) -> Iterator[Problem]:
    """Whether so many links may be asked for at once."""
    if not 1 <= quantity <= settings.LINKS_MOST:
        yield Problem(
            "quantity",
            _("Ask for 1 to %(most)s links; split a larger batch into several.")
            % {"most": f"{settings.LINKS_MOST:,}"},
        )


def date_problems(expires_on: date | None) -> Iterator[Problem]:
    """Whether the last day, if there is one, is to come and within sight."""
    if expires_on is None:
        return
    today = timezone.localdate()
    if expires_on < today:
        yield Problem(
            "expires_on",
            _("The last day has passed. Choose a later one, or leave it empty."),
        )
    elif expires_on > today + timedelta(days=_MOST_DAYS):
        yield Problem(
            "expires_on",
            _("Choose a last day within ten years, or leave it empty."),
        )


def card_problems(wish: LinkWish) -> Iterator[Problem]:
    """Whether one such card is offered in the program and within its cap."""
    found = list(eligibility.product_problems(_one_card(wish)))
    yield from found
    if not found:
        face = Money.rounded(wish.value, wish.program.currency)
        yield from eligibility.reward_cap_problems(wish.program, face)


def _one_card(wish: LinkWish) -> Gift:
    return Gift(
        program=wish.program,
        product=wish.product,
        value=wish.value,
        quantity=1,
        recipient=None,
        email="",
        phone="",
        deliver_at=None,
        delivery_type=LINKS,
    )
