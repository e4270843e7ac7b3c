"""How many interactions the common tasks cost; ux.md counts them the same way."""

import pytest
from playwright.sync_api import expect

from programs import preferences
from tests import factories
from tests.browser.hands import Mouse
from tests.browser.visitors import Visitors

pytestmark = [pytest.mark.browser, pytest.mark.looks]


def test_a_first_reward_costs_six(visitors: Visitors, manu, program, cvs):
    page = visitors.open(manu)
    page.goto("/")
    hands = Mouse(page)

    hands.press(page.locator("main").get_by_role("link", name="Send a reward"))
    hands.type("E-mail or mobile", "user@example.com")
    hands.type("Recipient’s name", "Recipient")
    hands.type("Value of one card", "15")
    review_and_submit(hands)

    assert hands.interactions == 6


def test_the_usual_reward_through_the_menu_costs_six(visitors, manu, program, cvs):
    factories.make_submitted(program, cvs, manu)
    page = visitors.open(manu)
    page.goto("/")
    hands = Mouse(page)

    hands.press(page.get_by_role("link", name="Send", exact=True))
    hands.press(page.get_by_role("link", name="One person"))
    hands.type("E-mail or mobile", "next@example.com")
    hands.type("Recipient’s name", "Next")
    review_and_submit(hands)

    assert hands.interactions == 6


def test_the_same_reward_for_somebody_else_costs_five(visitors, manu, program, cvs):
    order = factories.make_submitted(program, cvs, manu)
    page = visitors.open(manu)
    page.goto(f"/orders/{order.reference}/")
    hands = Mouse(page)

    hands.press(page.get_by_role("link", name="Send another"))
    hands.type("E-mail or mobile", "next@example.com")
    hands.type("Recipient’s name", "Next")
    review_and_submit(hands)

    assert hands.interactions == 5


def test_a_reward_for_somebody_on_record_costs_four(visitors, manu, program, cvs):
    recipient = factories.make_recipient("Riley", program, email="riley@example.com")
    page = visitors.open(manu)
    page.goto(f"/recipients/{recipient.pk}/")
    hands = Mouse(page)

    hands.press(page.locator("main").get_by_role("link", name="Send a reward"))
    hands.type("Value of one card", "15")
    review_and_submit(hands)

    assert hands.interactions == 4


def test_an_approval_costs_three(visitors, manu, ada, program, cvs):
    order = factories.make_submitted(program, cvs, manu)
    page = visitors.open(ada)
    page.goto("/")
    hands = Mouse(page)

    hands.press(page.get_by_role("link", name="Approvals"))
    hands.press(page.get_by_role("link", name=order.po_number))
    hands.press(page.get_by_role("button", name="Approve $15.00"))

    expect(page.get_by_role("region", name="Status")).to_contain_text("Approved")
    assert hands.interactions == 3


def test_stopping_all_messages_costs_one(visitors, program):
    recipient = factories.make_recipient("Riley", program, email="riley@example.com")
    page = visitors.open()
    page.goto(preferences.page_url(recipient))
    hands = Mouse(page)

    hands.press(page.get_by_role("button", name="Stop all messages"))

    expect(page.locator("main")).to_contain_text("You will get no more messages")
    assert hands.interactions == 1


def review_and_submit(hands: Mouse) -> None:
    hands.press(hands.page.get_by_role("button", name="Review", exact=True))
    hands.press(hands.page.get_by_role("button", name="Submit for approval: $15.00"))
    status = hands.page.get_by_role("region", name="Status")
    expect(status).to_contain_text("Awaiting approval")
