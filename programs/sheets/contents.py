"""What the cells below a name can be, whatever the name says."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from programs.addresses import countries, rules
from programs.sheets import postal
from programs.sheets.fields import Field
from programs.sheets.names import words

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE: Final = re.compile(r"(?:tel:)?\+?[\d\s().\-/]{7,22}")
_MONEY: Final = re.compile(
    r"(?:[A-Z]{3}\s?)?[$€£]?\s?\d{1,6}(?:[.,]\d{3})*(?:[.,]\d{1,2})?\s?[$€£]?(?:\s?[A-Z]{3})?"
)
_COUNT: Final = re.compile(r"\d{1,5}(?:[.,]0+)?")
_DATE: Final = re.compile(r"\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}.*|.*\b(?:19|20)\d\d\b.*")
_POSTCODE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 \-]{1,11}")
# Where people write a state in their addresses.
_STATED: Final = ("US", "CA", "AU", "MX", "BR", "IN", "ES", "IT")
_FEWEST_DIGITS: Final = 7
_MOST_DIGITS: Final = 15


def is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text))


def is_phone(text: str) -> bool:
    """Whether it may be a telephone number: long enough, and neither money nor date."""
    digits = sum(map(str.isdigit, text))
    return (
        _FEWEST_DIGITS <= digits <= _MOST_DIGITS
        and bool(_PHONE.fullmatch(text))
        and not _DATE.fullmatch(text)
    )


def is_money(text: str) -> bool:
    return bool(_MONEY.fullmatch(text))


def share(samples: Sequence[str], test: Callable[[str], object]) -> float:
    """How many of the samples pass, from 0 to 1; 0 without samples."""
    return sum(1 for text in samples if test(text)) / (len(samples) or 1)


def is_state(text: str) -> bool:
    """Whether it is the code or name of a state somewhere."""
    return any(rules.is_state(text, country) for country in _STATED)


def is_country(text: str) -> bool:
    return bool(countries.code_of(text))


def is_postcode(text: str) -> bool:
    """Whether it may be one of some country."""
    return bool(_POSTCODE.fullmatch(text))


def named(samples: Sequence[str], names: Collection[str]) -> float:
    """The share of samples that are one of these names, of products or methods."""
    known = {words(name) for name in names}
    return share(samples, lambda text: words(text) in known)


def contradicts(field: Field, samples: Sequence[str], names: Collection[str]) -> bool:
    """Whether the cells are plainly something else; empty ones contradict nothing.

    `names` are those of what the field can be, where that is a product or a shipping
    method.
    """
    if not samples:
        return False
    if field is Field.PRODUCT:
        return not _names_product(samples, names)
    if field is Field.SHIPPING_METHOD:
        return not named(samples, names)
    test, least = _NEEDS.get(field, (bool, 0.0))
    return share(samples, test) < least


def _names_product(samples: Sequence[str], products: Collection[str]) -> bool:
    """Whether any sample speaks of a product, if only by a part of its name."""
    known = [name for product in products if (name := words(product))]
    for sample in filter(None, map(words, samples)):
        if any(sample in name or name in sample for name in known):
            return not is_money(sample)
    return False


def _has_digits(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= 6 and "@" not in text


def _is_words(text: str) -> bool:
    """Letters above all: a name may end in a number, a number is no name."""
    return "@" not in text and _letters(text) > sum(map(str.isdigit, text))


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _is_place(text: str) -> bool:
    """Some letters and no e-mail: what a line of an address may be."""
    return "@" not in text and _letters(text) >= 3


def _is_language(text: str) -> bool:
    return len(text) <= 20 and _is_words(text)


# What so large a share of the cells has to be, for a column that is called so. Wrong
# cells are what lists are checked for, so the shares are small.
_NEEDS: Final[Mapping[Field, tuple[Callable[[str], object], float]]] = {
    Field.EMAIL: (lambda text: "@" in text, 0.2),
    Field.PHONE: (_has_digits, 0.4),
    Field.NAME: (_is_words, 0.5),
    Field.FIRST_NAME: (_is_words, 0.5),
    Field.LAST_NAME: (_is_words, 0.5),
    Field.VALUE: (is_money, 0.5),
    Field.QUANTITY: (_COUNT.fullmatch, 0.5),
    Field.TO_NAME: (_is_words, 0.5),
    Field.FROM_NAME: (_is_words, 0.3),
    Field.DELIVER_AT: (_DATE.fullmatch, 0.3),
    Field.EXTERNAL_ID: (lambda text: "@" not in text and len(text) <= 100, 0.8),
    Field.CONSENT_SOURCE: (lambda text: any(map(str.isalpha, text)), 0.5),
    Field.CONSENT_ON: (_DATE.fullmatch, 0.3),
    Field.LANGUAGE: (_is_language, 0.7),
    Field.WAY: (postal.way_of, 0.3),
    Field.ADDRESS: (_is_place, 0.5),
    Field.LINE1: (_is_place, 0.5),
    Field.LINE2: (lambda text: "@" not in text, 0.5),
    Field.LINE3: (lambda text: "@" not in text, 0.5),
    Field.CITY: (_is_words, 0.5),
    Field.STATE: (is_state, 0.2),
    Field.POSTAL_CODE: (is_postcode, 0.5),
    Field.COUNTRY: (is_country, 0.3),
    Field.NEEDED_BY: (_DATE.fullmatch, 0.3),
}
