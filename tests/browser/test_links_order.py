"""Claim links in the browser: from the Send page to links in hand, in few steps."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from orders.models import Order
from portal.provider.sandbox.launch import Sandbox
from programs.models import Program
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visitors import NARROW, WIDE, Visitors

pytestmark = pytest.mark.browser


@pytest.fixture
def program(program: Program) -> Program:
    """Gives links, and needs nobody's approval."""
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.approval_rule = Program.ApprovalRule.NEVER
    program.save()
    return program


@pytest.mark.parametrize(
    ("viewport", "javascript"),
    [(WIDE, True), (WIDE, False), (NARROW, True)],
    ids=["desk", "no JavaScript", "phone"],
)
def test_links_in_hand_cost_seven(
    viewport: Any,
    javascript: bool,
    visitors: Visitors,
    worker: None,
    stocked: Sandbox,
    program: Program,
    manu: Any,
    settings: Settings,
) -> None:
    settings.RELEASE_HOLD_SECONDS = 0
    page = visitors.open(manu, viewport=viewport, javascript=javascript)
    page.goto("/orders/")
    hands = Mouse(page)

    order_links(hands)

    expect(page.get_by_role("region", name="Status")).to_contain_text("Completed")
    assert hands.interactions == 7
    assert Order.objects.get().links.claims.good().count() == 5
    page.get_by_role("link", name="The links").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Spring")


def test_ordering_links_needs_no_mouse(
    visitors: Visitors, stocked: Sandbox, program: Program, manu: Any
) -> None:
    page = visitors.open(manu)
    page.goto("/orders/")

    order_links(Keyboard(page))

    status = page.get_by_role("region", name="Status")
    expect(status).to_contain_text("Approved, on hold")


def test_the_preview_follows_what_is_typed(
    visitors: Visitors, stocked: Sandbox, program: Program, manu: Any
) -> None:
    page = visitors.open(manu)
    page.goto("/links/new/")
    fill(Mouse(page))

    preview = page.locator("#preview")
    page.get_by_label("Message").fill("For a rainy day")
    page.get_by_label("Last day").focus()
    expect(preview).to_contain_text("For a rainy day")
    expect(preview).to_contain_text("× 5")
    page.get_by_label("The provider’s own links").check()

    expect(preview).not_to_contain_text("For a rainy day")
    expect(preview).to_contain_text("Program budget after")


def test_a_quantity_out_of_bounds_leads_to_its_field(
    visitors: Visitors, stocked: Sandbox, program: Program, manu: Any
) -> None:
    page = visitors.open(manu)
    page.goto("/links/new/")
    fill(Mouse(page), quantity="10001")

    review(page)

    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("#error-summary").get_by_role("link").click()
    expect(page.get_by_label("Quantity")).to_be_focused()
    expect(page.get_by_label("Quantity")).to_have_value("10001")
    assert not Order.objects.exists()


def order_links(hands: Mouse) -> None:
    """From the list of orders through the Send page to an order."""
    page = hands.page
    hands.press(page.locator(".page-header").get_by_role("link", name="Send"))
    hands.press(page.locator("main").get_by_role("link", name="Claim links"))
    fill(hands)
    hands.press(page.get_by_role("button", name="Review", exact=True))
    hands.press(page.get_by_role("button", name="Create 5 links"))


def fill(hands: Mouse, *, quantity: str = "5") -> None:
    hands.choose("Product", "CVS Pharmacy")
    hands.type("Value of one card", "10")
    hands.type("Quantity", quantity)


def review(page: Page) -> None:
    page.get_by_role("button", name="Review", exact=True).click()
