"""Hands that fill a form in, by mouse or by keyboard, and count what they do.

One press or choice is one interaction, and so is one typed field; what a page has
filled in already and is left alone counts nothing.
"""

import re
from typing import Final

from playwright.sync_api import Locator, Page

_MOST_STOPS: Final = 80
_FOCUS_SHOWS: Final = """e => {
  const style = getComputedStyle(e);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== "none";
}"""
_COVERED: Final = """e => {
  const box = e.getBoundingClientRect();
  // Of a tall text field a browser may show no more than the line one types in.
  const y = Math.min(box.y + box.height / 2, innerHeight - 1);
  const top = document.elementFromPoint(box.x + box.width / 2, y);
  return !(top && (e === top || e.contains(top) || top.contains(e)));
}"""


class Mouse:
    """Presses and types wherever it likes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.interactions = 0

    def press(self, target: Locator) -> None:
        self.interactions += 1
        target.click()

    def type(self, label: str, text: str) -> None:
        self.type_in(self._field(label), text)

    def type_in(self, field: Locator, text: str) -> None:
        self.interactions += 1
        field.fill(text)

    def choose(self, label: str, option: str) -> None:
        self.choose_in(self._field(label), option)

    def choose_in(self, field: Locator, option: str) -> None:
        self.interactions += 1
        field.select_option(label=option)

    def attach(self, label: str, name: str, content: bytes) -> None:
        self.interactions += 1
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        self._field(label).set_input_files(file)  # type: ignore[arg-type]

    def _field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(rf"^{label}\s*(\(optional\)\s*)?$"))


class Keyboard(Mouse):
    """Goes from stop to stop with Tab, as people do who use no mouse."""

    def press(self, target: Locator) -> None:
        self.interactions += 1
        self._go_to(target)
        self.page.keyboard.press("Enter")

    def type_in(self, field: Locator, text: str) -> None:
        self.interactions += 1
        self._go_to(field)
        if field.get_attribute("type") == "date":
            field.press_sequentially("".join(_as_typed(text)))
            return
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose_in(self, field: Locator, option: str) -> None:
        self.interactions += 1
        self._go_to(field)
        # Typing the beginning of an option chooses it.
        self.page.keyboard.type(option)

    def _go_to(self, target: Locator) -> None:
        for _ in range(_MOST_STOPS):
            if target.evaluate("e => e === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            focused = self.page.locator("*:focus")
            if focused.count():
                assert focused.evaluate(_FOCUS_SHOWS), focused.evaluate(
                    "e => e.outerHTML"
                )
                assert not focused.evaluate(_COVERED), focused.evaluate(
                    "e => e.outerHTML"
                )
        raise AssertionError(f"Tab does not lead to {target}")


def _as_typed(date: str) -> str:
    """An ISO date in the order an American browser's field asks for."""
    year, month, day = date.split("-")
    return month + day + year
