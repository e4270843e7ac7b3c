"""Celery and a broker in place of the loop: the same orders, the same proof.

The broker only wakes; whatever it loses with a killed worker, beat finds in the table.
"""

import os
import uuid

import pytest
from django.db import connection

from orders import drafts
from orders.models import Order
from portal.accounts.models import actor_of
from portal.celery import app
from tests import factories
from tests.orders import killing, ledger

BROKER = os.environ.get("BROKER_URL", "")

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not BROKER, reason="BROKER_URL names no broker"),
]

ORDERS = 40
_CELERY = ("-m", "celery", "--app", "portal", "--quiet")
WORKER = (*_CELERY, "worker", "--pool", "solo", "--loglevel", "warning")


@pytest.fixture
def broker(settings):
    """An empty broker that this process wakes workers through."""
    settings.BROKER_URL = BROKER
    app.conf.update(broker_url=BROKER)
    app.control.purge()
    return BROKER


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="Celery is for PostgreSQL; SQLite has the loop",
)
def test_two_celery_workers_send_each_order_once_though_they_are_killed(
    adam, cvs, manu, sandbox, settings, broker, tmp_path
):
    settings.RELEASE_HOLD_SECONDS = 0
    program = factories.make_program(
        "Celery", funded=1_000, funded_by=adam, approval_rule="never"
    )
    faults = {"cut_after": 0.2, "cut_before": 0.05, "error_500": 0.05}
    sandbox.settings(faults=faults, sent_after=1, claimed_after=1, seed=3)
    beat = (*_CELERY, "beat", "--schedule", str(tmp_path / "beat"))
    gift, actor = factories.make_gift(program, cvs), actor_of(manu)

    for _ in range(ORDERS):
        order = drafts.create(gift, actor=actor, form_key=uuid.uuid4())
        drafts.submit(order, version=1, actor=actor)
    sweeper = killing.Workers(
        beat, tmp_path / "beat.log", seed=1, number=1, broker=broker
    )
    at_work = killing.Workers(WORKER, tmp_path / "workers.log", seed=1, broker=broker)
    try:
        killing.kill_until(_all_are_completed, at_work, every=4, most=300)
    finally:
        at_work.stop()
        sweeper.stop()

    program.refresh_from_db()
    assert len(sandbox.orders()) == ORDERS
    assert len({placed["PONumber"] for placed in sandbox.orders()}) == ORDERS
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()


def _all_are_completed():
    return not Order.objects.exclude(status="completed").exists()
