"""Every page of the URLconf, for everybody: axe, structure, size, at 320 px."""

import re

import pytest
from django.test import Client

from tests import factories
from tests.addresses import routes
from tests.browser.flaws import flaws
from tests.browser.pages import NO_PAGE, PAGES, looks
from tests.browser.visitors import Desk
from tests.world import make_world

pytestmark = pytest.mark.browser

# So that a failure comes sooner.
PARTS = 2


def test_every_address_is_a_page_that_is_looked_at_or_none():
    shown = {look.route for look in looks(PAGES)}

    assert sorted(shown | NO_PAGE.keys()) == sorted(routes())
    assert shown & NO_PAGE.keys() == set()


BAD_PAGE = """<!doctype html><html><title>Bad</title><style>
  :root { color-scheme: light dark; background: light-dark(#fff, #000) }
  b { color: light-dark(#000, #333) }
</style><body><main><h2>Two</h2><h4>Four</h4><b>Dark on dark</b><img src="data:,">
<button style="width: 20px; height: 20px; padding: 0">x</button>
<div style="width: 400px">wide</div></main></body></html>"""


def test_flaws_are_found(visitors):
    page = visitors.open()
    page.route("**/bad/", lambda route: route.fulfill(body=BAD_PAGE))
    page.goto("/bad/")

    found = "\n".join(flaws(page, in_full=True))

    for flaw in (
        "the title is 'Bad'",
        "no language",
        "0 main headings",
        "heading levels [2, 4]",
        "not one header",
        "a small target: <button",
        "image-alt",
        "dark: color-contrast",
        "at 320 px",
    ):
        assert flaw in found
    assert "\ncolor-contrast" not in found


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_for_everybody(part, visitors):
    world = make_world()
    desk = Desk(visitors, world, world.spring)

    wrong = [
        f"{look.route} {look.query}: {flaw}"
        for look in looks(PAGES)[part::PARTS]
        for flaw in flaws(desk.show(look))
    ]

    assert wrong == []


def test_no_two_addresses_have_one_title(db):
    world = make_world()
    routes_of: dict[str, set[str]] = {}

    for look in looks(PAGES):
        viewer = look.viewer(world, world.spring)
        client = factories.signed_in(viewer) if viewer else Client()
        page = client.get(look.path(world, world.spring), follow=True)
        title = re.search(r"<title>(.*?)</title>", page.content.decode())
        assert title, look
        routes_of.setdefault(title[1], set()).add(look.route)

    assert {title: found for title, found in routes_of.items() if len(found) > 1} == {}
