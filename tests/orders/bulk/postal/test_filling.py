"""One list, two ways: what goes to screens and what is posted become an order each."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from django.db import transaction

from orders import drafts
from orders.bulk import filling
from orders.models import AddressRequest, Order, Shipment
from orders.shipments import answering, asking
from portal import crypto
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.outbox import dispatch
from programs.models import PostalAddress, Recipient, Sheet, SheetRow
from tests.orders.bulk import lists
from tests.orders.bulk.postal import rows
from tests.orders.bulk.postal.states import ASKED
from tests.orders.shipments import posted
from tests.programs import posting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def both(mixed, manu):
    return lists.make_orders(mixed, manu)


def test_rows_of_both_ways_become_an_order_each_under_one_list(mixed, both):
    digital, postal = both

    assert (digital.type, postal.type) == ("DigitalDelivery", "PhysicalShipment")
    assert digital.po_number.startswith("BULK-")
    assert postal.po_number.startswith("PHYSICAL-")
    assert digital.sheet == postal.sheet == mixed
    assert set(digital.rewards.values_list("row__number", flat=True)) == {2, 6}
    assert set(postal.rewards.values_list("row__number", flat=True)) == {3, 4, 5}
    assert set(mixed.rows.values_list("status", flat=True)) == {"taken"}
    assert mixed.status == "checked"


def test_the_estimate_of_what_is_posted_has_its_shipping(both):
    digital, postal = both

    assert (digital.estimate_minor, digital.shipping_minor) == (2000, 0)
    assert (postal.face_minor, postal.shipping_minor) == (3000, 3 * 495)
    assert postal.estimate_minor == 3000 + 3 * 495


def test_each_parcel_has_the_label_of_its_row(both):
    parcel = Shipment.objects.get(reward__row__number=4)

    assert (parcel.name, parcel.line1, parcel.city) == (
        "Person 4",
        "4 5th Ave",
        "New York",
    )
    assert (parcel.state, parcel.postal_code, parcel.country) == ("NY", "10018", "US")
    assert (parcel.method.provider_id, parcel.status) == ("STANDARD", "planned")
    assert parcel.program_id == both[1].program_id


def test_people_without_a_contact_are_known_by_their_address(both, program):
    person = Recipient.objects.get(name="Person 4")

    assert person.is_by_post_only
    assert person.programs.get() == program
    assert PostalAddress.objects.get(recipient=person).line1 == "4 5th Ave"


def test_a_list_that_is_only_posted_makes_one_order(parcels, manu):
    (order,) = lists.make_orders(parcels, manu)

    assert (order.type, order.rewards_count) == ("PhysicalShipment", 8)


def test_the_list_is_busy_until_both_orders_are_filled(mixed, manager):
    digital, postal = filling.begin(mixed, version=1, actor=manager)

    assert filling.fill_some(digital.pk, actor=manager)
    mixed.refresh_from_db()
    assert mixed.status == "filling"

    assert filling.fill_some(postal.pk, actor=manager)
    mixed.refresh_from_db()
    assert mixed.status == "checked"


def test_the_worker_fills_both(mixed, manager):
    filling.begin(mixed, version=1, actor=manager)

    dispatch.drain()

    assert [order.is_filling for order in mixed.orders.all()] == [False, False]
    assert set(mixed.rows.values_list("status", flat=True)) == {"taken"}


def test_asking_again_while_they_are_filled_gives_both(mixed, manager):
    first = filling.begin(mixed, version=1, actor=manager)

    assert filling.begin(mixed, version=1, actor=manager) == first
    assert Order.objects.count() == 2


def test_each_order_has_its_own_entry_in_the_journal(mixed, both):
    for order in both:
        actions = Entry.objects.about("order", order.pk).order_by("sequence")
        assert list(actions.values_list("action", flat=True)) == [
            "order.created",
            "order.filled",
        ]


def test_back_to_the_list_takes_that_order_s_rows_alone(mixed, both, manager):
    _digital, postal = both

    filling.reopen(postal, version=postal.version, actor=manager)

    ready = mixed.rows.filter(status="ready").values_list("number", flat=True)
    assert set(ready) == {3, 4, 5}
    assert not Shipment.objects.exists()
    mixed.refresh_from_db()
    (again,) = filling.begin(mixed, version=mixed.version, actor=manager)
    assert again == postal
    assert filling.fill_some(postal.pk, actor=manager)
    assert Shipment.objects.count() == 3


def test_what_is_ready_later_joins_the_draft_of_its_way(mixed, manu):
    later = mixed.rows.filter(number__in=(4, 6))
    later.update(status=SheetRow.Status.PROBLEM)
    first = lists.make_orders(mixed, manu)
    later.update(status=SheetRow.Status.READY)

    assert lists.make_orders(mixed, manu) == first
    assert [order.rewards.count() for order in first] == [2, 3]


def test_cancelling_one_while_both_are_filled_lets_the_other_go_on(mixed, manager):
    digital, postal = filling.begin(mixed, version=1, actor=manager)

    drafts.cancel(postal, version=postal.version, actor=manager)
    mixed.refresh_from_db()
    assert mixed.status == "filling"
    assert filling.fill_some(digital.pk, actor=manager)

    mixed.refresh_from_db()
    assert mixed.status == "checked"
    assert set(mixed.rows.filter(is_postal=True).values_list("status", flat=True)) == {
        "ready"
    }


def test_taking_one_back_while_both_are_filled_lets_the_other_go_on(mixed, manager):
    digital, postal = filling.begin(mixed, version=1, actor=manager)

    filling.reopen(digital, version=digital.version, actor=manager)
    assert filling.fill_some(digital.pk, actor=manager)
    mixed.refresh_from_db()
    assert mixed.status == "filling"
    assert filling.fill_some(postal.pk, actor=manager)

    mixed.refresh_from_db()
    assert mixed.status == "checked"
    assert postal.rewards.count() == 3
    assert digital.rewards.count() == 0


def test_a_filling_that_is_given_up_frees_the_list_after_the_other(mixed, manager):
    digital, postal = filling.begin(mixed, version=1, actor=manager)

    with transaction.atomic():
        filling.given_up(digital.pk)
    mixed.refresh_from_db()
    assert mixed.status == "filling"
    with transaction.atomic():
        filling.given_up(postal.pk)

    mixed.refresh_from_db()
    assert mixed.status == "checked"
    assert set(mixed.rows.values_list("status", flat=True)) == {"ready"}


def test_a_row_may_name_its_method_by_id_or_name(program, cvs, manu):
    fast = posting.make_method("FAST", "19.90", (1, 2), carrier="Swiftline")
    found = [
        rows.by_post(2, method="fast"),
        rows.by_post(3, method=fast.name.upper()),
        rows.by_post(4),
    ]
    lists.make_order(rows.make_sheet(program, cvs, manu, found), manu)

    chosen = Shipment.objects.order_by("reward__row__number")
    assert [each.method.provider_id for each in chosen] == ["FAST", "FAST", "STANDARD"]


@time_machine.travel("2026-12-01T15:00:00Z", tick=False)
def test_without_a_method_the_cheapest_that_arrives_in_time_is_taken(
    program, cvs, manu
):
    posting.make_method("FAST", "19.90", (1, 2))
    found = [
        rows.by_post(2, needed_by="2026-12-04"),
        rows.by_post(3, needed_by="12/24/2026"),
        rows.by_post(4, needed_by="2026-12-01"),
    ]
    lists.make_order(rows.make_sheet(program, cvs, manu, found), manu)

    chosen = list(Shipment.objects.order_by("reward__row__number"))
    assert [each.method.provider_id for each in chosen] == [
        "FAST",
        "STANDARD",
        "STANDARD",
    ]
    assert chosen[1].needed_by == date(2026, 12, 24)


def test_the_only_card_carrier_of_a_product_that_needs_one_is_taken(
    program, cvs, manu, settings
):
    settings.CARD_CARRIERS = {"PLAIN": "Plain folder"}
    cvs.has_required_card_carriers = True
    cvs.save()

    lists.make_order(rows.make_sheet(program, cvs, manu, [rows.by_post(2)]), manu)

    assert Shipment.objects.get().card_carrier == "PLAIN"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"street": "Fifth Avenue"}, "number"),
        ({"street": ""}, "The address is missing"),
        ({"street": "", "fixes": ASKED}, "The address is missing"),
        ({"method": "Pigeon"}, "“Pigeon” is no shipping method"),
        ({"needed_by": "soon"}, "“soon” is no day"),
        ({"needed_by": "2020-01-01"}, "This day has passed"),
        ({"value_minor": 1234}, "CVS is sold for"),
    ],
)
def test_what_became_impossible_is_a_problem_row(program, cvs, manu, row, reason):
    found = [rows.by_post(2, **row), rows.by_post(3)]
    sheet = rows.make_sheet(program, cvs, manu, found)

    order = lists.make_order(sheet, manu)

    assert order.rewards.get(row__number=3) == order.rewards.get()
    came_back = sheet.rows.get(number=2)
    assert came_back.status == "problem"
    assert reason in came_back.problems.get().params["reason"]


def test_a_card_carrier_that_is_missing_is_a_problem_row(program, cvs, manu, settings):
    settings.CARD_CARRIERS = {"PLAIN": "Plain folder", "GOLD": "Golden folder"}
    cvs.has_required_card_carriers = True
    cvs.save()
    sheet = rows.make_sheet(program, cvs, manu, [rows.by_post(2)])

    lists.make_order(sheet, manu)

    reason = sheet.rows.get().problems.get().params["reason"]
    assert "CVS needs a card carrier" in reason


def test_a_product_that_cannot_be_posted_is_a_problem_row(program, cvs, manu):
    sheet = rows.make_sheet(program, cvs, manu, [rows.by_post(2)])
    cvs.delivery_types = ["DigitalDelivery"]
    cvs.save()

    lists.make_order(sheet, manu)

    reason = sheet.rows.get().problems.get().params["reason"]
    assert reason == "CVS is not offered in Spring. Choose another product."


def test_without_any_method_on_offer_nothing_is_made(program, cvs, manu):
    found = [rows.by_post(2)]
    columns = {"columns": rows.COLUMNS, "mapping": rows.MAPPING}
    sheet = lists.make_sheet(program, cvs, manu, found, **columns)

    order = lists.make_order(sheet, manu)

    assert order.rewards_count == 0
    assert "no shipping method" in sheet.rows.get().problems.get().params["reason"]


def test_whoever_is_asked_for_the_address_has_a_parcel_without_one(
    program, cvs, manu, manager
):
    asked = rows.by_post(2, street="", email="rosa@example.com", fixes=ASKED)
    order = lists.make_order(rows.make_sheet(program, cvs, manu, [asked]), manu)

    parcel = order.rewards.get().shipment
    assert (parcel.name, parcel.has_address) == ("Person 2", False)
    assert order.rewards.get().email == "rosa@example.com"
    with pytest.raises(drafts.NotSubmittable) as refusal:
        drafts.submit(order, version=order.version, actor=manager)
    assert [problem.field for problem in refusal.value.problems] == ["address"]


def test_whoever_said_where_they_live_is_not_asked_again(
    program, cvs, manu, manager, at_once
):
    asked = rows.by_post(2, street="", email="rosa@example.com", fixes=ASKED)
    sheet = rows.make_sheet(program, cvs, manu, [asked])
    order = lists.make_order(sheet, manu)
    asking.ask(order, version=order.version, actor=manager)
    token = crypto.decrypt(AddressRequest.objects.get().token_ciphertext)
    answering.answer(token, replace(posted.LIBRARY, name="Person 2"), actor=manager)
    order.refresh_from_db()

    filling.reopen(order, version=order.version, actor=manager)
    again = lists.make_order(Sheet.objects.get(pk=sheet.pk), manu)

    assert again.pk == order.pk
    assert again.rewards.get().shipment.line1 == posted.LIBRARY.line1


def test_no_consent_is_needed_for_a_parcel(program, cvs, manu, manager):
    program.email_consent = program.EmailConsent.RECORDED
    program.save()
    found = [rows.by_post(2, email="rosa@example.com")]
    order = lists.make_order(rows.make_sheet(program, cvs, manu, found), manu)

    order = drafts.submit(order, version=order.version, actor=manager)

    assert order.status == "submitted"


def test_many_parcels_are_made_with_few_queries(
    program, cvs, manu, django_assert_max_num_queries
):
    found = [rows.by_post(number) for number in range(2, 202)]
    sheet = rows.make_sheet(program, cvs, manu, found)
    actor = actor_of(manu)
    (order,) = filling.begin(sheet, version=1, actor=actor)

    with django_assert_max_num_queries(75):
        assert filling.fill_some(order.pk, actor=actor)

    assert order.rewards.count() == 200
