"""A list's rows as rewards: who is on record, what the message says, what it costs.

The checks read rows by the same functions, so what was checked is what is made.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils.translation import gettext as _

from orders import screening
from orders.bulk import delivery, merging
from orders.models import Order, Reward
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


def add(order: Order, found: Sequence[SheetRow], *, actor: Actor) -> int:
    """Make these ready rows of the order's list into rewards; how many that were.

    Within the verb that locks the order. Rows of which that has become impossible since
    they were checked have a problem then.
    """
    taking.take([row.pk for row in found])
    sheet = order.sheet
    assert sheet is not None  # noqa: S101  (only lists are filled from)
    texts = [
        values_of(row.cells, row.fixes, sheet.mapping, sheet.answers) for row in found
    ]
    rewards = _rewards(order, found, texts, actor=actor)
    refused: dict[str, list[int]] = defaultdict(list)
    for row, reward in zip(found, rewards, strict=True):
        if reward is None:
            refused[_two_people()].append(row.pk)
    made = [reward for reward in rewards if reward is not None]
    screen = screening.Screen(order, counts_stored=True)
    kept = []
    for reward, problem in zip(made, screen.problems(made), strict=True):
        if problem is None:
            kept.append(reward)
        elif reward.row_id is not None:
            refused[problem.message].append(reward.row_id)
    Reward.objects.bulk_create(kept)
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
    texts: Sequence[Mapping[str, str]],
    *,
    actor: Actor,
) -> list[Reward | None]:
    program = order.program
    known = people.take_in(
        program, [Person(row.name, row.email, row.phone) for row in found], actor
    )
    _record_consent(program, found, texts, known, actor=actor)
    products = Product.objects.in_bulk({row.product_id for row in found})
    rewards: list[Reward | None] = []
    for row, values, recipient_id in zip(found, texts, known, strict=True):
        product = products.get(row.product_id or 0)
        if recipient_id is None or product is None or row.value_minor is None:
            rewards.append(None)
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
        _write(reward, row, values, program)
        rewards.append(reward)
    return rewards


def _record_consent(
    program: Program,
    found: Sequence[SheetRow],
    texts: Sequence[Mapping[str, str]],
    known: Sequence[int | None],
    *,
    actor: Actor,
) -> None:
    """What the list says about consent, for each channel its row uses."""
    grants = [
        Grant(recipient_id, channel, contact, given.source, given.given_on, given.text)
        for row, values, recipient_id in zip(found, texts, known, strict=True)
        if recipient_id is not None
        and isinstance(given := evidence.of(values, program.phone_region), Evidence)
        for channel, contact in ((Channel.EMAIL, row.email), (Channel.SMS, row.phone))
        if contact
    ]
    if grants:
        people.grant_many(grants, wording=wordings.current(), actor=actor)


def _write(
    reward: Reward, row: SheetRow, values: Mapping[str, str], program: Program
) -> None:
    """Names, message and the rest, as the row says them."""
    reward.to_name = values.get(Field.TO_NAME) or row.name
    reward.from_name = values.get(Field.FROM_NAME) or program.from_name
    reward.external_id = values.get(Field.EXTERNAL_ID, "")
    reward.language = language_of(values.get(Field.LANGUAGE, ""))
    reward.deliver_at = delivery.moment(
        values.get(Field.DELIVER_AT, ""), program.phone_region
    )
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
