"""Conditions over an event's attributes: a small vocabulary and no evaluator.

Groups are joined by "or", the conditions of a group by "and".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from orders.triggers.calls import Scalar


class Op(StrEnum):
    EQUAL = "eq"
    UNEQUAL = "ne"
    AT_LEAST = "ge"
    MORE = "gt"
    AT_MOST = "le"
    LESS = "lt"
    IN = "in"
    EXISTS = "exists"


SIGNS: Final[Mapping[Op, str]] = {
    Op.EQUAL: "=",
    Op.UNEQUAL: "≠",
    Op.AT_LEAST: "≥",
    Op.MORE: ">",
    Op.AT_MOST: "≤",
    Op.LESS: "<",
}


class Unmet(StrEnum):
    """Why a condition does not hold."""

    MISSING = "attribute-missing"
    NOT_COMPARABLE = "not-comparable"
    FAILED = "condition-failed"


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` is what was typed; for "in" it is a list with commas."""

    attribute: str
    op: Op
    value: str = ""


Groups = tuple[tuple[Condition, ...], ...]


def of(stored: Sequence[Sequence[Mapping[str, Any]]]) -> Groups:
    """As a version holds them."""
    return tuple(
        tuple(Condition(c["attribute"], Op(c["op"]), c["value"]) for c in group)
        for group in stored
    )


def stored(groups: Groups) -> list[list[dict[str, str]]]:
    """As a version stores them."""
    return [
        [{"attribute": c.attribute, "op": c.op.value, "value": c.value} for c in group]
        for group in groups
    ]


def unmet(
    groups: Groups, attributes: Mapping[str, Scalar]
) -> tuple[Condition, Unmet] | None:
    """None if they hold; else the first condition that keeps the last group from it."""
    found = None
    for group in groups:
        found = _first_unmet(group, attributes)
        if found is None:
            return None
    return found


def holds(condition: Condition, attributes: Mapping[str, Scalar]) -> Unmet | None:
    """None if the condition holds, else why it does not."""
    given = attributes.get(condition.attribute)
    is_there = given is not None and given != ""
    if condition.op == Op.EXISTS:
        return None if is_there else Unmet.MISSING
    if given is None or not is_there:
        return Unmet.MISSING
    if condition.op == Op.IN:
        wanted = [each.strip() for each in condition.value.split(",")]
        is_met = any(_is_same(given, each) for each in wanted if each)
    elif condition.op in (Op.EQUAL, Op.UNEQUAL):
        is_met = _is_same(given, condition.value) == (condition.op == Op.EQUAL)
    else:
        return _ordered(condition, given)
    return None if is_met else Unmet.FAILED


def sentence(groups: Groups) -> str:
    """In words: "purchase ≥ 50 and country in US, CA, or vip is there"."""
    texts = [_(" and ").join(spoken(each) for each in group) for group in groups]
    return _(", or ").join(texts)


def spoken(condition: Condition) -> str:
    """One condition in words."""
    if condition.op == Op.EXISTS:
        return _("%(attribute)s is there") % {"attribute": condition.attribute}
    if condition.op == Op.IN:
        text = _("%(attribute)s is one of %(values)s")
        return text % {"attribute": condition.attribute, "values": condition.value}
    return f"{condition.attribute} {SIGNS[condition.op]} {condition.value}"


def number(text: object) -> Decimal | None:
    """A finite number, or None; true and false are none."""
    if isinstance(text, bool):
        return None
    try:
        found = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _first_unmet(
    group: Sequence[Condition], attributes: Mapping[str, Scalar]
) -> tuple[Condition, Unmet] | None:
    for condition in group:
        if why := holds(condition, attributes):
            return condition, why
    return None


def _ordered(condition: Condition, given: Scalar) -> Unmet | None:
    """Greater or less: of two numbers, or of two days."""
    pair = _numbers(given, condition.value) or _days(given, condition.value)
    if pair is None:
        return Unmet.NOT_COMPARABLE
    theirs, ours = pair
    is_met = {
        Op.AT_LEAST: theirs >= ours,
        Op.MORE: theirs > ours,
        Op.AT_MOST: theirs <= ours,
        Op.LESS: theirs < ours,
    }[condition.op]
    return None if is_met else Unmet.FAILED


def _numbers(given: Scalar, typed: str) -> tuple[Any, Any] | None:
    theirs, ours = number(given), number(typed)
    return None if theirs is None or ours is None else (theirs, ours)


def _days(given: Scalar, typed: str) -> tuple[Any, Any] | None:
    try:
        return date.fromisoformat(str(given)[:10]), date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _is_same(given: Scalar, typed: str) -> bool:
    if isinstance(given, bool):
        return typed.strip().casefold() == str(given).casefold()
    if numbers := _numbers(given, typed):
        return bool(numbers[0] == numbers[1])
    return str(given).strip().casefold() == typed.strip().casefold()
