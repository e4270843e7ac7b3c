"""The methods that only read: paging, look-ups, and the errors they raise."""

import json
import os
import subprocess
import sys
from decimal import Decimal

import pytest

from portal.provider.errors import Denied, Malformed, NotFound, Unavailable
from tests.portal.provider.examples import digital


@pytest.mark.parametrize("casing", ["pascal", "camel"])
@pytest.mark.parametrize(
    "lists",
    [
        {},
        {"page_size_cap": 7},
        {"page_size_cap": 7, "list_shape": "bare"},
        {"page_size_cap": 7, "list_shape": "bare", "past_the_end": "repeat"},
        {"list_shape": "bare", "past_the_end": "repeat"},
    ],
)
def test_every_product_is_read_once_however_the_list_is_paged(
    casing, lists, client, sandbox
):
    sandbox.settings(casing=casing, **lists)

    products = list(client.products())

    ids = [product.id for product in products]
    assert len(ids) == len(set(ids)) == 66
    assert ids[0] == "CVS"


def test_a_product_is_read_whole(client):
    cvs = next(client.products())

    assert (cvs.id, cvs.name, cvs.type) == ("CVS", "CVS Pharmacy", "Digital")
    assert cvs.denomination_type == "Fixed"
    assert cvs.denominations == tuple(map(Decimal, (10, 15, 25, 50, 100)))
    assert cvs.delivery_types == ("DigitalDelivery", "Links", "PhysicalShipment")
    assert (cvs.currency, cvs.fee, cvs.discount_percent) == ("USD", 0, 2)
    assert not cvs.has_required_card_carriers
    assert cvs.raw["Name"] == "CVS Pharmacy"


def test_the_catalogue_holds_what_screens_must_cope_with(client):
    products = list(client.products())

    assert {p.denomination_type for p in products} == {
        "Fixed",
        "Variable",
        "VariableNoCents",
    }
    assert {p.currency for p in products} == {"USD", "EUR", "CAD", "GBP"}
    assert {p.type for p in products} == {"Digital", "Physical"}
    assert any(p.delivery_types == ("Links",) for p in products)
    assert any(p.has_required_card_carriers for p in products)
    assert any("<script>" in p.terms and "onclick" in p.terms for p in products)
    assert any(p.fee for p in products)


def test_shipping_methods_and_brandings_are_read_over_several_pages(client, sandbox):
    sandbox.settings(page_size_cap=1)

    methods = list(client.shipping_methods())
    brandings = list(client.brandings())

    assert len(methods) == 6
    assert (methods[0].id, methods[0].cost) == ("STANDARD", Decimal("4.95"))
    assert len({method.carrier for method in methods}) == 2
    assert [branding.name for branding in brandings] == ["Classic", "Celebration"]


@pytest.mark.parametrize("casing", ["pascal", "camel"])
def test_card_carriers_are_read_over_several_pages(casing, client, sandbox):
    sandbox.settings(page_size_cap=1, casing=casing)

    carriers = list(client.card_carriers())

    assert len(carriers) == 4
    first = carriers[0]
    assert (first.id, first.description) == ("DEFAULT", "Plain white folder")
    assert len(first.raw) == 2


def test_a_provider_without_card_carriers_has_none(client, sandbox):
    sandbox.settings(card_carriers=False)

    assert list(client.card_carriers()) == []


def test_a_provider_without_brandings_has_none(client, sandbox):
    sandbox.settings(brandings=False)

    assert list(client.brandings()) == []


@pytest.mark.parametrize("ignore_filters", [False, True])
def test_orders_are_found_by_their_number_even_if_the_filter_is_ignored(
    ignore_filters, client, sandbox
):
    for number in range(7):
        client.create_order(digital(f"A-{number}"))
    sandbox.settings(ignore_filters=ignore_filters, page_size_cap=2)

    found = client.find_orders("A-1")

    assert [order.po_number for order in found] == ["A-1"]
    assert client.find_orders("A") == ()


def test_an_endless_list_is_no_proof_that_an_order_is_missing(client, sandbox):
    for number in range(201):
        client.create_order(digital(f"A-{number}"))
    sandbox.settings(ignore_filters=True, page_size_cap=1)

    with pytest.raises(Malformed):
        client.find_orders("A-0")
    assert len(client.find_orders("A-200")) == 1


@pytest.mark.parametrize("order_id", ["missing", "", ".", "..", "a/b", "a?b#c", "é"])
def test_an_order_that_is_not_there_is_not_found(order_id, client):
    with pytest.raises(NotFound):
        client.get_order(order_id)


def test_an_answer_about_another_order_is_malformed(answering):
    body = json.dumps({"Id": "o-2"}).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    with pytest.raises(Malformed):
        answering(answer).get_order("o-1")


@pytest.mark.parametrize("down", ["503", "closed"])
def test_reading_from_a_provider_that_is_down_is_unavailable(down, client, sandbox):
    sandbox.settings(down=down)

    with pytest.raises(Unavailable):
        client.get_order("o-1")


def test_reading_with_wrong_credentials_is_denied(make_client):
    client = make_client(email="somebody@example.com")

    with pytest.raises(Denied) as caught:
        list(client.products())

    assert "somebody" not in str(caught.value)


def test_a_dead_token_is_renewed_for_reading_too(client, sandbox):
    client.find_orders("A")
    sandbox.reset()  # the tokens it issued die

    assert client.find_orders("A") == ()

    asked = [r["status"] for r in sandbox.requests() if "/v1/" in r["path"]]
    assert asked == [401, 200, 200]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n", Malformed),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", Malformed),
        (
            b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\nRetry-After: 3\r\n\r\n",
            Unavailable,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Malformed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", Unavailable),
    ],
)
def test_bad_answers_raise_the_error_that_says_what_to_do(answer, error, answering):
    with pytest.raises(error) as caught:
        answering(answer).find_orders("A")

    assert caught.value.__context__ is None


@pytest.mark.parametrize("base_url", ["", "provider.example.com", "ftp://example.com"])
def test_a_base_url_that_is_none_is_refused_at_once(base_url, make_client):
    with pytest.raises(ValueError, match="base URL"):
        make_client(base_url=base_url)


def test_the_client_and_the_sandbox_bring_in_no_django():
    program = """
import sys
import portal
known = set(sys.modules)
import portal.provider.client, portal.provider.bodies
import portal.provider.sandbox.__main__, portal.provider.sandbox.launch
sys.exit(any(name.split(".")[0] == "django" for name in set(sys.modules) - known))
"""

    done = subprocess.run([sys.executable, "-c", program], env={**os.environ})

    assert done.returncode == 0
