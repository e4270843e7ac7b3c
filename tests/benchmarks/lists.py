"""Long lists: the last page costs what the first one costs, in few queries."""

from statistics import median
from time import perf_counter
from typing import Final

import django

django.setup()

from django.db import connection  # noqa: E402  Django has to be set up first
from django.db.models import Model, QuerySet  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from orders.models import Order, Reward  # noqa: E402
from portal.accounts.models import User  # noqa: E402
from portal.permissions import Role  # noqa: E402
from portal.web import paging  # noqa: E402
from programs import recipient_search  # noqa: E402
from programs.models import Product, Program, Recipient  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks.installation import Figure, report  # noqa: E402

ROWS: Final = 100_000
REPETITIONS: Final = 40
MOST_RATIO: Final = 1.3
MOST_QUERIES: Final = 12
_BATCH: Final = 5_000


def main() -> None:
    program = factories.make_program("Spring")
    factories.make_program("Autumn")
    manager = factories.make_member("Manu", program, Role.MANAGER)
    _fill(program, factories.make_product("CVS", values=[15]), manager)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = factories.signed_in(manager)
    report(
        [
            *_compare(client, "/orders/", Order.objects.all(), ("-created_at", "-id")),
            *_compare(client, "/recipients/", Recipient.objects.all(), ("name", "id")),
        ]
    )


def _fill(program: Program, product: Product, user: User) -> None:
    """So many recipients, each with one order of one reward."""
    for start in range(0, ROWS, _BATCH):
        numbers = range(start, start + _BATCH)
        recipients = Recipient.objects.bulk_create(_recipient(n) for n in numbers)
        books = Recipient.programs.through
        books.objects.bulk_create(
            books(recipient=recipient, program=program) for recipient in recipients
        )
        orders = Order.objects.bulk_create(
            Order(
                program=program,
                po_number=f"BENCH-{n}",
                currency="USD",
                created_by=user,
                estimate_minor=1500,
            )
            for n in numbers
        )
        Reward.objects.bulk_create(
            Reward(
                order=order,
                recipient=recipient,
                product=product,
                value_minor=1500,
                email=recipient.email or "",
                to_name=recipient.name,
                from_name="Rewards Team",
            )
            for order, recipient in zip(orders, recipients, strict=True)
        )


def _recipient(n: int) -> Recipient:
    # Scattered, so that neighbours in the list are not neighbours in the table.
    name, email = f"Person {n * 7919 % ROWS:06}", f"person{n}@example.com"
    return Recipient(
        name=name,
        email=email,
        search_text=recipient_search.indexed(name, email, None),
        preferences_digest=f"{n:064}",
    )


def _compare(
    client: Client, path: str, rows: QuerySet[Model], order: tuple[str, ...]
) -> list[Figure]:
    # One page of all rows but the last fifty ends where the last page begins.
    before_last = paging.keyset(rows, QueryDict(), order=order, size=ROWS - paging.SIZE)
    first, last = path, path + before_last.older_url
    times: dict[str, list[float]] = {first: [], last: []}
    queries = []
    for _ in range(REPETITIONS):
        for url in (first, last):
            with CaptureQueriesContext(connection) as captured:
                begin = perf_counter()
                answer = client.get(url)
                times[url].append(perf_counter() - begin)
            assert answer.status_code == 200
            queries.append(len(captured))
    ratio = median(times[last]) / median(times[first])
    return [
        Figure(f"{path} last page : first page", ratio, MOST_RATIO, "x"),
        Figure(f"{path} queries a page", max(queries), MOST_QUERIES),
    ]


if __name__ == "__main__":
    main()
