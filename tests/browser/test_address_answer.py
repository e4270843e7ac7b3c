"""Giving an address by a link, in a real browser; and asking for it, as staff."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from orders.models import AddressRequest, Order, Shipment
from orders.shipments import asking, ending
from portal.accounts.models import actor_of
from portal.outbox import dispatch
from programs.models import Product
from tests import factories
from tests.browser.flaws import flaws
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visitors import NARROW, WIDE
from tests.orders.shipments import asked, posted
from tests.orders.shipments.asked import path_of

pytestmark = pytest.mark.browser

PASTED = "Rosa Example\n1 City Hall Square\nBoston, MA 02201"
AGREE = "I agree"


@pytest.fixture
def card(program) -> Product:
    program.delivery_types = ["DigitalDelivery", "PhysicalShipment"]
    program.save()
    ways = ["DigitalDelivery", "PhysicalShipment"]
    return factories.make_product("CVS", values=[10, 50], delivery_types=ways)


@pytest.fixture
def request_(program, card, manu) -> AddressRequest:
    return asked.make_asked(program, card, manu)


def heading(page: Page):
    return page.get_by_role("heading", level=1)


@pytest.mark.parametrize(
    ("viewport", "javascript"),
    [(WIDE, True), (NARROW, False)],
    ids=["desk", "phone, no JavaScript"],
)
def test_a_pasted_address_takes_four_interactions(
    viewport, javascript, visitors, request_
):
    page = visitors.open(viewport=viewport, javascript=javascript)
    page.goto(path_of(request_))
    hands = Mouse(page)

    hands.type("Paste an address", PASTED)
    hands.press(page.get_by_role("button", name="Fill in the fields"))
    expect(page.get_by_label("City", exact=True)).to_have_value("Boston")
    hands.press(page.get_by_label(AGREE))
    hands.press(page.get_by_role("button", name="Send my card to this address"))

    expect(heading(page)).to_have_text("Thank you, your address is noted")
    assert hands.interactions == 4
    assert Shipment.objects.get().line1 == "1 City Hall Square"


def test_it_is_given_by_keyboard_alone(visitors, request_):
    page = visitors.open()
    page.goto(path_of(request_))
    hands = Keyboard(page)

    hands.type("Paste an address", PASTED)
    hands.press(page.get_by_role("button", name="Fill in the fields"))
    expect(page.locator("#address-filled")).to_be_focused()
    page.get_by_label(AGREE).focus()
    page.keyboard.press("Space")
    hands.press(page.get_by_role("button", name="Send my card to this address"))

    expect(heading(page)).to_have_text("Thank you, your address is noted")


def test_the_fields_follow_the_country(visitors, request_):
    page = visitors.open()
    page.goto(path_of(request_))

    page.get_by_label(AGREE).check()
    page.get_by_label("Country", exact=True).select_option("CA")

    expect(page.get_by_label("Postal code")).to_be_visible()
    expect(page.get_by_label(AGREE)).to_be_checked()
    assert list(flaws(page)) == []


@pytest.fixture
def looks(visitors, program, card, manu) -> Iterator[tuple[str, Page]]:
    """Every look of the page that is reached by more than its address."""
    order = asked.make_list(program, card, manu, 2)
    known = posted.make_draft(program, card, manu, email="rosa@example.com")

    def made_looks() -> Iterator[tuple[str, Page]]:
        page, actor = visitors.open(), actor_of(manu)
        asking.ask(order, version=order.version, actor=actor)
        path = path_of(asked.request_of(order, "Person 2"))
        page.goto(path)
        page.get_by_role("button", name="Send my card").click()
        expect(page.locator("#error-summary")).to_be_visible()
        yield "wrong", page
        page.goto(path)
        page.get_by_label("Paste an address").fill(PASTED)
        page.get_by_role("button", name="Fill in the fields").click()
        expect(page.get_by_label("City", exact=True)).to_have_value("Boston")
        page.get_by_label(AGREE).check()
        page.get_by_role("button", name="Send my card").click()
        yield "given", page
        page.get_by_role("link", name="Change the address").click()
        yield "changing", page
        order.refresh_from_db()
        ending.stop(order, version=order.version, actor=actor)
        page.goto(path)
        yield "given and over", page
        page.goto(path_of(asked.request_of(order, "Person 3")))
        yield "over", page
        asking.ask(known, version=known.version, actor=actor, confirms=True)
        page.goto(path_of(asked.request_of(known)))
        yield "to confirm", page
        page.get_by_role("button", name="Yes, send it there").click()
        yield "confirmed", page
        page.goto("/a/unknown")
        yield "unknown", page

    return made_looks()


def test_every_look_of_it_is_for_everybody(looks):
    wrong = [f"{name}: {flaw}" for name, page in looks for flaw in flaws(page)]

    assert wrong == []


def test_staff_ask_from_the_check_page_and_see_who_answered(
    visitors, program, card, manu
):
    order = asked.make_draft(program, card, manu)
    page = visitors.open(manu)
    page.goto(f"/orders/{order.reference}/check/")
    hands = Mouse(page)

    hands.press(page.get_by_role("link", name="Ask 1 person for their address"))
    expect(heading(page)).to_have_text("Ask for addresses")
    assert list(flaws(page)) == []
    hands.press(page.get_by_role("button", name="Ask 1 person for their address"))

    expect(page.get_by_text("0 of 1 answered")).to_be_visible()
    assert list(flaws(page)) == []
    assert hands.interactions == 2
    dispatch.drain()
    page.reload()
    expect(page.get_by_text("Rosa Example: asked")).to_be_visible()
    page.get_by_role("button", name="Stop asking").click()
    expect(page.get_by_text("1 address is missing.")).to_be_visible()
    assert Order.objects.get().status == "draft"
