"""A list of cards in the post on the embedded default: seconds until it is checked."""

from typing import Final

import django

django.setup()

from portal.permissions import Role  # noqa: E402  Django has to be set up first
from programs.models import Sheet  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks.embedded import brought, working  # noqa: E402
from tests.benchmarks.installation import Figure, report  # noqa: E402
from tests.programs import posting  # noqa: E402

ROWS: Final = 5_000
BOTH: Final = ["DigitalDelivery", "PhysicalShipment"]
# Towns with a postcode each; every fourth state is spelt out.
_TOWNS: Final = (
    ("New York", "NY", "10018"),
    ("San Francisco", "CA", "94102"),
    ("Seattle", "Washington", "98104"),
    ("Boston", "MA", "02116"),
)


def main() -> None:
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program(
        "Spring", funded=10**7, funded_by=adam, delivery_types=BOTH
    )
    manager = factories.signed_in(factories.make_member("Manu", program, Role.MANAGER))
    factories.make_product("CVS", values=[10, 15, 25], delivery_types=BOTH)
    posting.make_shipping()
    with working():
        parts = brought(manager, program, _parts())
        _is_postal(ROWS, kept_back=ROWS // 100)
        whole = brought(manager, program, _whole())
        _is_postal(ROWS, kept_back=ROWS // 100)
    report(
        [
            Figure(f"{ROWS} rows by post checked", parts.checked, 20, "s"),
            Figure(f"{ROWS} whole addresses checked", whole.checked, 20, "s"),
        ]
    )


def _is_postal(rows: int, *, kept_back: int) -> None:
    sheet = Sheet.objects.latest("pk")
    assert sheet.rows.filter(is_postal=True).count() == rows
    assert sheet.problems_found == kept_back, sheet.problems_found


def _parts() -> bytes:
    """Every hundredth has a postcode of another state."""
    lines = ["Name,Street,City,State,ZIP,Gift card,Value"]
    for number in range(ROWS):
        street, (city, state, postcode) = _street(number), _TOWNS[number % 4]
        if number % 100 == 0:
            postcode = "33101"
        lines.append(f"Person {number},{street},{city},{state},{postcode},CVS,15")
    return "\n".join(lines).encode()


def _whole() -> bytes:
    """The same addresses of others, each in one cell."""
    lines = ["Name,Address,Gift card,Value"]
    for number in range(ROWS):
        street, (city, state, postcode) = _street(number), _TOWNS[number % 4]
        if number % 100 == 0:
            postcode = "33101"
        lines.append(f'Guest {number},"{street}, {city}, {state} {postcode}",CVS,15')
    return "\n".join(lines).encode()


def _street(number: int) -> str:
    return f"{number + 1} Example Street"


if __name__ == "__main__":
    main()
