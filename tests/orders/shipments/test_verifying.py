"""The provider is asked about an address while an order is typed."""

import html
import re
from functools import partial

import pytest
from django.core.cache import cache

from orders.models import Order
from portal.audit.models import Entry
from tests import factories
from tests.orders.shipments.filled import NEW, fill

# The library is in another part of the town.
ELSEWHERE = {"address_postal_code": "10016"}


@pytest.fixture
def provider(sandbox, settings):
    sandbox.settings(address_verification="yes")
    settings.PROVIDER_ADDRESS_VERIFICATION = True
    cache.clear()
    return sandbox


@pytest.fixture
def typed(program, card):
    return partial(fill, program, card)


def asked(provider):
    paths = [each["path"] for each in provider.requests()]
    return paths.count("/v1/AddressVerification")


def hidden(page, name):
    body = page.content.decode()
    found = re.search(rf'name="address-{name}" value="([^"]*)"', body)
    assert found
    return html.unescape(found[1])


def test_its_version_stands_beside_what_was_typed_and_is_ordered_to(
    provider, as_manu, typed, program, manu
):
    offer = as_manu.post(NEW, typed(**ELSEWHERE, address_act="verify"))
    body = offer.content.decode()
    chosen = {f"address_{name}": hidden(offer, name) for name in ("offer", "seen")}

    sent = as_manu.post(NEW, typed(**ELSEWHERE, **chosen, address_choice="suggestion"))

    assert offer.status_code == 200
    assert "The provider suggests a correction" in body
    assert re.search(r"<ins>.*?</span>10018</ins>", body)
    assert sent.status_code == 303
    parcel = Order.objects.get().rewards.get().shipment
    assert (parcel.postal_code, parcel.reason) == ("10018", "")
    assert asked(provider) == 1
    entry = Entry.objects.get(action="address.verified")
    assert (entry.subject_id, entry.program_id) == (str(program.pk), program.pk)
    assert (entry.actor_id, entry.data) == (str(manu.pk), {"outcome": "offered"})


def test_an_edit_may_ask_as_well(provider, as_manu, typed):
    as_manu.post(NEW, typed())
    order = Order.objects.get()
    url = f"/send/physical/{order.reference}/edit/"

    offer = as_manu.post(url, typed(**ELSEWHERE, address_act="verify", version="1"))

    assert "The provider suggests a correction" in offer.content.decode()
    assert asked(provider) == 1


def test_what_was_typed_stays_when_it_does_not_answer(provider, as_manu, typed):
    provider.settings(down="503")

    page = as_manu.post(NEW, typed(**ELSEWHERE, address_act="verify"))
    provider.settings(down="no")

    assert page.status_code == 200
    assert "The provider did not answer" in page.content.decode()
    assert page.context["address"]["postal_code"].value() == "10016"
    assert not Order.objects.exists()


def test_nothing_asks_but_the_button(provider, as_manu, typed):
    as_manu.post(NEW, typed(**ELSEWHERE, preview="part"))
    as_manu.post(NEW, typed(**ELSEWHERE, address_act="check"))
    as_manu.post(NEW, typed(**ELSEWHERE))

    assert asked(provider) == 0


def test_whoever_asks_is_noted_in_a_program_of_theirs(
    provider, as_manu, as_audra, typed, program, adam
):
    other = factories.make_program(
        "Autumn", delivery_types=["PhysicalShipment"], funded=10, funded_by=adam
    )
    asks = typed(**ELSEWHERE, address_act="verify")

    for chosen in (other.pk, "x"):
        as_manu.post(NEW, asks | {"program": str(chosen)})
    assert as_audra.post(NEW, asks).status_code == 404

    noted = Entry.objects.filter(action="address.verified")
    assert {entry.program_id for entry in noted} == {program.pk}
    assert len(noted) == asked(provider) == 2
