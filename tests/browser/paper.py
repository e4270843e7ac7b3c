"""A page as it comes out of the printer, and the codes a phone finds on it."""

from dataclasses import dataclass
from typing import Final, cast

import pypdfium2
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

DPI: Final = 300
_MILLIMETRES: Final = 25.4
_POINTS: Final = 72
_DARK: Final = 128
_QUIET: Final = 4
_QR: Final = zxingcpp.barcode_formats_from_str("QRCodeModel2")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One printed page: its size in millimetres, its words and its picture."""

    width: float
    height: float
    words: str
    image: Image.Image


@dataclass(frozen=True, slots=True)
class Found:
    """A code on a page: what it says, how wide it is in mm, and whether it has its due.

    Its due are four modules of white all around.
    """

    text: str
    width: float
    is_quiet: bool


def printed(page: Page) -> list[Sheet]:
    """What the browser prints of this page, on the paper the page asks for."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    return [
        Sheet(
            width=sheet.get_width() / _POINTS * _MILLIMETRES,
            height=sheet.get_height() / _POINTS * _MILLIMETRES,
            words=sheet.get_textpage().get_text_bounded(),
            image=sheet.render(scale=DPI / _POINTS).to_pil().convert("L"),
        )
        for sheet in document
    ]


def codes(sheet: Sheet) -> list[Found]:
    """Every QR code a reader finds there."""
    read = zxingcpp.read_barcodes(sheet.image, _QR)
    return [_measured(sheet.image, code) for code in read]


def margins(sheet: Sheet) -> tuple[float, float, float, float]:
    """How far from each edge the first ink is, in mm: left, top, right, bottom."""
    ink = _ink(sheet.image)
    assert ink, "an empty page"
    width, height = sheet.image.size
    left, top, right, bottom = ink
    return (_mm(left), _mm(top), _mm(width - right), _mm(height - bottom))


def _measured(image: Image.Image, code: zxingcpp.Barcode) -> Found:
    near, far = code.position.top_left, code.position.bottom_right
    width = far.x - near.x
    version = cast(dict[str, str], code.extra)["Version"]
    due = round(_QUIET * width / (17 + 4 * int(version)))
    # The code itself is painted over; its edge may be half a pixel off.
    around = image.crop((near.x - due, near.y - due, far.x + due, far.y + due))
    around.paste(255, (due - 1, due - 1, due + width + 1, due + far.y - near.y + 1))
    return Found(code.text, _mm(width), is_quiet=_ink(around) is None)


def _ink(image: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around everything dark: left, top, right, bottom; None without any."""
    return image.point(lambda shade: 255 * (shade < _DARK)).getbbox()


def _mm(pixels: float) -> float:
    return pixels / DPI * _MILLIMETRES
