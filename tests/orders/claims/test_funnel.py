"""The funnel counts what is there, in one question, and never more than is known."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.claims import funnel
from orders.models import Claim
from tests import factories
from tests.orders.claims.made import make_batch


@pytest.fixture
def batch(program, cvs, manu):
    return make_batch(program, cvs, manu, quantity=10)


@pytest.fixture
def lived(batch):
    """Of ten links: one repeated, one void, one expired, and so on down the funnel."""
    now = timezone.now()
    rey = factories.make_recipient("Rey", batch.order.program, email="rey@example.com")

    def tell(*numbers, **fields):
        Claim.objects.filter(batch=batch, number__in=numbers).update(**fields)

    tell(1, problem="Repeated.")
    tell(2, 3, 4, 5, 6, 7, 8, handed_out_at=now)
    tell(4, 5, 6, 7, opened_at=now, opens=3)
    tell(2, 4, scans=7)
    tell(6, 7, claimed_at=now, holder_digest="x")
    tell(7, 8, redeemed_at=now)
    tell(3, voided_at=now)
    tell(2, 6, expires_at=now - timedelta(seconds=1))
    tell(9, recipient=rey)
    return batch


def test_each_stage_counts_what_reached_it(lived):
    found = funnel.of(lived)

    assert (found.created, found.handed_out, found.opened) == (10, 7, 4)
    assert (found.claimed, found.redeemed) == (3, 2)
    assert (found.void, found.expired, found.needs_attention) == (1, 1, 1)
    assert (found.assigned, found.scans) == (1, 14)
    assert (found.good, found.leaving, found.open) == (9, 8, 6)


def test_it_takes_one_question(lived, django_assert_num_queries):
    with django_assert_num_queries(1):
        funnel.of(lived)


def test_a_batch_without_links_is_all_zero(batch):
    batch.claims.all().delete()

    found = funnel.of(batch)

    assert (found.created, found.scans) == (0, 0)
    assert {stage.width for stage in funnel.stages(batch, found)} == {0}


def test_the_bars_are_as_long_as_the_numbers(lived):
    stages = funnel.stages(lived, funnel.of(lived))

    drawn = [(stage.label, stage.count, stage.width) for stage in stages]
    assert drawn == [
        ("Created", 10, 720),
        ("Handed out", 7, 504),
        ("Opened", 4, 288),
        ("Claimed", 3, 216),
        ("Redeemed at the provider", 2, 144),
    ]


def test_what_nobody_here_can_see_is_no_stage(program, cvs, manu):
    batch = make_batch(program, cvs, manu, way="provider", is_one_line=True)

    stages = funnel.stages(batch, funnel.of(batch))

    assert [stage.label for stage in stages] == ["Created", "Handed out", "Claimed"]


@pytest.mark.parametrize(
    ("status", "figure"),
    [("void", "void"), ("expired", "expired"), ("needs attention", "needs_attention")],
)
def test_each_figure_leads_to_as_many_links(lived, as_manu, status, figure):
    page = as_manu.get(f"/links/{lived.order.reference}/?status={status}")

    assert page.context["page"].count == getattr(funnel.of(lived), figure)
    assert f"?status={status.replace(' ', '+')}#rows" in page.content.decode()
