"""The catalogue's pages."""

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.outbox import dispatch
from portal.outbox.models import Message
from programs.models import Product
from tests import factories

LIST = "/products/"
STATUS = "/products/status/"
REFRESH = "/products/refresh/"


def names(page) -> list[str]:
    return [row.product.name for row in page.context["rows"]]


@pytest.mark.parametrize("role", ["manu", "ada", "audra", "adam", "otto"])
def test_members_see_the_catalogue_and_outsiders_find_nothing(request, cvs, role):
    client = factories.signed_in(request.getfixturevalue(role))
    expected = 404 if role == "otto" else 200

    for url in (LIST, STATUS, f"/products/{cvs.pk}/", "/products/shipping/"):
        assert client.get(url).status_code == expected


@pytest.mark.parametrize(
    ("role", "status"),
    [("manu", 303), ("adam", 303), ("ada", 404), ("audra", 404), ("otto", 404)],
)
def test_product_refresh_is_for_managers_and_administrators(
    request, program, role, status
):
    client = factories.signed_in(request.getfixturevalue(role))

    assert client.post(REFRESH).status_code == status
    assert Message.objects.count() == (1 if status == 303 else 0)
    shown = client.get(LIST)
    assert (REFRESH in shown.text) is False  # being read already, or not theirs


def test_product_list_shows_every_product_over_its_pages(as_ada, synced):
    seen: list[str] = []
    url = ""
    for _ in range(20):
        page = as_ada.get(LIST + url)
        seen += names(page)
        url = page.context["page"].older_url
        if not url:
            break

    assert len(seen) > 50
    assert sorted(seen) == sorted(Product.objects.values_list("name", flat=True))


def test_product_list_narrows_and_says_so(as_ada, synced):
    def found(**query: str) -> list[str]:
        return names(as_ada.get(LIST, query))

    assert found(q=" pharm ") == ["CVS Pharmacy"]
    assert len(found(currency="EUR")) == 4
    assert found(currency="EUR", q="sol") == ["Librería Sol"]
    assert "Crossroads Fuel" in found(type="Physical")
    assert "CVS Pharmacy" not in found(type="Physical")
    assert len(found(currency="nonsense")) == 50
    assert "No product matches" in as_ada.get(LIST, {"q": "zzz"}).text


def test_product_list_shows_retired_ones_on_demand(as_ada, cvs):
    Product.objects.update(retired_at=timezone.now())

    assert names(as_ada.get(LIST)) == []
    shown = as_ada.get(LIST, {"retired": "on"})
    assert names(shown) == ["CVS"]
    assert "Retired" in shown.text


def test_product_list_is_a_fragment_for_htmx(as_ada, cvs):
    fragment = as_ada.get(LIST, {"q": "c"}, headers={"HX-Request": "true"})

    assert fragment.text.strip().startswith('<div id="rows">')
    assert "1 product" in fragment.text


def test_product_list_costs_few_queries(as_manu, synced, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        as_manu.get(LIST, {"q": "a", "retired": "on"})


def test_product_list_says_how_fresh_it_is(as_manu, synced):
    assert "Catalogue as of" in as_manu.get(LIST).text


def test_product_list_before_the_first_reading_says_what_to_do(as_manu):
    page = as_manu.get(LIST)

    assert "The catalogue has not been read yet." in page.text
    assert "Refresh" in page.text


def test_product_status_polls_until_the_reading_is_done(as_manu, sandbox):
    as_manu.post(REFRESH)

    reading = as_manu.get(STATUS, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in reading.text
    assert "<html" not in reading.text

    dispatch.drain()

    done = as_manu.get(STATUS, headers={"HX-Request": "true"})
    assert "hx-trigger" not in done.text
    assert "Show the new list" in done.text
    assert "CVS Pharmacy" in as_manu.get(LIST).text


@pytest.mark.parametrize("down", ["503", "closed"])
def test_a_provider_that_is_down_is_said_and_the_old_catalogue_stays(
    as_manu, synced, down
):
    synced.settings(down=down)
    as_manu.post(REFRESH)
    dispatch.drain()

    page = as_manu.get(LIST)

    assert (
        "The catalogue could not be read. What is shown is our last copy." in page.text
    )
    assert "The provider does not answer now" in page.text
    assert "Catalogue as of" in page.text
    assert "Alder" in page.text


def test_product_detail_works_out_what_a_card_costs(as_ada, db):
    product = factories.make_product(
        "Books",
        values=[10, 25],
        fee_minor=50,
        discount_percent="6.5",
        delivery_types=["DigitalDelivery", "Codes"],
    )

    page = as_ada.get(reverse("programs:product_detail", args=[product.pk]))

    assert "$10.00, $25.00" in page.text
    assert "6.5 %" in page.text
    assert "Codes (not used here)" in page.text
    assert str(page.context["quote"].total) == "$9.85"
    assert "$9.85" in page.text
    assert "One card of $10.00" in page.text
    assert "An estimate" in page.text


def test_product_detail_without_values_shows_no_example(as_ada, db):
    product = factories.make_product("Odd", values=[])

    page = as_ada.get(reverse("programs:product_detail", args=[product.pk]))

    assert "does not say which values" in page.text
    assert "One card of" not in page.text


def test_product_detail_survives_the_provider_s_html(as_ada, synced):
    product = Product.objects.get(name="Petal & Thorn Florist")

    page = as_ada.get(reverse("programs:product_detail", args=[product.pk]))

    for word in ("owned", "onclick", "onerror", "javascript:", 'src="x"'):
        assert word not in page.text
    assert "Valid at <b>participating</b> locations." in page.text
    assert "Petal &amp; Thorn Florist" in page.text


def test_product_detail_of_a_retired_product_says_so(as_ada, cvs):
    Product.objects.update(retired_at=timezone.now())

    page = as_ada.get(reverse("programs:product_detail", args=[cvs.pk]))

    assert "no longer offers this product" in page.text


def test_shipping_list_shows_methods_and_brandings(as_ada, synced):
    page = as_ada.get(reverse("programs:shipping_list"))

    assert "Registered, with a signature" in page.text
    assert "$14.25" in page.text
    assert "Celebration" in page.text


def test_shipping_list_is_clear_about_having_nothing(as_ada):
    page = as_ada.get(reverse("programs:shipping_list"))

    assert "No shipping methods" in page.text
    assert "No brandings" in page.text
