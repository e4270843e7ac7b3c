"""What the columns of a file seem to mean: by their names, then by what is in them."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Final

from programs.models import Sheet
from programs.sheets import contents, guesses, readings
from programs.sheets.fields import OF_PEOPLE, Field
from programs.sheets.names import words
from programs.sheets.proposals import NAME, Columns, Proposal, Samples

# A column with nothing in it fits worse than any other.
_EMPTY: Final = 100
# "Name" beside a first name is the last name, and beside a last name the first.
_OTHER_HALF: Final[Mapping[Field, tuple[Field, str]]] = {
    Field.FIRST_NAME: (Field.LAST_NAME, "nom"),
    Field.LAST_NAME: (Field.FIRST_NAME, "nombre"),
}


def propose(
    columns: Columns,
    samples: Samples,
    *,
    purpose: str,
    products: Collection[str] = (),
) -> Proposal:
    """What fits; `samples` holds a few values below each column, `products` the names
    of what may be given.
    """
    rewards = purpose == Sheet.Purpose.REWARDS
    fields = [field for field in Field if rewards or field in OF_PEOPLE]
    proposal = Proposal()
    _by_names(proposal, columns, samples, fields, products)
    _halve_name(proposal, columns, samples)
    guesses.guess(proposal, columns, samples, fields, products)
    _drop_foreign_quantity(proposal, columns)
    if Field.PHONE not in proposal.mapping and proposal.is_open(Field.EMAIL):
        proposal.missing.append(Field.EMAIL)
    if rewards:
        needed = (Field.PRODUCT, Field.VALUE)
        proposal.missing += [field for field in needed if proposal.is_open(field)]
    return proposal


def _by_names(
    proposal: Proposal,
    columns: Columns,
    samples: Samples,
    fields: Sequence[Field],
    products: Collection[str],
) -> None:
    candidates = sorted(
        (rank + (0 if samples[column] else _EMPTY), fields.index(field), column)
        for column, name in enumerate(columns)
        for field, rank in readings.ranks_of(name).items()
        if field in fields
        and not contents.contradicts(field, samples[column], products)
    )
    for (_rank, place), group in groupby(candidates, lambda found: found[:2]):
        free = proposal.free(columns)
        if proposal.is_open(fields[place]):
            fitting = [column for *_both, column in group if column in free]
            proposal.take(fields[place], fitting, NAME)


def _halve_name(proposal: Proposal, columns: Columns, samples: Samples) -> None:
    """A column "Name" that stands beside one half of the name is the other half."""
    if proposal.is_open(Field.NAME) or Field.NAME in proposal.ambiguous:
        return
    column = proposal.mapping[Field.NAME]
    plain = words(columns[column])
    for half, (other, own) in _OTHER_HALF.items():
        if half not in proposal.mapping or not proposal.is_open(other):
            continue
        single = contents.share(samples[column], lambda text: " " not in text)
        if plain == own or (plain == "name" and single >= 0.5):
            proposal.mapping[other] = proposal.mapping.pop(Field.NAME)
            proposal.how[other] = proposal.how.pop(Field.NAME)


def _drop_foreign_quantity(proposal: Proposal, columns: Columns) -> None:
    """Beside no other column of rewards, "Quantity" counts what was bought."""
    if proposal.mapping.keys() & {Field.PRODUCT, Field.VALUE}:
        return
    proposal.ambiguous.pop(Field.QUANTITY, None)
    column = proposal.mapping.get(Field.QUANTITY)
    if column is None:
        return
    if readings.ranks_of(columns[column])[Field.QUANTITY] >= readings.STEP:
        del proposal.mapping[Field.QUANTITY], proposal.how[Field.QUANTITY]
