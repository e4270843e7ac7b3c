"""The proof for triggers: every event sent one to three times, shuffled, by several
callers at once, with workers killed meanwhile, and still one reward per event.

The control gives each attempt an id of its own and has to fail the check.
TRIGGER_CHAOS_EVENTS makes the events as many as one likes.
"""

import logging
import os
import random
import threading
import uuid
from collections import Counter
from itertools import cycle, islice

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from orders.award_states import AwardStatus
from orders.models import Award, Event, Order
from portal.outbox.models import Message
from tests import factories
from tests.orders import killing, ledger
from tests.orders.triggers import made

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

logger = logging.getLogger(__name__)

EVENTS = int(os.environ.get("TRIGGER_CHAOS_EVENTS", "120"))
CONTROL_EVENTS = 20
CALLERS = 4
FAULTS = {"504_after": 0.1, "cut_after": 0.1, "error_500": 0.05, "webhook_lost": 1.0}
KILL_EVERY = 2.0
MOST_SECONDS = 300.0 + EVENTS


@pytest.fixture
def program(adam):
    """Rich, and without a need for approval."""
    return factories.make_program(
        "Chaos", funded=20 * EVENTS + 10_000, funded_by=adam, approval_rule="never"
    )


@pytest.fixture
def rules(program, cvs, manu, ada, sandbox, settings):
    """Half of the types are rewarded at once, the others in one order an hour."""
    settings.RELEASE_HOLD_SECONDS = 0
    settings.WEBHOOK_BASE_URL = "http://127.0.0.1:9"
    sandbox.settings(faults=FAULTS, sent_after=0, claimed_after=0, seed=7)
    for name, timing in (("at once", "at once"), ("hourly", "hour")):
        made.make_rule(
            program,
            cvs,
            manu,
            ada,
            name=name,
            event_type=f"shop.{timing.replace(' ', '_')}",
            timing=timing,
        )


def body_of(number: int, occurred_at: str) -> dict[str, object]:
    return {
        "type": "shop.hour" if number % 2 else "shop.at_once",
        "occurred_at": occurred_at,
        "person": {"name": f"Person {number}", "email": f"p{number}@example.com"},
    }


def attempts(number: int) -> list[int]:
    """Each event one to three times, in any order."""
    chance = random.Random(5)
    sent = [n for n in range(number) for _ in range(chance.randint(1, 3))]
    chance.shuffle(sent)
    return sent


def send_all(numbers: list[int], *, same_id: bool = True) -> Counter[int]:
    """All of these calls by several callers at once; how often each status came."""
    statuses: Counter[int] = Counter()
    now = timezone.now().isoformat()
    errors: list[BaseException] = []

    def call(part: list[int]) -> None:
        try:
            client = Client()
            for number in part:
                event_id = f"evt-{number}" if same_id else uuid.uuid4().hex
                answer = client.post(
                    "/api/v1/events",
                    {**body_of(number, now), "event_id": event_id},
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {made.SECRET}"},
                )
                statuses[answer.status_code] += 1
        except BaseException as error:
            errors.append(error)
            raise
        finally:
            connection.close()

    parts = [numbers[n::CALLERS] for n in range(CALLERS)]
    threads = [threading.Thread(target=call, args=[part]) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    return statuses


def is_final():
    """All is ordered, the hour's too, and the provider has filled it."""
    # The hour is over now, so that nobody has to wait for it.
    due = Message.objects.filter(topic="triggers.collect", status="waiting")
    due.update(not_before=timezone.now())
    waiting = Award.objects.exclude(status=AwardStatus.ORDERED).exists()
    undecided = Event.objects.filter(status="received").exists()
    unfinished = Order.objects.exclude(status="completed").exists()
    looking = Message.objects.filter(topic="orders.collect", status="waiting").exists()
    return not (waiting or undecided or unfinished or looking)


def received(sandbox):
    """How often the provider was asked to send to each address."""
    return Counter(
        line["DigitalDeliveryAddress"]["Email"]
        for placed in sandbox.orders()
        for line in placed["LineItems"]
    )


def test_each_event_is_one_reward_under_fire(rules, program, manu, sandbox, tmp_path):
    made.make_key(program, manu, rate_per_minute=10**6)

    with killing.workers(tmp_path / "workers.log") as at_work:
        statuses = send_all(attempts(EVENTS))
        seconds = killing.kill_until(
            is_final, at_work, every=KILL_EVERY, most=MOST_SECONDS
        )

    logger.info("%d events: %.0f s, %d kills", EVENTS, seconds, at_work.kills)
    assert at_work.kills >= 1
    # Somebody who is told that the first call still runs tries again; here nobody does.
    assert set(statuses) <= {202, 409}
    assert Event.objects.count() == Award.objects.count() == EVENTS
    assert received(sandbox) == {f"p{n}@example.com": 1 for n in range(EVENTS)}
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()
    assert program.held_minor == 0
    assert not Message.objects.stuck().exists()


def test_with_a_new_id_per_attempt_the_same_run_duplicates(
    rules, program, manu, sandbox, tmp_path
):
    made.make_key(program, manu, rate_per_minute=10**6)
    numbers = list(islice(cycle(range(CONTROL_EVENTS)), 2 * CONTROL_EVENTS))

    with killing.workers(tmp_path / "workers.log") as at_work:
        send_all(numbers, same_id=False)
        killing.kill_until(is_final, at_work, every=KILL_EVERY, most=MOST_SECONDS)

    assert set(received(sandbox).values()) == {2}
