"""What a link is, said by Python and by the database alike."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from orders.models import Claim
from orders.states import CLAIM_STATES, ClaimStatus
from tests.orders.claims import made

MARKS = ("opened_at", "handed_out_at", "claimed_at", "redeemed_at", "voided_at")


@pytest.fixture
def batch(program, cvs, manu):
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    return made.make_batch(program, cvs, manu, quantity=1)


def test_every_status_has_its_words():
    assert set(CLAIM_STATES) == set(ClaimStatus)


def test_python_and_the_database_agree_on_every_mixture(batch):
    now = timezone.now()
    expiries = (None, now - timedelta(hours=1), now + timedelta(hours=1))
    mixtures = product(["", "No answer."], expiries, product([None, now], repeat=5))
    for number, (problem, expires_at, marks) in enumerate(mixtures, start=10):
        made.make_claim(
            batch,
            number=number,
            reward_id=batch.order.rewards.get().pk,
            problem=problem,
            holder_digest="x",
            **{**dict(zip(MARKS, marks, strict=True)), "expires_at": expires_at},
        )

    claims = Claim.objects.filter(batch=batch, number__gte=10)

    assert claims.count() == 2 * 3 * 2**5
    found = {
        status: set(claims.with_status(status).values_list("pk", flat=True))
        for status in ClaimStatus
    }
    assert sum(map(len, found.values())) == claims.count()
    for claim in claims:
        assert claim.pk in found[claim.status]
        assert claim.state is CLAIM_STATES[claim.status]
    assert all(found.values())
