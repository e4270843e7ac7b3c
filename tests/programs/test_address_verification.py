"""Asking the provider about an address: by a button alone, and whatever it answers."""

import html
import logging
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.provider import connection
from portal.provider.sandbox.launch import Sandbox, launch
from programs import address_book
from programs.address_form import verifying
from programs.address_form.form import AddressForm
from programs.addresses.fields import Address
from programs.models import PostalAddress
from tests import factories

HALL = {
    "country": "US",
    "line1": "1 City Hall Square",
    "line2": "Room 500",
    "line3": "",
    "city": "Boston",
    "state": "MA",
    "postal_code": "02201",
}
# As the provider writes it; it says nothing of rooms.
THEIRS = HALL | {"line1": "1 City Hall Sq"}
# A postcode of another part of the town, which no rule of ours can doubt.
ELSEWHERE = HALL | {"postal_code": "02210"}


@pytest.fixture(scope="module")
def sandbox_server():
    with launch(address_verification="yes") as sandbox:
        yield sandbox


@pytest.fixture
def provider(sandbox_server: Sandbox, settings) -> Sandbox:
    """A provider that verifies addresses, and is set up to be asked."""
    sandbox_server.reset()
    connection.forget()
    cache.clear()
    settings.PROVIDER_BASE_URL = sandbox_server.base_url
    settings.PROVIDER_ADDRESS_VERIFICATION = True
    return sandbox_server


@pytest.fixture
def dana(program, manu):
    return factories.make_recipient("Dana Rivera", program, email="dana@example.com")


def add(client, dana, parts, **more):
    own = {"paste": "", **parts, **more}
    given = {f"address-{name}": value for name, value in own.items()}
    return client.post(reverse("programs:address_add", args=[dana.pk]), given)


def hidden(answer, name):
    body = answer.content.decode()
    found = re.search(rf'name="address-{name}" value="([^"]*)"', body)
    assert found
    return html.unescape(found[1])


def text(answer):
    body = html.unescape(answer.content.decode())
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def asked(provider):
    """How often the provider was asked, which is what costs money."""
    paths = [each["path"] for each in provider.requests()]
    return paths.count("/v1/AddressVerification")


def outcomes():
    entries = Entry.objects.filter(action="address.verified").order_by("pk")
    return [entry.data["outcome"] for entry in entries]


def choice(offer, **more):
    return {"seen": hidden(offer, "seen"), "offer": hidden(offer, "offer"), **more}


def test_the_button_stands_where_the_provider_answers(provider, as_manu, dana):
    here = as_manu.get(reverse("programs:address_add", args=[dana.pk]))
    abroad = add(as_manu, dana, HALL | {"country": "CA"}, act="country")

    assert "Ask the provider (charged per call)" in text(here)
    assert "Ask the provider" not in text(abroad)
    assert asked(provider) == 0


def test_without_the_setting_there_is_no_button_and_no_call(
    provider, as_manu, dana, settings
):
    settings.PROVIDER_ADDRESS_VERIFICATION = False

    page = as_manu.get(reverse("programs:address_add", args=[dana.pk]))
    answer = add(as_manu, dana, HALL, act="verify")

    assert "Ask the provider" not in text(page)
    assert answer.status_code == 200
    assert (asked(provider), outcomes()) == (0, [])


def test_nothing_else_asks_by_itself(provider, as_manu, dana):
    add(as_manu, dana, ELSEWHERE, act="check")
    add(
        as_manu, dana, {"country": "US"}, paste="1 City Hall Square\nBoston", act="fill"
    )
    add(as_manu, dana, ELSEWHERE)

    assert asked(provider) == 0


def test_a_form_that_may_not_ask_has_no_button(provider):
    form = AddressForm(home="US", name="Dana Rivera")

    assert not form.may_verify


def test_what_it_suggests_stands_beside_what_was_typed(provider, as_manu, dana, manu):
    answer = add(as_manu, dana, ELSEWHERE, act="verify")

    body = answer.content.decode()
    assert answer.status_code == 200
    assert "The provider suggests a correction" in text(answer)
    assert re.search(r"<ins>.*?</span>02201</ins>", body)
    assert re.search(r"<del>.*?</span>02210</del>", body)
    assert re.search(r'value="suggestion"[^>]* checked', body)
    # It is as the rules want it, so that keeping it takes no reason.
    assert not re.search(r'value="mine"[^>]* disabled', body)
    assert "address-reason" not in body
    assert not PostalAddress.objects.exists()
    entry = Entry.objects.get(action="address.verified")
    assert (entry.subject_id, entry.actor_id) == (str(dana.pk), str(manu.pk))
    assert entry.data == {"outcome": "offered"}
    assert asked(provider) == 1


def test_the_suggestion_is_saved_where_it_is_chosen(provider, as_manu, dana):
    offer = add(as_manu, dana, ELSEWHERE, act="verify")

    answer = add(as_manu, dana, ELSEWHERE, **choice(offer, choice="suggestion"))

    assert answer.status_code == 303
    kept = dana.addresses.get()
    # The room, of which the provider said nothing, is not lost.
    assert address_book.read(kept) == Address(**THEIRS)
    assert kept.reason == ""
    assert asked(provider) == 1


def test_what_was_typed_is_saved_where_that_is_chosen(provider, as_manu, dana):
    offer = add(as_manu, dana, ELSEWHERE, act="verify")

    answer = add(as_manu, dana, ELSEWHERE, **choice(offer, choice="mine"))

    assert answer.status_code == 303
    assert address_book.read(dana.addresses.get()) == Address(**ELSEWHERE)


def test_what_the_rules_doubt_still_takes_a_reason(provider, as_manu, dana):
    doubted = HALL | {"postal_code": "10001"}
    offer = add(as_manu, dana, doubted, act="verify")
    mine = choice(offer, choice="mine")

    without = add(as_manu, dana, doubted, **mine)
    answer = add(as_manu, dana, doubted, **mine, reason="They told me so")

    assert (without.status_code, answer.status_code) == (422, 303)
    assert "reason" in without.context["form"].errors
    assert dana.addresses.get().reason == "They told me so"


def test_an_offer_is_for_what_was_asked_about_alone(provider, as_manu, dana):
    offer = add(as_manu, dana, ELSEWHERE, act="verify")
    moved = HALL | {"line1": "700 Boylston St", "postal_code": "02116"}

    answer = add(as_manu, dana, moved, **choice(offer, choice="suggestion"))

    assert answer.status_code == 303
    assert address_book.read(dana.addresses.get()) == Address(**moved)


def test_looking_again_keeps_the_offer_as_long_as_nothing_changed(
    provider, as_manu, dana
):
    offer = add(as_manu, dana, ELSEWHERE, act="verify")

    same = add(as_manu, dana, ELSEWHERE, **choice(offer), act="check")
    other = add(as_manu, dana, ELSEWHERE | {"line2": ""}, **choice(offer), act="check")

    assert "Use the suggestion" in text(same)
    assert "Use the suggestion" not in text(other)
    assert asked(provider) == 1


FORGED = {
    "no JSON": "{",
    "a list": "[]",
    "a number": '{"city": 7}',
    "an unknown part": '{"planet": "Mars"}',
    "a great deal": '{"city": "%s"}' % ("x" * 9000),
    "what the rules doubt": '{"country": "US", "line1": "1 Main St", "city": "Rye"}',
    "deep": "[" * 900,
}


@pytest.mark.parametrize("name", sorted(FORGED))
def test_an_offer_nobody_made_is_none(name, provider, as_manu, dana):
    answer = add(
        as_manu, dana, ELSEWHERE, offer=FORGED[name], seen="x", choice="suggestion"
    )

    assert answer.status_code == 303
    assert address_book.read(dana.addresses.get()) == Address(**ELSEWHERE)


def test_what_it_knows_as_it_is_is_said_so(provider, as_manu, dana):
    known = THEIRS | {"line2": ""}

    answer = add(as_manu, dana, known, act="verify")

    assert "The provider knows it. Just as it was typed." in text(answer)
    assert "Use the suggestion" not in text(answer)
    assert outcomes() == ["same"]


@pytest.mark.parametrize(
    ("knobs", "parts", "said", "outcome"),
    [
        ({}, {"line1": "99 Nowhere Road"}, "does not know it", "unknown"),
        ({"down": "503"}, {}, "did not answer", "failed"),
        ({"down": "closed"}, {}, "did not answer", "failed"),
        ({"access_token": "another"}, {}, "did not answer", "failed"),
        ({"address_verification": "no"}, {}, "not enabled", "not offered"),
        ({"address_verification": "disabled"}, {}, "not enabled", "not offered"),
        ({"address_verification": "no_funds"}, {}, "has no funds", "no funds"),
    ],
)
def test_whatever_it_answers_what_was_typed_stays(
    knobs, parts, said, outcome, provider, as_manu, dana
):
    provider.settings(**knobs)
    typed = ELSEWHERE | parts

    answer = add(as_manu, dana, typed, act="verify")
    provider.settings(access_token=provider.access_token)

    assert answer.status_code == 200
    assert said in text(answer)
    form = answer.context["form"]
    assert {part: form[part].value() for part in HALL} == typed
    assert outcomes() == [outcome]


@pytest.mark.parametrize(
    "parts",
    [{"postal_code": ""}, {"line1": "1 " + "x" * 120}, {"country": "CA"}],
)
def test_what_cannot_be_sent_is_not_asked_about(parts, provider, as_manu, dana):
    answer = add(as_manu, dana, HALL | parts, act="verify")

    assert answer.status_code == 200
    assert "The provider was not asked" in text(answer)
    assert (asked(provider), outcomes()) == (0, [])


def test_nobody_asks_without_end(provider, as_manu, dana, monkeypatch):
    monkeypatch.setattr(verifying, "_MOST_A_MINUTE", 2)

    said = [text(add(as_manu, dana, ELSEWHERE, act="verify")) for _ in range(3)]

    assert asked(provider) == 2
    assert [words.count("You asked many times.") for words in said] == [0, 0, 1]
    assert outcomes() == ["offered", "offered"]


def test_who_may_not_change_the_person_asks_nothing(
    provider, as_audra, as_manu, dana, manu
):
    dana.programs.add(factories.make_program("Autumn"))

    for client in (as_audra, as_manu):
        assert add(client, dana, ELSEWHERE, act="verify").status_code == 404
    assert asked(provider) == 0


def test_an_address_on_record_can_be_asked_about_too(provider, as_manu, manu, dana):
    stored = address_book.add(dana, Address(**ELSEWHERE), actor=actor_of(manu))
    url = reverse("programs:address_edit", args=[dana.pk, stored.pk])
    given = {f"address-{name}": value for name, value in ELSEWHERE.items()}

    offer = as_manu.post(url, given | {"address-act": "verify", "version": "1"})
    more = {f"address-{n}": v for n, v in choice(offer, choice="suggestion").items()}
    answer = as_manu.post(url, given | more | {"version": "1"})

    stored.refresh_from_db()
    assert answer.status_code == 303
    assert stored.postal_code == "02201"


def test_no_address_is_in_the_journal_or_the_log(provider, as_manu, dana, caplog):
    caplog.set_level(logging.DEBUG)

    add(as_manu, dana, ELSEWHERE, act="verify")
    provider.settings(down="503")
    add(as_manu, dana, ELSEWHERE, act="verify")

    kept = [entry.data for entry in Entry.objects.all()]
    assert outcomes() == ["offered", "failed"]
    assert not re.search("city hall|02210|02201", f"{kept}{caplog.text}", re.IGNORECASE)
