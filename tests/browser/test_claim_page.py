"""A claim link in a real browser: one tap, the same card again, nothing by itself."""

import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from orders.models import Claim, LinkBatch
from portal.accounts.models import User
from programs.models import Product, Program
from tests.browser.flaws import flaws
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visitors import NARROW, WIDE, Visitors
from tests.orders.claims import made
from tests.orders.claims.visiting import PERSON, path_of

pytestmark = pytest.mark.browser


@pytest.fixture
def batch(program: Program, cvs: Product, manu: User) -> LinkBatch:
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    cvs.terms = "<p>No cash.</p>"
    cvs.redemption_note = "<p>Show it at the till.</p>"
    cvs.save()
    return made.make_batch(program, cvs, manu, quantity=2)


@pytest.fixture
def link(batch: LinkBatch) -> Claim:
    return batch.claims.earliest("pk")


def person(visitors: Visitors, **look: Any) -> Page:
    """A browser that does not say that nobody sits at it."""
    page = visitors.open(**look)
    headers = {**PERSON, "Sec-CH-UA": '"Chromium";v="138"'}
    page.context.set_extra_http_headers(headers)
    return page


@pytest.mark.parametrize(
    ("viewport", "javascript"),
    [(WIDE, True), (WIDE, False), (NARROW, True), (NARROW, False)],
    ids=["desk", "desk, no JavaScript", "phone", "phone, no JavaScript"],
)
def test_one_tap_and_the_same_card_again(viewport, javascript, visitors, link):
    page = person(visitors, viewport=viewport, javascript=javascript)
    secret = made.secret_of(link)
    page.goto(path_of(link))
    hands = Mouse(page)
    assert secret.answer not in page.content()

    hands.press(page.get_by_role("button", name="Claim my $10.00 CVS gift card"))

    assert hands.interactions == 1
    for _time in range(2):
        expect(page.locator("#answer")).to_have_text(secret.answer)
        card = page.get_by_role("link", name="Open my card")
        assert card.get_attribute("href") == secret.link
        page.goto(path_of(link))
    link.refresh_from_db()
    assert (link.opens, link.scans) == (1, 0)


def test_somebody_else_is_told_that_it_was_claimed(visitors, link):
    first, second = person(visitors), person(visitors)
    for page in (first, second):
        page.goto(path_of(link))
    first.get_by_role("button", name="Claim my").click()
    expect(first.locator("#answer")).to_be_visible()

    second.get_by_role("button", name="Claim my").click()

    heading = second.get_by_role("heading", level=1)
    expect(heading).to_have_text("This gift card was claimed")
    assert made.secret_of(link).answer not in second.content()


def test_it_is_claimed_by_keyboard_alone(visitors, link):
    page = person(visitors)
    page.goto(path_of(link))

    Keyboard(page).press(page.get_by_role("button", name="Claim my"))

    expect(page.locator("#answer")).to_have_text(made.secret_of(link).answer)


def test_a_double_click_shows_the_card(visitors, link):
    page = person(visitors, javascript=False)
    page.goto(path_of(link))

    page.get_by_role("button", name="Claim my").dblclick()

    expect(page.locator("#answer")).to_have_text(made.secret_of(link).answer)


def test_the_answer_is_copied(visitors, link):
    page = person(visitors)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(path_of(link))
    page.get_by_role("button", name="Claim my").click()

    page.get_by_role("button", name="Copy the answer").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == made.secret_of(link).answer


def test_a_scanner_that_runs_scripts_and_does_not_click_claims_nothing(visitors, link):
    """As it comes: a browser without a window, which says so."""
    scanner = visitors.open()

    for _time in range(3):
        scanner.goto(path_of(link))
        expect(scanner.get_by_role("button", name="Claim my")).to_be_visible()
        scanner.mouse.wheel(0, 2000)
        scanner.wait_for_load_state("networkidle")

    link.refresh_from_db()
    assert (link.opens, link.scans) == (0, 3)
    assert (link.claimed_at, link.status) == (None, "created")
    assert scanner.context.cookies() == []


@pytest.fixture
def looks(visitors: Visitors, batch: LinkBatch) -> Iterator[tuple[str, Page]]:
    """Every look of the page that is reached by more than its address."""

    def made_looks() -> Iterator[tuple[str, Page]]:
        link, other = batch.claims.order_by("pk")
        page, late = person(visitors), person(visitors)
        late.goto(path_of(link))
        page.goto(path_of(link))
        yield "living", page
        page.get_by_role("button", name="Claim my").click()
        expect(page.locator("#answer")).to_be_visible()
        yield "card", page
        late.reload()
        yield "claimed", late
        page.goto(path_of(other))
        Claim.objects.filter(pk=other.pk).update(problem="Twice.")
        page.reload()
        yield "checked", page
        page.goto("/c/unknown")
        yield "unknown", page

    return made_looks()


def test_every_look_of_it_is_for_everybody(looks):
    wrong = [f"{name}: {flaw}" for name, page in looks for flaw in flaws(page)]

    assert wrong == []


def test_what_is_printed_holds_all_that_is_needed(visitors, link):
    page = person(visitors)
    page.goto(path_of(link))
    page.get_by_role("button", name="Claim my").click()
    expect(page.locator("#answer")).to_be_visible()

    page.emulate_media(media="print", color_scheme="dark")

    seen = page.locator("main").inner_text()
    secret = made.secret_of(link)
    for words in (secret.link, secret.answer, "$10.00 CVS gift card", "at the till"):
        assert words in seen
    assert not re.search("Open my card|Copy the answer|How to keep it|Terms", seen)
    assert len(pypdfium2.PdfDocument(page.pdf(format="A4"))) == 1
    white = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert white == "rgb(255, 255, 255)"
