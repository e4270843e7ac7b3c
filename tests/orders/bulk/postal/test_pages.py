"""What people see of a list that is posted, and of the order beside it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders import approvals, drafts, releasing
from orders.bulk import filling, samples
from orders.models import Order, Shipment
from orders.shipments import asking
from portal.actors import WORKER
from portal.outbox import dispatch
from programs.models import ShippingMethod
from tests.orders.bulk import lists
from tests.orders.bulk.postal import rows
from tests.orders.bulk.postal.states import ASKED
from tests.programs import posting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def both(mixed, manu):
    return lists.make_orders(mixed, manu)


@pytest.fixture
def asked(program, cvs, manu):
    """A draft of two parcels, one without an address."""
    email = "rosa@example.com"
    open_one = rows.by_post(3, street="", email=email, fixes=ASKED)
    sheet = rows.make_sheet(program, cvs, manu, [rows.by_post(2), open_one])
    return lists.make_order(sheet, manu)


def text(response):
    return " ".join(response.content.decode().split())


def check_of(order):
    return f"/orders/{order.reference}/check/"


def go_on(client, sheet):
    form = {"version": sheet.version}
    return client.post(f"/bulk/{sheet.pk}/continue/", form)


def test_continue_with_one_way_leads_to_the_check_page(as_manu, parcels):
    response = go_on(as_manu, parcels)

    assert response.status_code == 303
    assert response.url == check_of(parcels.orders.get())


def test_continue_with_both_ways_leads_to_the_page_of_both(as_manu, mixed):
    response = go_on(as_manu, mixed)

    assert response.status_code == 303
    assert response.url == f"/bulk/{mixed.pk}/orders/"
    page = text(as_manu.get(response.url))
    assert "Preparing the orders" in page
    assert "0 of 5 rows are in their orders." in page
    assert "Check and submit" not in page


def test_the_page_of_both_names_them_with_counts_and_amounts(as_manu, mixed, both):
    digital, postal = both

    page = text(as_manu.get(f"/bulk/{mixed.pk}/orders/"))

    assert "2 rewards by e-mail or SMS" in page
    assert "3 cards by post" in page
    assert "$20.00" in page
    assert "$44.85" in page
    assert "With $14.85 for shipping, an estimate." in page
    assert "comes to $64.85; $1,000.00 of the budget is available" in page
    for order in both:
        assert f'href="{check_of(order)}"' in page
    assert page.index(digital.po_number) < page.index(postal.po_number)


def test_more_than_the_budget_holds_is_said_before_anything_is_submitted(
    as_manu, mixed, both, program
):
    type(program).objects.filter(pk=program.pk).update(funded_minor=5000)

    page = text(as_manu.get(f"/bulk/{mixed.pk}/orders/"))

    assert "The budget does not hold them all" in page


def test_a_list_of_one_order_has_no_page_of_many(as_manu, parcels, draft, manager):
    url = f"/bulk/{parcels.pk}/orders/"
    assert as_manu.get(url).url == check_of(draft)

    drafts.submit(draft, version=draft.version, actor=manager)

    assert as_manu.get(url).url == f"/orders/{draft.reference}/"


def test_a_list_without_an_order_says_so(as_manu, mixed):
    page = text(as_manu.get(f"/bulk/{mixed.pk}/orders/"))

    assert "No order was made from this list yet" in page


def test_a_list_that_is_used_leads_to_its_orders(as_manu, mixed, manager):
    filling.begin(mixed, version=1, actor=manager)

    response = as_manu.get(f"/bulk/{mixed.pk}/")

    assert response.url == f"/bulk/{mixed.pk}/orders/"


def test_outsiders_and_onlookers_do_not_see_the_page_of_both(
    as_otto, as_ada, as_audra, mixed, both
):
    for client in (as_otto, as_ada, as_audra):
        assert client.get(f"/bulk/{mixed.pk}/orders/").status_code == 404


def test_each_order_links_the_other(as_manu, both):
    digital, postal = both

    for order, other, words in (
        (digital, postal, "3 cards by post"),
        (postal, digital, "2 rewards by e-mail or SMS"),
    ):
        for url in (check_of(order), f"/orders/{order.reference}/"):
            page = text(as_manu.get(url))
            assert "Also from this list" in page
            assert other.po_number in page
            assert words in page
            assert f'href="{check_of(other)}"' in page


def test_an_onlooker_is_not_led_to_submit_the_other(as_audra, both):
    page = text(as_audra.get(f"/orders/{both[0].reference}/"))

    assert both[1].po_number in page
    assert "Check and submit" not in page


def test_an_order_that_came_to_nothing_is_no_sibling(as_manu, both, manager):
    digital, postal = both
    drafts.cancel(digital, version=digital.version, actor=manager)

    assert "Also from this list" not in text(as_manu.get(check_of(postal)))


def test_the_check_page_tells_shipping_methods_and_countries(as_manu, draft):
    page = text(as_manu.get(check_of(draft)))

    assert "Check 8 cards by post" in page
    assert "8 by post" in page
    assert "By shipping method" in page
    assert "Standard" in page
    assert "By country" in page
    assert "United States" in page
    assert "Shipping (estimate)" in page
    assert '<td class="num" data-label="Shipping (estimate)">$39.60</td>' in page
    assert "Submit 8 cards ($119.60) for approval" in page


def test_the_sample_is_the_label_and_nobody_is_mailed_a_test(as_manu, draft):
    page = text(as_manu.get(f"{check_of(draft)}?row=4"))

    assert "Label and message" in page
    assert "4 5th Ave<br>NEW YORK, NY 10018<br>UNITED STATES" in page
    assert "Enjoy your reward!" in page
    assert "Send a test to me" not in page
    url = f"/orders/{draft.reference}/test/"
    assert as_manu.post(url, {"row": "4"}).status_code == 404


def test_the_stepper_goes_from_label_to_label(draft):
    sample = samples.at(draft, 4)

    assert sample
    assert (sample.previous, sample.row, sample.next) == (3, 4, 5)
    assert (last := samples.at(draft, 99))
    assert last.row == 9


def test_the_button_submits_the_parcels(as_manu, draft, program):
    form = {"version": draft.version, "estimate": draft.estimate_minor}

    response = as_manu.post(f"/orders/{draft.reference}/submit/", form)

    program.refresh_from_db()
    assert response.status_code == 303
    assert program.held_minor == draft.estimate_minor == 8 * 1495


def test_a_price_of_shipping_that_changed_is_shown_before_anything_is_held(
    as_manu, draft, program
):
    ShippingMethod.objects.update(cost_minor=595)
    form = {"version": draft.version, "estimate": draft.estimate_minor}

    response = as_manu.post(f"/orders/{draft.reference}/submit/", form)

    assert response.status_code == 422
    assert "The price is $127.60 now" in text(response)
    program.refresh_from_db()
    assert program.held_minor == 0


def test_a_retired_method_is_said_on_the_check_page(as_manu, draft):
    ShippingMethod.objects.update(retired_at=timezone.now())
    form = {"version": draft.version, "estimate": draft.estimate_minor}

    response = as_manu.post(f"/orders/{draft.reference}/submit/", form)

    assert response.status_code == 422
    page = text(response)
    assert "8 in the list, first in row 2: Standard is no longer offered" in page


def test_parcels_that_come_too_late_are_told_before_and_to_the_approver(
    as_manu, as_ada, draft, manager
):
    tomorrow = timezone.localdate() + timedelta(days=1)
    some = Shipment.objects.filter(reward__row__number__lt=4)
    some.update(needed_by=tomorrow)

    assert "2 parcels are expected after the day" in text(as_manu.get(check_of(draft)))

    order = drafts.submit(draft, version=draft.version, actor=manager)
    page = text(as_ada.get(f"/approvals/{order.reference}/"))
    assert "2 parcels are expected after the day" in page
    assert "did not pass" in page


def test_without_an_address_people_are_asked_instead(as_manu, asked):
    page = text(as_manu.get(check_of(asked)))

    assert "1 address is missing" in page
    assert f'href="/orders/{asked.reference}/collect/"' in page
    assert "for approval</" not in page
    third = text(as_manu.get(f"{check_of(asked)}?row=3"))
    assert "The address is still missing." in third
    form = {"version": asked.version, "estimate": asked.estimate_minor}
    response = as_manu.post(f"/orders/{asked.reference}/submit/", form)
    assert response.status_code == 422
    assert "The address is missing" in text(response)


def test_an_approver_sees_sums_checks_and_where_parcels_go(as_ada, submitted):
    page = text(as_ada.get(f"/approvals/{submitted.reference}/"))

    assert (
        "Manu asks to post 8 cards for $119.60, of which $39.60 is shipping, from"
        in page
    )
    for label in (
        "Every address is complete",
        "Shipping methods are on offer",
        "Arrives in time",
        "Card carriers can be had",
        "The budget holds it",
    ):
        assert label in page
    assert "did not pass" not in page
    assert "Consent for every channel" not in page
    assert "Goes to" in page
    assert "5th Ave, NEW YORK, NY 10018, UNITED STATES" in page
    assert "Approve 8" in page


def test_addresses_kept_as_typed_are_shown_with_their_reasons(
    as_ada, draft, manu, manager
):
    parcel = Shipment.objects.get(reward__row__number=4)
    parcel.reason, parcel.overridden_by = "They live on a boat.", manu
    parcel.save()
    order = drafts.submit(draft, version=draft.version, actor=manager)

    page = text(as_ada.get(f"/approvals/{order.reference}/"))

    assert "1 is kept as typed, for a reason that is shown below." in page
    assert "1 address kept as typed" in page
    assert "Manu: They live on a boat." in page


def test_a_card_carrier_that_is_gone_does_not_pass(as_ada, submitted):
    Shipment.objects.update(card_carrier="GOLD")

    page = text(as_ada.get(f"/approvals/{submitted.reference}/"))

    assert "This card carrier is no longer offered." in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {2, 3}),
        ("?status=unaddressed", {3}),
        ("?status=kept", {2}),
        ("?status=nonsense", {2, 3}),
        ("?q=person+3", {3}),
    ],
)
def test_rewards_are_found_by_what_became_of_their_address(
    as_audra, asked, query, found
):
    parcel = Shipment.objects.get(reward__row__number=2)
    parcel.reason = "They live on a boat."
    parcel.save()

    page = as_audra.get(f"/orders/{asked.reference}/rewards/{query}")

    assert {row.row.number for row in page.context["page"].rows} == found


def test_the_filters_of_parcels_are_none_of_messages(as_audra, both):
    digital, _postal = both

    page = text(as_audra.get(f"/orders/{digital.reference}/rewards/?status=kept"))

    assert "Without an address" not in page
    assert "2 of 2" in page


@pytest.fixture
def sending(approved):
    releasing.release(approved.pk, actor=WORKER)
    approved.refresh_from_db()
    return approved


def test_the_order_lists_its_parcels_with_place_and_stage(as_audra, sending):
    page = text(as_audra.get(f"/orders/{sending.reference}/rewards/"))

    parcel = Shipment.objects.get(reward__row__number=4)
    assert f'href="/shipments/{parcel.pk}/">{parcel.number}</a>' in page
    assert "New York, US" in page
    assert "Ordered; the provider prepares it." in page
    assert 'data-label="Claimed"' not in page


def test_the_order_page_tells_shipping_and_leads_to_the_packing_slips(
    as_manu, as_ada, sending
):
    page = text(as_manu.get(f"/orders/{sending.reference}/"))

    assert "8 cards by post, from a list" in page
    assert "$39.60" in page
    assert f'href="/shipments/print/?order={sending.reference}"' in page
    assert "shipments/print" not in text(as_ada.get(f"/orders/{sending.reference}/"))


def test_figures_are_of_parcels_and_lead_to_them(as_manu, as_audra, sending):
    Shipment.objects.filter(reward__row__number=4).update(status="delivered")

    page = text(as_manu.get(f"/orders/{sending.reference}/"))

    url = f"/orders/{sending.reference}/rewards/?status"
    assert f'<a href="{url}=queued">7</a>' in page
    assert f'<a href="{url}=delivered">1</a>' in page
    found = as_audra.get(f"{url}=delivered").context["page"].rows
    assert [row.row.number for row in found] == [4]


def test_nothing_is_printed_before_it_is_ordered(as_manu, submitted):
    page = text(as_manu.get(f"/orders/{submitted.reference}/"))

    assert "Print packing slips" not in page


def test_while_addresses_are_collected_the_order_says_how_far_it_is(
    as_manu, asked, manager
):
    asking.ask(asked, version=asked.version, actor=manager)

    page = text(as_manu.get(f"/orders/{asked.reference}/"))

    assert "0 of 1 answered" in page
    assert "Stop asking" in page


def test_a_decision_on_parcels_is_like_any_other(as_ada, submitted):
    form = {"verdict": "approve", "content_hash": submitted.content_hash}

    response = as_ada.post(f"/approvals/{submitted.reference}/", form)

    submitted.refresh_from_db()
    assert response.status_code == 303
    assert submitted.status == "approved"


def test_back_to_the_list_from_one_order_leaves_the_other(as_manu, mixed, both):
    digital, postal = both

    response = as_manu.post(
        f"/orders/{postal.reference}/back-to-list/", {"version": postal.version}
    )

    assert response.url == f"/bulk/{mixed.pk}/rows/"
    assert digital.rewards.count() == 2
    assert as_manu.get(f"/bulk/{mixed.pk}/orders/").url == check_of(digital)


def test_a_list_s_page_names_both_orders(as_manu, mixed, both):
    page = text(as_manu.get(f"/bulk/{mixed.pk}/rows/"))

    for order in both:
        assert order.po_number in page


def test_the_page_of_both_moves_on_by_itself(as_manu, mixed, manager):
    filling.begin(mixed, version=1, actor=manager)
    url = f"/bulk/{mixed.pk}/orders/"

    part = text(as_manu.get(url, headers={"HX-Request": "true"}))
    dispatch.drain()
    done = text(as_manu.get(url, headers={"HX-Request": "true"}))

    assert part.startswith('<div id="orders"')
    assert "every 1s" in part
    assert "every 1s" not in done
    assert "Check and submit" in done


def test_a_method_nobody_knows_the_days_of_says_so(as_manu, program, cvs, manu):
    posting.make_method("PIGEON", "0.50")
    order = lists.make_order(
        rows.make_sheet(program, cvs, manu, [rows.by_post(2)]), manu
    )

    assert "Not known" in text(as_manu.get(check_of(order)))


def test_changes_between_two_submissions_tell_of_shipping(
    as_ada, submitted, approver, manager, manu
):
    approvals.request_changes(
        submitted,
        content_hash=submitted.content_hash,
        actor=approver,
        comment="Cheaper, please.",
    )
    cheap = posting.make_method("SLOW", "1.00", (9, 12))
    Shipment.objects.update(method=cheap)
    order = Order.objects.get(pk=submitted.pk)
    drafts.submit(order, version=order.version, actor=manager)

    page = text(as_ada.get(f"/approvals/{order.reference}/"))

    assert "Changed since the last decision" in page
    assert "<del>$39.60</del>" in page
    assert "<ins>$8.00</ins>" in page
