"""What the columns of a file seem to mean: by their names, then by what is in them."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Final

from programs.models import Sheet
from programs.sheets import contents, guesses, readings
from programs.sheets.fields import Field, asked
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
    posts: bool = False,
    methods: Collection[str] = (),
) -> Proposal:
    """What fits; `samples` holds a few values below each column, `products` the names
    of what may be given, and `methods` of what it can be posted by, if it can.
    """
    rewards = purpose == Sheet.Purpose.REWARDS
    fields = asked(of_people=not rewards, posts=posts)
    proposal = Proposal()
    named = {Field.PRODUCT: products, Field.SHIPPING_METHOD: methods}
    _by_names(proposal, columns, samples, fields, named)
    _halve_name(proposal, columns, samples)
    _part_address(proposal)
    guesses.guess(proposal, columns, samples, fields, products)
    _drop_foreign_quantity(proposal, columns)
    ways = {Field.PHONE, Field.ADDRESS, Field.LINE1}
    if proposal.is_open(Field.EMAIL) and not ways & proposal.mapping.keys():
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
    named: Mapping[Field, Collection[str]],
) -> None:
    candidates = sorted(
        (rank + (0 if samples[column] else _EMPTY), fields.index(field), column)
        for column, name in enumerate(columns)
        for field, rank in readings.ranks_of(name).items()
        if field in fields
        and not contents.contradicts(field, samples[column], named.get(field, ()))
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


def _part_address(proposal: Proposal) -> None:
    """ "Address" beside a city or postcode of its own is the street alone."""
    parts = {Field.CITY, Field.POSTAL_CODE}
    if not parts & proposal.mapping.keys() or Field.ADDRESS not in proposal.mapping:
        return
    column = proposal.mapping.pop(Field.ADDRESS)
    how = proposal.how.pop(Field.ADDRESS)
    if proposal.is_open(Field.LINE1):
        proposal.take(Field.LINE1, [column], how)


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
