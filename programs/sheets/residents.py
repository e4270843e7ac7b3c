"""People of whom nobody knows a contact: told by their name and postal address.

Only within the book of one program: whoever knows a name and an address would else be
shown what another program knows of that person.
"""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from django.db import connection

from portal import crypto
from programs import address_book, lookups
from programs.addresses.characters import fold
from programs.addresses.fields import Address
from programs.models import PostalAddress, Program, Recipient

# Any number that no other lock of ours has; the program's id stands beside it.
_LOCK: Final = 0x686F6D65
_LENGTH: Final = 32


class Resident(NamedTuple):
    """A name as it is compared, and the digest of an address."""

    name: str
    digest: str

    @property
    def key(self) -> str:
        """The same as one keyed digest, to be stored where nobody needs the two."""
        told = f"{self.name}\x1f{self.digest}"
        return crypto.digest(told, purpose="resident")[:_LENGTH]


def resident(address: Address) -> Resident:
    """Whoever of this name lives at this address, which is in its normal form."""
    return Resident(fold(address.name), address_book.digest_of(address))


def known(
    program: Program, sought: Collection[Resident]
) -> Mapping[Resident, Recipient]:
    """Those in the program's book, as `address_book.resident` finds them.

    Three queries.
    """
    digests = list({each.digest for each in sought})
    at_home = lookups.find(PostalAddress, ("digest", "recipient_id"), "digest", digests)
    ids = list(in_book(program, {pk for _digest, pk in at_home}))
    columns = ("id", "name", "email", "phone", "merged_into_id")
    people = {
        pk: Recipient(pk=pk, name=name, email=email, phone=phone)
        for pk, name, email, phone, merged in lookups.find(
            Recipient, columns, "id", ids
        )
        if merged is None
    }
    found: dict[Resident, Recipient] = {}
    for digest, pk in sorted(at_home, key=lambda row: row[1], reverse=True):
        if person := people.get(pk):
            found[Resident(fold(person.name), digest)] = person
    return {each: found[each] for each in sought if each in found}


def in_book(program: Program, ids: Collection[int]) -> set[int]:
    """Those of these people who are in the program's address book; one query."""
    book = Recipient.programs.through
    columns = ("recipient_id", "program_id")
    found = lookups.find(book, columns, "recipient_id", list(ids))
    return {pk for pk, program_id in found if program_id == program.pk}


def lock(program: Program) -> None:
    """Nobody else adds people without a contact to its book until the transaction ends.

    No constraint could tell that two such people are one. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, program.pk])
