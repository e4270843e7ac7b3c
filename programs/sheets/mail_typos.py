"""Slips in the domains most people have: gamil.com, hotmail.con."""

from functools import lru_cache
from typing import Final

_WELL_KNOWN: Final = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
    "icloud.com",
    "comcast.net",
    "verizon.net",
    "protonmail.com",
    "hotmail.co.uk",
    "yahoo.co.uk",
)
# Alike, and real.
_REAL: Final = frozenset(
    [
        "mail.com",
        "email.com",
        "ymail.com",
        "hmail.com",
        "tmail.com",
        "bmail.com",
        "cmail.com",
        "fmail.com",
        "gmail.de",
        "gmx.com",
        "gmx.de",
        "yahoo.co",
        "yahoo.ca",
        "yahoo.de",
        "yahoo.fr",
        "yahoo.in",
        "yahoo.es",
        "yahoo.it",
        "hotmail.ca",
        "hotmail.de",
        "hotmail.fr",
        "hotmail.es",
        "hotmail.it",
        "hotmail.co.za",
        "outlook.de",
        "outlook.fr",
        "outlook.es",
        "outlook.in",
        "yahoo.co.in",
        "yahoo.co.nz",
        "yahoo.co.jp",
        "yahoo.co.za",
        "cloud.com",
        "proton.me",
    ]
)
# Endings nobody can register, and what they are meant to be.
_ENDINGS: Final = {
    "con": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "coom": "com",
    "cpm": "com",
    "vom": "com",
    "xom": "com",
    "nte": "net",
    "ent": "net",
    "ogr": "org",
    "og": "org",
    "rog": "org",
}
_LONGEST_VARIANT: Final = 19


@lru_cache(maxsize=20_000)
def meant(domain: str) -> str:
    """The domain this one is probably meant to be; empty where it looks right."""
    if domain in _WELL_KNOWN or domain in _REAL:
        return ""
    head, _dot, ending = domain.rpartition(".")
    mended = f"{head}.{_ENDINGS[ending]}" if ending in _ENDINGS else domain
    if mended in _WELL_KNOWN:
        return mended
    for known in _WELL_KNOWN:
        if _is_one_slip_away(mended, known):
            return known
    return mended if mended != domain else ""


def variant(domain: str) -> str:
    """What names the group of those who meant this domain: short enough for a kind."""
    return (
        domain if len(domain) <= _LONGEST_VARIANT else "." + domain.rpartition(".")[2]
    )


def _is_one_slip_away(typed: str, known: str) -> bool:
    """One letter missing, too many or wrong, or two neighbours swapped."""
    if abs(len(typed) - len(known)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(known)) and typed[start] == known[start]:
        start += 1
    rest, wanted = typed[start:], known[start:]
    return (
        rest[1:] == wanted
        or rest == wanted[1:]
        or rest[1:] == wanted[1:]
        or (rest[1::-1] == wanted[:2] and rest[2:] == wanted[2:])
    )
