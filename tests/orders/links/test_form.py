"""The form of a batch: what it refuses, keeps, fills in and shows while one types."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from orders import drafts
from orders.links import drafting
from orders.models import LinkBatch, Order
from portal.accounts.models import actor_of
from portal.permissions import Role
from programs import budget
from programs.models import Program
from tests import factories
from tests.orders.claims.made import make_draft, make_submitted, make_wish

NEW = "/links/new/"


def errors(page):
    """The fields that are wrong; each says so beside it and in the summary."""
    assert page.status_code == 422
    form, shown = page.context["form"], page.content.decode()
    assert not Order.objects.exists()
    for name, problems in form.errors.items():
        assert form[name].auto_id in shown
        assert len(problems) == 1
    return list(form.errors)


def test_a_batch_is_made_and_led_to_its_check_page(as_manu, typed, manu):
    page = as_manu.post(NEW, typed(quantity=3, expires_on=in_days(30), note="Summer"))

    order = Order.objects.get()
    assert page.status_code == 303
    assert page.url == f"/orders/{order.reference}/check/"
    batch = order.links
    assert (batch.label, batch.quantity, batch.way) == ("Spring fair", 3, "portal")
    assert (batch.from_name, batch.message) == ("Rewards Team", "Enjoy your reward!")
    assert str(batch.expires_on) == in_days(30)
    assert (order.created_by, order.note, batch.is_one_line) == (manu, "Summer", False)


def test_the_other_way_and_one_line_can_be_chosen(as_manu, typed):
    as_manu.post(NEW, typed(way="provider", is_one_line="on"))

    batch = LinkBatch.objects.get()
    assert (batch.way, batch.is_one_line) == ("provider", True)
    assert batch.order.rewards.get().quantity == 5


@pytest.mark.parametrize(
    "quantity", ["", "0", "-1", "1.5", "10001", "9" * 5000, "many", "\x00"]
)
def test_a_quantity_out_of_bounds_is_refused(as_manu, typed, quantity):
    page = as_manu.post(NEW, typed(quantity=quantity))

    assert errors(page) == ["quantity"]


@pytest.mark.parametrize(("quantity", "status"), [(3, 303), (4, 422)])
def test_the_most_is_a_setting_and_is_named(as_manu, typed, settings, quantity, status):
    settings.LINKS_MOST = 3

    page = as_manu.post(NEW, typed(quantity=quantity))

    assert page.status_code == status
    assert status == 303 or "Ask for 1 to 3 links" in page.content.decode()


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"expires_on": "2020-01-01"}, ["expires_on"]),
        ({"expires_on": "9999-12-31"}, ["expires_on"]),
        ({"expires_on": "soon"}, ["expires_on"]),
        ({"from_name": ""}, ["from_name"]),
        ({"label": ""}, ["label"]),
        ({"label": "x" * 101}, ["label"]),
        ({"label": "two\nlines"}, ["label"]),
        ({"message": "x" * 401}, ["message"]),
        ({"po_number": "no spaces"}, ["po_number"]),
        ({"value": ""}, ["value"]),
        ({"value": "11"}, ["value"]),
        ({"value": "0"}, ["value"]),
        ({"way": "pigeon"}, ["way"]),
        ({"quantity": "1000"}, ["value"]),
        ({"form_key": "mine"}, ["form_key"]),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_where_it_stands(as_manu, typed, answers, fields):
    page = as_manu.post(NEW, typed(**answers))

    assert errors(page) == fields


def test_everything_that_was_typed_is_kept(as_manu, typed):
    filled = typed(
        quantity="0",
        way="provider",
        is_one_line="on",
        note="A note",
        po_number="MINE-1",
        expires_on=in_days(9),
    )

    page = as_manu.post(NEW, filled)

    form = page.context["form"]
    shown = {name: str(form[name].value()) for name in filled if name in form.fields}
    assert shown == filled | {"is_one_line": "True"}


def test_over_budget_is_refused_with_both_amounts(as_manu, typed, program, adam):
    away = program.money(program.available.minor - 4000)
    budget.adjust(program, away * -1, note="Elsewhere", actor=actor_of(adam))

    page = as_manu.post(NEW, typed())

    assert errors(page) == ["value"]
    problem = page.context["form"].errors["value"][0]
    assert "$50.00" in problem
    assert "$40.00" in problem


def test_a_cap_for_one_reward_counts_for_one_link(as_manu, typed, program):
    Program.objects.filter(pk=program.pk).update(reward_cap_minor=1000)

    fine = as_manu.post(NEW, typed(value="10", is_one_line="on"))
    high = as_manu.post(NEW, typed(value="15"))

    assert fine.status_code == 303
    assert high.context["form"].has_error("value")


def test_a_product_without_links_is_not_offered_and_not_taken(as_manu, typed, program):
    mail_only = factories.make_product(
        "MAIL", values=[10], delivery_types=["DigitalDelivery"]
    )

    shown = as_manu.get(NEW).context["form"].fields["product"].queryset
    page = as_manu.post(NEW, typed(product=mail_only.pk))

    assert [product.provider_id for product in shown] == ["CVS"]
    assert errors(page) == ["product"]


def test_a_program_without_links_is_not_offered_and_not_taken(as_manu, typed, manu):
    other = factories.make_program("Other")
    other.memberships.create(user=manu, role=Role.MANAGER)

    shown = as_manu.get(NEW).context["form"].fields["program"].queryset
    page = as_manu.post(NEW, typed(program=other.pk))

    assert [program.name for program in shown] == ["Spring"]
    assert errors(page) == ["program"]


def test_nobody_without_a_program_for_links_gets_an_empty_form(as_manu, program):
    program.delivery_types = ["DigitalDelivery"]
    program.save()

    page = as_manu.get(NEW)

    assert page.status_code == 200
    assert "No active program gives claim links" in page.content.decode()
    assert '<form method="post" class="form"' not in page.content.decode()


@pytest.mark.parametrize("po_number", ["", "MINE-1"])
def test_a_double_click_makes_one_batch(as_manu, typed, po_number):
    filled = typed(po_number=po_number)

    pages = [as_manu.post(NEW, filled) for _ in range(3)]

    order = Order.objects.get()
    urls = {(page.status_code, page.url) for page in pages}
    assert urls == {(303, f"/orders/{order.reference}/check/")}
    assert order.version == 1


def test_going_back_and_changing_the_form_changes_the_batch(as_manu, typed):
    filled = typed()
    as_manu.post(NEW, filled)

    page = as_manu.post(NEW, filled | {"quantity": "7"}, follow=True)

    assert Order.objects.get().rewards.count() == 7
    assert "$70.00" in page.content.decode()


def test_going_back_after_submitting_changes_nothing(as_manu, typed, manu):
    filled = typed()
    as_manu.post(NEW, filled)
    order = Order.objects.get()
    drafts.submit(order, version=order.version, actor=actor_of(manu))

    page = as_manu.post(NEW, filled | {"quantity": "7"})

    assert page.status_code == 409
    assert Order.objects.get().rewards.count() == 5


def test_a_taken_number_is_refused(as_manu, typed, program, cvs, manu):
    factories.make_draft(program, cvs, manu, po_number="TAKEN-1")

    page = as_manu.post(NEW, typed(po_number="taken-1"))

    assert page.status_code == 422
    assert page.context["form"].has_error("po_number")


def test_an_edit_starts_with_what_is_stored_and_saves_what_is_typed(
    as_manu, program, cvs, manu, typed
):
    order = make_draft(program, cvs, manu, quantity=2, way="provider", note="Mine")
    url = f"/links/{order.reference}/edit/"

    form = as_manu.get(url).context["form"]
    stored = {name: form[name].value() or "" for name in form.fields}
    page = as_manu.post(url, typed(**stored) | {"quantity": "4", "value": "25"})

    assert page.status_code == 303, page.context["form"].errors
    order.refresh_from_db()
    assert (order.version, order.note, order.links.way) == (2, "Mine", "provider")
    assert (order.rewards.count(), str(order.estimate)) == (4, "$100.00")


def test_of_two_tabs_the_second_is_told_what_changed(
    as_manu, program, cvs, manu, typed
):
    order = make_draft(program, cvs, manu)
    wish = make_wish(program, cvs, quantity=9, way="provider", label="Autumn fair")
    drafting.edit(order, wish, version=1, actor=actor_of(manu))

    url = f"/links/{order.reference}/edit/"
    page = as_manu.post(url, typed(version=1, label="Mine"))

    assert page.status_code == 409
    words = page.content.decode()
    assert "was changed meanwhile" in words
    for now in ("Autumn fair", "The provider’s own links", "9 lines of 1 × $10.00"):
        assert now in words
    assert page.context["form"]["label"].value() == "Mine"
    assert order.rewards.count() == 9

    again = as_manu.post(url, typed(version=2, label="Mine"))

    assert again.status_code == 303
    assert LinkBatch.objects.get().label == "Mine"


def test_only_a_draft_can_be_edited(as_manu, program, cvs, manu):
    order = make_submitted(program, cvs, manu)

    page = as_manu.get(f"/links/{order.reference}/edit/")

    assert page.status_code == 303
    assert page.url == f"/orders/{order.reference}/"


def test_each_kind_of_order_has_its_own_form(as_manu, program, cvs, manu):
    batch = make_draft(program, cvs, manu)
    single = factories.make_draft(program, cvs, manu)

    led = as_manu.get(f"/orders/{batch.reference}/edit/")
    lost = as_manu.get(f"/links/{single.reference}/edit/")

    assert led.url == f"/links/{batch.reference}/edit/"
    assert lost.status_code == 404


def test_a_new_form_starts_with_the_programs_words_and_a_label(as_manu, program):
    form = as_manu.get(NEW).context["form"]

    shown = {name: form[name].value() for name in form.fields}
    assert (shown["from_name"], shown["message"]) == (
        program.from_name,
        program.message,
    )
    assert shown["label"].startswith("Spring, ")
    assert (shown["way"], shown["quantity"]) == ("portal", None)


def test_a_new_form_starts_with_the_card_of_the_last_batch(as_manu, program, cvs, manu):
    target = factories.make_product("TARGET", values=[20])
    make_draft(program, target, manu, way="provider")
    factories.make_draft(program, cvs, manu)

    form = as_manu.get(NEW).context["form"]

    assert form["product"].value() == target.pk
    assert str(form["value"].value()) == "20.00"
    assert form["way"].value() == "provider"


def test_another_batch_starts_like_the_one_before(as_manu, program, cvs, manu):
    order = make_draft(
        program,
        cvs,
        manu,
        quantity=7,
        label="Winter fair",
        is_one_line=True,
        po_number="MINE-1",
        note="Once",
    )

    page = as_manu.get(NEW, {"again": order.reference})

    form = page.context["form"]
    assert form["label"].value() == "Winter fair"
    assert (form["quantity"].value(), form["is_one_line"].value()) == (7, True)
    assert (form["po_number"].value(), form["note"].value()) == (None, None)
    assert form["form_key"].value() != order.form_key


def test_only_a_batch_can_be_made_again_as_one(as_manu, program, cvs, manu):
    single = factories.make_draft(program, cvs, manu, message="Single words")
    batch = make_draft(program, cvs, manu, message="Batch words")

    links = as_manu.get(NEW, {"again": single.reference})
    digital = as_manu.get("/send/digital/", {"again": batch.reference})

    assert "Single words" not in links.content.decode()
    assert "Batch words" not in digital.content.decode()


@pytest.mark.parametrize("odd", ["\x00", "-1", "1e9", "9" * 60, "\u0661", "\u00b2"])
@pytest.mark.parametrize("name", ["again", "program"])
def test_odd_prefilling_is_ignored(as_manu, program, cvs, name, odd):
    assert as_manu.get(NEW, {name: odd}).status_code == 200


def test_the_preview_tells_cost_and_words_while_one_types(as_manu, typed):
    page = as_manu.post(
        NEW,
        typed(preview="part", expires_on=in_days(30)),
        headers={"hx-request": "true"},
    )

    words = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert page.status_code == 200
    assert "× 5" in words
    assert "$50.00" in words
    assert "$950.00" in words
    assert "Rewards Team gives you a $10.00 CVS gift card." in words
    assert "Enjoy your reward!" in words
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "answers", [{"quantity": ""}, {"quantity": "10001"}, {"value": "11"}], ids=str
)
def test_there_is_no_preview_of_what_cannot_be(as_manu, typed, answers):
    page = as_manu.post(NEW, typed(preview="page", **answers))

    assert page.status_code == 200
    assert page.context["preview"] is None
    assert not page.context["form"].errors


def test_the_providers_links_show_no_page_of_ours(as_manu, typed):
    page = as_manu.post(NEW, typed(preview="page", way="provider"))

    assert page.context["preview"].page is None
    assert "gives you a" not in page.content.decode()


def test_another_program_brings_its_words_and_leaves_those_that_were_typed(
    as_manu, typed, manu, program
):
    other = factories.make_program(
        "Autumn", delivery_types=["Links"], from_name="Autumn team", message="Leaves"
    )
    other.memberships.create(user=manu, role=Role.MANAGER)
    filled = typed(preview="page", program_before=program.pk, message="Typed by hand")

    page = as_manu.post(NEW, filled | {"program": str(other.pk)})

    form = page.context["form"]
    assert form["from_name"].value() == "Autumn team"
    assert form["message"].value() == "Typed by hand"


@pytest.mark.parametrize("who", ["as_ada", "as_audra", "as_adam", "as_otto"])
def test_only_managers_make_batches(request, program, cvs, manu, typed, who):
    order = make_draft(program, cvs, manu)
    client = request.getfixturevalue(who)

    for url in (NEW, f"/links/{order.reference}/edit/"):
        assert client.post(url, typed()).status_code == 404
    assert Order.objects.count() == 1


def in_days(number: int) -> str:
    return (timezone.localdate() + timedelta(days=number)).isoformat()
