"""What may be wrong with a page that renders: for eyes, for ears, for fingers."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Page, expect

from tests.browser.visitors import NARROW, WIDE

_AXE: Final = Axe()
_RUN: Final = "options => axe.run(options).then((found) => found.violations)"
_TAGS: Final = (
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
)
# The two looks differ in colours alone, so only these rules can tell them apart.
_COLOURS: Final = ("color-contrast", "link-in-text-block")
_LEAST_TARGET_PIXELS: Final = 24
# Links within a sentence are as high as its lines; axe knows how far apart they are.
_STRUCTURE: Final = """least => {
  const all = (css) => [...document.querySelectorAll(css)];
  const shown = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1;
  const small = (e) => {
    const box = e.getBoundingClientRect();
    return box.width < least || box.height < least;
  };
  const targets = all("a[href], button, input, select, textarea, summary");
  return {
    lang: document.documentElement.lang,
    h1: all("h1").filter(shown).length,
    levels: all("h1, h2, h3, h4, h5, h6").filter(shown).map((e) => +e.tagName[1]),
    landmarks: ["header", "main", "footer"].filter((css) => all(css).length !== 1),
    targets: targets
      .filter((e) => shown(e) && getComputedStyle(e).display !== "inline" && small(e))
      .map((e) => e.outerHTML.slice(0, 120)),
  };
}"""
_OVERFLOW: Final = """() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide <= 0) return [];
  const past = [...document.querySelectorAll("main *")]
    .filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
    .map((e) => e.outerHTML.slice(0, 80));
  return [`${wide} px too wide`, ...past.slice(-3)];
}"""


def flaws(page: Page, *, in_full: bool | None = None) -> Iterator[str]:
    """Everything wrong with the page as it stands, light, dark and on a small phone.

    Colours and widths are the same whatever the engine, and looking takes long: unless
    told otherwise that is done on SQLite, and elsewhere the structure looked at.
    """
    # What is on its way is dimmed until it has come.
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    yield from structure(page)
    if not (connection.vendor == "sqlite" if in_full is None else in_full):
        return
    yield from axe(page, *_TAGS)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {flaw}" for flaw in axe(page, *_COLOURS))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    yield from (f"at 320 px: {flaw}" for flaw in page.evaluate(_OVERFLOW))
    page.set_viewport_size(WIDE)


def axe(page: Page, *rules: str) -> Iterator[str]:
    """Violations axe-core finds, each with the first element it blames.

    `rules` are tags or names of rules; none means all the tags.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.axe_script)
    options = {"runOnly": rules or _TAGS, "resultTypes": ["violations"]}
    for violation in page.evaluate(_RUN, options):
        node = violation["nodes"][0]
        yield f"{violation['id']} at {node['target']}: {node['html'][:120]}"


def structure(page: Page) -> Iterator[str]:
    """Title, language, headings, landmarks and the size of what is pressed."""
    found: dict[str, Any] = page.evaluate(_STRUCTURE, _LEAST_TARGET_PIXELS)
    if not page.title().endswith(" · Laurel"):
        yield f"the title is {page.title()!r}"
    if not found["lang"]:
        yield "no language"
    if found["h1"] != 1:
        yield f"{found['h1']} main headings"
    levels = found["levels"]
    if any(below > level + 1 for level, below in pairwise(levels)):
        yield f"heading levels {levels}"
    yield from (f"not one {landmark}" for landmark in found["landmarks"])
    yield from (f"a small target: {target}" for target in found["targets"])
