"""A file of tracking numbers: its columns by their names, its lines as they stand.

Between the page that shows what it would change and the button below it, the lines
travel in the form as `pack` writes them; `unpack` takes nothing on trust.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import tabular
from portal.tabular import Unreadable
from programs.sheets.names import words

MOST_LINES: Final = 5000
# What a form may bring that is no file (settings.DATA_UPLOAD_MAX_MEMORY_SIZE), less
# what else is in it.
_MOST_BYTES: Final = 1000 * 1024


class Column(StrEnum):
    """What a column says; the last ones are named as in facts.Facts."""

    PARCEL = "parcel"
    ORDER = "order"
    TRACKING_NUMBER = "tracking_number"
    TRACKING_COMPANY = "tracking_company"
    TRACKING_URL = "tracking_url"
    SHIPPED_ON = "shipped_on"
    DELIVERED_ON = "delivered_on"
    RETURNED_ON = "returned_on"
    RETURN_REASON = "return_reason"


LABELS: Final[Mapping[Column, str | Promise]] = {
    Column.PARCEL: gettext_lazy("Number"),
    Column.ORDER: gettext_lazy("PONumber"),
    Column.TRACKING_NUMBER: gettext_lazy("Tracking number"),
    Column.TRACKING_COMPANY: gettext_lazy("Delivery company"),
    Column.TRACKING_URL: gettext_lazy("Tracking link"),
    Column.SHIPPED_ON: gettext_lazy("Shipped on"),
    Column.DELIVERED_ON: gettext_lazy("Delivered on"),
    Column.RETURNED_ON: gettext_lazy("Came back on"),
    Column.RETURN_REASON: gettext_lazy("Reason"),
}
_WHICH: Final = (Column.PARCEL, Column.ORDER)
# As `words` writes names: plain small letters, "number" for no., # and the like.
_NAMES: Final[Mapping[Column, str]] = {
    Column.PARCEL: (
        "number, our number, our reference, parcel, parcel number, parcel id, "
        "shipment, shipment number, shipment id, s number, external id, externalid, "
        "line id, package, package number, paket, sendung, colis, envio, reference, "
        "your reference, customer reference"
    ),
    Column.ORDER: (
        "po number, ponumber, po, purchase order, purchase order number, order, order "
        "number, bestellnummer, auftragsnummer, numero de commande, pedido"
    ),
    Column.TRACKING_NUMBER: (
        "tracking number, tracking, tracking id, tracking code, trackingnumber, "
        "tracking reference, consignment, consignment number, waybill, airwaybill, "
        "awb, sendungsnummer, sendungsverfolgungsnummer, number de suivi, number de "
        "seguimiento"
    ),
    Column.TRACKING_COMPANY: (
        "delivery company, company, shipping company, tracking company, courier, "
        "carrier, carrier name, delivered by, shipped by, shipper, versender, "
        "paketdienst, transporteur, transportista"
    ),
    Column.TRACKING_URL: (
        "tracking address, tracking url, url, tracking link, link, tracking page"
    ),
    Column.SHIPPED_ON: (
        "shipped on, shipped, shipped at, ship date, shipping date, date shipped, "
        "shipped date, shipment date, dispatched, dispatched on, dispatch date, posted "
        "on, mailed on, sent on, versanddatum, versendet am, date d envoi, expedie le, "
        "fecha de envio"
    ),
    Column.DELIVERED_ON: (
        "delivered on, delivered, delivered at, delivery date, date delivered, "
        "delivered date, zugestellt am, zustelldatum, livre le, date de livraison, "
        "fecha de entrega"
    ),
    Column.RETURNED_ON: (
        "came back on, returned on, returned, returned at, return date, date returned, "
        "returned date, retoure am, zuruck am, retourne le, devuelto el"
    ),
    Column.RETURN_REASON: (
        "reason, return reason, reason for return, returned because, grund, motif, "
        "motivo"
    ),
}
_COLUMNS: Final = {
    name: column for column, names in _NAMES.items() for name in names.split(", ")
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file by its own number; only cells with something in them."""

    number: int
    cells: Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file says, and the names of the columns nobody reads."""

    lines: Sequence[Line]
    unread: Sequence[str] = field(default=())


def read(source: BinaryIO, name: str) -> Listing:
    """The lines of a CSV or XLSX file. Raises Unreadable, with what to do about it."""
    with closing(tabular.open_table(source, name)) as table:
        if table.header is None:
            text = _(
                "The first row has to name the columns, such as Number and Tracking "
                "number. Add it and try again."
            )
            raise Unreadable(text)
        columns = _recognised(table.header)
        lines = []
        for number, cells in table:
            found = {c: t for at, c in columns.items() if (t := cells[at].strip())}
            if found:
                lines.append(Line(number, found))
            if len(lines) > MOST_LINES:
                raise _too_many()
    unread = [name for at, name in enumerate(table.header) if at not in columns]
    return Listing(lines, unread)


def pack(listing: Listing) -> str:
    """The lines as a text of a form. Raises Unreadable where it would not fit."""
    rows = [[line.number, *map(line.cells.get, Column)] for line in listing.lines]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > _MOST_BYTES:
        raise _too_many()
    return text


def unpack(text: str) -> Listing | None:
    """What `pack` wrote; None for any other text."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(rows, list) or len(rows) > MOST_LINES:
        return None
    lines = [_line(row) for row in rows]
    return Listing([line for line in lines if line]) if all(lines) else None


def _line(row: object) -> Line | None:
    if not isinstance(row, list) or len(row) != len(Column) + 1:
        return None
    number, *cells = row
    if not isinstance(number, int) or not all(map(_is_cell, cells)):
        return None
    named = zip(Column, cells, strict=True)
    return Line(number, {column: cell for column, cell in named if cell})


def _is_cell(cell: object) -> bool:
    """Text that a database takes: no NUL, no half of a surrogate pair."""
    return cell is None or (
        isinstance(cell, str)
        and "\0" not in cell
        and cell == cell.encode(errors="ignore").decode()
    )


def _recognised(header: Sequence[str]) -> dict[int, Column]:
    """The columns by their places. Raises Unreadable where they do not suffice."""
    found: dict[int, Column] = {}
    for at, name in enumerate(header):
        column = _COLUMNS.get(words(name))
        if column is None:
            continue
        if column in found.values():
            text = _(
                "Two columns say the same: %(label)s. Keep one of them and try again."
            )
            raise Unreadable(text % {"label": LABELS[column]})
        found[at] = column
    if not set(found.values()) & set(_WHICH):
        text = _(
            "No column says which parcel is meant. Name one “Number”, with numbers "
            "such as S-4711, or “PONumber”."
        )
        raise Unreadable(text)
    if set(found.values()) <= set(_WHICH):
        text = _(
            "No column says what became of the parcels. Name one “Tracking number”, "
            "“Shipped on”, “Delivered on” or “Came back on”."
        )
        raise Unreadable(text)
    return found


def _too_many() -> Unreadable:
    text = _(
        "This file is too long: %(most)s lines are read at once. Split it into several "
        "files and upload them one after the other."
    )
    return Unreadable(text % {"most": f"{MOST_LINES:,}"})
