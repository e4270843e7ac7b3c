"""Packing slips and addresses: which parcels, what stands on them, what is noted."""

import html
import logging
import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from orders.claims.handing import digest_of
from orders.models import Shipment
from orders.parcel_states import ShipmentStatus
from orders.shipments import printing
from orders.shipments.label_sizes import STOCKS, size_for
from portal.audit.models import Entry
from portal.permissions import Role
from programs.models import Membership
from tests import factories
from tests.orders.shipments import posted

SLIPS, ADDRESSES = "orders:shipments_print", "orders:shipments_addresses"
ROUTES = (SLIPS, ADDRESSES)
DIGITAL_AND_POST = ["DigitalDelivery", "PhysicalShipment"]


@pytest.fixture
def make(program, card, manu):
    """A shipped parcel to somebody of this name."""

    def make(name="Rosa Example", **fields):
        address = replace(posted.LIBRARY, name=name)
        told = {"name": name, "address": address, "to_name": name, **fields}
        return posted.make_shipped(program, card, manu, **told)

    return make


@pytest.fixture
def parcel(make):
    return make()


@pytest.fixture
def elsewhere(card, adam):
    """A parcel of a program that is none of our manager's."""
    autumn = factories.make_program(
        "Autumn", funded=1000, funded_by=adam, delivery_types=DIGITAL_AND_POST
    )
    other = factories.make_member("Mona", autumn, Role.MANAGER)
    return posted.make_shipped(autumn, card, other, email="o@example.org")


def ask(client, route, *parcels, **given):
    """Print, as the form is filled in unless told otherwise."""
    filled = {"paper": "a4", "layout": "address labels", **given}
    return client.post(f"{reverse(route)}?ids={ids_of(parcels)}", filled)


def look(client, route, query):
    return client.get(f"{reverse(route)}?{query}")


def ids_of(parcels):
    return ",".join(str(each.pk) for each in parcels)


def text(answer):
    """The words of a page, without its tags."""
    body = html.unescape(answer.content.decode())
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def printings():
    return list(Entry.objects.filter(action="shipments.printed").order_by("pk"))


def test_a_slip_says_what_is_in_the_parcel_and_for_whom(as_manu, parcel):
    order = parcel.reward.order

    answer = ask(as_manu, SLIPS, parcel)

    said = text(answer)
    assert answer.status_code == 200
    for words in (
        *("Rosa Example", "476 5th Ave", "NEW YORK, NY 10018", "UNITED STATES"),
        *(parcel.number, order.po_number, "Spring", "CVS", "please return it to"),
        *("Ordered on", "Shipped on", parcel.reward.message, parcel.reward.from_name),
    ):
        assert words in said
    assert "$50" not in said


def test_the_value_is_printed_where_somebody_wants_it(as_manu, parcel):
    assert "$50.00" in text(ask(as_manu, SLIPS, parcel, with_value="on"))


def test_there_is_one_slip_for_each_parcel_by_number(as_manu, make):
    parcels = [make(f"Person {number}") for number in range(3)]

    answer = ask(as_manu, SLIPS, *reversed(parcels), *parcels)

    found = re.findall(r"<article", answer.content.decode())
    names = re.findall(r"Ship to (Person \d)", text(answer))
    assert len(found) == 3
    assert names == ["Person 0", "Person 1", "Person 2"]


@pytest.mark.parametrize("layout", ["address labels", "address list"])
def test_addresses_are_printed_whole(layout, as_manu, make):
    rosa, sam = make(), make("Sam Example")

    said = text(ask(as_manu, ADDRESSES, rosa, sam, layout=layout))

    whole = "476 5th Ave NEW YORK, NY 10018 UNITED STATES"
    assert f"Rosa Example {whole}" in said
    assert f"Sam Example {whole}" in said
    assert (rosa.number in said) == (layout == "address list")


def test_the_journal_says_how_many_and_not_who(as_manu, manu, make):
    parcels = [make(), make("Sam Example")]

    ask(as_manu, SLIPS, *parcels)
    ask(as_manu, ADDRESSES, parcels[0], layout="address list")

    program = parcels[0].program
    slips, addresses = printings()
    assert (slips.subject_type, slips.subject_id) == ("program", str(program.pk))
    assert (slips.program_id, slips.actor_id) == (program.pk, str(manu.pk))
    assert slips.data == {
        "kind": "packing slips",
        "count": 2,
        "shipments": digest_of(sorted(each.pk for each in parcels)),
    }
    assert addresses.data["kind"] == "address list"
    assert addresses.data["count"] == 1


def test_each_program_s_journal_has_its_own(as_manu, manu, make, elsewhere):
    Membership.objects.create(user=manu, program=elsewhere.program, role=Role.MANAGER)
    ours = make()

    answer = ask(as_manu, SLIPS, ours, elsewhere)

    assert answer.status_code == 200
    assert {(entry.program_id, entry.data["count"]) for entry in printings()} == {
        (ours.program_id, 1),
        (elsewhere.program_id, 1),
    }


def test_looking_prints_nothing_and_notes_nothing(as_manu, parcel):
    for route in ROUTES:
        answer = look(as_manu, route, f"ids={parcel.pk}")

        assert answer.status_code == 200
        assert "1 parcel is printed." in text(answer)
        assert "476 5th Ave" not in text(answer)
    assert printings() == []


def test_an_order_s_parcels_are_chosen_by_its_reference(as_manu, parcel, make):
    make("Somebody Else")
    order = parcel.reward.order

    seen = look(as_manu, SLIPS, f"order={order.reference}")
    url = f"{reverse(SLIPS)}?order={order.reference}"
    answer = as_manu.post(url, {"paper": "letter"})

    assert "1 parcel is printed." in text(seen)
    assert order.po_number in text(seen)
    assert "Rosa Example" in text(answer)
    assert "Somebody Else" not in text(answer)


def test_a_filter_of_the_list_chooses_what_it_shows(as_manu, make):
    here, gone = make(), make("Sam Example")
    Shipment.objects.filter(pk=gone.pk).update(status=ShipmentStatus.RETURNED)

    everything = look(as_manu, SLIPS, "")
    seen = look(as_manu, SLIPS, "status=shipped&q=rosa")
    answer = as_manu.post(f"{reverse(SLIPS)}?status=shipped", {"paper": "a4"})

    assert "2 parcels are printed." in text(everything)
    assert "1 parcel is printed." in text(seen)
    assert f"{reverse('orders:shipment_list')}?status=shipped&amp;q=rosa" in (
        seen.content.decode()
    )
    assert "Rosa Example" in text(answer)
    assert "Sam Example" not in text(answer)
    assert here.number in text(answer)


def test_ids_come_with_commas_or_as_checkboxes_do(as_manu, make):
    first, second = make(), make("Sam Example")

    seen = look(as_manu, SLIPS, f"ids={first.pk}&ids={second.pk}")

    assert "2 parcels are printed." in text(seen)


@pytest.mark.parametrize("status", [ShipmentStatus.PLANNED, ShipmentStatus.STOPPED])
def test_what_is_not_ordered_or_not_sent_is_left_out(status, as_manu, make):
    kept, other = make(), make("Sam Example")
    Shipment.objects.filter(pk=other.pk).update(status=status)

    seen = look(as_manu, SLIPS, f"ids={ids_of([kept, other])}")
    answer = ask(as_manu, SLIPS, kept, other)

    assert "1 is left out" in text(seen)
    assert "Sam Example" not in text(answer)
    assert printings()[0].data["count"] == 1


def test_a_parcel_without_an_address_is_left_out(as_manu, parcel):
    Shipment.objects.filter(pk=parcel.pk).update(line1="")

    seen = look(as_manu, SLIPS, f"ids={parcel.pk}")
    answer = ask(as_manu, SLIPS, parcel)

    assert "Nothing to print" in text(seen)
    assert answer.status_code == 422
    assert "None of these parcels can be printed." in text(answer)
    assert printings() == []


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "query",
    ["", "ids=", "ids=x", "ids=0", "ids=-1", "ids=²", f"ids={'9' * 40}", "ids=1%00,2"],
)
def test_what_names_no_parcel_prints_none(query, route, as_manu, db):
    seen = look(as_manu, route, query)
    sent = as_manu.post(f"{reverse(route)}?{query}", {"paper": "a4"})

    assert seen.status_code == 200
    assert "Nothing to print" in text(seen)
    assert sent.status_code == 422


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("query", ["ids=", "ids=,", "ids=x&status=shipped"])
def test_a_choice_of_nothing_is_not_everything(query, route, as_manu, parcel):
    seen = look(as_manu, route, query)
    sent = as_manu.post(f"{reverse(route)}?{query}", {"paper": "a4"})

    assert "No parcel is chosen. Tick some in the list" in text(seen)
    assert "No parcel is chosen." in text(sent)
    assert sent.status_code == 422
    assert "Rosa Example" not in text(sent)
    assert printings() == []


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("reference", ["%00", "O-1%00", "%0A"])
def test_an_order_that_no_database_knows_is_not_there(route, as_manu, db, reference):
    assert look(as_manu, route, f"order={reference}").status_code == 404
    sent = as_manu.post(f"{reverse(route)}?order={reference}", {"paper": "a4"})
    assert sent.status_code == 404


def test_the_button_of_the_list_prints_what_it_shows(as_manu, make):
    make()
    make("Sam Example")
    page = as_manu.get(reverse("orders:shipment_list"), {"q": "sam"}).content.decode()

    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    seen = look(as_manu, SLIPS, urlencode(hidden))

    assert ("q", "sam") in hidden
    assert "1 parcel is printed." in text(seen)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("given", [{"paper": ""}, {"paper": "a3"}, {"paper": "a4\x00"}])
def test_a_choice_there_is_not_is_said(given, route, as_manu, parcel):
    answer = ask(as_manu, route, parcel, **given)

    assert answer.status_code == 422
    assert "paper" in answer.context["form"].errors
    assert printings() == []


def test_what_is_said_of_a_layout_there_is_not(as_manu, parcel):
    answer = ask(as_manu, ADDRESSES, parcel, layout="packing slips")

    assert answer.status_code == 422
    assert "layout" in answer.context["form"].errors


@pytest.mark.parametrize("route", ROUTES)
def test_parcels_of_other_programs_are_not_there(route, as_manu, parcel, elsewhere):
    answer = ask(as_manu, route, parcel, elsewhere)
    alone = ask(as_manu, route, elsewhere)
    order = look(as_manu, route, f"order={elsewhere.reward.order.reference}")

    assert answer.status_code == 200
    assert elsewhere.number not in text(answer)
    assert alone.status_code == 422
    assert order.status_code == 404
    assert {entry.program_id for entry in printings()} == {parcel.program_id}


@pytest.mark.parametrize("who", ["as_audra", "as_ada"])
@pytest.mark.parametrize("route", ROUTES)
def test_who_only_looks_or_approves_prints_nothing(who, route, request, parcel):
    client = request.getfixturevalue(who)

    assert look(client, route, f"ids={parcel.pk}").status_code == 404
    assert ask(client, route, parcel).status_code == 404
    assert printings() == []


def test_more_than_are_printed_at_once_are_not(as_manu, make, monkeypatch):
    monkeypatch.setattr(printing, "MOST", 2)
    parcels = [make(f"Person {number}") for number in range(3)]

    seen = look(as_manu, SLIPS, f"ids={ids_of(parcels)}")
    answer = ask(as_manu, SLIPS, *parcels)

    assert "These are 3 parcels, and at most 2 are printed at once." in text(seen)
    assert "Show the packing slips" not in text(seen)
    assert answer.status_code == 422
    assert "These are more than 2 parcels." in text(answer)
    assert printings() == []


@pytest.mark.parametrize("route", ROUTES)
def test_a_print_asks_the_database_a_few_times_however_many(
    route, as_manu, make, django_assert_max_num_queries
):
    parcels = [make(f"Person {number}") for number in range(12)]

    with django_assert_max_num_queries(14):
        answer = ask(as_manu, route, *parcels)

    assert answer.status_code == 200


def test_nobody_is_in_the_journal_or_the_log(as_manu, make, caplog):
    caplog.set_level(logging.DEBUG)
    parcel = make("Rosa Quillfeather")

    for route in ROUTES:
        look(as_manu, route, f"ids={parcel.pk}")
        ask(as_manu, route, parcel)

    kept = [entry.data for entry in printings()]
    assert len(kept) == 2
    assert "quillfeather" not in f"{kept}{caplog.text}".lower()


def test_a_message_of_many_lines_is_printed_as_one(as_manu, make):
    short, long = make(message="One\n\nTwo"), make(message="\n".join("a" * 200))

    said = ask(as_manu, SLIPS, short, long).content.decode()

    assert '<p dir="auto">One</p><p dir="auto">Two</p>' in said
    assert f'<p dir="auto">{" ".join("a" * 200)}</p>' in said


@pytest.mark.parametrize(
    ("lines", "a4", "letter"),
    [
        (["Rosa", "1 Main St", "RYE, NY 10580"], "large", "large"),
        (["Rosa", "1", "2", "3", "Rye", "UNITED STATES"], "large", "medium"),
        (["R" * 60, "1 " + "x" * 60, "2", "RYE, NY 10580", "US"], "medium", "small"),
        (["東" * 70, "京" * 20, "〒110-8712", "JAPAN"], "medium", "small"),
        (["R" * 150, *["x" * 100] * 3, "C" * 100], "", ""),
    ],
)
def test_a_label_is_printed_as_large_as_it_fits(lines, a4, letter):
    assert size_for(lines, STOCKS["a4"]) == a4
    assert size_for(lines, STOCKS["letter"]) == letter


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_what_no_label_holds_is_printed_whole_behind_them(paper, as_manu, make):
    long = replace(posted.LIBRARY, line1=f"476 5th Ave {'x' * 88}", line2="y" * 100)
    parcels = [make(), make("Sam Example", address=replace(long, line3="z" * 100))]

    answer = ask(as_manu, ADDRESSES, *parcels, paper=paper)

    said = text(answer)
    assert "1 address is too long for a label." in said
    assert said.index("Rosa Example") < said.index("Too long for a label")
    assert said.index("Too long for a label") < said.index("y" * 100)
    assert answer.content.count(b'<li class="label-') == 1
