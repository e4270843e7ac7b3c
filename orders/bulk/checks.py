"""What has to be right of a reward in a list, row by row and with few queries.

Compiled once for all rows at hand: values by their text, messages into parts.
"""

from collections.abc import Sequence
from typing import Final

from django.utils import timezone

from orders.bulk import amounts, delivery, findings, making, merging
from orders.bulk.cards import Cards
from orders.bulk.people import find_caps, find_repeats, find_sums
from programs.models import Product, Program, Sheet
from programs.sheets import checking
from programs.sheets.fields import LABELS, Field
from programs.sheets.lines import Line, Problem

# Limits of the provider (provider-api: Orders, Personalization).
MOST_MESSAGE: Final = 400
MOST_NAME: Final = 150
# What a stored problem shows of a cell; a cell may hold a book.
_MOST_SHOWN: Final = 100


def register() -> None:
    """Have lists of rewards checked by these, after their contacts and people."""
    findings.register()
    checking.register(
        Sheet.Purpose.REWARDS, find_rewards, find_dates, find_caps, find_repeats
    )
    checking.register_across(Sheet.Purpose.REWARDS, find_sums)


def find_rewards(sheet: Sheet, lines: Sequence[Line]) -> None:
    """What is bought, and the words that go with it."""
    cards = Cards(sheet.program)
    for line in lines:
        if isinstance(line.named, Problem):
            line.problems.append(line.named)
        line.product_id = line.product.pk if line.product else None
        minor = cards.value(line.values.get(Field.VALUE, ""), line)
        _count(line)
        line.value_minor = minor
        if line.product and minor:
            cards.judge(line.product, minor, line)
        _words(sheet.program, line, line.product)


def find_dates(sheet: Sheet, lines: Sequence[Line]) -> None:
    """The day of delivery, which has to be to come; the post has none."""
    region = sheet.program.phone_region
    for line in lines:
        if line.is_postal or not (text := line.values.get(Field.DELIVER_AT, "")):
            continue
        try:
            at = delivery.moment(text, region)
        except delivery.Unreadable:
            params = {"typed": text[:_MOST_SHOWN]}
            line.problems.append(Problem("deliver_at", Field.DELIVER_AT, params=params))
            continue
        if at is not None and at <= timezone.now():
            line.problems.append(Problem("deliver_past", Field.DELIVER_AT))


def _count(line: Line) -> None:
    text = line.values.get(Field.QUANTITY, "")
    quantity = amounts.count(text) if text else 1
    if quantity is None:
        params = {"typed": text[:_MOST_SHOWN]}
        line.problems.append(Problem("quantity", Field.QUANTITY, params=params))
    line.quantity = quantity or 1


def _words(program: Program, line: Line, product: Product | None) -> None:
    """Message and names as they will be sent, within the provider's limits."""
    values = line.values
    from_name = values.get(Field.FROM_NAME) or program.from_name
    for field in (Field.TO_NAME, Field.FROM_NAME):
        if len(values.get(field, "")) > MOST_NAME:
            params = {"most": str(MOST_NAME)}
            line.problems.append(Problem("too_long", field, params=params))
    message = making.message_of(values, program)
    if "{" not in message:
        _judge_length(line, message)
    elif product and line.value_minor:
        told = making.merge_values(
            values,
            name=line.name,
            from_name=from_name,
            product=product,
            value_minor=line.value_minor,
        )
        _judge_fields(line, merging.template(message), told)


def _judge_fields(line: Line, template: merging.Template, told: dict[str, str]) -> None:
    if name := template.unknown:
        params = {"name": name[:_MOST_SHOWN]}
        line.problems.append(Problem("merge_unknown", Field.MESSAGE, params=params))
    elif lacking := template.lacking(told):
        params = {"name": str(LABELS[Field(lacking)])}
        line.problems.append(Problem("merge_missing", Field.MESSAGE, params=params))
    else:
        _judge_length(line, template.filled(told))


def _judge_length(line: Line, message: str) -> None:
    if len(message) > MOST_MESSAGE:
        params = {"length": str(len(message)), "most": str(MOST_MESSAGE)}
        line.problems.append(Problem("message_long", Field.MESSAGE, params=params))
