"""Pages when something is missing, wrong, empty or just arriving."""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from orders import approvals
from portal.accounts.models import actor_of
from portal.permissions import Role
from tests.browser.flaws import axe, flaws
from tests.browser.pages import EMPTY, FORMS, looks
from tests.browser.visitors import NARROW, Desk
from tests.sources import TEMPLATES
from tests.world import make_side, make_world

pytestmark = [pytest.mark.browser, pytest.mark.looks]

# Every field emptied, every choice left as it is; the browser's own checks are off.
_SEND_EMPTY = """form => {
  for (const field of form.elements) {
    if (field.type !== "hidden" && "value" in field && field.localName !== "button"
        && field.localName !== "select" && field.type !== "radio"
        && field.type !== "checkbox") field.value = "";
  }
  form.noValidate = true;
  form.requestSubmit();
}"""
# Lists, and what to type into the first field of their filter.
LISTS = {
    "/orders/": "approved",
    "/shipments/": "postal",
    "/recipients/": "rosa",
    "/products/": "cvs",
    "/programs/": "spring",
    "/audit/": "order",
    "/settings/people/": "manager",
}
_FORM = "main form[method=post]:has(input:not([type=hidden]), textarea, select)"


@pytest.mark.parametrize("part", range(2))
def test_a_form_sent_empty_says_what_is_missing_to_everybody(part, visitors):
    world = make_world()
    desk = Desk(visitors, world, world.spring)
    wrong = []

    for look in looks(FORMS)[part::2]:
        page = desk.show(look)
        with page.expect_navigation():
            page.locator(_FORM).first.evaluate(_SEND_EMPTY)
        wrong += [f"{look.route}: {flaw}" for flaw in [*errors(page), *flaws(page)]]

    assert wrong == []


def test_empty_pages_are_for_everybody(visitors):
    world = make_world()
    bare = make_side("Bare", world.adam, phones="017")
    desk = Desk(visitors, world, bare)

    wrong = [
        f"{look.route} {look.query}: {flaw}"
        for look in looks(EMPTY)
        for flaw in flaws(desk.show(look))
    ]

    assert wrong == []


def test_filtering_keeps_the_focus_and_says_how_many(visitors, subtests):
    page = visitors.open(make_world().adam)
    for path, words in LISTS.items():
        with subtests.test(path):
            page.goto(path)
            page.evaluate("live = document.getElementById('live')")
            search = page.locator("main form[role=search] input").first

            search.press_sequentially(words)
            expect(page).to_have_url(re.compile(words))

            expect(search).to_be_focused()
            expect(page.locator("#live")).not_to_be_empty()
            assert page.evaluate("live === document.getElementById('live')")
            assert list(flaws(page)) == []


def test_an_order_form_is_for_everybody_while_it_is_filled_in(visitors):
    world = make_world()
    manager = world.spring.manager
    world.autumn.program.memberships.create(user=manager, role=Role.MANAGER)
    page = visitors.open(manager)
    page.goto("/send/digital/")

    page.get_by_label("E-mail or mobile").fill("new@example.com")
    page.get_by_label("Second contact").fill("(202) 555-0199")
    page.get_by_label("Recipient’s name").fill("Nell New")
    page.get_by_label("Value of one card").fill("15")
    page.get_by_label("Quantity").focus()
    expect(page.locator("#preview")).to_contain_text("$15.00")
    assert list(flaws(page)) == []

    page.get_by_label("Program").focus()
    page.get_by_label("Program").select_option(label="Autumn thanks")
    expect(page.get_by_label("Message")).to_have_value("Autumn says thank you.")
    assert list(flaws(page)) == []
    expect(page.get_by_label("E-mail or mobile")).to_have_value("new@example.com")
    expect(page.get_by_label("Program")).to_be_focused()


def test_an_order_that_moves_is_for_everybody_after_it_moved(visitors):
    world = make_world()
    page = visitors.open(world.spring.manager)
    order = world.spring.orders["approved"]
    page.goto(f"/orders/{order.reference}/")
    page.get_by_role("link", name="Cancel order").focus()

    with page.expect_response(lambda response: response.request.resource_type == "xhr"):
        approvals.undo(order, actor=actor_of(world.spring.manager))
    expect(page.locator("#order")).to_contain_text("Draft")

    assert list(flaws(page)) == []
    expect(page.get_by_role("link", name="Cancel order")).to_be_focused()


def test_menus_are_for_everybody_while_they_are_open(visitors):
    page = visitors.open(make_world().adam)
    page.goto("/")
    page.locator(".topbar-end summary").click()
    assert list(flaws(page)) == []

    page.set_viewport_size(NARROW)
    page.goto("/orders/")
    page.get_by_text("Menu", exact=True).click()
    assert list(axe(page)) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_error_pages_are_for_everybody(visitors, subtests):
    page = visitors.open()
    for template in sorted(TEMPLATES.glob("[45]*.html")):
        with subtests.test(template.name):
            # As Django renders them when all else fails: without any context.
            body = render_to_string(template.name)
            page.route("**/broken/", partial(fulfil, body=body))

            page.goto("/broken/")

            assert list(flaws(page)) == []


def fulfil(route: Route, *, body: str) -> None:
    route.fulfill(body=body, content_type="text/html")


def errors(page: Page) -> Iterator[str]:
    """What a form that was sent empty has to do."""
    if not page.title().startswith("Error: "):
        yield f"the title is {page.title()!r}"
    summary = page.locator("#error-summary")
    if not summary.is_visible():
        yield "no summary of errors"
        return
    if not summary.evaluate("e => e === document.activeElement"):
        yield "the summary has no focus"
    for link in summary.locator("a").all():
        target, text = link.get_attribute("href"), link.text_content()
        field = page.locator(f"[id='{(target or '')[1:]}']")
        if field.count() != 1:
            yield f"{text!r} leads nowhere"
