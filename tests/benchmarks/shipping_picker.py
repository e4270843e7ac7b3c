"""Two hundred shipping methods on their page: queries of its own, and server time."""

from time import perf_counter
from typing import Final

import django

django.setup()

from django.db import connection  # noqa: E402  Django has to be set up first
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from portal.permissions import Role  # noqa: E402
from programs.models import ShippingMethod  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks.installation import Figure, report  # noqa: E402
from tests.programs.posting import make_method, make_shipping  # noqa: E402

METHODS: Final = 200
REPETITIONS: Final = 20
MOST_QUERIES: Final = 6
MOST_MILLISECONDS: Final = 100


def main() -> None:
    make_shipping()
    for number in range(METHODS):
        make_method(
            f"METHOD {number}",
            f"{number % 70}.95",
            (1 + number % 9, 10),
            carrier=f"Company {number % 12}",
        )
    administrator = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    client = factories.signed_in(administrator)
    # A page with nothing of its own asks what every page has to ask.
    of_every_page, _ = _visit(client, reverse("account_settings"))
    visits = [
        _visit(client, reverse("programs:shipping_list")) for _ in range(REPETITIONS)
    ]
    own = max(queries for queries, _ in visits) - of_every_page
    picked, picks = _picked()
    report(
        [
            Figure(f"{METHODS} shipping methods, queries", own, MOST_QUERIES),
            _speed(f"{METHODS} shipping methods", visits),
            Figure(f"{METHODS} of them to pick from, queries", picked, MOST_QUERIES),
            _speed(f"{METHODS} of them to pick from", picks),
        ]
    )


def _picked() -> tuple[int, list[tuple[int, float]]]:
    """The form of a card in the post: what its picker asks, and what the page takes."""
    program = factories.make_program("Spring", delivery_types=["PhysicalShipment"])
    factories.make_product("CVS", values=[10, 50], delivery_types=["PhysicalShipment"])
    client = factories.signed_in(factories.make_member("Manu", program, Role.MANAGER))
    url = reverse("orders:postal_create")
    visits = [_visit(client, url) for _ in range(REPETITIONS)]
    with_methods = max(queries for queries, _ in visits)
    offered = ShippingMethod.objects.filter(retired_at=None)
    offered.update(retired_at=timezone.now())
    without, _ = _visit(client, url)
    # The two that ask for methods and holidays are asked without any as well.
    return with_methods - without + 2, visits


def _speed(name: str, visits: list[tuple[int, float]]) -> Figure:
    # Whatever else the machine does can only add to it.
    milliseconds = min(seconds for _, seconds in visits) * 1000
    return Figure(name, milliseconds, MOST_MILLISECONDS, "ms")


def _visit(client: Client, url: str) -> tuple[int, float]:
    """Queries and seconds."""
    with CaptureQueriesContext(connection) as captured:
        begin = perf_counter()
        page = client.get(url)
        seconds = perf_counter() - begin
    assert page.status_code == 200
    return len(captured), seconds


if __name__ == "__main__":
    main()
