"""Whether a row's card can be posted: where to, by what, and until when."""

from collections.abc import Iterator, Sequence
from typing import Final

from programs.addresses.checking import Judgement, judge
from programs.addresses.fields import Address
from programs.addresses.fields import Field as Part
from programs.models import Sheet
from programs.sheets import postal, residents
from programs.sheets.fields import ADDRESS_PARTS, LABELS, Field
from programs.sheets.lines import Line, Problem
from programs.sheets.parcels import Parcels
from programs.sheets.postal import NO_ADDRESS
from programs.sheets.residents import Resident

# What a stored problem shows of a cell; a cell may hold a book.
_MOST_SHOWN: Final = 100


def find_addresses(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Judge where each row by post goes, and who it is for where no contact tells.

    One query if there are people without a name, three if some have no contact.
    """
    homes: dict[int, Resident] = {}
    lines = [line for line in lines if line.is_postal]
    _name(sheet, lines)
    for line in lines:
        if not postal.has_address(line.values):
            line.problems += _lacking(sheet, line)
            continue
        line.problems += _judged(sheet, line)
        if line.address and line.name and not (line.email or line.phone):
            homes[line.number] = home = residents.resident(line.address.address)
            line.resident = home.key
    if homes:
        known = residents.known(sheet.program, set(homes.values()))
        for line in lines:
            if line.number in homes:
                line.recipient = known.get(homes[line.number])


def find_parcels(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Shipping method, card carrier and day of rows by post; four queries if any."""
    posted = [line for line in lines if line.is_postal]
    if not posted:
        return
    parcels = Parcels(sheet.program)
    for line in posted:
        parcel = parcels.read(line.values, line.product)
        line.problems += parcel.problems
        if parcel.method and not (parcel.problems or parcel.is_in_time):
            params = {"method": parcel.method.name}
            line.problems.append(
                Problem("needed_late", Field.NEEDED_BY, is_error=False, params=params)
            )
        if line.values.get(Field.DELIVER_AT):
            line.problems.append(Problem("deliver_by_post", Field.DELIVER_AT, False))


def _name(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Call people as they are called in the book of the list's program.

    What others are called is nothing that an e-mail address may tell.
    """
    known = [(line, line.recipient) for line in lines if not line.name]
    ids = {person.pk for _line, person in known if person}
    ours = residents.in_book(sheet.program, ids)
    for line, person in known:
        if person and person.pk in ours:
            line.name = person.name


def _lacking(sheet: Sheet, line: Line) -> Iterator[Problem]:
    """Nothing says where to: somebody with an e-mail address can be asked."""
    if not line.name:
        params = {"label": str(LABELS[Field.NAME])}
        yield Problem("address_missing", Field.NAME, params=params)
    is_whole = Field.ADDRESS in sheet.mapping and Field.LINE1 not in sheet.mapping
    field = Field.ADDRESS if is_whole else Field.LINE1
    yield Problem(NO_ADDRESS if line.email else "address_nobody", field)


def _judged(sheet: Sheet, line: Line) -> Iterator[Problem]:
    """What is wrong with the address, part by part; a safe correction of each."""
    told = postal.written(line.values, sheet.program, line.name)
    line.address = judged = judge(told.address)
    if told.leftover:
        params = {"typed": " · ".join(told.leftover)[:_MOST_SHOWN]}
        yield Problem("address_unread", Field.ADDRESS, params=params)
    if judged.suggestion:
        yield from _suggested(judged, judged.suggestion)
    # The suggestion leaves these; without one, they are all there are.
    for problem in judged.left:
        params = {name: text[:_MOST_SHOWN] for name, text in problem.params.items()}
        yield Problem(str(problem.kind), Field(problem.field), params=params)
    for note in judged.notes:
        yield Problem(str(note.kind), Field(note.field), is_error=False)


def _suggested(judged: Judgement, better: Address) -> Iterator[Problem]:
    before = postal.parts_of(judged.address)
    whole = postal.one_line(better)
    for field in ADDRESS_PARTS:
        meant = better[Part(field.value)]
        if meant != before[field]:
            params = {"address": whole[: 2 * _MOST_SHOWN]}
            yield Problem("address_suggested", field, params=params, suggestion=meant)
