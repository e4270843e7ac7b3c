"""Parcels looked after in a browser: printed, recorded, also without scripts."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from orders.models import Shipment
from portal.audit.models import Entry
from tests.browser.flaws import flaws
from tests.browser.visitors import NARROW
from tests.orders.shipments import posted
from tests.world import make_world

pytestmark = pytest.mark.browser


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def parcels(world):
    """Some of them are two, none is a draft."""
    side = world.spring
    for name in ("Ann", "Ben"):
        posted.make_shipped(
            side.program, world.product, side.manager, value=Decimal(15), name=name
        )
    return list(Shipment.objects.filter(name__in=["Ann", "Ben"]).order_by("pk"))


def test_those_selected_are_printed_and_else_all_that_are_listed(
    world, parcels, visitors
):
    page = visitors.open(world.spring.manager)
    page.goto("/shipments/?status=shipped")
    page.get_by_label("Search").fill("ann")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Print packing slips").click()
    expect(page).to_have_url(re.compile(r"/shipments/print/\?.*q=ann"))
    expect(page.locator("main")).to_contain_text("1 ")

    page.goto("/shipments/")
    for parcel in parcels:
        page.get_by_label(f"Select {parcel.number}").check()
    expect(page.locator("[data-selected]")).to_have_text("2 selected.")
    page.get_by_role("button", name="Print packing slips").click()

    ids = "&".join(f"ids={parcel.pk}" for parcel in reversed(parcels))
    expect(page).to_have_url(re.compile(rf"/shipments/print/\?.*{ids}"))
    assert list(flaws(page)) == []


def test_a_parcel_is_recorded_on_a_narrow_screen_without_scripts(
    world, parcels, visitors
):
    page = visitors.open(world.spring.manager, viewport=NARROW, javascript=False)
    page.goto("/shipments/")
    page.get_by_role("link", name=parcels[0].number).click()
    page.get_by_role("link", name="Tracking number").click()
    page.get_by_label("Tracking number").fill("1Z999AA10123456784")
    page.get_by_role("button", name="Save the tracking number").click()
    expect(page.locator("main")).to_contain_text("1Z999AA10123456784")

    page.get_by_role("link", name="Delivered").click()
    page.get_by_role("button", name="Record as delivered").click()
    expect(page.locator("h1 + .status, .heading .status")).to_contain_text("Delivered")
    page.get_by_role("button", name="Not delivered after all").click()
    expect(page.locator("h1 + .status, .heading .status")).to_contain_text("Shipped")

    acts = Entry.objects.filter(subject_type="shipment").order_by("sequence")
    assert list(acts.values_list("action", flat=True)) == [
        "shipment.tracked",
        "shipment.delivered",
        "shipment.undone",
    ]


def test_pasted_tracking_numbers_are_looked_at_and_recorded(world, parcels, visitors):
    page = visitors.open(world.spring.manager)
    page.goto("/shipments/")
    page.get_by_role("link", name="Import tracking numbers").click()
    page.get_by_text("Or paste cells from a spreadsheet").click()
    rows = [f"{parcel.number}\t1Z{parcel.pk}" for parcel in parcels]
    cells = page.get_by_label("Cells, with their column names above")
    cells.fill("\n".join(["Number\tTracking number", *rows, "S-999999\t1Z"]))
    page.get_by_role("button", name="Check it").click()

    expect(page.get_by_text("Line 4:")).to_be_visible()
    assert list(flaws(page)) == []
    page.get_by_role("button", name="Record 2 parcels").click()

    expect(page.get_by_text("2 parcels recorded.")).to_be_visible()
    found = Shipment.objects.exclude(tracking_number="")
    assert {each.tracking_number for each in found} == {
        f"1Z{parcel.pk}" for parcel in parcels
    }
