"""Sheets of QR codes as they come out of the printer: every code can be read."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from portal.permissions import Role
from tests import factories
from tests.browser.flaws import flaws
from tests.browser.hands import Mouse
from tests.browser.paper import codes, margins, printed
from tests.browser.visitors import NARROW
from tests.orders.claims import made

pytestmark = [pytest.mark.browser, pytest.mark.looks]

SIZES = {"A4": (210, 297), "Letter": (215.9, 279.4)}
PER_PAGE = (6, 12, 24)
LEAST_MILLIMETRES = 25
# What a printer may leave white at each edge.
UNPRINTABLE = 5


@pytest.fixture
def manager(transactional_db):
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program(
        "Spring",
        funded=1000,
        funded_by=adam,
        delivery_types=["DigitalDelivery", "Links"],
    )
    return factories.make_member("Manu", program, Role.MANAGER)


def make_batch(manager, **fields):
    program = manager.memberships.get().program
    product = factories.make_product("CVS", values=[10])
    return made.make_batch(program, product, manager, **fields)


def show_sheet(page, batch, *, layout, paper, first=1, last):
    page.goto(reverse("orders:links_qr", args=[batch.order.reference]))
    page.get_by_label(str(layout), exact=True).check()
    page.get_by_label(paper).check()
    page.get_by_label("From number").fill(str(first))
    page.get_by_label("To number").fill(str(last))
    page.get_by_role("button", name="Show the sheet").click()
    expect(page.get_by_role("heading", name="Codes to print")).to_be_visible()


@pytest.mark.parametrize("paper", sorted(SIZES))
@pytest.mark.parametrize("layout", PER_PAGE)
def test_every_code_of_a_sheet_can_be_read(layout, paper, manager, visitors):
    label = "A label as long as labels may be, which no line of a small code can hold"
    batch = make_batch(manager, quantity=26, label=label)
    page = visitors.open(manager)
    # Ink is black on paper that is white, whatever the screen is set to.
    page.emulate_media(color_scheme="dark")
    last = layout + 2

    show_sheet(page, batch, layout=layout, paper=paper, last=last)
    sheets = printed(page)

    claims = list(batch.claims.filter(number__lte=last).order_by("number"))
    found = [codes(sheet) for sheet in sheets]
    assert [len(each) for each in found] == [layout, 2]
    read = sorted(code.text for each in found for code in each)
    assert read == sorted(made.secret_of(claim).portal_url for claim in claims)
    for code in (code for each in found for code in each):
        assert code.width >= LEAST_MILLIMETRES
        assert code.is_quiet
    for sheet in sheets:
        assert (sheet.width, sheet.height) == pytest.approx(SIZES[paper], abs=0.5)
        assert min(margins(sheet)) >= UNPRINTABLE
        assert sheet.image.getpixel((2, 2)) == 255
        assert sheet.words.count("Test mode") == 1
    # One line beneath each code is the label, as far as it fits, the other is whole.
    words = "".join(sheet.words for sheet in sheets)
    for claim in claims:
        assert words.count(f"{claim.code} · $10.00") == 1
    assert words.count("A label as long") == len(claims)
    assert "Laurel" not in words
    assert "Print" not in words


def test_links_of_the_provider_stand_with_their_answers(manager, visitors):
    batch = make_batch(manager, quantity=24, way="provider")
    page = visitors.open(manager)

    show_sheet(page, batch, layout=24, paper="Letter", last=24)
    [sheet] = printed(page)

    secrets = [made.secret_of(claim) for claim in batch.claims.all()]
    assert {code.text for code in codes(sheet)} == {each.link for each in secrets}
    for secret in secrets:
        assert re.search(rf"Answer: {secret.answer}\b", sheet.words)
    assert min(margins(sheet)) >= UNPRINTABLE


def test_a_sheet_is_for_everybody_on_the_screen(manager, visitors):
    batch = make_batch(manager, quantity=7)
    page = visitors.open(manager)

    show_sheet(page, batch, layout=12, paper="A4", last=7)

    assert list(flaws(page)) == []


def test_a_sheet_needs_no_script(manager, visitors):
    batch = make_batch(manager, quantity=2)
    page = visitors.open(manager, javascript=False, viewport=NARROW)

    show_sheet(page, batch, layout=6, paper="A4", last=2)
    [sheet] = printed(page)

    assert len(codes(sheet)) == 2


def test_a_file_is_three_steps_away(manager, visitors):
    batch = make_batch(manager, quantity=2)
    page = visitors.open()
    signed_in = Client()
    signed_in.force_login(manager)  # long ago
    session = signed_in.cookies["sessionid"]
    page.context.add_cookies(
        [{"name": session.key, "value": session.value, "url": visitors.url}]
    )
    page.goto(reverse("orders:links_detail", args=[batch.order.reference]))
    hands = Mouse(page)

    hands.press(page.get_by_role("link", name="Export"))
    hands.type("Password", "correct horse battery")
    page.keyboard.press("Enter")
    with page.expect_download() as download:
        hands.press(page.get_by_role("button", name="Download 2 links as CSV"))

    assert hands.interactions == 3
    file = download.value.path().read_text(encoding="utf-8-sig")
    for claim in batch.claims.all():
        assert made.secret_of(claim).portal_url in file
    # The button is there for another file.
    expect(page.get_by_role("button", name="as Excel")).to_be_enabled()


def test_a_link_is_shown_and_copied(manager, visitors):
    batch = make_batch(manager, quantity=1)
    claim = batch.claims.get()
    page = visitors.open(manager)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(reverse("orders:link_show", args=[batch.order.reference, claim.code]))

    page.get_by_role("button", name="Show the link").click()
    page.get_by_role("button", name="Copy the link").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == made.secret_of(claim).portal_url
    assert list(flaws(page)) == []
