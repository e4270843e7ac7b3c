"""A list's rows as rewards: who is on record, what the message says, what it costs.

The checks read rows by the same functions, so what was checked is what is made.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from orders import screening
from orders.bulk import delivery, merging
from orders.bulk.posting import Packed, Packer, Unposted
from orders.models import Order, Reward, Shipment
from portal.actors import Actor
from portal.money import Money
from programs import wordings
from programs.consent_history import Channel
from programs.models import Product, Program, Recipient, SheetRow
from programs.sheets import evidence, people, taking
from programs.sheets.evidence import Evidence
from programs.sheets.fields import Field, values_of
from programs.sheets.languages import language_of
from programs.sheets.people import Grant, Person


@dataclass(frozen=True, slots=True)
class _Brought:
    """A row with its text by field, and the parcel it asks for, if it is posted."""

    row: SheetRow
    values: Mapping[str, str]
    parcel: Packed | None = None

    @property
    def person(self) -> Person:
        row, address = self.row, self.parcel.address if self.parcel else None
        return Person(row.name, row.email, row.phone, address)


def add(order: Order, found: Sequence[SheetRow], *, actor: Actor) -> int:
    """Make these ready rows of the order's list into rewards; how many that were.

    Within the verb that locks the order. Rows of which that has become impossible since
    they were checked have a problem then.
    """
    taking.take([row.pk for row in found])
    refused: dict[str, list[int]] = defaultdict(list)
    made = _rewards(order, found, refused, actor=actor)
    screen = screening.Screen(order, counts_stored=True, asks_address=False)
    kept = []
    for reward, problem in zip(made, screen.problems(made), strict=True):
        if problem is None:
            kept.append(reward)
        elif reward.row_id is not None:
            refused[problem.message].append(reward.row_id)
    Reward.objects.bulk_create(kept)
    if order.is_postal:
        Shipment.objects.bulk_create(reward.shipment for reward in kept)
    for reason, ids in refused.items():
        taking.give_back(ids, problem=reason)
    return len(kept)


def message_of(values: Mapping[str, str], program: Program) -> str:
    """The message as the list has it, before fields are put in."""
    return values.get(Field.MESSAGE) or program.message


def merge_values(
    values: Mapping[str, str],
    *,
    name: str,
    from_name: str,
    product: Product,
    value_minor: int,
) -> dict[str, str]:
    """What each field a message may use says for one row."""
    first, last = merging.names(name if Field.NAME in values else "", values)
    return {
        Field.NAME: name,
        Field.FIRST_NAME: first,
        Field.LAST_NAME: last,
        Field.FROM_NAME: from_name,
        Field.PRODUCT: product.name,
        Field.VALUE: _spoken(value_minor, product.currency),
        Field.EXTERNAL_ID: values.get(Field.EXTERNAL_ID, ""),
    }


@lru_cache(maxsize=4096)
def _spoken(minor: int, currency: str) -> str:
    return str(Money.of_minor(minor, currency))


def _rewards(
    order: Order,
    found: Sequence[SheetRow],
    refused: dict[str, list[int]],
    *,
    actor: Actor,
) -> list[Reward]:
    """One per row of which one can be made, not saved; the others are `refused`."""
    products = Product.objects.in_bulk({row.product_id for row in found})
    brought = list(_brought(order, found, products, refused))
    known = people.take_in(order.program, [each.person for each in brought], actor)
    _record_consent(order.program, brought, known, actor=actor)
    rewards = []
    for each, recipient_id in zip(brought, known, strict=True):
        row = each.row
        product = products.get(row.product_id or 0)
        if recipient_id is None or product is None or row.value_minor is None:
            refused[_two_people()].append(row.pk)
            continue
        reward = Reward(
            order=order,
            row=row,
            recipient=Recipient(pk=recipient_id),
            product=product,
            value_minor=row.value_minor,
            quantity=row.quantity,
            email=row.email,
            phone=row.phone,
        )
        _write(reward, each, order.program)
        rewards.append(reward)
    return rewards


def _brought(
    order: Order,
    found: Sequence[SheetRow],
    products: Mapping[int, Product],
    refused: dict[str, list[int]],
) -> Iterator[_Brought]:
    sheet = order.sheet
    assert sheet is not None  # noqa: S101  (only lists are filled from)
    packer = Packer(order.program) if order.is_postal else None
    for row in found:
        values = values_of(row.cells, row.fixes, sheet.mapping, sheet.answers)
        if packer is None:
            yield _Brought(row, values)
            continue
        try:
            product = products.get(row.product_id or 0)
            yield _Brought(row, values, packer.pack(row, values, product))
        except Unposted as refusal:
            refused[str(refusal)].append(row.pk)


def _record_consent(
    program: Program,
    brought: Sequence[_Brought],
    known: Sequence[int | None],
    *,
    actor: Actor,
) -> None:
    """What the list says about consent, for each channel its row uses."""
    grants = [
        Grant(recipient_id, channel, contact, given.source, given.given_on, given.text)
        for each, recipient_id in zip(brought, known, strict=True)
        if recipient_id is not None
        and isinstance(
            given := evidence.of(each.values, program.phone_region), Evidence
        )
        for channel, contact in (
            (Channel.EMAIL, each.row.email),
            (Channel.SMS, each.row.phone),
        )
        if contact
    ]
    if grants:
        people.grant_many(grants, wording=wordings.current(), actor=actor)


def _write(reward: Reward, brought: _Brought, program: Program) -> None:
    """Names, message and the rest, as the row says them."""
    row, values = brought.row, brought.values
    reward.to_name = values.get(Field.TO_NAME) or row.name
    reward.from_name = values.get(Field.FROM_NAME) or program.from_name
    reward.external_id = values.get(Field.EXTERNAL_ID, "")
    reward.language = language_of(values.get(Field.LANGUAGE, ""))
    if brought.parcel is None:
        reward.deliver_at = delivery.moment(
            values.get(Field.DELIVER_AT, ""), program.phone_region
        )
    else:
        # The post delivers when it comes; nothing is sent on a day.
        brought.parcel.shipment.reward = reward
    told = merge_values(
        values,
        name=row.name,
        from_name=reward.from_name,
        product=reward.product,
        value_minor=reward.value_minor,
    )
    reward.message = merging.template(message_of(values, program)).filled(told)


def _two_people() -> str:
    return _(
        "The e-mail address and the mobile number belong to two people on record. "
        "Correct one of them, or merge the two records."
    )
