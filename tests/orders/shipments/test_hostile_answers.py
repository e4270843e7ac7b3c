"""What anybody with a link may post: far too much, and words of the provider."""

import html
import json
import re
from dataclasses import replace

import pytest
from django.core.cache import cache

from orders.models import AddressRequest, Order, Shipment
from programs.address_form import form as address_form
from programs.addresses import characters, mending, postcodes
from programs.addresses.checking import judge
from programs.addresses.fields import Address, Field
from programs.addresses.pasting import MOST_PASTED
from tests.orders.claims.visiting import somebody
from tests.orders.shipments import asked, posted
from tests.orders.shipments.asked import CITY_HALL, path_of, typed
from tests.orders.shipments.filled import NEW, fill

# Boston's city hall again, by another postcode of it.
OFFER = json.dumps(
    {
        "country": "US",
        "line1": "1 City Hall Plaza",
        "city": "Boston",
        "state": "MA",
        "postal_code": "02108",
    }
)
LONG = "1 " + "a " * 250 + "b"
ACTS = ["", "fill", "country", "check", "verify"]
PARTS = sorted(set(Field))


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def request_(program, card, manu) -> AddressRequest:
    return asked.make_asked(program, card, manu)


@pytest.fixture
def unseen(monkeypatch):
    """Nothing that was typed is judged, taken apart, compared or folded."""

    def fail(*args, **kwargs):
        raise AssertionError("this was looked at")

    for name in ("judge", "paste", "fold", "versions", "fingerprint"):
        monkeypatch.setattr(address_form, name, fail)


def text(answer):
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("part", PARTS)
def test_what_is_far_too_long_is_said_and_not_looked_at(request_, unseen, part, act):
    sent = typed(
        CITY_HALL,
        **{
            f"address-{part}": LONG,
            "address-paste": "1 City Hall Square\nBoston MA 02201",
            "address-act": act,
            "address-offer": OFFER,
        },
    )

    answer = somebody().post(path_of(request_), sent)

    assert answer.status_code == 422
    (said,) = answer.context["form"].errors[part]
    most = 500 if part in ("country", "state") else LIMITS[part]
    assert said == (
        f"These are 503 characters, and at most {most} are taken. Shorten it."
    )
    assert said in text(answer)
    assert LONG in text(answer)
    assert "Boston MA 02201" in text(answer)
    assert Shipment.objects.get().line1 == ""


LIMITS = {
    "name": 150,
    "line1": 100,
    "line2": 100,
    "line3": 100,
    "city": 100,
    "postal_code": 50,
}


@pytest.mark.parametrize("act", ACTS)
def test_a_paste_is_as_long_as_addresses_are(request_, unseen, act):
    pasted = "1 City Hall Square\n" + "x" * MOST_PASTED
    empty = Address(country="US")

    answer = somebody().post(
        path_of(request_), typed(empty, **{"address-paste": pasted, "address-act": act})
    )

    assert answer.status_code == 422
    said = answer.context["form"].errors["paste"]
    assert said == [
        "These are 2,019 characters, and at most 2,000 are taken. Shorten it."
    ]
    assert pasted in text(answer)


def test_blanks_around_count_for_nothing(request_):
    wide = replace(CITY_HALL, line1=f"{CITY_HALL.line1}{' ' * 3000}")

    answer = somebody().post(path_of(request_), typed(wide))

    assert answer.status_code == 303
    assert Shipment.objects.get().line1 == CITY_HALL.line1


def test_as_much_as_is_looked_at_is_judged(request_):
    answer = somebody().post(
        path_of(request_), typed(replace(CITY_HALL, line1="1 " + "x" * 498))
    )

    assert answer.status_code == 422
    assert "the provider takes 100" in text(answer)


@pytest.mark.parametrize("verification", [True, False])
def test_nobody_outside_speaks_for_the_provider(request_, settings, verification):
    settings.PROVIDER_ADDRESS_VERIFICATION = verification
    visitor, path = somebody(), path_of(request_)
    said = {"address-offer": OFFER, "address-verdict": "same"}

    pressed = visitor.post(path, typed(CITY_HALL, **said, **{"address-act": "verify"}))

    assert pressed.status_code == 200
    assert pressed.context["form"].verdict is None
    assert "City Hall Plaza" not in text(pressed)
    assert pressed.context["form"].versions is None
    assert Shipment.objects.get().line1 == ""
    seen = pressed.context["form"].seen
    chosen = {"address-choice": "suggestion", "address-seen": seen}
    sent = visitor.post(path, typed(CITY_HALL, **said, **chosen))
    assert sent.status_code == 303
    assert Shipment.objects.get().line1 == CITY_HALL.line1


def test_no_cache_holds_what_is_no_name(db):
    kept = (characters._remembered, mending._nearly, postcodes._shaped)
    judge(CITY_HALL)
    judge(replace(CITY_HALL, country="Nowhere"))  # Reads the names of countries once.
    before = [each.cache_info().currsize for each in kept]

    for number in range(20):
        long = f"{number} " + "ä " * 200
        judge(
            Address(
                country="US",
                name=long,
                line1=long,
                city=long,
                state=long,
                postal_code=long,
            )
        )
        judge(replace(CITY_HALL, country=long))

    assert [each.cache_info().currsize for each in kept] == before


@pytest.mark.parametrize("act", [None, "check", "fill", "verify"])
def test_staff_are_told_the_same(as_manu, program, card, unseen, act):
    sent = fill(program, card, address_line1=LONG, address_act=act)

    page = as_manu.post(NEW, sent)

    assert page.status_code == (200 if act else 422)
    assert "These are 503 characters, and at most 100 are taken." in text(page)
    assert re.search(rf'name="address-line1" value="{LONG}"', text(page))
    assert not Order.objects.exists()
    assert posted.LIBRARY.city in text(page)
