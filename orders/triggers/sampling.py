"""An event that a rule matches, made from what the rule says."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from orders.models import Side
from orders.triggers import conditions
from orders.triggers.calls import Scalar
from orders.triggers.conditions import Condition, Groups, Op
from orders.triggers.texts import RuleText

_PERSON: Final = {"name": "Fred Friend", "email": "fred@example.com"}
_ADVOCATE: Final = {"name": "Adele Advocate", "email": "adele@example.org"}
# Around a number of more, such as 1e999999, counting takes minutes.
_MOST_DIGITS: Final = 15
_PHONES: Final = {Side.PERSON: "+1 202 555 0190", Side.ADVOCATE: "+1 202 555 0191"}


def body(text: RuleText, *, event_id: str, occurred_at: datetime) -> dict[str, Any]:
    """What to report, as another system sends it."""
    said: dict[str, Any] = {
        "event_id": event_id,
        "type": text.event_type,
        "occurred_at": occurred_at.isoformat(timespec="seconds"),
        "person": _PERSON | {"phone": _PHONES[Side.PERSON]},
    }
    if any(gift.side == Side.ADVOCATE for gift in text.gifts):
        said["advocate"] = _ADVOCATE | {"phone": _PHONES[Side.ADVOCATE]}
    if found := attributes(text.groups):
        said["attributes"] = found
    return said


def attributes(groups: Groups) -> dict[str, Scalar]:
    """Attributes that meet the conditions, where any can."""
    made = [_meeting(group) for group in groups]
    for each in made:
        if conditions.unmet(groups, each) is None:
            return each
    return made[0] if made else {}


def _meeting(group: Sequence[Condition]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for name in dict.fromkeys(condition.attribute for condition in group):
        asked = [condition for condition in group if condition.attribute == name]
        tried = list(_candidates(asked))
        found[name] = next(
            (value for value in tried if _meets(asked, name, value)), tried[0]
        )
    return found


def _meets(asked: Sequence[Condition], name: str, value: Scalar) -> bool:
    return not any(conditions.holds(condition, {name: value}) for condition in asked)


def _candidates(asked: Sequence[Condition]) -> Iterator[Scalar]:
    """Values at and around those of the conditions, and between any two numbers."""
    numbers = []
    for condition in asked:
        if condition.op == Op.EXISTS:
            yield "yes"
        for typed in condition.value.split(","):
            number = conditions.number(typed)
            if number is None or abs(number.adjusted()) > _MOST_DIGITS:
                yield from _around(typed.strip())
            else:
                numbers.append(number)
                yield from map(_plain, (number, number + 1, number - 1))
    if len(numbers) > 1:
        yield _plain((min(numbers) + max(numbers)) / 2)


def _around(typed: str) -> Iterator[Scalar]:
    yield {"true": True, "false": False}.get(typed.casefold(), typed)
    try:
        day = datetime.fromisoformat(typed).date()
    except ValueError:
        yield f"other than {typed}"
        return
    for distance in (timedelta(days=1), -timedelta(days=1)):
        # The first and the last day there is have one neighbour.
        with suppress(OverflowError):
            yield (day + distance).isoformat()


def _plain(number: Decimal) -> Scalar:
    """As somebody would type it: whole numbers without decimals."""
    return int(number) if number == number.to_integral_value() else number
