"""Whoever guesses learns nothing, and soon gets no more answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import RequestFactory
from django.utils import timezone

from orders.models import Claim
from portal import crypto
from portal.audit.models import Entry
from portal.web import limits
from tests.orders.claims import made
from tests.orders.claims.visiting import path_of, somebody
from tests.tables import changed, contents

MANY = 10**6
GUESSES = 200
ODD = ["%00", "%F0%9F%8E%81", "..", "a", "unknown", "x" * 3000]


@pytest.fixture(autouse=True)
def no_limits(settings):
    """None but those that a test is about."""
    for name in ("ADDRESS", "MISSES", "TOKEN"):
        setattr(settings, f"CLAIM_RATE_{name}", MANY)
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def batch(program, cvs, manu):
    return made.make_batch(program, cvs, manu, quantity=7)


@pytest.fixture
def dead(program, cvs, manu, batch):
    """Paths that open nothing, by what is wrong with them."""
    now = timezone.now()
    handed = made.make_batch(program, cvs, manu, quantity=1, way="provider")
    links = {link.number: link for link in batch.claims.order_by("number")}
    marks: dict[int, dict[str, Any]] = {
        2: {"voided_at": now},
        3: {"expires_at": now - timedelta(days=1)},
        4: {"problem": "Its answer is missing."},
        5: {"problem": "Its link came twice.", "claimed_at": now},
        6: {"voided_at": now, "claimed_at": now},
    }
    for number, fields in marks.items():
        chosen = Claim.objects.filter(pk=links[number].pk)
        chosen.update(holder_digest="x" if "claimed_at" in fields else "", **fields)
    alive = path_of(links[1])
    last = alive[-1]
    return {
        "claimed once, with a problem": path_of(links[5]),
        "claimed once, void": path_of(links[6]),
        "expired": path_of(links[3]),
        "in another case": f"/c/{alive.removeprefix('/c/').swapcase()}",
        "of a problem": path_of(links[4]),
        "of the provider's way": path_of(handed.claims.get()),
        "tampered": alive[:-1] + ("A" if last != "A" else "B"),
        "too long": f"{alive}A",
        "truncated": alive[:-1],
        "void": path_of(links[2]),
        **{f"odd {text[:9]}": f"/c/{text}" for text in ODD},
    }


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_dead_end_is_the_same_page(method, dead):
    answers = {what: getattr(somebody(), method)(path) for what, path in dead.items()}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({answer.content for answer in answers.values()}) == 1
    assert not any(answer.cookies for answer in answers.values())
    page = answers["void"].content.decode()
    assert "copy the whole address" in page
    assert "whoever sent it stopped or replaced it" in page
    assert "ask whoever sent it to you" in page


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_every_dead_end_costs_one_query_and_changes_nothing(
    method, dead, django_assert_num_queries
):
    before, entries = contents(), Entry.objects.count()
    marks = list(Claim.objects.order_by("pk").values_list("opens", "scans"))

    for path in dead.values():
        with django_assert_num_queries(1):
            getattr(somebody(), method)(path)

    assert changed(before) == set()
    assert Entry.objects.count() == entries
    assert list(Claim.objects.order_by("pk").values_list("opens", "scans")) == marks


def test_guesses_find_nothing_and_few_are_answered(settings, batch):
    settings.CLAIM_RATE_MISSES = 20
    visitor = somebody()

    answers = [visitor.get(f"/c/{crypto.new_token()}") for _ in range(GUESSES)]

    # A minute may have ended in between.
    found = [answer.status_code for answer in answers]
    assert set(found) == {404, 429}
    assert found.count(404) <= 2 * 20
    assert {a["Retry-After"] for a in answers if a.status_code == 429} == {"60"}


def test_a_link_is_longer_than_anybody_guesses(batch):
    tokens = {made.secret_of(link).token for link in batch.claims.all()}

    # 6 bits a letter.
    assert {len(token) * 6 for token in tokens} == {192}
    assert len(tokens) == 7


# Three buckets, each for itself


@pytest.fixture
def minute(time_machine):
    """The first second of a minute, which stands still."""
    time_machine.move_to("2026-12-03T19:05:00Z", tick=False)
    return time_machine


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_misses_are_counted_by_address_and_forgotten_in_a_minute(
    method, settings, minute, batch
):
    settings.CLAIM_RATE_MISSES = 3
    path = path_of(batch.claims.earliest("pk"))

    def miss(**extra):
        return getattr(somebody(), method)("/c/unknown", **extra).status_code

    assert [miss() for _ in range(5)] == [404, 404, 404, 429, 429]
    assert miss(REMOTE_ADDR="198.51.100.7") == 404
    # Whoever shares the address and has a link is let in.
    assert somebody().get(path).status_code == 200
    assert somebody().post(path).status_code == 200
    minute.shift(60)
    assert miss() == 404


def test_a_link_is_asked_for_so_often_and_not_more_often(settings, minute, batch):
    settings.CLAIM_RATE_TOKEN = 3
    first, second = (path_of(link) for link in batch.claims.order_by("pk")[:2])
    holder = somebody()

    visitors = [holder, holder, somebody(), holder, somebody()]
    found = [
        visitor.get(first, REMOTE_ADDR=f"198.51.100.{number}").status_code
        for number, visitor in enumerate(visitors)
    ]

    assert found == [200, 200, 200, 429, 429]
    assert somebody().get(second).status_code == 200
    minute.shift(60)
    assert holder.get(first).status_code == 200


def test_an_address_asks_so_often_and_not_more_often(settings, minute, batch):
    settings.CLAIM_RATE_ADDRESS = 3
    paths = [path_of(link) for link in batch.claims.order_by("pk")[:5]]

    found = [somebody().get(path).status_code for path in paths]

    assert found == [200, 200, 200, 429, 429]
    assert somebody().get(paths[0], REMOTE_ADDR="198.51.100.7").status_code == 200
    assert somebody().get("/sign-in/").status_code == 200


def test_wrong_links_use_up_nothing_of_what_good_ones_share(settings, minute, batch):
    settings.CLAIM_RATE_ADDRESS, settings.CLAIM_RATE_MISSES = 3, 2
    for _try in range(10):
        somebody().get("/c/wrong")

    assert somebody().get("/c/wrong").status_code == 429
    assert somebody().get(path_of(batch.claims.earliest("pk"))).status_code == 200


def test_a_refused_press_takes_nothing(settings, minute, batch):
    settings.CLAIM_RATE_TOKEN = 0
    link = batch.claims.earliest("pk")

    answer = somebody().post(path_of(link))

    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    link.refresh_from_db()
    assert (link.claimed_at, link.opens, link.scans) == (None, 0, 0)


def test_no_token_and_no_cookie_stands_in_the_cache(batch):
    browser, link = somebody(), batch.claims.earliest("pk")
    browser.get(path_of(link))
    browser.post(path_of(link))

    kept = repr(vars(caches["default"])["_cache"])

    assert "claim-token" in kept
    assert made.secret_of(link).token not in kept
    assert browser.cookies["claim"].value.partition(".")[0] not in kept


# Whose address it is


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "found"),
    [
        (0, "", "198.51.100.7", "198.51.100.7"),
        (0, "203.0.113.9", "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9", "198.51.100.7", "203.0.113.9"),
        (1, "192.0.2.1, 203.0.113.9", "198.51.100.7", "203.0.113.9"),
        (2, "192.0.2.1, 203.0.113.9", "198.51.100.7", "192.0.2.1"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (0, "", "2001:db8:1:2::1", "2001:db8:1:2::"),
        (0, "", "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_an_address_is_the_visitors_own(settings, proxies, forwarded, peer, found):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    request = RequestFactory().get("/c/x", headers=headers, REMOTE_ADDR=peer)

    assert limits.address_of(request) == found
