"""The conditions of a rule as rows of a form: an attribute, a sign, a value."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.triggers import conditions
from orders.triggers.conditions import Condition, Groups, Op

MOST: Final = 6
# As the API takes the names of types and attributes.
NAME: Final = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._:-]*\Z",
    gettext_lazy("Use letters, digits and . _ : - only."),
)
_PARTS: Final = ("joiner", "attribute", "op", "value")
_AND, _OR = "and", "or"
_OPS: Final = [
    (Op.AT_LEAST.value, gettext_lazy("is at least (≥)")),
    (Op.MORE.value, gettext_lazy("is more than (>)")),
    (Op.AT_MOST.value, gettext_lazy("is at most (≤)")),
    (Op.LESS.value, gettext_lazy("is less than (<)")),
    (Op.EQUAL.value, gettext_lazy("is (=)")),
    (Op.UNEQUAL.value, gettext_lazy("is not (≠)")),
    (Op.IN.value, gettext_lazy("is one of")),
    (Op.EXISTS.value, gettext_lazy("is there")),
]
_ORDERED: Final = frozenset({Op.AT_LEAST, Op.MORE, Op.AT_MOST, Op.LESS})


def fields() -> Iterator[tuple[str, forms.Field]]:
    """The fields of every row, by the names a form has them under."""
    for number in range(1, MOST + 1):
        yield from zip(_names(number), _row(), strict=True)


def names() -> Iterator[str]:
    """The names of all fields, in the order of the page."""
    for number in range(1, MOST + 1):
        yield from _names(number)


def rows(form: forms.Form) -> list[dict[str, BoundField]]:
    """By part, for the template; the first row is joined to nothing."""
    return [
        {
            part: form[name]
            for part, name in zip(_PARTS, _names(number), strict=True)
            if number > 1 or part != "joiner"
        }
        for number in range(1, MOST + 1)
    ]


def initial(groups: Groups) -> dict[str, str]:
    """What the rows of stored conditions hold."""
    found: dict[str, str] = {}
    joined = [
        (_OR if position == 0 and index else _AND, condition)
        for index, group in enumerate(groups)
        for position, condition in enumerate(group)
    ]
    for number, (joiner, each) in enumerate(joined, start=1):
        values = (joiner, each.attribute, each.op.value, each.value)
        found |= dict(zip(_names(number), values, strict=True))
    return found


def clean(form: forms.Form) -> Groups:
    """Groups out of the rows; "and" binds tighter. What is wrong is said at the row."""
    groups: list[list[Condition]] = []
    for number in range(1, MOST + 1):
        typed = {
            part: form.cleaned_data.get(name, "")
            for part, name in zip(_PARTS, _names(number), strict=True)
        }
        names = dict(zip(_PARTS, _names(number), strict=True))
        condition = _condition(form, names, typed)
        if condition is None:
            continue
        if not groups or typed["joiner"] == _OR:
            groups.append([])
        groups[-1].append(condition)
    return tuple(map(tuple, groups))


def _condition(
    form: forms.Form, names: Mapping[str, str], typed: Mapping[str, Any]
) -> Condition | None:
    if not any(name in form.errors for name in names.values()):
        if not typed["attribute"] and not typed["value"]:
            return None
        try:
            return _read(typed)
        except forms.ValidationError as error:
            form.add_error(names[str(error.code)], error.message)
    return None


def _read(typed: Mapping[str, str]) -> Condition:
    """Raises ValidationError whose code is the part that is wrong."""
    if not typed["op"]:
        said = _("Choose how the attribute is compared.")
        raise forms.ValidationError(said, code="op")
    op, value = Op(typed["op"]), typed["value"].strip()
    if not typed["attribute"]:
        said = _("Enter the attribute that this value is compared with.")
        raise forms.ValidationError(said, code="attribute")
    if op == Op.EXISTS:
        value = ""
    elif not value:
        said = _("Enter a value, or empty the attribute to leave the condition out.")
        raise forms.ValidationError(said, code="value")
    elif op in _ORDERED:
        value = _comparable(value)
    elif op == Op.IN:
        value = ", ".join(each for part in value.split(",") if (each := part.strip()))
    return Condition(typed["attribute"], op, value)


def _comparable(value: str) -> str:
    """A number without sign of money and thousands' commas, or a day."""
    plain = value.lstrip("$€£ ").replace(",", "")
    if conditions.number(plain) is not None:
        return plain
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        said = _("Enter a number such as 50, or a day such as 2026-03-01.")
        raise forms.ValidationError(said, code="value") from None


def _names(number: int) -> list[str]:
    return [f"condition_{number}_{part}" for part in _PARTS]


def _row() -> list[forms.Field]:
    joiners = [(_AND, gettext_lazy("and")), (_OR, gettext_lazy("or"))]
    return [
        forms.ChoiceField(
            label=gettext_lazy("Joined by"),
            choices=joiners,
            initial=_AND,
            required=False,
        ),
        forms.CharField(
            label=gettext_lazy("Attribute"),
            max_length=100,
            required=False,
            validators=[NAME],
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        ),
        forms.ChoiceField(
            label=gettext_lazy("Comparison"), choices=_OPS, required=False
        ),
        forms.CharField(
            label=gettext_lazy("Value"),
            max_length=200,
            required=False,
            widget=forms.TextInput({"autocomplete": "off"}),
        ),
    ]
