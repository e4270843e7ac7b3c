"""One batch of ten thousand claim links: bought, sealed and listed."""

import sys

import django

django.setup()

from django.test import Client  # noqa: E402  Django has to be set up first
from django.urls import reverse  # noqa: E402

from orders.models import Claim, LinkBatch  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks import bulk_placing  # noqa: E402
from tests.benchmarks.bulk_placing import REWARDS  # noqa: E402
from tests.benchmarks.installation import report  # noqa: E402
from tests.orders.claims import made  # noqa: E402


def main(concurrency: int, latency: float) -> None:
    program, manu = bulk_placing.funded_program()
    product = factories.make_product("CVS", values=[10])
    order = made.make_draft(program, product, manu, quantity=REWARDS)
    bulk_placing.release(order)
    figure = bulk_placing.placed("links", concurrency, latency)
    assert Claim.objects.good().filter(batch__order=order).count() == REWARDS
    _look(LinkBatch.objects.get(order=order), factories.signed_in(manu))
    report([figure])


def _look(batch: LinkBatch, client: Client) -> None:
    """Its page shows them."""
    page = client.get(reverse("orders:links_detail", args=[batch.order.reference]))
    assert page.status_code == 200
    assert f"{REWARDS:,}" in page.content.decode()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
