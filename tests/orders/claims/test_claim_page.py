"""The page of one link: what it says before, to whom it gives the card, and after."""

import os
import re
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.claims import keeping
from orders.models import Claim
from portal.audit.models import Entry
from programs.models import Product
from tests import factories
from tests.orders.claims import made
from tests.orders.claims.visiting import path_of, somebody

MOST_BYTES = 60_000
MOST_QUERIES = 5
# Not what a statement asks, but where its transaction begins and ends.
BRACKETS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
LAST_DAY = date(2026, 12, 31)
# Midnight after it, where the organisation is.
END = datetime(2027, 1, 1, tzinfo=ZoneInfo(settings.DEFAULT_TIME_ZONE))
SHOWN_AT = "2026-12-03T19:05:00Z"


@pytest.fixture(autouse=True)
def no_limits():
    """Tests count nobody's visits but their own."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def batch(program, cvs, manu):
    program.name = "Spring survey"
    program.save()
    return made.make_batch(
        program,
        cvs,
        manu,
        quantity=2,
        from_name="Dana & Lee",
        message="Thank you for <your> time.",
        expires_on=LAST_DAY,
    )


@pytest.fixture(autouse=True)
def december():
    """A day on which the links of these tests live."""
    with time_machine.travel(SHOWN_AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def link(batch):
    return batch.claims.get(number=1)


@pytest.fixture
def path(link):
    return path_of(link)


def main_of(response):
    """What the page says, without its frame."""
    return re.sub(r"\s+", " ", response.content.decode().split("<main")[1])


def shows_card(response, link):
    secret, page = made.secret_of(link), response.content.decode()
    return secret.link in page and secret.answer in page


def shows_nothing(response, link):
    secret, page = made.secret_of(link), response.content.decode()
    return secret.link not in page and secret.answer not in page


def change(link, **fields):
    Claim.objects.filter(pk=link.pk).update(**fields)


# Before the button


def test_it_says_who_gives_it_and_why_before_anything_else(path):
    page = main_of(somebody().get(path))

    said = [
        "Dana &amp; Lee has a gift for you",
        "program Spring survey of Example Rewards",
        "Thank you for &lt;your&gt; time.",
        "$10.00",
        "CVS gift card",
        "Claim it by",
        "31 Dec 2026",
        "Claim my $10.00 CVS gift card",
    ]
    assert sorted(said, key=page.index) == said
    assert page.count("<button") == 1


def test_a_product_that_is_called_a_card_is_not_called_so_twice(cvs, path):
    Product.objects.update(name="Dinner Gift Card")

    assert "Claim my $10.00 Dinner Gift Card<" in main_of(somebody().get(path))


def test_the_providers_words_are_made_safe(cvs, link, path):
    Product.objects.update(
        terms="<h1>Rules</h1><script>steal()</script><p>No cash.</p>",
        redemption_note="Show it <img src=x> at the <b>till</b>.",
        disclaimer="",
    )
    browser = somebody()

    before, after = browser.get(path), browser.post(path)

    for page in (before.content.decode(), after.content.decode()):
        assert "<p>No cash.</p>" in page
        assert "steal" not in page
        assert page.count("<summary>") == 1
    assert "at the <b>till</b>." in after.content.decode()
    assert "<img" not in after.content.decode()


def test_looking_reveals_nothing(link, path):
    for method in ("get", "head"):
        answer = getattr(somebody(), method)(path)

        assert answer.status_code == 200
        assert shows_nothing(answer, link)
    link.refresh_from_db()
    assert (link.claimed_at, link.status) == (None, "opened")
    assert not Entry.objects.filter(action__startswith="claim").exists()


# The button


def test_one_tap_shows_the_card(link, path):
    browser = somebody()
    browser.get(path)

    answer = browser.post(path)

    assert answer.status_code == 200
    assert shows_card(answer, link)
    assert re.search(
        rf'<a [^>]*href="{made.secret_of(link).link}" rel="noopener noreferrer"',
        answer.content.decode(),
    )
    link.refresh_from_db()
    assert link.claimed_at == timezone.now()
    assert link.holder_digest
    assert link.holder_digest not in browser.cookies["claim"].value


def test_the_journal_knows_before_anything_is_shown(transactional_db, link, path):
    seen = []

    def look(template, **_extra):
        if template.name == "orders/claim_card.html":
            entry = Entry.objects.latest("sequence")
            seen.append((entry.action, entry.subject_id, connection.in_atomic_block))

    template_rendered.connect(look)
    try:
        somebody().post(path)
    finally:
        template_rendered.disconnect(look)

    assert seen == [("claim.revealed", str(link.pk), False)]


def test_an_auditor_reads_that_a_recipient_has_it(as_audra, link, path):
    somebody().post(path)

    entry = Entry.objects.get(action="claim.revealed")
    page = as_audra.get("/audit/?action=claim.revealed").content.decode()

    assert (entry.actor_kind, entry.actor_id) == ("recipient", str(link.pk))
    assert entry.data == {"batch": link.batch_id, "issue": 1}
    assert entry.program_id == link.batch.order.program_id
    assert "Claim revealed" in page
    assert "A recipient" in page


def test_the_last_day_counts_to_its_end(december, link, path):
    december.move_to(END - timedelta(seconds=1))
    assert somebody().get(path).status_code == 200

    december.move_to(END)
    assert somebody().get(path).status_code == 404
    assert somebody().post(path).status_code == 404

    december.move_to(END - timedelta(seconds=1))
    assert shows_card(somebody().post(path), link)


# Again


def test_the_same_browser_sees_the_same_card_again(december, link, path):
    browser = somebody()
    browser.get(path)
    browser.post(path)
    december.move_to(END + timedelta(days=30))
    change(link, redeemed_at=timezone.now())

    for answer in (browser.get(path), browser.post(path)):
        assert answer.status_code == 200
        assert shows_card(answer, link)
    assert Entry.objects.filter(action="claim.revealed").count() == 1


def test_anybody_else_is_told_when_and_no_more(link, path):
    first, other, third = somebody(), somebody(), somebody()
    other.get(path)
    first.post(path)

    refused, looked = other.post(path), third.get(path)

    assert (refused.status_code, looked.status_code) == (409, 200)
    for answer in (refused, looked, third.post(path)):
        assert shows_nothing(answer, link)
        assert "3 Dec 2026, 14:05 EST" in main_of(answer)
        assert "$10.00" not in main_of(answer)
    assert "Dana" not in main_of(looked)
    # Whoever was shown the link knows the sender, and is told whom to ask.
    assert "ask Dana &amp; Lee in the program Spring survey" in main_of(refused)
    assert "claim" not in third.cookies


def test_two_tabs_are_one_browser(link, path):
    browser = somebody()
    browser.get(path)
    first = browser.cookies["claim"].value
    browser.get(path)

    answers = [browser.post(path), browser.post(path), browser.get(path)]

    assert browser.cookies["claim"].value == first
    assert all(shows_card(answer, link) for answer in answers)
    assert Entry.objects.filter(action="claim.revealed").count() == 1


def test_an_answer_lost_on_its_way_can_be_asked_for_again(link, path):
    browser = somebody()
    browser.get(path)
    shown = browser.cookies["claim"].value
    browser.post(path)
    # Nothing of the answer arrived, its cookie neither.
    again = somebody()
    again.cookies["claim"] = shown

    assert shows_card(again.post(path), link)


def test_without_cookies_the_card_is_shown_once(link, path):
    first, second = somebody().post(path), somebody().post(path)

    assert shows_card(first, link)
    assert "Copy or print this page now." in main_of(first)
    assert second.status_code == 409
    assert shows_nothing(second, link)


def test_a_browser_whose_cookie_came_back_is_not_told_to_hurry(path):
    browser = somebody()
    browser.get(path)

    assert "Copy or print this page now." not in main_of(browser.post(path))


def test_the_provider_says_somebody_claimed_it_elsewhere(link, path):
    change(link, redeemed_at=timezone.now())

    answer = somebody().get(path)

    assert "3 Dec 2026, 14:05 EST" in main_of(answer)
    assert somebody().post(path).status_code == 409
    assert shows_nothing(somebody().post(path), link)


# The cookie


def test_the_cookie_is_of_this_link_alone(settings, path):
    settings.SESSION_COOKIE_SECURE = True
    browser = somebody()
    browser.get(path)

    given = browser.cookies["claim"]

    assert given["path"] == path
    assert (given["httponly"], given["samesite"], given["secure"]) == (
        True,
        "Lax",
        True,
    )
    assert path.rpartition("/")[2] not in given.value
    assert len(given.value.partition(".")[0]) >= 32


@pytest.mark.parametrize(
    "forge",
    [
        lambda value: "",
        lambda value: ".",
        lambda value: value[:-1],
        lambda value: value[1:],
        lambda value: f"x{value}",
        lambda value: value.partition(".")[0],
        lambda value: f"{value.partition('.')[0]}." + "0" * 64,
        lambda value: "somebody." + value.partition(".")[2],
        lambda value: "é" * 20,
    ],
)
def test_a_forged_cookie_is_no_cookie(forge, link, path):
    holder = somebody()
    holder.get(path)
    holder.post(path)
    thief = somebody()
    thief.cookies["claim"] = forge(holder.cookies["claim"].value)

    assert shows_nothing(thief.get(path), link)
    assert thief.post(path).status_code == 409


def test_the_cookie_of_another_link_is_none_of_this(batch, link, path):
    other = path_of(batch.claims.get(number=2))
    holder = somebody()
    holder.get(other)
    holder.post(other)
    somebody().post(path)

    # Django's test client sends a cookie whatever its path.
    assert shows_nothing(holder.get(path), link)
    assert holder.post(path).status_code == 409


def test_after_a_new_issue_the_old_link_and_its_cookie_open_nothing(
    manager, link, path
):
    browser = somebody()
    browser.get(path)
    link = keeping.reissue(link, version=link.version, actor=manager)

    looked, pressed = browser.get(path), browser.post(path)

    assert (looked.status_code, pressed.status_code) == (404, 404)
    assert "This link was replaced" in main_of(looked)
    assert somebody().post(path).status_code == 404
    link.refresh_from_db()
    assert link.claimed_at is None
    new = path_of(link)
    somebody().post(new)
    assert shows_nothing(browser.get(new), link)
    assert browser.post(new).status_code == 409


# Dead ends, for whoever was shown the link while it lived


@pytest.mark.parametrize(
    ("change_to", "said"),
    [
        ({"expires_at": "2026-12-02T05:00:00Z"}, "could be claimed until"),
        ({"problem": "Its answer is missing."}, "is being checked"),
        ({"voided_at": "2026-12-02T15:30:00Z"}, "2 Dec 2026, 10:30 EST"),
    ],
)
def test_whoever_saw_it_alive_is_told_what_happened(change_to, said, link, path):
    browser = somebody()
    browser.get(path)
    change(link, **change_to)

    for answer in (browser.get(path), browser.post(path)):
        assert answer.status_code == 404
        assert said in main_of(answer)
        assert "ask Dana &amp; Lee in the program Spring survey" in main_of(answer)
        assert "Its answer is missing." not in main_of(answer)
        assert shows_nothing(answer, link)
    link.refresh_from_db()
    assert link.claimed_at is None


def test_the_last_day_is_a_day_of_the_organisations(link, path):
    browser = somebody()
    browser.get(path)
    # 1 December ended in New York when it was 2 December in London.
    change(link, expires_at="2026-12-02T05:00:00Z")

    assert "1 Dec 2026" in main_of(browser.get(path))


@pytest.mark.parametrize("mark", ["problem", "voided_at"])
def test_a_card_that_was_stopped_is_not_shown_again(mark, link, path):
    browser = somebody()
    browser.post(path)
    change(link, **{mark: "Twice." if mark == "problem" else timezone.now()})

    for answer in (browser.get(path), browser.post(path)):
        assert answer.status_code == 404
        assert shows_nothing(answer, link)


# Everywhere


def test_a_form_of_another_site_is_refused(link, path):
    for site in ("cross-site", "same-site"):
        answer = somebody(**{"Sec-Fetch-Site": site}).post(path)

        assert answer.status_code == 403
        assert shows_nothing(answer, link)
    link.refresh_from_db()
    assert link.claimed_at is None
    # A link in a mail is another site's, too, and may be opened.
    assert somebody(**{"Sec-Fetch-Site": "cross-site"}).get(path).status_code == 200


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_our_own_form_is_not_refused(site, link, path):
    assert shows_card(somebody(**{"Sec-Fetch-Site": site}).post(path), link)


@pytest.mark.parametrize("method", ["delete", "options", "patch", "put"])
def test_no_other_method_does_anything(method, link, path):
    answer = getattr(somebody(), method)(path)

    assert answer.status_code == 405
    link.refresh_from_db()
    assert (link.opens, link.scans, link.claimed_at) == (0, 0, None)


def test_the_page_leaves_no_trace(settings, link, path):
    browser = somebody()
    settings.CLAIM_RATE_MISSES = 1
    answers = [
        browser.get(path),
        browser.post(path),
        browser.get(path),
        somebody().get(path),
        somebody().post(path),
        somebody().get("/c/unknown"),
        somebody().get("/c/unknown"),
    ]

    assert [each.status_code for each in answers] == [200, 200, 200, 200, 409, 404, 429]
    for answer in answers:
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_nothing_comes_from_elsewhere_and_all_is_light(cvs, link, path):
    Product.objects.update(
        terms="<p>Terms and conditions apply.</p>" * 100,
        redemption_note="<p>Show this at the till.</p>" * 20,
    )
    browser = somebody()

    for answer in (browser.get(path), browser.post(path), somebody().get(path)):
        page = answer.content.decode()
        loaded = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', page)
        bare = [each.removeprefix("/static/") for each in loaded]
        files = [found for name in bare if (found := finders.find(name))]
        assert len(files) == len(loaded) > 0
        assert all(not urlsplit(each).netloc for each in loaded)
        size = len(answer.content) + sum(map(os.path.getsize, files))
        assert size < MOST_BYTES


def test_it_asks_the_database_little(link, path):
    browser, other = somebody(), somebody()
    visits = [(each, method) for each in (browser, browser, other) for method in "GP"]

    for visitor, method in visits:
        with CaptureQueriesContext(connection) as captured:
            visitor.get(path) if method == "G" else visitor.post(path)
        asked = [each["sql"] for each in captured]
        asked = [sql for sql in asked if not sql.startswith(BRACKETS)]
        assert 1 <= len(asked) <= MOST_QUERIES, asked


def test_staff_who_are_signed_in_are_no_exception(manu, link, path):
    client = factories.signed_in(manu)

    assert shows_nothing(client.get(path), link)
    assert shows_card(client.post(path), link)
    assert shows_nothing(Client().get(path), link)
