"""People of a list, found or added to an address book many at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal import crypto
from portal.actors import Actor
from programs import consent_many, lookups, recipient_search
from programs.consent_history import Channel, Decision, Purpose
from programs.consent_many import Target
from programs.models import ConsentEntry, Program, Recipient, Wording
from programs.sheets.loading import load, next_ids

# E-mail and number of a record; one of them may be lacking.
Contacts: TypeAlias = tuple[str | None, str | None]
Row: TypeAlias = tuple[int, str, str | None, str | None, str, str, datetime, int]

_TRIES: Final = 5
_RECIPIENT: Final = (
    "id",
    "name",
    "email",
    "phone",
    "search_text",
    "preferences_ciphertext",
    "created_at",
    "version",
)
_ENTRY: Final = (
    "recipient_id",
    "channel",
    "purpose",
    "decision",
    "contact_digest",
    "wording_id",
    "source",
    "evidence",
    "given_on",
    "actor_kind",
    "actor_id",
    "at",
)


class Person(NamedTuple):
    """Contacts are normalised or empty, and not both empty."""

    name: str
    email: str
    phone: str


class Grant(NamedTuple):
    """That somebody agreed to messages about rewards, for one contact, on a day."""

    recipient_id: int
    channel: Channel
    contact: str
    source: ConsentEntry.Source
    given_on: date
    evidence: str


def take_in(
    program: Program, people: Sequence[Person], actor: Actor
) -> list[int | None]:
    """The id of each person, found or added, in the program's address book.

    Somebody known keeps name and contacts; only a contact that is missing is filled in.
    None where e-mail and number belong to two people. Within the caller's verb, whose
    entry in the journal tells of `actor`.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            # Somebody else may add one of them in this very moment: then look again.
            with transaction.atomic():
                return _take_in(program, people)
        except IntegrityError:
            if attempt == _TRIES:
                raise
    raise AssertionError("the last attempt returns or raises")


def grant_many(grants: Sequence[Grant], *, wording: Wording, actor: Actor) -> int:
    """Record consent that a list brings; how many entries that made.

    Within the caller's verb. Skipped: what stands on record already, contacts that
    were stopped, and days to come.
    """
    today, now = timezone.localdate(), timezone.now()
    targets = [Target(g.recipient_id, g.channel, g.contact) for g in grants]
    digests = crypto.digests((g.contact for g in grants), purpose="contact")
    rows = {}
    for grant, digest, stand in zip(
        grants, digests, consent_many.stands_of(targets), strict=True
    ):
        if stand is None and grant.given_on <= today:
            rows[grant.recipient_id, grant.channel, digest] = (
                grant.recipient_id,
                str(grant.channel),
                str(Purpose.REWARDS),
                str(Decision.GRANTED),
                digest,
                wording.pk,
                str(grant.source),
                grant.evidence,
                grant.given_on,
                str(actor.kind),
                actor.id,
                now,
            )
    load(ConsentEntry, _ENTRY, rows.values())
    return len(rows)


class _Known:
    """Whom we know by their contacts, those being added among them."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.by_email: dict[str, int] = {}
        self.by_phone: dict[str, int] = {}
        # What each record has; a lacking contact is None.
        self.contacts: dict[int, Contacts] = {}
        emails = [person.email for person in people if person.email]
        phones = [person.phone for person in people if person.phone]
        for key, values in (("email", emails), ("phone", phones)):
            found = lookups.find(Recipient, ("id", "email", "phone"), key, values)
            for pk, email, phone in found:
                self.put(pk, email, phone)

    def put(self, pk: int, email: str | None, phone: str | None) -> None:
        self.contacts[pk] = (email, phone)
        if email:
            self.by_email[email] = pk
        if phone:
            self.by_phone[phone] = pk


def _take_in(program: Program, people: Sequence[Person]) -> list[int | None]:
    known = _Known(people)
    before = dict(known.contacts)
    now = timezone.now()
    ids: list[int | None] = []
    added: list[Row] = []
    filled: set[int] = set()
    fresh = iter(next_ids(Recipient, len(people)))
    for name, email, phone in people:
        one, other = known.by_email.get(email), known.by_phone.get(phone)
        if one and other and one != other:
            ids.append(None)
            continue
        pk = one or other
        if pk is None:
            pk = next(fresh)
            known.put(pk, email or None, phone or None)
            added.append(_row(pk, name, email, phone, now))
        elif _lacks(known, pk, email, phone):
            had = known.contacts[pk]
            known.put(pk, had[0] or email or None, had[1] or phone or None)
            filled.add(pk)
        ids.append(pk)
    # In one order everywhere, or two lists with the same people could deadlock.
    load(Recipient, _RECIPIENT, sorted(added, key=lambda row: (row[2] or "", row[0])))
    _complete(known, before, filled)
    new = [pk for pk, *_rest in added]
    _put_into_book(program, before.keys() & {*ids}, new)
    return ids


def _lacks(known: _Known, pk: int, email: str, phone: str) -> bool:
    """Whether the record has no contact where this row brings one nobody has."""
    has_email, has_phone = known.contacts[pk]
    return bool((email and not has_email) or (phone and not has_phone))


def _row(pk: int, name: str, email: str, phone: str, now: datetime) -> Row:
    text = recipient_search.indexed(name, email, phone)
    return (pk, name, email or None, phone or None, text, "", now, 1)


def _complete(known: _Known, before: Mapping[int, Contacts], filled: set[int]) -> None:
    """Write the contacts that rows brought to records that lacked them."""
    locked = Recipient.objects.select_for_update().order_by("pk")
    people = list(locked.filter(pk__in=filled)) if filled else []
    for person in people:
        if person.pk in before and before[person.pk] != (person.email, person.phone):
            raise IntegrityError("changed since it was looked up")
        person.email, person.phone = known.contacts[person.pk]
        person.search_text = recipient_search.indexed(
            person.name, person.email, person.phone
        )
        person.version += 1
    fields = ["email", "phone", "search_text", "version"]
    Recipient.objects.bulk_update(people, fields, batch_size=200)


def _put_into_book(
    program: Program, known: Collection[int], added: Sequence[int]
) -> None:
    """Everybody of these who is not there yet."""
    book = Recipient.programs.through
    there = {
        pk
        for pk, program_id in lookups.find(
            book, ("recipient_id", "program_id"), "recipient_id", list(known)
        )
        if program_id == program.pk
    }
    new = [*added, *(pk for pk in known if pk not in there)]
    load(book, ("recipient_id", "program_id"), ((pk, program.pk) for pk in new))
