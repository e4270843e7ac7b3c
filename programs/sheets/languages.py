"""Languages as lists name them."""

import re
from functools import cache, lru_cache
from typing import Final

from babel import Locale

_CODE: Final = re.compile(r"([a-z]{2,3})(?:[-_]([a-z0-9]{2,4}))?").fullmatch


@lru_cache(maxsize=1024)
def language_of(text: str) -> str:
    """The code, such as en or pt-BR, of a code or a name; empty for neither."""
    folded = text.strip().casefold()
    if (code := _CODE(folded)) and code[1] in _codes():
        return f"{code[1]}-{code[2].upper()}" if code[2] else code[1]
    return _names().get(folded, "")


@cache
def _codes() -> frozenset[str]:
    return frozenset(Locale("en").languages)


@cache
def _names() -> dict[str, str]:
    """Names in English, and of those we are asked for most in their own language."""
    names = {name.casefold(): code for code, name in Locale("en").languages.items()}
    for code in ("de", "fr", "es", "it", "pt", "nl", "pl", "ja", "zh"):
        own = Locale(code).languages.get(code, code)
        names[own.casefold()] = code
    return {name: code for name, code in names.items() if len(code) <= 10}
