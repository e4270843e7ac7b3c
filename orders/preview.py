"""What an order will cost and say, for the form, the check page and the approver."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from orders import batches, eligibility, postal, pricing, wording
from orders.batches import LinkWish
from orders.bulk import tallies
from orders.forms.digital import DigitalForm
from orders.forms.links import LinksForm
from orders.forms.postal import PostalForm
from orders.models import LinkBatch, Order, Reward
from portal.money import Money
from programs import catalogue, programs, shipping
from programs.addresses.fields import Address
from programs.addresses.printing import label_lines
from programs.catalogue import Quote
from programs.models import ConsentEntry, Product, Program

Channel = ConsentEntry.Channel


@dataclass(frozen=True, slots=True)
class CostLine:
    label: str
    amount: Money
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """Whether one channel may be used, as a sentence."""

    allowed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """The lines of the label, none while nobody knows the address, and the words."""

    label: Sequence[str]
    to: str
    message: str
    sender: str


@dataclass(frozen=True, slots=True)
class Preview:
    lines: Sequence[CostLine]
    total: Money
    budget_after: Money
    rule: str
    needs_approval: bool
    mail: wording.Mail | None = None
    sms: wording.Sms | None = None
    page: wording.ClaimPage | None = None
    parcel: Parcel | None = None
    consent: Sequence[ConsentLine] = field(default_factory=list)


def of_form(form: DigitalForm) -> Preview | None:
    """From what is typed so far; None until product and value make sense."""
    if (card := form.card()) is None:
        return None
    cleaned = form.cleaned_data
    words = {
        "to": cleaned.get("to_name") or cleaned.get("name", ""),
        "from_name": cleaned.get("from_name", ""),
        "message": cleaned.get("message", ""),
    }
    gift = getattr(form, "gift", None)
    return _preview(
        *card,
        cleaned.get("quantity") or 1,
        words,
        by_mail=gift is None or bool(gift.email),
        by_sms=gift is not None and bool(gift.phone),
        consent=_consent(form.proposal()) if gift else [],
    )


def of_reward(order: Order, reward: Reward, *, is_held: bool = False) -> Preview:
    """From what is stored; `is_held` if the budget has the estimate set aside."""
    words = {
        "to": reward.to_name,
        "from_name": reward.from_name,
        "message": reward.message,
    }
    return _preview(
        order.program,
        reward.product,
        reward.value.amount,
        reward.quantity,
        words,
        by_mail=bool(reward.email),
        by_sms=bool(reward.phone),
        consent=_consent(eligibility.gift_of(order, reward)),
        is_held=is_held,
    )


def of_postal_form(form: PostalForm) -> Preview | None:
    """From what is typed so far; None until card and shipping method make sense."""
    card, method = form.card(), form.marked_method
    if card is None or method is None:
        return None
    program, product, value = card
    quantity = form.cleaned_data.get("quantity") or 1
    quote = pricing.posted(
        catalogue.quote(product, value, quantity),
        shipping.cost(method, program.currency),
    )
    cost = _costing(program, quote, quantity, is_held=False)
    address = form.destination
    words = {
        "to": form.cleaned_data.get("to_name") or (address.name if address else ""),
        "from_name": form.cleaned_data.get("from_name", ""),
        "message": form.cleaned_data.get("message", ""),
    }
    return replace(cost, parcel=_parcel(address, words))


def of_parcel(order: Order, reward: Reward, *, is_held: bool = False) -> Preview:
    """The same from what is stored, at today's price."""
    quote = pricing.Prices(order.currency).of(reward)
    words = {
        "to": reward.to_name,
        "from_name": reward.from_name,
        "message": reward.message,
    }
    return replace(
        _costing(order.program, quote, reward.quantity, is_held=is_held),
        parcel=_parcel(postal.address_of(reward.shipment), words),
    )


def of_list(
    order: Order, lines: Sequence[tallies.ProductLine], *, is_held: bool = False
) -> Preview:
    """What a list's order costs today, all rewards together, without any message."""
    quote = tallies.total(order, lines)
    return _costing(order.program, quote, order.rewards_count, is_held=is_held)


def of_links_form(form: LinksForm) -> Preview | None:
    """From what is typed so far; None until the card and the quantity make sense."""
    wish = form.so_far()
    return None if wish is None else of_links(wish)


def of_links(wish: LinkWish, *, is_held: bool = False) -> Preview:
    """What a batch of links costs today, and what its claim page says."""
    quote = pricing.quote_of(batches.totals(wish), wish.program.currency)
    cost = _costing(wish.program, quote, wish.quantity, is_held=is_held)
    if wish.way != LinkBatch.Way.PORTAL:
        return cost
    page = wording.ClaimPage(
        sender=wish.from_name,
        program=wish.program.name,
        message=wish.message,
        card=f"{Money.rounded(wish.value, wish.product.currency)} {wish.product.name}",
        last_day=wish.expires_on,
    )
    return replace(cost, page=page)


def _preview(
    program: Program,
    product: Product,
    value: Decimal,
    quantity: int,
    words: dict[str, str],
    *,
    by_mail: bool,
    by_sms: bool,
    consent: Sequence[ConsentLine],
    is_held: bool = False,
) -> Preview:
    quote = catalogue.quote(product, value, quantity)
    card = f"{Money.rounded(value, product.currency)} {product.name}"
    spoken = {
        "from_name": words["from_name"],
        "message": words["message"],
        "card": card,
    }
    return replace(
        _costing(program, quote, quantity, is_held=is_held),
        mail=wording.mail(to=words["to"], **spoken) if by_mail else None,
        sms=wording.sms(**spoken) if by_sms else None,
        consent=consent,
    )


def _costing(
    program: Program, quote: Quote, quantity: int, *, is_held: bool
) -> Preview:
    """What it costs and does to the budget, without any words."""
    return Preview(
        lines=_lines(quote, quantity),
        total=quote.total,
        budget_after=program.available if is_held else program.available - quote.total,
        rule=_rule(program, quote.total),
        needs_approval=programs.needs_approval(program, quote.total),
    )


def _lines(quote: Quote, quantity: int) -> list[CostLine]:
    times = f"× {intcomma(quantity)}"
    lines = [CostLine(_("Face value"), quote.face, times)]
    if quote.fee:
        lines.append(CostLine(_("Fee"), quote.fee))
    if quote.discount:
        lines.append(CostLine(_("Discount"), quote.discount * -1))
    if quote.shipping is not None:
        lines.append(CostLine(_("Shipping"), quote.shipping, _("estimate")))
    return lines


def _parcel(address: Address | None, words: dict[str, str]) -> Parcel:
    return Parcel(
        label=label_lines(address, home="") if address else [],
        to=words["to"],
        message=words["message"],
        sender=words["from_name"],
    )


def _rule(program: Program, total: Money) -> str:
    sentence = programs.approval_rule_sentence(program)
    if programs.needs_approval(program, total):
        return sentence
    return _("%(rule)s This one goes out without.") % {"rule": sentence}


def _consent(gift: eligibility.Gift) -> list[ConsentLine]:
    lines = []
    for channel, contact in ((Channel.EMAIL, gift.email), (Channel.SMS, gift.phone)):
        if not contact:
            continue
        answer = eligibility.consent_answer(gift, channel, contact)
        if not answer.allowed and gift.consent_given and not answer.entry:
            text = _("%(channel)s: consent is recorded with this order.")
            lines.append(ConsentLine(True, text % {"channel": channel.label}))
        else:
            text = f"{channel.label}: {answer.reason}"
            lines.append(ConsentLine(answer.allowed, text))
    return lines
