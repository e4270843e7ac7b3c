"""Our copy of the catalogue, read from the sandbox over HTTP."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.utils import timezone

from portal.actors import WORKER
from portal.audit.models import Entry
from portal.provider import connection, types
from portal.provider.errors import Unavailable
from programs import catalogue
from programs.models import (
    Branding,
    CatalogueRefresh,
    Product,
    ShippingMethod,
)


def read() -> catalogue.Snapshot:
    return catalogue.snapshot(connection.client())


def refresh() -> CatalogueRefresh:
    return catalogue.apply(read(), actor=WORKER)


def journalled() -> dict[str, Any]:
    acts = Entry.objects.filter(action="catalogue.refreshed")
    data: dict[str, Any] = acts.latest("sequence").data
    return data


def item(**changes: Any) -> types.Product:
    """A product as the client hands it over."""
    product = types.Product(
        id="X",
        name="X",
        short_description="",
        long_description="",
        type="Digital",
        denomination_type="Fixed",
        denominations=(Decimal("10.00"),),
        delivery_types=("DigitalDelivery",),
        currency="USD",
        fee=Decimal(0),
        discount_percent=Decimal(0),
        terms="",
        disclaimer="",
        redemption_note="",
        fulfillment_group="",
        has_required_card_carriers=False,
        culture_codes=(),
        faceplates=(),
        raw={},
    )
    return replace(product, **changes)


def snapshot_of(*products: types.Product) -> catalogue.Snapshot:
    return catalogue.Snapshot(timezone.now(), products, (), (), ())


@pytest.mark.parametrize("page_size", [500, 7])
def test_every_page_of_every_list_is_read(db, sandbox, page_size):
    sandbox.settings(page_size_cap=page_size)

    made = refresh()

    sold = sandbox_products(sandbox)
    assert len(sold) > 25
    assert set(Product.objects.values_list("provider_id", flat=True)) == sold
    assert (made.products, made.added) == (len(sold), len(sold))
    assert ShippingMethod.objects.count() == 6
    assert Branding.objects.count() == 2


def sandbox_products(sandbox) -> set[str]:
    """What the sandbox sells, asked without our client."""
    headers = {"Email": sandbox.email, "AccessToken": sandbox.access_token}
    url = sandbox.base_url + "/v1"
    with requests.Session() as session:
        token = session.post(f"{url}/Tokens", headers=headers, timeout=5).json()
        authorised = {"Authorization": f"Bearer {token['Value']}"}
        ids: set[str] = set()
        for index in range(1, 100):
            answer = session.get(
                f"{url}/Products",
                params={"pageIndex": str(index), "pageSize": "25"},
                headers=authorised,
                timeout=5,
            ).json()
            ids |= {product["Id"] for product in answer["Data"]}
            if len(ids) >= answer["TotalCount"]:
                return ids
    raise AssertionError("the sandbox's list does not end")


def test_facts_of_a_product_are_copied_exactly(synced):
    cvs = Product.objects.get(provider_id="CVS")

    assert cvs.name == "CVS Pharmacy"
    assert [int(value) for value in cvs.values] == [10, 15, 25, 50, 100]
    assert cvs.currency == "USD"
    assert cvs.discount_percent == 2
    assert cvs.delivery_types == ["DigitalDelivery", "Links", "PhysicalShipment"]
    assert cvs.raw["ShortDescription"] == cvs.short_description
    assert cvs.accepts(Decimal(15))


def test_a_second_reading_of_the_same_changes_nothing(
    synced, django_assert_max_num_queries
):
    before = list(Product.objects.order_by("pk").values())
    snapshot = read()

    with django_assert_max_num_queries(20):
        made = catalogue.apply(snapshot, actor=WORKER)

    assert list(Product.objects.order_by("pk").values()) == before
    assert (made.added, made.changed, made.retired) == (0, 0, 0)
    assert journalled()["products"]["changed"] == []


def test_reading_all_products_costs_few_queries(
    db, sandbox, django_assert_max_num_queries
):
    snapshot = read()

    with django_assert_max_num_queries(25):
        catalogue.apply(snapshot, actor=WORKER)


def test_a_change_of_price_is_journalled_with_old_and_new(synced):
    synced.settings(
        products={
            "CVS": {
                "Cost": {"Fee": 0.75, "DiscountPercentage": 3.5},
                "Denominations": [10, 20],
                "Terms": "New terms",
            }
        }
    )

    made = refresh()

    cvs = Product.objects.get(provider_id="CVS")
    assert str(cvs.fee) == "$0.75"
    assert made.changed == 1
    assert journalled()["products"]["changed"] == [
        {
            "id": "CVS",
            "fields": ["denominations", "fee_minor", "discount_percent", "terms"],
            "before": {
                "denominations": ["10", "15", "25", "50", "100"],
                "fee_minor": 0,
                "discount_percent": "2",
            },
            "after": {
                "denominations": ["10", "20"],
                "fee_minor": 75,
                "discount_percent": "3.5",
            },
        }
    ]


def test_a_missing_product_is_retired_and_comes_back_as_the_same(synced):
    pk = Product.objects.get(provider_id="CVS").pk
    synced.settings(products={"CVS": None})
    gone = refresh()
    assert Product.objects.get(pk=pk).retired_at is not None
    assert gone.retired == 1
    assert journalled()["products"]["retired"] == ["CVS"]

    synced.settings(products={})
    refresh()

    assert Product.objects.get(pk=pk).retired_at is None
    assert journalled()["products"]["returned"] == ["CVS"]


def test_a_product_is_retired_once(synced):
    synced.settings(products={"CVS": None})
    refresh()
    first = Product.objects.get(provider_id="CVS").retired_at

    assert refresh().retired == 0
    assert Product.objects.get(provider_id="CVS").retired_at == first


def test_an_empty_reading_retires_nothing(synced):
    before = Product.objects.offered().count()

    with pytest.raises(catalogue.EmptyCatalogue):
        catalogue.apply(snapshot_of(), actor=WORKER)

    assert Product.objects.offered().count() == before
    assert CatalogueRefresh.objects.count() == 1


def test_lists_that_come_back_empty_beside_the_products_retire_nothing(synced):
    synced.settings(brandings=False)

    refresh()

    assert Branding.objects.filter(retired_at=None).count() == 2


@pytest.mark.parametrize("down", ["503", "closed"])
def test_a_reading_that_breaks_off_changes_nothing(synced, down):
    synced.settings(down=down, products={"CVS": None})

    with pytest.raises(Unavailable):
        refresh()

    assert Product.objects.get(provider_id="CVS").retired_at is None


def test_an_older_reading_does_not_undo_a_newer_one(synced):
    synced.settings(products={"CVS": None})
    older = read()
    synced.settings(products={})
    refresh()

    with pytest.raises(catalogue.Outdated):
        catalogue.apply(older, actor=WORKER)

    assert Product.objects.get(provider_id="CVS").retired_at is None


@pytest.mark.parametrize(
    "nonsense",
    [
        {"id": "x" * 101},
        {"currency": "EURO"},
        {"currency": "XXZ"},
        {"fee": Decimal(-1)},
        {"discount_percent": Decimal(101)},
        {"discount_percent": Decimal(-1)},
        {"denominations": (Decimal(0),)},
    ],
)
def test_a_product_that_makes_no_sense_is_left_out_and_counted(db, nonsense):
    catalogue.apply(snapshot_of(item(), item(**{"id": "Y", **nonsense})), actor=WORKER)

    assert [p.provider_id for p in Product.objects.all()] == ["X"]
    assert (journalled()["read"], journalled()["unusable"]) == (2, 1)


def test_texts_no_database_holds_are_mended(db):
    odd = item(
        name="N\0ul" + "x" * 300,
        terms="half \ud800 a pair",
        raw={"a\0": ["\0", {"b": Decimal("1.10")}], "c": "\udfff"},
    )

    catalogue.apply(snapshot_of(odd), actor=WORKER)

    product = Product.objects.get()
    assert product.name == ("Nul" + "x" * 300)[:200]
    assert product.terms == "half ? a pair"
    assert product.raw == {"a": ["", {"b": "1.10"}], "c": "?"}


@pytest.mark.parametrize(
    ("name", "kept"), [(" CVS\n\tPharmacy\u2028 ", "CVS Pharmacy"), (" \n", "X")]
)
def test_a_name_is_one_line_and_never_blank(db, name, kept):
    catalogue.apply(snapshot_of(item(name=name)), actor=WORKER)

    assert Product.objects.get().name == kept


def test_a_provider_without_currencies_sells_in_its_own(db):
    catalogue.apply(snapshot_of(item(currency="")), actor=WORKER)

    assert Product.objects.get().currency == "USD"
