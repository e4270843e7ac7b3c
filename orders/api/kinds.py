"""The kinds of values in a call, each with the limits that the documentation names."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from orders.triggers.calls import Scalar

MOST_ATTRIBUTES: Final = 50
_MOST_TEXT: Final = 500
_MOST_NUMBER: Final = 10**15
_MOST_VALUE: Final = 10**6

# Printable ASCII that is the same in a header, in a path and in a table.
ID: Final = r"[A-Za-z0-9][A-Za-z0-9._:~@+=-]{0,99}"
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$"
# Neither control characters nor, in what has to say something, only spaces.
_LINE: Final = r"^[^\u0000-\u001f\u007f]*$"
_WORDS: Final = (
    r"^[^\u0000-\u001f\u007f]*[^\u0000-\u0020\u007f][^\u0000-\u001f\u007f]*$"
)
_LINES: Final = r"^[^\u0000-\u0009\u000b-\u001f\u007f]*$"
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_AMOUNT: Final = r"^[0-9]{1,7}(\.[0-9]{1,4})?$"
_is_attribute: Final = re.compile(_NAME).fullmatch
_is_line: Final = re.compile(_LINE).fullmatch


def _moment(said: Any) -> datetime:
    if not isinstance(said, str) or not _MOMENT.fullmatch(said):
        raise ValueError(_("Send a time with its zone, such as 2026-03-01T14:05:00Z."))
    try:
        return datetime.fromisoformat(said.upper()).astimezone(UTC)
    except (OverflowError, ValueError):
        raise ValueError(_("There is no such time.")) from None


def _day(said: Any) -> date:
    if not isinstance(said, str) or not _DAY.fullmatch(said):
        raise ValueError(_("Send a day, such as 2026-03-01."))
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ValueError(_("There is no such day.")) from None


def _amount(said: Any) -> Decimal:
    if isinstance(said, str) and re.fullmatch(_AMOUNT, said, re.ASCII):
        said = Decimal(said)
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        raise ValueError(_('Send an amount, such as 15 or "15.00".'))
    if not 0 < said <= _MOST_VALUE:
        raise ValueError(_("Send an amount above 0 and of at most 1,000,000."))
    return Decimal(said)


def _attributes(said: dict[str, Any]) -> dict[str, Scalar]:
    for name, value in said.items():
        if not _is_attribute(name):
            raise ValueError(
                _("Name attributes by up to 100 letters, digits and . _ : -")
            )
        if not _is_scalar(value):
            raise ValueError(
                _(
                    "Send texts of up to 500 characters, numbers up to 10^15, true, "
                    "false or null; nothing nested."
                )
            )
    return said


def _is_scalar(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | Decimal):
        return -_MOST_NUMBER <= value <= _MOST_NUMBER
    return isinstance(value, str) and len(value) <= _MOST_TEXT and bool(_is_line(value))


_SCALAR: Final = {
    "anyOf": [
        {"type": "string", "maxLength": _MOST_TEXT, "pattern": _LINE},
        {"type": "number", "minimum": -_MOST_NUMBER, "maximum": _MOST_NUMBER},
        {"type": "boolean"},
        {"type": "null"},
    ]
}

Id = Annotated[str, StringConstraints(pattern=f"^{ID}$")]
# As the draft of the header has it, in quotes, and as most send it.
Key = Annotated[str, StringConstraints(pattern=f'^({ID}|"{ID}")$')]
RewardId = Annotated[str, StringConstraints(pattern=r"^rw_[0-9a-f]{32}$")]
Type = Annotated[str, StringConstraints(pattern=_NAME)]
Name = Annotated[str, StringConstraints(pattern=_WORDS, max_length=150)]
Line = Annotated[str, StringConstraints(pattern=_LINE, max_length=150)]
Email = Annotated[Line, Field(json_schema_extra={"format": "email"})]
ShortLine = Annotated[str, StringConstraints(pattern=_LINE, max_length=100)]
LongLine = Annotated[str, StringConstraints(pattern=_LINE, max_length=_MOST_TEXT)]
Words = Annotated[str, StringConstraints(pattern=_WORDS, max_length=100)]
Message = Annotated[str, StringConstraints(pattern=_LINES, max_length=400)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]
Version = Annotated[str, StringConstraints(pattern=_LINE, max_length=20)]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": _MOST_VALUE},
                {"type": "string", "pattern": _AMOUNT},
            ]
        }
    ),
]
Attributes = Annotated[
    dict[str, Any],
    Field(max_length=MOST_ATTRIBUTES),
    AfterValidator(_attributes),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": MOST_ATTRIBUTES,
            "propertyNames": {"pattern": _NAME},
            "additionalProperties": _SCALAR,
        }
    ),
]
