"""POST /v1/AddressVerification, of which little is documented (provider-api: 3).

US only, 400 where the account does not have it, 422 without funds, and a ranked list of
suggestions. The names of all fields are INFERRED from those of an order's address.
"""

from collections.abc import Mapping

from portal.provider.sandbox import requested
from portal.provider.sandbox.fields import Part, Problems
from portal.provider.sandbox.knobs import Knobs
from portal.provider.sandbox.messages import Reply, Request

_WANTED = {"AddressLine1": 100, "City": 100, "State": 2, "Zip": 50, "Country": 2}
_OPTIONAL = {"AddressLine2": 100, "AddressLine3": 100}
# The houses it knows, all of them public.
_KNOWN: tuple[Mapping[str, str], ...] = tuple(
    {
        "AddressLine1": line1,
        "City": city,
        "State": state,
        "Zip": postcode,
        "Country": "US",
    }
    for line1, city, state, postcode in (
        ("1 City Hall Sq", "Boston", "MA", "02201"),
        ("700 Boylston St", "Boston", "MA", "02116"),
        ("476 5th Ave", "New York", "NY", "10018"),
        ("11 W 53rd St", "New York", "NY", "10019"),
        ("111 S Michigan Ave", "Chicago", "IL", "60603"),
    )
)
_LEAST_ALIKE = 3


def verify(knobs: Knobs, request: Request) -> Reply:
    """The known houses most like the one asked for, the likeliest first."""
    if knobs.address_verification == "no":
        return Reply(404)
    if knobs.address_verification == "disabled":
        return Reply(400)
    if knobs.address_verification == "no_funds":
        return Reply(422, {"AvailableBalance": 0, "OrderCost": 1})
    try:
        body = requested.parse(request.body)
    except (ValueError, RecursionError):
        return Reply(400)
    problems = Problems()
    asked = Part(body, "", (*_WANTED, *_OPTIONAL), problems)
    _check(asked)
    if problems.listed():
        return Reply(400, {"Errors": problems.listed()})
    ranked = sorted(_KNOWN, key=lambda known: -_alike(asked, known))
    found = [known for known in ranked if _alike(asked, known) >= _LEAST_ALIKE]
    return Reply(200, {"Suggestions": found})


def _check(asked: Part) -> None:
    for name, most in _WANTED.items():
        asked.text(name, most, required=True)
    for name, most in _OPTIONAL.items():
        asked.text(name, most)
    if asked.get("Country") != "US":
        asked.wrong("Country", "must be US")


def _alike(asked: Part, known: Mapping[str, str]) -> int:
    """How many parts are the same; of a street, its number and its first word."""
    parts = [(str(asked.get(name)), text) for name, text in known.items()]
    return sum(_essence(theirs) == _essence(ours) for theirs, ours in parts) - 1


def _essence(text: str) -> str:
    return " ".join(text.casefold().split()[:2])
