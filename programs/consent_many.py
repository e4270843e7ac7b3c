"""The rule of consent over many contacts at once: a handful of queries, never one each.

Says exactly what `consent.allows` and `consent.allows_stranger` say of each.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from portal import crypto
from programs import consent, lookups
from programs.consent import Answer
from programs.consent_history import Channel, Decision, Purpose, Standing
from programs.models import ConsentEntry, Program, Recipient

_AT_ONCE = 5000


class Target(NamedTuple):
    """Where a message would go; `recipient_id` is None for nobody on record."""

    recipient_id: int | None
    channel: Channel
    contact: str


class Stand(NamedTuple):
    """Ids of the entry that holds, at most one of them."""

    grant: int | None
    withdrawal: int | None


class _Entry(NamedTuple):
    pk: int
    recipient_id: int
    channel: str
    decision: str
    contact_digest: str


_COLUMNS = ("id", "recipient_id", "channel", "decision", "contact_digest", "purpose")


def refusals_of(
    program: Program, targets: Sequence[Target], *, purpose: Purpose = Purpose.REWARDS
) -> dict[int, Answer]:
    """Why the program may not write to some of these, by their position.

    What is not in it is allowed. An answer with an entry is a withdrawal, one without
    it lacks consent on record. Contacts are normalised and never empty.
    """
    unrecorded = {
        channel: consent.answer(Standing(channel, "?", None, None), program=program)
        for channel in Channel
    }
    refused: dict[int, Answer] = {}
    stopped: dict[int, int] = {}
    for position, stand in enumerate(stands_of(targets, purpose=purpose)):
        if stand is None:
            answer = unrecorded[targets[position].channel]
            if not answer.allowed:
                refused[position] = answer
        elif stand.withdrawal:
            stopped[position] = stand.withdrawal
    entries = ConsentEntry.objects.in_bulk(set(stopped.values()))
    for position, pk in stopped.items():
        channel, contact = targets[position][1:]
        standing = Standing(channel, contact, None, entries[pk])
        refused[position] = consent.answer(standing, program=program)
    return refused


def stands_of(
    targets: Sequence[Target], *, purpose: Purpose = Purpose.REWARDS
) -> Iterator[Stand | None]:
    """What holds for each contact, in order; None where no entry says anything."""
    for some in lookups.in_steps(targets, _AT_ONCE):
        yield from _stands(some, purpose)


def _stands(targets: Sequence[Target], purpose: Purpose) -> Iterator[Stand | None]:
    ids = {target.recipient_id for target in targets if target.recipient_id}
    root_of = _roots(ids)
    contacts = list({target.contact for target in targets})
    digests = dict(
        zip(contacts, crypto.digests(contacts, purpose="contact"), strict=True)
    )
    bearing = _bearing(root_of, list(digests.values()), purpose)
    for recipient_id, channel, contact in targets:
        root = root_of.get(recipient_id) if recipient_id else None
        yield bearing.stand(root, channel, digests[contact])


@dataclass(frozen=True, slots=True)
class _Bearing:
    """Entries of people by their living record, and withdrawals by contact."""

    own: dict[int, list[_Entry]]
    of_contact: dict[str, list[_Entry]]

    def stand(self, root: int | None, channel: str, digest: str) -> Stand | None:
        own = self.own.get(root, ()) if root else ()
        stopped = self.of_contact.get(digest, ())
        if not own and not stopped:
            return None
        # In the order they were recorded; the last word holds (consent_history).
        grant = withdrawal = None
        for entry in sorted({*own, *stopped}):
            if entry.channel != channel:
                continue
            if entry.decision == Decision.WITHDRAWN:
                withdrawal, grant = entry.pk, None
            elif entry.contact_digest == digest:
                withdrawal, grant = None, entry.pk
        return Stand(grant, withdrawal) if grant or withdrawal else None


def _bearing(
    root_of: dict[int, int], digests: Sequence[str], purpose: Purpose
) -> _Bearing:
    own: dict[int, list[_Entry]] = defaultdict(list)
    of_contact: dict[str, list[_Entry]] = defaultdict(list)
    members = list(root_of)
    for *entry, about in lookups.find(ConsentEntry, _COLUMNS, "recipient_id", members):
        if about == purpose:
            own[root_of[entry[1]]].append(_Entry(*entry))
    for *entry, about in lookups.find(
        ConsentEntry, _COLUMNS, "contact_digest", digests
    ):
        found = _Entry(*entry)
        if about == purpose and found.decision == Decision.WITHDRAWN:
            of_contact[found.contact_digest].append(found)
    return _Bearing(own, of_contact)


def _roots(ids: set[int]) -> dict[int, int]:
    """The living record of each of these people, and of all merged into those."""
    columns = ("id", "merged_into_id")
    keys = ("id", "merged_into_id")
    roots = _living(lookups.find(Recipient, columns, keys, list(ids)))
    if elsewhere := set(roots.values()) - roots.keys():
        found = lookups.find(Recipient, columns, keys, list(elsewhere))
        roots |= _living(found)
    return roots


def _living(found: Sequence[tuple[int, int | None]]) -> dict[int, int]:
    return {pk: merged or pk for pk, merged in found}
