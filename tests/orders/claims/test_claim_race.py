"""Many press the button of one link at once: one of them gets the card.

CLAIM_RACES makes the links as many as one likes.
"""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from orders.claims import claiming, keeping
from orders.models import Claim
from portal.audit.models import Entry
from tests.orders.claims import made
from tests.orders.claims.visiting import path_of, somebody

LINKS = int(os.environ.get("CLAIM_RACES", "40"))
VISITORS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.CLAIM_RATE_ADDRESS = settings.CLAIM_RATE_TOKEN = 10**6
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def batch(program, cvs, manu):
    return made.make_batch(program, cvs, manu, quantity=LINKS)


def race(links: list[Claim], visit: Callable[[int, str], str]) -> dict[str, int]:
    """How many visitors saw each link's answer, all of them pressing at once."""
    answers = [made.secret_of(link).answer for link in links]
    paths = [path_of(link) for link in links]
    start = threading.Barrier(VISITORS)
    saw: list[list[str]] = [[] for _ in range(VISITORS)]

    def press(number: int) -> None:
        try:
            for path, answer in zip(paths, answers, strict=True):
                start.wait()
                if f">{answer}<" in visit(number, path):
                    saw[number].append(answer)
        except BaseException:
            start.abort()
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[n]) for n in range(VISITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [answer for each in saw for answer in each]
    return {answer: found.count(answer) for answer in answers}


def press_the_button(_number: int, path: str) -> str:
    """As somebody nobody has seen before."""
    return somebody().post(path).content.decode()


def test_each_link_is_revealed_to_exactly_one(batch):
    links = list(batch.claims.order_by("number"))

    shown = race(links, press_the_button)

    assert len(shown) == LINKS
    assert set(shown.values()) == {1}
    acts = Entry.objects.filter(action="claim.revealed").values_list("subject_id")
    assert sorted(int(pk) for (pk,) in acts) == [link.pk for link in links]
    assert batch.claims.filter(version=2).exclude(holder_digest="").count() == LINKS


def test_of_one_browser_every_press_is_answered(batch):
    link = batch.claims.earliest("pk")
    browser = somebody()
    browser.get(path_of(link))
    cookie = browser.cookies["claim"].value

    def press(_number, path):
        tab = somebody()
        tab.cookies["claim"] = cookie
        return tab.post(path).content.decode()

    shown = race([link], press)

    assert set(shown.values()) == {VISITORS}
    assert Entry.objects.filter(action="claim.revealed").count() == 1


@pytest.mark.parametrize("end", [keeping.reissue, keeping.void])
def test_a_claim_and_the_links_end_never_both_happen(end, batch, manager):
    """One of the visitors is of the staff, and ends what the others press."""
    links = list(batch.claims.order_by("number"))[:20]
    by_path = {path_of(link): link for link in links}

    def visit(number: int, path: str) -> str:
        if number < VISITORS - 1:
            return press_the_button(number, path)
        with suppress(keeping.StaleLinks):
            end(by_path[path], version=1, actor=manager)
        return ""

    shown = race(links, visit)

    assert max(shown.values()) <= 1
    for link in batch.claims.filter(pk__in=[each.pk for each in links]):
        is_over = link.voided_at is not None or link.issue > 1
        assert (link.claimed_at is not None) != is_over
        assert shown[made.secret_of(link).answer] == (not is_over)


def test_control_looking_first_and_taking_then_reveals_some_links_twice(
    monkeypatch, batch
):
    """Without the conditional update, the tests above could fail."""

    def look_then_take(claim, holder):
        if not claiming.is_open(claim):
            return False
        Claim.objects.filter(pk=claim.pk).update(
            claimed_at=timezone.now(), holder_digest=holder
        )
        return True

    monkeypatch.setattr(claiming, "_take", look_then_take)

    shown = race(list(batch.claims.order_by("number"))[:20], press_the_button)

    assert max(shown.values()) > 1
