"""People of a list, found or added to an address book many at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal import crypto
from portal.actors import Actor
from programs import address_book, consent_many, lookups, recipient_search
from programs.address_book import Used
from programs.addresses.fields import Address
from programs.consent_history import Channel, Decision, Purpose
from programs.consent_many import Target
from programs.models import ConsentEntry, Program, Recipient, Wording
from programs.sheets import residents
from programs.sheets.loading import load, next_ids
from programs.sheets.residents import Resident

# E-mail and number of a record; one of them may be lacking.
Contacts: TypeAlias = tuple[str | None, str | None]
Row: TypeAlias = tuple[int, str, str | None, str | None, str, str, datetime, int, bool]

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
    "is_by_post_only",
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
    """Contacts are normalised or empty; without any there has to be an address.

    `address` is where a card is posted to, in its normal form and with the name on its
    label; `reason` is why it is right, if its post's rules doubt it.
    """

    name: str
    email: str
    phone: str
    address: Address | None = None
    reason: str = ""

    @property
    def resident(self) -> Resident | None:
        """What tells somebody without a contact; None for everybody else."""
        if self.address is None or self.email or self.phone:
            return None
        return residents.resident(self.address)


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
    Without a contact, somebody in that book is known by name and address. Addresses are
    kept with whom they are labelled for, as used now. None where e-mail and number
    belong to two people. Within the caller's verb, whose entry in the journal tells of
    `actor`.

    Raises address_book.Refused for an address nothing can be posted to.
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

    def __init__(self, program: Program, people: Sequence[Person]) -> None:
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
        sought = {each for person in people if (each := person.resident)}
        self.by_home: dict[Resident, int] = {}
        if sought:
            residents.lock(program)
            for home, person in residents.known(program, sought).items():
                self.by_home[home] = person.pk
                self.put(person.pk, person.email, person.phone)

    def of(self, person: Person) -> set[int]:
        """Whose contacts, or name and address, a person has: nobody's, or of two."""
        home = person.resident
        found = {
            self.by_email.get(person.email),
            self.by_phone.get(person.phone),
            self.by_home.get(home) if home else None,
        }
        return {pk for pk in found if pk}

    def add(self, pk: int, person: Person) -> None:
        self.put(pk, person.email or None, person.phone or None)
        if home := person.resident:
            self.by_home[home] = pk

    def learns(self, pk: int, person: Person) -> bool:
        """Whether it lacked a contact that this person brings, and has it now."""
        email, phone = self.contacts[pk]
        is_new = bool((person.email and not email) or (person.phone and not phone))
        if is_new:
            self.put(pk, email or person.email or None, phone or person.phone or None)
        return is_new

    def put(self, pk: int, email: str | None, phone: str | None) -> None:
        self.contacts[pk] = (email, phone)
        if email:
            self.by_email[email] = pk
        if phone:
            self.by_phone[phone] = pk


def _take_in(program: Program, people: Sequence[Person]) -> list[int | None]:
    known = _Known(program, people)
    before = dict(known.contacts)
    if any(person.address for person in people):
        _hold(before.keys())
    now = timezone.now()
    ids: list[int | None] = []
    added: list[Row] = []
    filled: set[int] = set()
    fresh = iter(next_ids(Recipient, len(people)))
    for person in people:
        found = known.of(person)
        if len(found) > 1:
            ids.append(None)
            continue
        pk = found.pop() if found else next(fresh)
        if pk not in known.contacts:
            added.append(_row(pk, person, now))
            known.add(pk, person)
        elif known.learns(pk, person):
            filled.add(pk)
        ids.append(pk)
    # In one order everywhere, or two lists with the same people could deadlock.
    load(Recipient, _RECIPIENT, sorted(added, key=lambda row: (row[2] or "", row[0])))
    _complete(known, before, filled)
    new = [pk for pk, *_rest in added]
    _put_into_book(program, before.keys() & {*ids}, new)
    address_book.remember_many(
        Used(pk, person.address, person.reason)
        for pk, person in zip(ids, people, strict=True)
        if pk and person.address
    )
    return ids


def _hold(ids: Collection[int]) -> None:
    """Whoever writes addresses holds the records of their people."""
    locked = Recipient.objects.select_for_update().filter(pk__in=list(ids))
    merged = locked.order_by("pk").values_list("merged_into_id", flat=True)
    if any(merged):
        raise IntegrityError("merged since it was looked up")


def _row(pk: int, person: Person, now: datetime) -> Row:
    name, email, phone = person[:3]
    text = recipient_search.indexed(name, email, phone)
    by_post = person.resident is not None
    return (pk, name, email or None, phone or None, text, "", now, 1, by_post)


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
    there = residents.in_book(program, known)
    new = [*added, *(pk for pk in known if pk not in there)]
    load(
        Recipient.programs.through,
        ("recipient_id", "program_id"),
        ((pk, program.pk) for pk in new),
    )
