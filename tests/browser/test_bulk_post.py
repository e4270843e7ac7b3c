"""One list of both ways in the browser: two orders, led through one after the other."""

import pytest
from playwright.sync_api import expect

from orders.bulk import filling
from portal.accounts.models import actor_of
from tests import factories
from tests.browser.flaws import flaws
from tests.browser.visitors import Visitors
from tests.orders.bulk.postal import rows
from tests.orders.bulk.postal.conftest import BOTH_WAYS

pytestmark = pytest.mark.browser


@pytest.fixture
def program(db, adam):
    return factories.make_program(
        "Spring", funded=1000, funded_by=adam, delivery_types=BOTH_WAYS
    )


@pytest.fixture
def cvs(db):
    return factories.make_product("CVS", values=[10], delivery_types=BOTH_WAYS)


@pytest.fixture
def mixed(program, cvs, manu):
    found = [rows.by_mail(2), rows.by_post(3), rows.by_post(4)]
    return rows.make_sheet(program, cvs, manu, found)


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "no JavaScript"])
def test_both_orders_of_a_list_are_checked_and_submitted(
    javascript, visitors: Visitors, mixed, manu
):
    page = visitors.open(manu, javascript=javascript)
    page.goto(f"/bulk/{mixed.pk}/rows/")
    page.get_by_role("button", name="Continue with 3 rows").click()
    expect(page.locator("main")).to_contain_text("Preparing the orders")
    for order in filling.begin(mixed, version=1, actor=actor_of(manu)):
        filling.fill_some(order.pk, actor=actor_of(manu))
    if not javascript:
        page.get_by_role("link", name="Look again").click()
    post = page.get_by_role("region", name="2 cards by post")
    expect(post).to_contain_text("$29.90")

    post.get_by_role("link", name="Check and submit").click()
    sample = page.get_by_role("region", name="Label and message")
    expect(sample).to_contain_text("3 5th Ave")
    sample.get_by_role("link", name="Next").click()
    expect(sample).to_contain_text("4 5th Ave")
    page.get_by_role("button", name="Submit 2 cards ($29.90) for approval").click()
    status = page.get_by_role("region", name="Status")
    expect(status).to_contain_text("Awaiting approval")

    also = page.get_by_role("region", name="Also from this list")
    also.get_by_role("link", name="Check and submit").click()
    page.get_by_role("button", name="Submit 1 reward ($10.00) for approval").click()
    expect(status).to_contain_text("Awaiting approval")
    expect(also).to_contain_text("2 cards by post")


def test_the_page_of_both_is_for_everybody_while_they_are_filled(
    visitors: Visitors, mixed, manu
):
    filling.begin(mixed, version=1, actor=actor_of(manu))
    page = visitors.open(manu)
    page.goto(f"/bulk/{mixed.pk}/orders/")

    assert list(flaws(page)) == []
