"""Countries by name: in English, in the languages around us, and as people shorten."""

from functools import cache
from typing import Final

from babel import Locale

from programs.addresses import rules
from programs.addresses.characters import fold

_WORDS: Final = Locale("en", "US")
_LANGUAGES: Final = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs"),
    *("ja", "ko", "zh"),
)
_SHORT: Final = {
    "US": "usa, america, united states of america, us of a",
    "GB": "uk, gbr, great britain, britain, england, scotland, wales, cymru, "
    "northern ireland",
    "CA": "can",
    "DE": "deu, ger, brd",
    "FR": "fra",
    "AT": "aut",
    "AU": "aus",
    "BE": "bel",
    "BR": "bra",
    "CH": "che",
    "CZ": "czech republic",
    "ES": "esp",
    "HK": "hong kong",
    "IE": "irl, eire, republic of ireland",
    "IN": "ind",
    "IT": "ita",
    "JP": "jpn, nippon",
    "KR": "korea, republic of korea",
    "MO": "macao, macau",
    "MX": "mex",
    "NL": "nld, holland",
    "NZ": "nzl, aotearoa",
    "TR": "turkey",
    "VA": "vatican",
}


def name_of(country: str) -> str:
    """The English name of a code, such as Germany; the code itself if it has none."""
    name: str = _WORDS.territories.get(country, country)
    return name


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Codes and names of all countries whose rules are known, by name."""
    named = ((name_of(code), code) for code in rules.countries())
    return tuple((code, name) for name, code in sorted(named))


def code_of(text: str) -> str:
    """The code of a code or name, in any case and with "the"; empty for neither."""
    folded = fold(text).removeprefix("the ")
    if len(folded) == 2 and folded.isascii() and folded.upper() in rules.countries():
        return folded.upper()
    return _names().get(folded, "")


@cache
def _names() -> dict[str, str]:
    """Folded names; one that two countries share means neither."""
    named: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in rules.countries():
                named.setdefault(fold(name), set()).add(code)
    names = {name: code for name, (code, *others) in named.items() if not others}
    short = ((code, listed.split(", ")) for code, listed in _SHORT.items())
    return {**names, **{name: code for code, listed in short for name in listed}}
