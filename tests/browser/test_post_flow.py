"""One card in the post in the browser: from a pasted address to a parcel on its way."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.fixtures import Settings

from orders.models import Order, Shipment
from portal.accounts.models import actor_of
from portal.audit import journal
from portal.provider.sandbox.launch import Sandbox
from programs import address_book
from programs.models import Program
from tests import factories
from tests.browser.flaws import flaws
from tests.browser.hands import Keyboard, Mouse
from tests.browser.test_flow import PATIENCE, status
from tests.browser.visitors import NARROW, WIDE, Visitors
from tests.orders.shipments import posted
from tests.portal.provider.examples import PRINTED
from tests.programs.posting import enter_times

pytestmark = pytest.mark.browser

PASTED = "Recipient Name\n123 Main Street\nNew York, NY 10001"
# What the provider's API takes besides (provider-api: 5.1): a parcel's own number, the
# greeting, where to call back; a card carrier is sent where one is chosen.
OPTIONAL = {"WebhookSettings", "ExternalId", "Personalization", "CarrierId"}


@pytest.fixture
def program(db: None, adam: Any) -> Program:
    return factories.make_program(
        "Spring",
        funded=1000,
        funded_by=adam,
        delivery_types=["DigitalDelivery", "PhysicalShipment"],
    )


@pytest.fixture
def shop(stocked: Sandbox) -> Sandbox:
    """The provider, of whose methods it is known how long they take."""
    enter_times()
    return stocked


@pytest.mark.parametrize(
    ("viewport", "javascript"),
    [(WIDE, True), (NARROW, False)],
    ids=["desk", "small phone without JavaScript"],
)
def test_a_card_is_posted_to_a_pasted_address_before_ones_eyes(
    viewport: Any,
    javascript: bool,
    visitors: Visitors,
    worker: None,
    shop: Sandbox,
    program: Program,
    manu: Any,
    ada: Any,
    settings: Settings,
) -> None:
    settings.RELEASE_HOLD_SECONDS = 1
    look: dict[str, Any] = {"viewport": viewport, "javascript": javascript}
    manager, approver = visitors.open(manu, **look), visitors.open(ada, **look)

    hands = order_by_post(Mouse(manager))
    expect(status(manager)).to_contain_text("Awaiting approval")
    assert hands.interactions <= 8

    order = Order.objects.get()
    approver.goto(f"/approvals/{order.reference}/")
    expect(approver.locator("main")).to_contain_text("Manu asks to post 1 × CVS")
    approver.get_by_role("button", name="Approve $53.95").click()

    follow(manager, "Sent to fulfilment", reload=not javascript)
    shop.settings(claimed_after=0)
    follow(manager, "Shipped", reload=not javascript)
    expect(status(manager)).to_contain_text("Completed")
    (held,) = shop.orders()
    assert_body_is_the_example(held["body"])
    program.refresh_from_db()
    assert (program.held_minor, program.spent_minor) == (0, held["costCents"])
    assert journal.verify().first_bad is None
    parcel = Shipment.objects.get()
    assert parcel.status == "shipped"
    assert parcel.arrives_by is not None
    assert parcel.method.provider_id == "STANDARD"


def test_the_form_needs_no_mouse(visitors, shop, program, manu):
    page = visitors.open(manu)

    order_by_post(Keyboard(page))

    expect(status(page)).to_contain_text("Awaiting approval")


def test_the_methods_follow_the_day_and_the_company_until_one_is_chosen(
    visitors, shop, program, manu
):
    page = visitors.open(manu)
    page.goto("/send/physical/")
    page.get_by_label("Value of one card").fill("50")
    needed, method = page.get_by_label("Needed by"), page.locator("#methods :checked")
    expect(method).to_have_accessible_name(re.compile("Standard"))

    needed.fill((timezone.localdate() + timedelta(days=6)).isoformat())
    page.keyboard.press("Tab")

    expect(method).to_have_accessible_name(re.compile("Priority"))
    expect(page.locator("#methods")).to_contain_text("is marked now")
    expect(page.locator("#preview")).to_contain_text("Shipping estimate$9.50")
    company = page.get_by_label("Delivery company")
    company.focus()
    company.select_option("Swiftline Couriers")
    expect(page.locator("#methods")).not_to_contain_text("Pelican Post")
    expect(company).to_be_focused()
    expect(method).to_have_accessible_name(re.compile("Next working day"))
    page.get_by_role("radio", name="Ground").check()
    expect(page.locator("#preview")).to_contain_text("Shipping estimate$7.00")
    needed.fill((timezone.localdate() + timedelta(days=5)).isoformat())
    page.keyboard.press("Tab")
    expect(page.locator("#methods")).not_to_contain_text("is marked now")
    expect(method).to_have_accessible_name(re.compile("Ground"))
    assert list(flaws(page)) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_only_what_is_wanted_is_asked_for(visitors, shop, program, manu, javascript):
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    address_book.add(dana, posted.LIBRARY, actor=actor_of(manu))
    page = visitors.open(manu, javascript=javascript)
    page.goto(f"/send/physical/?recipient={dana.pk}")
    paste = page.get_by_label("Paste an address")
    name = page.get_by_label("Recipient’s name")

    expect(page.get_by_role("radio", name="476 5th Ave")).to_be_checked()
    expect(paste).to_be_hidden()
    expect(name).to_be_hidden()
    page.get_by_role("radio", name="Ask the recipient").check()
    expect(name).to_have_value("Dana")
    expect(paste).to_be_hidden()
    page.get_by_role("radio", name="Enter another address").check()
    expect(paste).to_be_visible()
    expect(name).to_be_hidden()

    page.get_by_role("radio", name="476 5th Ave").check()
    hands = Mouse(page)
    hands.choose("Product", "CVS Pharmacy")
    hands.type("Value of one card", "50")
    hands.press(page.get_by_role("button", name="Review", exact=True))
    hands.press(page.get_by_role("button", name="Submit for approval: $53.95"))
    expect(status(page)).to_contain_text("Awaiting approval")


def test_the_addresses_of_whoever_is_typed_are_offered(visitors, shop, program, manu):
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    address_book.add(dana, posted.LIBRARY, actor=actor_of(manu))
    page = visitors.open(manu)
    page.goto("/send/physical/")

    page.get_by_label("Their e-mail or mobile").fill("dana@example.com")
    page.keyboard.press("Tab")

    known = page.get_by_role("radio", name="476 5th Ave")
    expect(known).to_be_visible()
    known.check()
    page.get_by_label("Value of one card").fill("50")
    page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_contain_text("NEW YORK, NY 10018")
    assert list(flaws(page)) == []


def test_another_product_brings_its_card_carriers(
    visitors, shop, program, manu, settings
):
    settings.CARD_CARRIERS = {"DEFAULT": "Plain folder", "GOLD": "Golden folder"}
    page = visitors.open(manu)
    page.goto("/send/physical/")
    expect(page.get_by_role("radio", name="None")).to_be_visible()

    page.get_by_label("Product").select_option(label="Grand Meridian Hotels")

    expect(page.get_by_role("radio", name="None")).to_be_hidden()
    expect(page.get_by_text("Grand Meridian Hotels is sold for")).to_have_count(2)
    page.get_by_role("radio", name="Golden folder").check()
    assert list(flaws(page)) == []


def order_by_post(hands: Mouse) -> Mouse:
    """From the start page to the submitted order."""
    page = hands.page
    page.goto("/")
    if page.viewport_size == NARROW:
        page.get_by_text("Menu", exact=True).click()
    send = page.get_by_role("link", name="Send", exact=True)
    hands.press(send.locator("visible=true"))
    hands.press(page.get_by_role("link", name="By post"))
    hands.choose("Product", "CVS Pharmacy")
    hands.type("Value of one card", "50")
    hands.type("Paste an address", PASTED)
    review = page.get_by_role("button", name="Review", exact=True)
    with page.expect_navigation():
        hands.press(review)
    expect(page.get_by_label("City", exact=True)).to_have_value("New York")
    expect(page.locator("#address-outcome .status")).to_have_text("Confirmed")
    with page.expect_navigation():
        hands.press(review)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    hands.press(page.get_by_role("button", name="Submit for approval: $53.95"))
    return hands


def follow(page: Page, word: str, *, reload: bool) -> None:
    """Watch the parcel until it says this; without JavaScript, by asking again."""
    for _ in range(PATIENCE // 500):
        if not reload:
            expect(parcel(page)).to_contain_text(word, timeout=PATIENCE)
            return
        page.reload()
        if word in parcel(page).inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"the parcel was never {word}")


def parcel(page: Page) -> Locator:
    return page.locator("#order tbody td[data-label=Status]")


def assert_body_is_the_example(body: str) -> None:
    """provider-api, Orders: what we sent is what GiftCard Partners print."""
    printed, _ = PRINTED["by post"]

    assert without_optional(json.loads(body)) == without_optional(
        json.loads(printed) | {"PONumber": "PHYSICAL-13001"}
    )


def without_optional(body: Any) -> Any:
    if isinstance(body, list):
        return [without_optional(each) for each in body]
    if not isinstance(body, dict):
        return body
    return {
        name: without_optional(value)
        for name, value in body.items()
        if name not in OPTIONAL
    }
