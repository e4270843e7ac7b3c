"""Packing slips and addresses as they come out of the printer: whole, one per page."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from orders.shipments.label_sizes import STOCKS
from portal.permissions import Role
from programs.addresses.fields import MOST, Address, Field
from tests import factories
from tests.browser.flaws import flaws
from tests.browser.paper import margins, printed
from tests.browser.visitors import NARROW
from tests.orders.shipments import posted

pytestmark = [pytest.mark.browser, pytest.mark.looks]

SIZES = {"A4": (210, 297), "Letter": (215.9, 279.4)}
# What a printer may leave white at each edge.
UNPRINTABLE = 5
SLIPS, ADDRESSES = "orders:shipments_print", "orders:shipments_addresses"


def filled(part, word):
    """Words up to the limit of this part, the last one cut off."""
    return (f"{word} " * MOST[part])[: MOST[part]].strip().ljust(MOST[part], "x")


# As much as each part may hold, in words and without any.
LONGEST = replace(
    posted.LIBRARY,
    name=filled(Field.NAME, "Bartholomew"),
    line1="476 " + filled(Field.LINE1, "Avenue")[4:],
    line2=filled(Field.LINE2, "Building"),
    line3=filled(Field.LINE3, "Mezzanine"),
    city=filled(Field.CITY, "Llanfair"),
)
UNBROKEN = replace(
    posted.LIBRARY,
    name="W" * MOST[Field.NAME],
    line1="1 " + "W" * 98,
    line2="W" * MOST[Field.LINE2],
    line3="W" * MOST[Field.LINE3],
    city="W" * MOST[Field.CITY],
)
TOKYO = Address(
    country="JP",
    name="東京国立博物館 受付係",
    line1="上野公園13-9",
    city="台東区",
    state="13",
    postal_code="110-8712",
)
DUBAI = Address(
    country="AE",
    name="متحف المستقبل",
    line1="شارع الشيخ زايد 1",
    city="دبي",
    state="DU",
)
SCRIPTS = {"tokyo": TOKYO, "dubai": DUBAI}


@pytest.fixture
def manager(transactional_db):
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program(
        "Spring",
        funded=10_000,
        funded_by=adam,
        delivery_types=["DigitalDelivery", "PhysicalShipment"],
    )
    return factories.make_member("Manu", program, Role.MANAGER)


@pytest.fixture
def card(transactional_db):
    return factories.make_product(
        "CVS",
        values=[50],
        name="A card whose name is as long as anybody ever called one " * 3,
        delivery_types=["PhysicalShipment"],
    )


@pytest.fixture
def make(manager, card):
    """A shipped parcel; what it carries is written past the rules of the form."""

    def make(address=posted.LIBRARY, **fields):
        program = manager.memberships.get().program
        told = {"to_name": "Rosa", **fields}
        parcel = posted.make_shipped(program, card, manager, **told)
        for part in Field:
            setattr(parcel, part, address[part])
        parcel.save()
        return parcel

    return make


def show(page, route, parcels, *, paper, **choices):
    ids = ",".join(str(parcel.pk) for parcel in parcels)
    page.goto(f"{reverse(route)}?ids={ids}")
    page.get_by_label(paper, exact=True).check()
    for label in choices.values():
        page.get_by_label(re.compile(label)).check()
    page.get_by_role("button", name=re.compile("^Show the")).click()
    expect(page.get_by_role("heading", name=re.compile("to print$"))).to_be_visible()


def squeezed(text):
    """Without spaces: where a line is broken is for the paper to say."""
    return re.sub(r"[\s\u00ad\ufffe\x02-]+", "", text).casefold()


def is_on(sheet, *texts):
    words = squeezed(sheet.words)
    return [text for text in texts if squeezed(text) not in words] == []


def clipped(page, selector):
    """What is larger than the box it stands in."""
    return page.locator(selector).evaluate_all(
        """boxes => boxes.filter(box =>
             box.scrollHeight > box.clientHeight + 1 ||
             box.scrollWidth > box.clientWidth + 1).map(box => box.textContent)"""
    )


@pytest.mark.parametrize("paper", sorted(SIZES))
def test_each_slip_is_one_page_with_nothing_clipped(paper, manager, make, visitors):
    told = {
        "message": "Thank you, all of you, once more. " * 12,
        "to_name": filled(Field.NAME, "Rosa"),
        "from_name": filled(Field.NAME, "Rewards"),
    }
    told["message"] = told["message"][:400].strip()
    parcels = [
        make(),
        make(LONGEST, po_number="LONG-" + "9" * 95, **told),
        make(UNBROKEN, po_number="WIDE-" + "W" * 95, **told | {"message": "W" * 400}),
        make(message="\n".join("abcdefghijkl")),
    ]
    page = visitors.open(manager)
    # Ink is black on paper that is white, whatever the screen is set to.
    page.emulate_media(color_scheme="dark")

    show(page, SLIPS, parcels, paper=paper, value="worth")
    sheets = printed(page)

    assert len(sheets) == len(parcels)
    for sheet, parcel in zip(sheets, parcels, strict=True):
        order = parcel.reward.order
        number = parcel.number, order.po_number
        assert is_on(sheet, *number, parcel.name, parcel.line1, "$50.00")
        assert is_on(sheet, parcel.line2, parcel.line3, parcel.city)
        assert is_on(sheet, parcel.reward.message, parcel.reward.from_name, "return it")
        assert (sheet.width, sheet.height) == pytest.approx(SIZES[paper], abs=0.5)
        assert min(margins(sheet)) >= UNPRINTABLE
        assert sheet.image.getpixel((2, 2)) == 255
        assert sheet.words.count("Test mode") == 1
        assert "Packing slips to print" not in sheet.words
        assert "Laurel ·" not in sheet.words
    page.emulate_media(media="print")
    assert clipped(page, ".slip, .slip p, .slip td, .slip dd") == []


@pytest.mark.parametrize("paper", sorted(SIZES))
def test_every_address_stands_whole_on_its_label(paper, manager, make, visitors):
    stock = STOCKS[paper.lower()]
    usual = [make() for _ in range(stock.per_page)]
    middling = replace(posted.LIBRARY, name="W" * 40, line2="Mezzanine " * 5)
    others = [make(middling), make(SCRIPTS["tokyo"]), make(SCRIPTS["dubai"])]
    page = visitors.open(manager)
    page.emulate_media(color_scheme="dark")

    show(page, ADDRESSES, [*usual, *others], paper=paper)
    sheets = printed(page)

    assert len(sheets) == 2
    assert sheets[0].words.count("Rosa Example") == stock.per_page
    assert sheets[0].words.count("10018") == stock.per_page
    assert is_on(sheets[1], "W" * 40, "Mezzanine " * 5, "110-8712", "JAPAN")
    for sheet in sheets:
        assert (sheet.width, sheet.height) == pytest.approx(SIZES[paper], abs=0.5)
        assert min(margins(sheet)) >= UNPRINTABLE
        assert sheet.image.getpixel((2, 2)) == 255
        assert "to print" not in sheet.words
    page.emulate_media(media="print")
    assert clipped(page, ".labels li") == []


@pytest.mark.parametrize("paper", sorted(SIZES))
def test_what_no_label_holds_stands_whole_behind_them(paper, manager, make, visitors):
    page = visitors.open(manager)

    show(page, ADDRESSES, [make(), make(LONGEST), make(UNBROKEN)], paper=paper)
    sheets = printed(page)

    assert len(sheets) == 2
    assert is_on(sheets[0], "Rosa Example", "476 5th Ave")
    assert is_on(sheets[1], *(LONGEST[part] for part in Field if part != "country"))
    assert is_on(sheets[1], *(UNBROKEN[part] for part in Field if part != "country"))
    assert min(margins(sheets[1])) >= UNPRINTABLE


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_an_address_in_another_script_is_laid_out_within_its_label(
    script, manager, make, visitors
):
    address = SCRIPTS[script]
    long = replace(address, line1=(address.line1 * 20)[:60])
    page = visitors.open(manager)

    show(page, ADDRESSES, [make(address), make(long)], paper="Letter")

    assert page.locator(".labels li").count() == 2
    expect(page.locator(".labels li").first).to_contain_text(address.line1)
    page.emulate_media(media="print")
    assert clipped(page, ".labels li") == []
    assert len(printed(page)) == 1


def test_a_list_of_addresses_goes_over_several_pages(manager, make, visitors):
    parcels = [make() for _ in range(40)]
    page = visitors.open(manager)

    show(page, ADDRESSES, parcels, paper="A4", layout="A list")
    sheets = printed(page)

    words = "".join(sheet.words for sheet in sheets)
    assert len(sheets) > 1
    for parcel in parcels:
        assert words.count(f"{parcel.number}\r") + words.count(f"{parcel.number} ") == 1
    # Each page says what its columns are.
    assert all("Parcel" in sheet.words for sheet in sheets)
    assert all(min(margins(sheet)) >= UNPRINTABLE for sheet in sheets)


@pytest.mark.parametrize("route", [SLIPS, ADDRESSES])
def test_what_is_printed_is_for_everybody_on_the_screen(route, manager, make, visitors):
    parcels = [make(), make(LONGEST)]
    page = visitors.open(manager)

    show(page, route, parcels, paper="A4")

    assert list(flaws(page)) == []


@pytest.mark.parametrize("route", [SLIPS, ADDRESSES])
def test_printing_needs_no_script(route, manager, make, visitors):
    page = visitors.open(manager, javascript=False, viewport=NARROW)

    show(page, route, [make()], paper="A4")
    [sheet] = printed(page)

    assert "Rosa Example" in sheet.words
