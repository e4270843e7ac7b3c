"""The pages of a person's addresses: typed, pasted, corrected, kept all the same."""

import html
import logging
import re
from dataclasses import replace

import pytest
from django.urls import reverse

from portal.audit.models import Entry
from portal.outbox.models import Message
from programs import address_book, recipients
from programs.address_form.form import AddressForm
from programs.addresses.checking import Outcome
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
PASTED = "Dana Rivera\n1 City Hall Square\nRoom 500\nBoston, MA 02201\nUSA"
# A letter for a digit: there is one thing that can be meant.
SLIP = HALL | {"postal_code": "O2201"}
NO_NUMBER = HALL | {"line1": "City Hall Square", "line2": ""}
# New York's postcode: no post knows it in Boston.
ELSEWHERE = HALL | {"postal_code": "10001"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def dana(program, manager):
    return recipients.add(
        program, name="Dana Rivera", email="dana@example.com", phone=None, actor=manager
    )


@pytest.fixture
def hall(dana, manager):
    return address_book.add(dana, Address(**HALL), actor=manager)


def page(name, dana, stored=None):
    return reverse(f"programs:{name}", args=[dana.pk, *([stored.pk] if stored else [])])


def typed(parts, **more):
    """What a browser posts: every field of the part under its name."""
    own = {"paste": "", **parts, **more}
    return {f"address-{name}": value for name, value in own.items()}


def add(client, dana, parts, **more):
    return client.post(page("address_add", dana), typed(parts, **more))


def text(answer):
    """The words of a page, without its tags."""
    body = html.unescape(answer.content.decode())
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def field(answer, name):
    """What stands in a field of the form."""
    return answer.context["form"][name].value()


def seen(answer):
    found = re.search(r'name="address-seen" value="(\w*)"', answer.content.decode())
    assert found
    return found[1]


def errors(answer):
    return {name: list(words) for name, words in answer.context["form"].errors.items()}


def test_the_page_of_a_person_shows_addresses_as_they_are_printed(as_manu, dana, hall):
    body = as_manu.get(page("recipient_detail", dana)).content.decode()

    lines = ("1 City Hall Square", "Room 500", "BOSTON, MA 02201", "UNITED STATES")
    assert "<br>".join(lines) in body
    assert "Confirmed" in body
    assert page("address_edit", dana, hall) in body
    assert page("address_remove", dana, hall) in body


def test_who_only_looks_is_offered_no_change(as_audra, dana, hall):
    body = as_audra.get(page("recipient_detail", dana)).content.decode()

    assert "1 City Hall Square" in body
    assert "/addresses/" not in body


def test_a_confirmed_address_is_saved_at_once(as_manu, dana):
    answer = add(as_manu, dana, HALL)

    assert (answer.status_code, answer["Location"]) == (
        303,
        page("recipient_detail", dana),
    )
    assert address_book.read(dana.addresses.get()) == Address(**HALL)
    assert "It is confirmed." in text(as_manu.get(answer["Location"]))


def test_what_is_worth_knowing_is_said_when_it_is_saved(as_manu, dana):
    add(as_manu, dana, HALL | {"line1": "PO Box 12", "line2": ""})

    assert "post office box" in text(as_manu.get(page("recipient_detail", dana)))


def test_saving_twice_keeps_one(as_manu, dana):
    add(as_manu, dana, HALL)
    again = add(as_manu, dana, HALL)

    assert again.status_code == 303
    assert dana.addresses.count() == 1
    assert "on record already" in text(as_manu.get(again["Location"]))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_pasted_address_fills_the_fields_and_saves_nothing(headers, as_manu, dana):
    given = typed({"country": "US", "paste": PASTED, "act": "fill"})

    answer = as_manu.post(page("address_add", dana), given, headers=headers)

    assert answer.status_code == 200
    assert {name: field(answer, name) for name in HALL} == HALL
    assert "The fields are filled in. Check them." in text(answer)
    assert "Confirmed" in text(answer)
    assert field(answer, "paste") == PASTED
    assert "<title>Error:" not in answer.content.decode()
    assert not PostalAddress.objects.exists()


def test_what_found_no_place_is_shown(as_manu, dana):
    pasted = f"Somebody Else\n{PASTED.partition(chr(10))[2]}\nTel. 202 555 0123"

    answer = add(as_manu, dana, {"country": "US"}, paste=pasted, act="fill")

    body = answer.content.decode()
    assert "<li>Somebody Else</li>" in body
    assert "<li>Tel. 202 555 0123</li>" in body


def test_what_stood_in_the_fields_before_is_shown(as_manu, dana):
    before = HALL | {"line2": "Room 1 <b>", "city": "Springfield"}

    answer = add(as_manu, dana, before, paste=PASTED, act="fill")

    body = answer.content.decode()
    assert "<li>Address line 2: Room 1 &lt;b&gt;</li>" in body
    assert "<li>City: Springfield</li>" in body
    assert "ZIP code: " not in body


@pytest.mark.parametrize("pasted", ["", "   ", "?!"])
def test_nothing_to_read_says_so_and_leaves_the_fields(pasted, as_manu, dana):
    answer = add(as_manu, dana, HALL, paste=pasted, act="fill")

    assert answer.status_code == 200
    assert "No address could be read." in text(answer)
    assert field(answer, "city") == "Boston"


def test_saving_what_was_only_pasted_fills_the_fields_first(as_manu, dana):
    answer = add(as_manu, dana, dict.fromkeys(HALL, "") | {"paste": PASTED})

    assert answer.status_code == 200
    assert field(answer, "city") == "Boston"
    assert not PostalAddress.objects.exists()


def test_the_fields_follow_the_country(as_manu, dana):
    first = as_manu.get(page("address_add", dana))
    answer = add(as_manu, dana, HALL | {"country": "CA"}, act="country")

    assert "ZIP code" in first.content.decode()
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "Postal code" in body
    assert "ZIP code" not in body
    assert '<option value="ON">Ontario</option>' in body
    assert field(answer, "line1") == "1 City Hall Square"
    # Of no use there, yet not for the form to throw away.
    assert '<option value="MA" selected>MA</option>' in body
    assert "Not checked yet" in body


def test_fields_say_what_a_browser_may_fill_in(as_manu, dana):
    body = as_manu.get(page("address_add", dana)).content.decode()

    tokens = re.findall(r'autocomplete="([a-z0-9-]+)"[^>]*id="id_address', body)
    assert set(tokens) - {"off"} == {
        *("country", "address-line1", "address-line2", "address-line3"),
        *("address-level2", "address-level1", "postal-code"),
    }


def test_a_new_address_begins_in_the_country_of_the_program(as_manu, program, dana):
    program.phone_region = "DE"
    program.save()

    answer = as_manu.get(page("address_add", dana))

    assert field(answer, "country") == "DE"


def test_it_is_checked_on_the_way_once_all_of_it_is_there(as_manu, dana):
    half = add(as_manu, dana, HALL | {"city": ""}, act="check")
    whole = add(as_manu, dana, HALL, act="check")
    slip = add(as_manu, dana, SLIP, act="check")

    assert [answer.status_code for answer in (half, whole, slip)] == [200] * 3
    assert "Not checked yet" in text(half)
    assert "Confirmed" in text(whole)
    assert "We suggest a correction" in text(slip)
    assert not PostalAddress.objects.exists()


def test_a_suggestion_stands_beside_what_was_typed(as_manu, dana):
    answer = add(as_manu, dana, SLIP)

    body = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error:" in body
    assert re.search(r"<ins>.*?</span>02201</ins>", body)
    assert re.search(r"<del>.*?</span>O2201</del>", body)
    assert "Changed: ZIP code" in text(answer)
    assert re.search(r'value="suggestion"[^>]* checked', body)
    assert field(answer, "postal_code") == "O2201"
    assert not PostalAddress.objects.exists()


def test_the_suggestion_is_saved_where_it_is_chosen(as_manu, dana):
    offer = add(as_manu, dana, SLIP)

    answer = add(as_manu, dana, SLIP, choice="suggestion", seen=seen(offer))

    assert answer.status_code == 303
    assert address_book.read(dana.addresses.get()) == Address(**HALL)
    assert Entry.objects.latest("sequence").data["reason_given"] is False


def test_what_the_provider_refuses_cannot_be_kept_as_typed(as_manu, dana):
    stateless = HALL | {"state": ""}
    offer = add(as_manu, dana, stateless)
    mine = {"choice": "mine", "seen": seen(offer), "reason": "They told me so"}

    answer = add(as_manu, dana, stateless, **mine)

    assert "The provider does not take it like this." in text(offer)
    assert re.search(r'value="mine"[^>]* disabled', offer.content.decode())
    assert answer.status_code == 422
    assert not PostalAddress.objects.exists()


def test_keeping_what_was_typed_needs_a_reason(as_manu, dana):
    mine = {"choice": "mine", "seen": seen(add(as_manu, dana, SLIP))}

    without = add(as_manu, dana, SLIP, **mine)
    answer = add(as_manu, dana, SLIP, **mine, reason="They write it so")

    assert without.status_code == 422
    assert errors(without) == {"reason": ["Say why it is right as it was typed."]}
    assert re.search(r'value="mine"[^>]* checked', without.content.decode())
    assert answer.status_code == 303
    assert dana.addresses.get().postal_code == "O2201"
    assert Entry.objects.latest("sequence").data["reason_given"] is True
    shown = text(as_manu.get(answer["Location"]))
    assert "Kept as typed" in shown
    assert "They write it so" in shown


@pytest.mark.parametrize("choice", ["suggestion", "mine"])
def test_a_choice_counts_for_the_two_versions_on_the_screen_alone(
    choice, as_manu, dana
):
    answer = add(
        *(as_manu, dana, SLIP | {"line2": "Room 501"}),
        choice=choice,
        reason="They write it so",
        seen=seen(add(as_manu, dana, SLIP)),
    )

    assert answer.status_code == 422
    assert "choice" in errors(answer)
    assert "Room 501" in text(answer)
    assert not PostalAddress.objects.exists()


def test_what_is_missing_is_said_at_its_field(as_manu, dana):
    answer = add(as_manu, dana, dict.fromkeys(HALL, "") | {"country": "US"})

    assert answer.status_code == 422
    assert set(errors(answer)) == {"line1", "city", "state", "postal_code"}
    said = "ZIP code is missing. Add it: nothing can be posted without it."
    assert errors(answer)["postal_code"] == [said]
    assert f"ZIP code: {said}" in text(answer)
    assert "Incomplete" in text(answer)


def test_an_address_without_a_number_is_kept_for_a_reason(as_manu, dana):
    incomplete = add(as_manu, dana, NO_NUMBER)
    mine = {"choice": "mine", "seen": seen(incomplete)}

    answer = add(as_manu, dana, NO_NUMBER, **mine, reason="There is one house")

    assert incomplete.status_code == 422
    said = "The house number is missing. Add it to the street."
    assert errors(incomplete) == {"line1": [said]}
    assert "It is right as it is" in text(incomplete)
    assert answer.status_code == 303
    assert dana.addresses.get().reason == "There is one house"


BAD = {
    "a missing apartment number": ({"line2": "Apt"}, "line2", "no number after “Apt”"),
    "a state of another country": (
        {"state": "ON", "postal_code": ""},
        "state",
        "does not belong to",
    ),
    "a postcode of the wrong shape": ({"postal_code": "220"}, "postal_code", "be righ"),
    "a postcode elsewhere": ({"postal_code": "10001"}, "postal_code", "in New York"),
    "a country without states": (
        {"country": "DE", "state": ""},
        "state",
        "addresses in Germany have none",
    ),
    "no country": ({"country": "ZZ"}, "country", "Choose it from the list"),
    "a picture": ({"line1": "1 City Hall 🎁"}, "line1", "cannot be printed"),
    "a line too long": ({"line1": "1 " + "x" * 120}, "line1", "122 characters"),
    "a great deal": ({"line1": "1 " + "x" * 90_000}, "line1", "Shorten it"),
    "a null character": ({"city": "Bos\x00ton"}, "city", "Null characters"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_input_is_kept_beside_what_is_wrong_with_it(name, as_manu, dana):
    changes, where, said = BAD[name]
    parts = HALL | changes

    answer = add(as_manu, dana, parts)

    assert answer.status_code == 422
    assert any(said in message for message in errors(answer)[where])
    assert {part: field(answer, part) for part in HALL} == parts
    assert not PostalAddress.objects.exists()


def test_what_cannot_be_delivered_is_kept_for_a_reason(as_manu, dana):
    first = add(as_manu, dana, ELSEWHERE)
    mine = {"choice": "mine", "seen": seen(first)}

    without = add(as_manu, dana, ELSEWHERE, **mine)
    answer = add(as_manu, dana, ELSEWHERE, **mine, reason="They told me so")

    assert (first.status_code, without.status_code) == (422, 422)
    assert "Cannot be delivered" in text(first)
    assert "It is right as it is" in text(first)
    assert "reason" in errors(without)
    assert answer.status_code == 303
    kept = dana.addresses.get()
    assert (kept.postal_code, kept.reason) == ("10001", "They told me so")
    assert "Kept as typed" in text(as_manu.get(answer["Location"]))


LIMITS = {
    "too long": HALL | {"line1": f"1 {'x' * 120}"},
    "a picture": HALL | {"line1": "1 City Hall 🎁"},
    "no postcode": HALL | {"postal_code": ""},
    "a country without states": HALL | {"country": "DE", "state": ""},
}


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_what_the_provider_would_refuse_is_kept_for_no_reason(name, as_manu, dana):
    first = add(as_manu, dana, LIMITS[name])
    mine = {"choice": "mine", "seen": seen(first), "reason": "They told me so"}

    answer = add(as_manu, dana, LIMITS[name], **mine)

    assert "It is right as it is" not in text(first)
    assert answer.status_code == 422
    assert not PostalAddress.objects.exists()


def test_who_may_not_override_cannot_keep_what_cannot_be_delivered():
    offer = part(ELSEWHERE)
    mine = {"choice": "mine", "seen": offer.seen, "reason": "They told me so"}

    refused = part(ELSEWHERE | mine)

    assert offer.judgement.outcome is Outcome.UNDELIVERABLE
    assert (offer.may_keep, refused.is_valid()) == (False, False)
    assert offer.needs_permission
    assert offer.why_not.startswith("Ask a manager")
    assert "postal_code" in refused.errors


def test_who_may_not_override_is_not_asked_for_a_reason():
    offer = part(SLIP)
    asked = part(SLIP, keeps=address_book.DOUBTED)
    mine = {"choice": "mine", "seen": offer.seen, "reason": "They told me so"}

    refused = part(SLIP | mine)

    assert (offer.may_keep, asked.may_keep) == (False, True)
    assert offer.why_not.startswith("Ask a manager")
    assert not refused.is_valid()
    assert "choice" in refused.errors


def part(parts, name="Dana Rivera", keeps=()):
    form = AddressForm(typed(parts), home="US", name=name, keeps=keeps)
    form.is_valid()
    return form


def test_a_form_may_ask_for_the_name_too():
    nameless = part(HALL | {"name": ""}, name=None)
    filled = part({"country": "", "paste": PASTED, "act": "fill"}, name=None)

    assert set(nameless.errors) == {"name"}
    assert filled["name"].value() == "Dana Rivera"
    assert filled.judgement.outcome is Outcome.CONFIRMED
    assert part(HALL | {"name": "Dana"}, name=None).address.name == "Dana"


def test_a_name_no_label_can_show_is_said(as_manu, dana, manager):
    recipients.edit(
        dana, name="Dana 🎁", email=dana.email, phone=None, version=1, actor=manager
    )

    answer = add(as_manu, dana, HALL)

    assert answer.status_code == 422
    assert "Name: Take out 🎁" in text(answer)


def test_an_address_is_edited(as_manu, dana, hall):
    url = page("address_edit", dana, hall)
    shown = as_manu.get(url)
    assert {name: field(shown, name) for name in HALL} == HALL

    answer = as_manu.post(url, typed(HALL | {"line2": "Room 501"}) | {"version": "1"})

    hall.refresh_from_db()
    assert (answer.status_code, hall.line2, hall.version) == (303, "Room 501", 2)


def test_an_edit_loses_nothing_when_somebody_else_was_faster(
    as_manu, manager, dana, hall
):
    theirs = replace(Address(**HALL), line2="Room 777")
    address_book.change(hall, theirs, version=1, actor=manager)
    url = page("address_edit", dana, hall)
    mine = typed(HALL | {"line2": "Room 501"})

    conflict = as_manu.post(url, mine | {"version": "1"})
    body = conflict.content.decode()
    again = as_manu.post(url, mine | {"version": "2"})

    assert conflict.status_code == 409
    assert "<del>Room 777</del>" in body
    assert "<ins>Room 501</ins>" in body
    assert '<input type="hidden" name="version" value="2">' in body
    assert again.status_code == 303


@pytest.mark.parametrize("version", ["", "x", "0", "9" * 30, "²"])
def test_a_version_that_is_none_changes_nothing(version, as_manu, dana, hall):
    given = typed(HALL | {"line2": "Room 501"}) | {"version": version}

    edited = as_manu.post(page("address_edit", dana, hall), given)
    removed = as_manu.post(page("address_remove", dana, hall), given)

    assert (edited.status_code, removed.status_code) == (409, 409)
    assert address_book.read(PostalAddress.objects.get()) == Address(**HALL)


def test_an_edit_into_another_of_theirs_is_refused(as_manu, manager, dana, hall):
    room = replace(Address(**HALL), line2="Room 501")
    other = address_book.add(dana, room, actor=manager)

    answer = as_manu.post(
        page("address_edit", dana, other), typed(HALL) | {"version": "1"}
    )

    assert answer.status_code == 422
    assert "on record already" in text(answer)


def test_an_address_is_removed_after_a_question(as_manu, dana, hall):
    url = page("address_remove", dana, hall)

    assert "1 City Hall Square" in text(as_manu.get(url))
    assert PostalAddress.objects.exists()
    answer = as_manu.post(url, {"version": "1"})

    assert answer.status_code == 303
    assert not PostalAddress.objects.exists()


@pytest.mark.parametrize("name", ["address_edit", "address_remove"])
def test_another_person_s_address_is_not_found(name, as_manu, program, dana, hall):
    other = factories.make_recipient("Sam", program, email="sam@example.com")

    assert as_manu.get(page(name, other, hall)).status_code == 404
    assert as_manu.post(page(name, other, hall)).status_code == 404


@pytest.mark.parametrize("name", ["address_add", "address_edit", "address_remove"])
def test_who_is_in_a_program_of_others_too_is_left_alone(name, as_manu, dana, hall):
    dana.programs.add(factories.make_program("Autumn"))
    stored = None if name == "address_add" else hall
    given = typed(HALL | {"line2": "Room 501"}) | {"version": "1"}

    answer = as_manu.post(page(name, dana, stored), given)

    assert answer.status_code == 404
    assert address_book.read(dana.addresses.get()) == Address(**HALL)


def test_no_address_is_in_the_journal_the_outbox_or_the_log(as_manu, dana, caplog):
    caplog.set_level(logging.DEBUG)
    canary = HALL | {"line1": "12 Quillfeather Road", "line2": "Quillfeather House"}
    mine = canary | {"postal_code": "O2201"}

    add(as_manu, dana, canary, paste="Quillfeather", act="check")
    add(as_manu, dana, {"country": "US"}, paste="Quillfeather 1, Boston", act="fill")
    offer = add(as_manu, dana, mine)
    more = {"seen": seen(offer), "choice": "mine", "reason": "Quillfeather"}
    add(as_manu, dana, mine, **more)
    stored = dana.addresses.get()
    given = typed(canary) | {"version": "1"}
    as_manu.post(page("address_edit", dana, stored), given)
    as_manu.post(page("address_edit", dana, stored), given)
    as_manu.post(page("address_remove", dana, stored), {"version": "2"})

    assert not PostalAddress.objects.exists()
    kept = [*Entry.objects.values_list(), *Message.objects.values_list()]
    assert len(Entry.objects.filter(action__startswith="address.")) == 3
    assert "quillfeather" not in f"{kept}{caplog.text}".lower()
