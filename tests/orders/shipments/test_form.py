"""The form of a card in the post: what it takes, refuses at which field, and keeps."""

import pytest
from django.utils import timezone

from orders.models import Order
from portal.permissions import Role
from programs.models import Program, Recipient
from tests import factories
from tests.orders.shipments import posted
from tests.orders.shipments.filled import (
    NEW,
    emptied,
    fill,
    refused,
    words,
)
from tests.programs import posting


def test_a_card_is_drafted_and_led_to_its_check_page(as_manu, typed, manu):
    page = as_manu.post(NEW, typed(quantity=2, note="Summer", to_name="Rosie"))

    order = Order.objects.get()
    assert page.status_code == 303
    assert page.url == f"/orders/{order.reference}/check/"
    assert (order.type, order.created_by, order.note) == (
        "PhysicalShipment",
        manu,
        "Summer",
    )
    reward = order.rewards.get()
    parcel = reward.shipment
    assert (reward.quantity, reward.to_name, reward.email) == (2, "Rosie", "")
    assert (parcel.name, parcel.line1, parcel.state) == (
        "Rosa Example",
        "476 5th Ave",
        "NY",
    )
    assert (parcel.card_carrier, parcel.reason, parcel.needed_by) == ("", "", None)
    assert str(order.estimate) == "$104.95"


def test_somebody_without_a_contact_is_known_by_their_address(as_manu, typed, program):
    for _ in range(2):
        assert as_manu.post(NEW, typed()).status_code == 303

    person = Recipient.objects.get()
    assert (person.name, person.email, person.is_by_post_only) == (
        "Rosa Example",
        None,
        True,
    )
    assert person.addresses.get().line1 == "476 5th Ave"
    assert person.rewards.count() == 2


def test_the_greeting_is_the_name_unless_another_is_typed(as_manu, typed):
    as_manu.post(NEW, typed())

    assert Order.objects.get().rewards.get().to_name == "Rosa Example"


@pytest.mark.parametrize(
    ("contact", "email", "phone"),
    [
        ("ROSA@example.com ", "rosa@example.com", ""),
        ("(202) 555-0123", "", "+12025550123"),
    ],
)
def test_a_contact_is_for_the_record(as_manu, typed, contact, email, phone):
    as_manu.post(NEW, typed(contact=contact))

    reward, person = Order.objects.get().rewards.get(), Recipient.objects.get()
    assert (reward.email, reward.phone) == (email, phone)
    assert (person.email or "", person.phone or "") == (email, phone)
    assert reward.recipient == person
    assert not person.is_by_post_only


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"value": ""}, ["value"]),
        ({"value": "11"}, ["value"]),
        ({"value": "1000"}, ["value"]),
        ({"quantity": "0"}, ["quantity"]),
        ({"quantity": "101"}, ["quantity"]),
        ({"product": "0"}, ["product"]),
        ({"contact": "rosa at home"}, ["contact"]),
        ({"contact": "\x00"}, ["contact"]),
        ({"contact": f"{'x' * 300}@example.com"}, ["contact"]),
        ({"where": "gone"}, ["where"]),
        ({"where": None}, ["where"]),
        ({"where": "999999"}, ["where"]),
        ({"method": "0"}, ["method"]),
        ({"method": "\x00"}, ["method"]),
        ({"method": "9" * 60}, ["method"]),
        ({"needed_by": "soon"}, ["needed_by"]),
        ({"needed_by": "2020-01-01"}, ["needed_by"]),
        ({"from_name": ""}, ["from_name"]),
        ({"to_name": "two\nlines"}, ["to_name"]),
        ({"message": "x" * 401}, ["message"]),
        ({"po_number": "no spaces"}, ["po_number"]),
        ({"form_key": "mine"}, ["form_key"]),
        # Of the address.
        (emptied() | {"address_country": "US"}, None),
        ({"address_name": ""}, ["address-name"]),
        ({"address_name": "x" * 151}, ["address-name"]),
        ({"address_line1": ""}, ["address-line1"]),
        ({"address_line1": "Fifth Avenue"}, ["address-line1"]),
        ({"address_line2": "Apt"}, ["address-line2"]),
        ({"address_line2": "x" * 101}, ["address-line2"]),
        ({"address_line1": "476 5th Ave \U0001f3e0"}, None),
        ({"address_line1": "476 5th\x07 Ave"}, None),
        ({"address_city": "", "address_postal_code": ""}, None),
        ({"address_state": ""}, None),
        ({"address_state": "ON"}, ["address-choice"]),
        ({"address_state": "ON", "address_postal_code": "1"}, None),
        ({"address_postal_code": "1234"}, ["address-postal_code"]),
        ({"address_postal_code": "02201"}, ["address-postal_code"]),
        ({"address_country": "XX"}, None),
        (
            {
                "address_country": "SG",
                "address_line1": "100 Victoria Street",
                "address_city": "Singapore",
                "address_state": "",
                "address_postal_code": "188064",
            },
            None,
        ),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_where_it_stands(as_manu, typed, answers, fields):
    sent = typed(**answers)

    page = as_manu.post(NEW, sent)

    wrong = refused(page)
    assert wrong == fields if fields else any("address" in name for name in wrong)
    form, address = page.context["form"], page.context["address"]
    kept = {name: form[name].value() for name in form.fields if name in sent}
    kept |= {
        f"address-{name}": address[name].value()
        for name in address.fields
        if f"address-{name}" in sent
    }
    assert kept == {name: sent[name] for name in kept}


def test_a_missing_apartment_number_is_asked_for_and_gets_the_address(as_manu, typed):
    page = as_manu.post(NEW, typed(address_line2="Apt"))

    said = words(page)
    assert refused(page) == ["address-line2"]
    assert "Incomplete" in said
    assert "Address line 2: " in said


def test_a_program_that_posts_nothing_is_not_offered(as_manu, typed, manu):
    other = factories.make_program("Other")
    other.memberships.create(user=manu, role=Role.MANAGER)

    shown = as_manu.get(NEW).context["form"].fields["program"].queryset
    page = as_manu.post(NEW, typed() | {"program": str(other.pk)})

    assert [program.name for program in shown] == ["Spring"]
    assert refused(page) == ["program"]


def test_a_product_that_cannot_ship_is_not_offered_and_not_taken(as_manu, typed):
    mail_only = factories.make_product("MAIL", values=[50])

    shown = as_manu.get(NEW).context["form"].fields["product"].queryset
    page = as_manu.post(NEW, typed(product=mail_only.pk))

    assert [product.provider_id for product in shown] == ["CVS"]
    assert refused(page) == ["product"]


def test_nobody_without_a_program_that_posts_gets_an_empty_form(as_manu, program):
    Program.objects.update(delivery_types=["DigitalDelivery"])

    page = as_manu.get(NEW)

    assert "No active program sends by post" in words(page)


def test_a_program_that_stops_posting_while_one_types_loses_nothing(as_manu, typed):
    sent, nothing = typed(message="Typed"), dict[str, str]()
    Program.objects.update(delivery_types=["DigitalDelivery"])

    for answers in (sent, sent | {"preview": "page"}, nothing):
        page = as_manu.post(NEW, answers)
        assert page.status_code == (200 if "preview" in answers else 422)
        assert page.context["form"]["message"].value() == answers.get("message")
    assert not Order.objects.exists()


def test_a_retired_method_is_named_and_no_longer_offered(as_manu, typed):
    gone = posting.make_method("PIGEON", "0.50", retired_at=timezone.now())
    posted.standard()

    page = as_manu.post(NEW, typed(method=gone.pk))

    assert refused(page) == ["method"]
    assert "Pigeon is no longer offered. Choose another" in words(page)
    offered = dict(page.context["form"].fields["method"].choices)
    assert str(gone.pk) not in offered


def test_without_any_method_the_page_says_who_can_help(as_manu, program, card):
    page = as_manu.get(NEW)

    assert "No shipping method is on offer" in words(page)
    page = as_manu.post(NEW, fill(program, card, method="0"))
    assert "method" in page.context["form"].errors


def test_over_budget_is_refused_with_the_shipping_counted(as_manu, typed, program):
    Program.objects.filter(pk=program.pk).update(funded_minor=5000)

    page = as_manu.post(NEW, typed())

    assert refused(page) == ["value"]
    assert "$54.95" in words(page)


def test_a_cap_for_one_person_counts_what_was_posted_before(
    as_manu, typed, program, card, manu
):
    Program.objects.filter(pk=program.pk).update(recipient_cap_minor=7500)
    program.refresh_from_db()
    posted.make_submitted(program, card, manu)

    page = as_manu.post(NEW, typed(recipient=Recipient.objects.get().pk))

    assert page.status_code == 422
    assert "$50.00 is given already" in words(page)
