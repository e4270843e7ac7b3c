"""Two tabs, double clicks, a session that ends, a provider that is down."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from orders import approvals, drafts
from orders.models import Order
from portal.accounts.models import User, actor_of
from portal.audit.models import Entry
from portal.permissions import Role
from portal.provider.sandbox.launch import Sandbox
from programs.models import Product, Program
from tests import factories
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(program: Program, cvs: Product, manu: User) -> Order:
    return factories.make_draft(program, cvs, manu)


@pytest.fixture
def form(visitors: Visitors, manu: User, program: Program, cvs: Product) -> Page:
    """The order form, filled in by Manu."""
    page = visitors.open(manu)
    page.goto("/send/digital/")
    fill(page)
    # Leaving the last field asks for a preview, which has come before the test begins.
    page.get_by_label("Quantity").focus()
    expect(page.locator("#preview")).to_contain_text("Remember me")
    return page


def test_of_two_tabs_the_second_is_told_what_changed(visitors, manu, draft):
    first = visitors.open(manu)
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(f"/orders/{draft.reference}/edit/")
    first.get_by_label("Message").fill("From the first tab")
    first.get_by_label("Value of one card").fill("25")
    review(first)
    expect(first).to_have_title("Check your answers · Laurel")

    second.get_by_label("Message").fill("From the second tab")
    review(second)

    expect(second.get_by_role("alert")).to_contain_text("changed meanwhile")
    stands = second.locator(".summary-list").first
    expect(stands).to_contain_text("From the first tab")
    expect(stands).to_contain_text("$25.00")
    expect(second.get_by_label("Message")).to_have_value("From the second tab")
    assert draft.rewards.get().message == "From the first tab"

    review(second)

    expect(second).to_have_title("Check your answers · Laurel")
    assert draft.rewards.get().message == "From the second tab"


def test_a_check_page_of_another_tab_submits_nothing(visitors, manu, draft):
    first = visitors.open(manu)
    second = first.context.new_page()
    first.goto(f"/orders/{draft.reference}/check/")
    second.goto(f"/orders/{draft.reference}/edit/")
    second.get_by_label("Value of one card").fill("25")
    review(second)

    first.get_by_role("button", name="Submit for approval: $15.00").click()

    heading = first.get_by_role("heading", level=1)
    expect(heading).to_have_text("This changed in the meantime")
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_an_approver_decides_on_what_is_on_the_screen(
    visitors, manu, ada, program, cvs
):
    order = factories.make_submitted(program, cvs, manu)
    page = visitors.open(ada)
    page.goto(f"/approvals/{order.reference}/")
    back = {"content_hash": order.content_hash, "comment": "Make it $50"}
    order = approvals.request_changes(order, actor=actor_of(ada), **back)
    more = factories.make_gift(program, cvs, value=Decimal(50))
    order = drafts.edit(order, more, version=order.version, actor=actor_of(manu))
    drafts.submit(order, version=order.version, actor=actor_of(manu))

    page.get_by_label("Comment").fill("Looks right")
    page.get_by_role("button", name="Approve $15.00").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This changed in the meantime"
    )
    expect(page.locator(".diff")).to_contain_text("$50.00")
    order.refresh_from_db()
    assert order.status == "submitted"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_makes_one_order(javascript, visitors, manu, ada, program, cvs):
    page = visitors.open(manu, javascript=javascript)
    page.goto("/send/digital/")
    fill(page)

    page.get_by_role("button", name="Review", exact=True).dblclick()
    expect(page).to_have_title("Check your answers · Laurel")
    page.get_by_role("button", name="Submit for approval").dblclick()
    expect(page.get_by_role("region", name="Status")).to_contain_text("Awaiting")

    approver = visitors.open(ada, javascript=javascript)
    approver.goto(f"/approvals/{Order.objects.get().reference}/")
    approver.get_by_role("button", name="Approve $15.00").dblclick()
    expect(approver.get_by_role("region", name="Status")).to_contain_text("Approved")

    program.refresh_from_db()
    order = Order.objects.get()
    assert order.approvals.count() == 1
    assert program.held_minor == order.estimate_minor == 1500
    acts = list(Entry.objects.values_list("action", flat=True))
    assert acts.count("order.submitted") == acts.count("order.approved") == 1


def test_editing_from_the_check_page_changes_the_same_order(form):
    review(form)
    form.get_by_role("link", name="Change Value").click()
    assert form.get_by_label("Message").input_value() == "Remember me"
    form.get_by_label("Value of one card").fill("25")

    review(form)

    button = form.get_by_role("button", name="Submit for approval: $25.00")
    expect(button).to_be_visible()
    assert Order.objects.get().estimate_minor == 2500


def test_a_form_outlives_the_session_of_the_same_person(form):
    before = typed(form)
    Session.objects.all().delete()
    review(form)

    sign_in(form, "manu@example.com")

    expect(form.locator("main")).to_contain_text("You were signed out meanwhile")
    assert typed(form) == before
    assert not Order.objects.exists()
    review(form)
    expect(form).to_have_title("Check your answers · Laurel")
    assert Order.objects.count() == 1


def test_a_form_is_not_shown_to_the_next_person(form, program):
    factories.make_member("Nora", program, Role.MANAGER)
    Session.objects.all().delete()
    review(form)
    expect(form).to_have_title("Sign in · Laurel")
    assert "Remember me" not in form.url + form.content()

    sign_in(form, "nora@example.com")

    expect(form).to_have_title("Send a reward · Laurel")
    expect(form.get_by_label("E-mail or mobile")).to_have_value("")
    assert "Remember me" not in form.content()


def test_an_order_waits_for_a_provider_that_is_down(
    visitors: Visitors,
    worker: None,
    stocked: Sandbox,
    settings: Settings,
    program: Program,
    manu: Any,
    ada: Any,
) -> None:
    settings.RELEASE_HOLD_SECONDS = 0
    stocked.settings(down="503")
    cvs = Product.objects.get(provider_id="CVS")
    order = factories.make_approved(program, cvs, manu, ada)
    page = visitors.open(manu)

    page.goto(f"/orders/{order.reference}/")
    expect(page.locator("#order")).to_contain_text("Waiting for the provider")
    expect(page.locator("#order")).to_contain_text("tried again with the same number")
    program.refresh_from_db()
    assert (program.held_minor, program.spent_minor) == (1470, 0)

    stocked.settings(down="no")
    expect(page.locator("#order tbody")).to_contain_text("Sent", timeout=45_000)
    (held,) = stocked.orders()
    assert json.loads(held["body"])["PONumber"] == order.po_number


def fill(page: Page) -> None:
    page.get_by_label("E-mail or mobile").fill("user@example.com")
    page.get_by_label("Recipient’s name").fill("Recipient")
    page.get_by_label("Value of one card").fill("15")
    page.get_by_label("Message").fill("Remember me")


def review(page: Page) -> None:
    page.get_by_role("button", name="Review", exact=True).click()


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()


def typed(page: Page) -> dict[str, str]:
    fields = page.locator("main form.form :is(input, select, textarea):visible")
    return dict(fields.evaluate_all("all => all.map(e => [e.name, e.value])"))
