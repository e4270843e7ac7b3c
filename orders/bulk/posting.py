"""A list's row as a parcel: where it goes, by what, and until when.

The checks read rows by the same functions, so what was checked is what is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from orders import postal
from orders.models import Order, Shipment
from programs.addresses.checking import Outcome, judge
from programs.addresses.fields import Address
from programs.models import Product, Program, SheetRow
from programs.sheets import kinds
from programs.sheets import postal as postal_rows
from programs.sheets.parcels import Parcels

_AT_ONCE: Final = 500


def keep_answers(order: Order) -> None:
    """Write addresses that recipients gave into their rows, within a verb.

    Whoever said it once is not asked again because another row is corrected.
    """
    given = Shipment.objects.filter(
        reward__order=order, request__answered_at__isnull=False
    )
    changed = []
    for parcel in given.exclude(line1="").select_related("reward__row"):
        row, address = parcel.reward.row, postal.address_of(parcel)
        if row is not None and address is not None:
            row.fixes = postal_rows.answered(row.fixes, address)
            changed.append(row)
    SheetRow.objects.bulk_update(changed, ["fixes"], batch_size=_AT_ONCE)


class Unposted(Exception):
    """No parcel can be made of the row now; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A row's parcel, not saved; no address where its recipient will be asked."""

    shipment: Shipment
    address: Address | None = field(repr=False)


class Packer:
    """What a program's rows are packed by; it asks the database when it is made."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._parcels = Parcels(program)

    def pack(
        self, row: SheetRow, values: Mapping[str, str], product: Product | None
    ) -> Packed:
        """The parcel of a row that was ready when it was checked. Raises Unposted."""
        told = self._parcels.read(values, product)
        if problem := next(iter(told.problems), None):
            raise Unposted(kinds.message(problem))
        address = self._address(row, values)
        shipment = Shipment(
            program=self._program,
            method=told.method,
            card_carrier=told.card_carrier,
            needed_by=told.needed_by,
        )
        postal.write_label(shipment, address.name if address else row.name, address)
        return Packed(shipment, address)

    def _address(self, row: SheetRow, values: Mapping[str, str]) -> Address | None:
        if not postal_rows.has_address(values):
            if postal_rows.is_asked(row.fixes) and row.email:
                return None
            text = _("The address is missing. Enter it, or ask the recipient for it.")
            raise Unposted(text)
        judged = judge(postal_rows.address_of(values, self._program, row.name))
        if judged.outcome != Outcome.CONFIRMED:
            raise Unposted(judged.problems[0].message)
        return judged.address
