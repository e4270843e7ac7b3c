"""An order from a list in the browser: checked, submitted, decided on."""

import pytest
from playwright.sync_api import expect

from orders import drafts
from orders.bulk import filling
from portal.accounts.models import actor_of
from tests.browser.flaws import axe
from tests.browser.hands import Mouse
from tests.browser.visitors import NARROW, WIDE, Visitors
from tests.orders.bulk import lists

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "no JavaScript"])
def test_a_list_s_order_is_looked_through_and_submitted(
    javascript, visitors: Visitors, manu, ada, program, cvs
):
    sheet = lists.make_sheet(program, cvs, manu, rows=3)
    order = lists.make_order(sheet, manu)
    page = visitors.open(manu, javascript=javascript)
    page.goto(f"/orders/{order.reference}/check/")
    sample = page.get_by_role("region", name="Message")

    sample.get_by_role("link", name="Next").click()
    expect(sample).to_contain_text("Row 3")
    if javascript:
        expect(sample.get_by_role("link", name="Next")).to_be_focused()
        assert list(axe(page)) == []
    sample.get_by_label("Go to row").fill("4")
    sample.get_by_role("button", name="Go", exact=True).click()
    expect(sample).to_contain_text("Row 4")
    page.reload()
    expect(sample).to_contain_text("Row 4")
    sample.get_by_role("button", name="Send a test to me").click()
    expect(page.get_by_role("status").first).to_contain_text("A test of row 4")
    page.get_by_role("button", name="Submit 3 rewards ($30.00) for approval").click()

    status = page.get_by_role("region", name="Status")
    expect(status).to_contain_text("Awaiting approval")


def test_the_check_page_follows_the_order_while_it_fills(
    visitors: Visitors, manu, program, cvs
):
    sheet = lists.make_sheet(program, cvs, manu, rows=3)
    (order,) = filling.begin(sheet, version=sheet.version, actor=actor_of(manu))
    page = visitors.open(manu)
    page.goto(f"/orders/{order.reference}/check/")
    expect(page.locator("main")).to_contain_text("0 of 3 rewards are ready.")

    filling.fill_some(order.pk, actor=actor_of(manu))

    expect(page.get_by_role("button", name="Submit 3 rewards")).to_be_visible()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["desk", "phone"])
def test_a_list_is_approved_with_two_presses(
    viewport, visitors: Visitors, manu, ada, program, cvs
):
    sheet = lists.make_sheet(program, cvs, manu, rows=3)
    order = lists.make_order(sheet, manu)
    drafts.submit(order, version=order.version, actor=actor_of(manu))
    page = visitors.open(ada, viewport=viewport)
    page.goto("/approvals/")
    hands = Mouse(page)

    hands.press(page.get_by_role("link", name=order.po_number))
    hands.press(page.get_by_role("button", name="Approve 3 rewards for $30.00"))

    status = page.get_by_role("region", name="Status")
    expect(status).to_contain_text("Approved")
    assert hands.interactions == 2
