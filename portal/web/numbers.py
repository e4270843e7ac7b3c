"""Whole numbers out of a request, which may hold anything."""

from typing import Final

# More do not fit a column, and int() refuses thousands of them.
_MOST_DIGITS: Final = 18


def whole_number(text: str) -> int | None:
    """The number that at most 18 ASCII digits say; None for any other text."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_one else None
