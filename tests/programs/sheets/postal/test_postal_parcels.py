"""By what a row's card is posted, on which sheet, and until when it has to be there."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from programs.models import CardCarrier, ShippingMethod
from programs.sheets import repairs
from programs.sheets.parcels import Parcels
from tests.programs import posting
from tests.programs.sheets.checked import row
from tests.programs.sheets.postal import posted
from tests.programs.sheets.postal.posted import ROSA, errors, make_sheet

pytestmark = pytest.mark.django_db
CARRIERS = {"DEFAULT": "Plain white folder", "THANKS": "Thank-you card"}


@pytest.fixture(autouse=True)
def _monday(cvs):
    with time_machine.travel(datetime(2026, 11, 23, 15, tzinfo=UTC), tick=False):
        posting.make_method("STANDARD", "4.95", (5, 8))
        posting.make_method("EXPRESS", "14.95", (2, 2), carrier="Swiftline")
        posting.make_method("PIGEON", "0.50", (20, 30))
        yield


def read(program, product=None, **values):
    return Parcels(program).read(values, product)


@pytest.mark.parametrize(
    ("values", "method", "is_in_time"),
    [
        ({}, "PIGEON", True),
        ({"needed_by": "2026-12-08"}, "STANDARD", True),
        ({"needed_by": "11/26/2026"}, "EXPRESS", True),
        # Nothing is in time: the cheapest, and a word about it.
        ({"needed_by": "2026-11-24"}, "PIGEON", False),
        ({"shipping_method": "STANDARD", "needed_by": "2026-11-26"}, "STANDARD", False),
        ({"shipping_method": "standard"}, "STANDARD", True),
        ({"shipping_method": "Swiftline: Express"}, "EXPRESS", True),
    ],
)
def test_a_method_is_named_or_the_cheapest_in_time(program, values, method, is_in_time):
    parcel = read(program, **values)

    assert parcel.problems == ()
    assert parcel.method.provider_id == method
    assert parcel.is_in_time is is_in_time


def test_a_day_is_read_as_the_region_writes_it(program):
    assert read(program, needed_by="12/01/2026").needed_by == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"shipping_method": "Zeppelin"}, "method_unknown"),
        ({"shipping_method": "BALLOON"}, "method_retired"),
        ({"shipping_method": "Twin"}, "method_ambiguous"),
        ({"card_carrier": "Velvet box"}, "carrier_unknown"),
        ({"needed_by": "soon"}, "needed_by"),
        ({"needed_by": "2026-11-22"}, "needed_past"),
    ],
)
def test_what_is_wrong_is_told_and_can_be_left_to_us(
    program, manu, manager, cells, kind
):
    posting.make_method("BALLOON", retired_at=datetime(2026, 1, 1, tzinfo=UTC))
    posting.make_method("T1", description="Twin")
    posting.make_method("T2", description="Twin")
    sheet = make_sheet(program, manu, {**ROSA, **cells})
    assert errors(sheet) == [kind]
    assert all("%(" not in message for message in posted.messages(sheet))

    repairs.apply(sheet, kind, actor=manager)

    assert errors(sheet) == []
    assert row(sheet, 2).status == "ready"


def test_the_answer_for_the_whole_list_may_be_retired_meanwhile(program, manu):
    ShippingMethod.objects.filter(provider_id="EXPRESS").update(
        retired_at=datetime(2026, 1, 1, tzinfo=UTC)
    )

    sheet = make_sheet(program, manu, ROSA, answers={"shipping_method": "EXPRESS"})

    assert errors(sheet) == ["method_retired"]


def test_without_any_method_nothing_can_be_posted(program, manu):
    ShippingMethod.objects.update(retired_at=datetime(2026, 1, 1, tzinfo=UTC))

    sheet = make_sheet(program, manu, ROSA)

    assert errors(sheet) == ["method_none"]


def test_a_card_that_may_come_too_late_is_warned_of(program, manu):
    sheet = make_sheet(program, manu, {**ROSA, "needed_by": "2026-11-24"})

    assert errors(sheet) == []
    assert posted.warnings(sheet) == ["needed_late"]


def test_a_delivery_date_is_not_for_the_post(program, manu):
    sheet = make_sheet(program, manu, {**ROSA, "deliver_at": "2001-01-31"})

    assert errors(sheet) == []
    assert posted.warnings(sheet) == ["deliver_by_post"]


@pytest.mark.parametrize(
    ("typed", "carrier"),
    [("THANKS", "THANKS"), ("thank-you card", "THANKS"), ("", "")],
)
def test_a_card_carrier_is_named_by_its_id_or_name(program, settings, typed, carrier):
    settings.PROVIDER_CARD_CARRIERS, settings.CARD_CARRIERS = False, CARRIERS

    parcel = read(program, card_carrier=typed)

    assert (parcel.problems, parcel.card_carrier) == ((), carrier)


@pytest.mark.parametrize(
    ("known", "cells", "kinds"),
    [
        (CARRIERS, {}, ["carrier_missing"]),
        (CARRIERS, {"card_carrier": "DEFAULT"}, []),
        # Where there is one, nobody is asked.
        ({"DEFAULT": "Plain white folder"}, {}, []),
        ({}, {}, ["carrier_none"]),
        ({}, {"card_carrier": "DEFAULT"}, ["carrier_unknown"]),
    ],
)
def test_a_product_may_need_a_card_carrier(
    program, manu, settings, known, cells, kinds
):
    settings.PROVIDER_CARD_CARRIERS, settings.CARD_CARRIERS = False, known
    posted.make_card("FOLD", has_required_card_carriers=True)

    sheet = make_sheet(program, manu, {**ROSA, **cells, "product": "FOLD"})

    assert errors(sheet) == kinds
    assert all("%(" not in message for message in posted.messages(sheet))


def test_card_carriers_may_be_those_of_the_provider(program, settings):
    settings.PROVIDER_CARD_CARRIERS = True
    CardCarrier.objects.create(provider_id="C7", description="Blue folder")

    assert read(program, card_carrier="blue folder").card_carrier == "C7"


def test_reading_many_rows_asks_the_database_no_more(
    program, django_assert_max_num_queries
):
    with django_assert_max_num_queries(4):
        parcels = Parcels(program)
        for n in range(50):
            parcels.read({"needed_by": f"2026-12-{n % 28 + 1}"}, None)
