"""Rows by post in the browser: looked at, corrected, and people asked."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.flaws import flaws
from tests.browser.visitors import Visitors
from tests.programs import posting
from tests.programs.sheets import lists
from tests.programs.sheets.postal import posted
from tests.programs.sheets.postal.posted import LIBRARY, ROSA

pytestmark = pytest.mark.browser
ISLAND = {
    "line1": "1 Calle Example",
    "city": "San Juan",
    "state": "",
    "postal_code": "00901",
    "country": "Puerto Rico",
}


@pytest.fixture
def program(db, adam):
    return factories.make_program(
        "Spring", funded=1000, funded_by=adam, delivery_types=posted.BOTH
    )


@pytest.fixture
def sheet(program, manu):
    posted.make_card()
    rows = [
        {**ROSA, **LIBRARY, "name": f"Person {n}", **wrong}
        for n, wrong in enumerate(
            (
                {"state": "New Yrok"},
                ISLAND,
                {"postal_code": "94105"},
                {"line2": "Apt"},
                {"line1": "", "email": "p4@example.com", "way": "By post"},
                {"line1": "", "email": "p5@example.com", "way": "By post"},
                {"shipping_method": "Zeppelin", "line1": "8 5th Ave"},
                {"needed_by": "2001-12-24", "line1": "9 5th Ave"},
            )
        )
    ]
    return posted.make_sheet(program, manu, *rows)


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "no JavaScript"])
def test_problems_of_addresses_are_gone_in_a_few_presses(
    javascript, visitors: Visitors, sheet, manu
):
    page = visitors.open(manu, javascript=javascript)
    page.goto(f"/bulk/{sheet.pk}/rows/")

    page.get_by_role("button", name="Use 2 suggested addresses").click()
    page.get_by_role("button", name="Ask 2 people for their address").click()
    page.get_by_role("button", name="Use the cheapest for 1").click()
    page.get_by_role("button", name="Post 1 without a day").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Postal code in row 4").fill("10018")
    page.get_by_label("Postal code in row 4").press("Enter")
    page.get_by_label("Address line 2 in row 5").fill("Apt 4B")
    page.get_by_label("Address line 2 in row 5").press("Enter")

    expect(page.locator("main")).to_contain_text("All rows that take part are ready.")
    expect(page.get_by_role("button", name="Continue with 8 rows")).to_be_visible()


def test_problems_of_addresses_are_for_everybody(visitors: Visitors, sheet, manu):
    page = visitors.open(manu)
    for url in ("rows/", "rows/?show=all", "rows/3/"):
        page.goto(f"/bulk/{sheet.pk}/{url}")
        expect(page.locator("main")).to_contain_text("San Juan PR 00901, US")
        assert list(flaws(page)) == []


def test_the_columns_of_addresses_are_for_everybody(visitors: Visitors, program, manu):
    posted.make_card()
    posting.make_shipping()
    content = lists.lines(
        ("Name", "E-mail", "Street", "City", "State", "ZIP", "Card", "Worth"),
        ("Rosa", "r@example.com", "476 5th Ave", "New York", "NY", "10018", "CVS", 10),
    )
    sheet = lists.read(program, manu, content)
    page = visitors.open(manu)
    page.goto(f"/bulk/{sheet.pk}/map/")

    way = page.get_by_label("How it goes for the whole list")
    expect(way).to_be_visible()
    assert list(flaws(page)) == []
    way.select_option("By post")
    page.get_by_text("more fields").click()
    assert list(flaws(page)) == []
