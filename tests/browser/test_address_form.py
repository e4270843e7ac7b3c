"""An address, pasted or typed: by keyboard, and without JavaScript on a small phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from programs.models import PostalAddress, Recipient
from tests import factories
from tests.browser.flaws import axe, flaws
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visitors import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.looks]

# The state is missing, and the last line has no place in an address.
PASTED = "Dana Rivera\n1 City Hall Square\nBoston, 02201\nTel. 202 555 0123"


@pytest.fixture
def dana(program) -> Recipient:
    return factories.make_recipient("Dana Rivera", program, email="dana@example.com")


def show(page: Page, dana: Recipient) -> Page:
    page.goto(reverse("programs:address_add", args=[dana.pk]))
    return page


def save(page: Page, hand: Mouse) -> None:
    with page.expect_navigation():
        hand.press(page.get_by_role("button", name="Save this address"))


def status(page: Page):
    return page.locator("#address-outcome .status")


def test_a_pasted_address_is_corrected_and_saved_by_keyboard(visitors, manu, dana):
    page = show(visitors.open(manu), dana)
    hand = Keyboard(page)

    hand.type("Paste an address", PASTED)
    hand.press(page.get_by_role("button", name="Fill in the fields"))
    filled = page.locator("#address-filled")
    expect(filled).to_be_focused()
    expect(filled).to_contain_text("Tel. 202 555 0123")
    expect(page.get_by_label("City", exact=True)).to_have_value("Boston")
    expect(page.locator("#live")).to_contain_text("We suggest a correction")
    expect(page.get_by_label("Use the suggestion")).to_be_checked()
    assert list(flaws(page)) == []
    hand.press(page.get_by_role("button", name="Save this address"))

    expect(page).to_have_title("Dana Rivera · Recipients · Laurel")
    assert PostalAddress.objects.get().state == "MA"
    assert hand.interactions == 3


def test_enter_in_a_field_saves(visitors, manu, dana):
    page = show(visitors.open(manu), dana)
    page.get_by_label("Paste an address").fill(PASTED)
    page.get_by_role("button", name="Fill in the fields").click()
    expect(page.locator("#address-filled")).to_be_focused()
    page.get_by_label("State", exact=True).select_option("MA")
    zip_code = page.get_by_label("ZIP code", exact=True)
    zip_code.fill("02202")

    zip_code.press("Enter")

    expect(page).to_have_title("Dana Rivera · Recipients · Laurel")
    assert PostalAddress.objects.get().postal_code == "02202"


def test_the_fields_follow_the_country_and_the_focus_stays(visitors, manu, dana):
    page = show(visitors.open(manu), dana)
    page.get_by_label("City", exact=True).fill("Toronto")

    page.get_by_label("Country", exact=True).focus()
    page.get_by_label("Country", exact=True).select_option("CA")

    expect(page.get_by_label("Postal code")).to_be_visible()
    expect(page.get_by_label("Country", exact=True)).to_be_focused()
    expect(page.get_by_label("City", exact=True)).to_have_value("Toronto")
    expect(page.get_by_role("button", name="Change country")).to_have_count(0)
    assert list(flaws(page)) == []


def test_an_address_is_checked_when_the_last_field_is_left(visitors, manu, dana):
    page = show(visitors.open(manu), dana)
    page.get_by_label("Address line 1").fill("1 City Hall Square")
    page.get_by_label("City", exact=True).fill("Boston")
    page.get_by_label("State", exact=True).select_option("MA")
    expect(status(page)).to_have_text("Not checked yet")

    page.get_by_label("ZIP code", exact=True).fill("O2201")
    page.keyboard.press("Tab")

    expect(status(page)).to_have_text("We suggest a correction")
    expect(page.get_by_role("button", name="Save this address")).to_be_focused()
    assert list(flaws(page)) == []
    page.get_by_label("ZIP code", exact=True).fill("02201")
    page.keyboard.press("Tab")
    expect(status(page)).to_have_text("Confirmed")
    expect(page.locator("#live")).to_contain_text("Confirmed")
    assert list(axe(page)) == []


def test_what_is_missing_takes_the_focus(visitors, manu, dana):
    page = show(visitors.open(manu), dana)
    page.get_by_label("City", exact=True).fill("Boston")

    save(page, Mouse(page))

    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile("^ZIP code")).click()
    expect(page.get_by_label("ZIP code", exact=True)).to_be_focused()
    expect(status(page)).to_have_text("Incomplete")
    assert list(flaws(page)) == []


def test_it_works_without_javascript_on_a_small_phone(visitors, manu, dana):
    page = visitors.open(manu, javascript=False, viewport=NARROW)
    show(page, dana)
    hand = Mouse(page)

    page.get_by_label("Country", exact=True).select_option("CA")
    page.get_by_role("button", name="Change country").click()
    expect(page.get_by_label("Province")).to_be_visible()
    hand.type("Paste an address", PASTED + "\nUSA")
    page.get_by_role("button", name="Fill in the fields").click()
    expect(page.locator("#address-filled")).to_contain_text("Tel. 202 555 0123")
    page.get_by_label("State", exact=True).select_option("MA")
    hand.type("ZIP code", "O2201")
    save(page, hand)
    expect(page.locator("#error-summary")).to_contain_text("We suggest a correction")
    page.get_by_label("Keep it as typed").check()
    hand.type("Why it is right as it was typed", "They write it so")
    save(page, hand)

    expect(page).to_have_title("Dana Rivera · Recipients · Laurel")
    kept = PostalAddress.objects.get()
    assert (kept.postal_code, kept.reason) == ("O2201", "They write it so")
