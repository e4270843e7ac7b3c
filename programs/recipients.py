"""Recipients: the people who are given rewards, and the address books they are in.

A contact belongs to one living record.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import recipient_search
from programs.models import Program, Recipient


@dataclass(frozen=True, slots=True)
class _Contacts:
    """Normalised, empty as None; both unique among living records."""

    email: str | None
    phone: str | None

    def holders(self) -> QuerySet[Recipient]:
        """The one or two records that have them, by primary key; nobody has nothing."""
        wanted = Q(pk__in=[])
        if self.email:
            wanted |= Q(email=self.email)
        if self.phone:
            wanted |= Q(phone=self.phone)
        return Recipient.objects.filter(wanted).order_by("pk")


class NoContact(Exception):
    """Neither an e-mail address nor a mobile number was given."""


class Taken(Exception):
    """Another person has this contact; `field` is "email" or "phone"."""

    def __init__(self, field: str, other: Recipient) -> None:
        super().__init__(f"{field} belongs to recipient {other.pk}")
        self.field = field
        self.other = other


class Conflict(Exception):
    """The e-mail belongs to one person and the number to another: merge them first."""

    def __init__(self, first: Recipient, second: Recipient) -> None:
        super().__init__(f"recipients {first.pk} and {second.pk}")
        self.first = first
        self.second = second


class Stale(Exception):
    """Somebody changed the record since the page was opened; nothing was changed."""


@transaction.atomic(durable=True)
def add(
    program: Program,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    actor: Actor,
) -> Recipient:
    """A new person in the program's address book; contacts come normalised.

    Raises NoContact, or Taken if somebody has one of them already.
    """
    contacts = _given(email, phone)
    with _refusing_taken(contacts):
        recipient = _create(name, contacts)
    recipient.programs.add(program)
    _record_added(recipient, program, actor, known=False, filled=[])
    return recipient


@transaction.atomic
def find_or_add(
    program: Program,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    actor: Actor,
) -> Recipient:
    """The person with these contacts, in the program's address book.

    Somebody known keeps name and contacts; only a contact that is missing is filled in,
    so compare what comes back. Raises NoContact, or Conflict if two people have them.
    """
    contacts = _given(email, phone)
    try:
        with _refusing_taken(contacts):
            created = _create(name, contacts)
    except Taken:
        return _welcome(program, contacts, actor)
    created.programs.add(program)
    _record_added(created, program, actor, known=False, filled=[])
    return created


def add_by_post(program: Program, *, name: str, actor: Actor) -> Recipient:
    """A new person of whom no contact is known, within the verb that posts to them.

    Whoever calls it has looked whether the person is on record.
    """
    nothing = _Contacts(None, None)
    created = _create(name, nothing, is_by_post_only=True)
    created.programs.add(program)
    _record_added(created, program, actor, known=False, filled=[])
    return created


def welcome(recipient: Recipient, program: Program, *, actor: Actor) -> None:
    """Put somebody known into the program's address book, within a verb."""
    if recipient.programs.filter(pk=program.pk).exists():
        return
    recipient.programs.add(program)
    _record_added(recipient, program, actor, known=True, filled=[])


def known(*, email: str, phone: str) -> Recipient | None:
    """Whoever has these normalised contacts; None for nobody on record.

    Raises Conflict if they belong to two people.
    """
    holders = list(_Contacts(email or None, phone or None).holders())
    if len(holders) > 1:
        raise Conflict(*holders)
    return holders[0] if holders else None


@transaction.atomic(durable=True)
def edit(
    recipient: Recipient,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    version: int,
    actor: Actor,
) -> Recipient:
    """Change name and contacts, if nobody else did since `version`.

    Consent stays with the contact it was given for. Somebody known by a postal address
    alone needs no contact. Raises Stale, NoContact or Taken.
    """
    contacts = (
        _Contacts(email or None, phone or None)
        if recipient.is_by_post_only
        else _given(email, phone)
    )
    locked = Recipient.objects.select_for_update().get(pk=recipient.pk)
    if locked.version != version or locked.merged_into_id:
        raise Stale
    new = {"name": name, "email": contacts.email, "phone": contacts.phone}
    changed = [field for field, value in new.items() if getattr(locked, field) != value]
    if not changed:
        return locked
    for field in changed:
        setattr(locked, field, new[field])
    with _refusing_taken(contacts, of=locked):
        save(locked)
    journal.record(
        Action.RECIPIENT_EDITED, locked, actor=actor, data={"fields": [*changed]}
    )
    return locked


def search(queryset: QuerySet[Recipient], text: str) -> QuerySet[Recipient]:
    """Those who match every word, by any part of name, e-mail or number."""
    if not text.strip():
        return queryset
    # As a list of its own: in an ordered list SQLite would look up every row by name.
    found = Recipient.objects.filter(recipient_search.matching(text))
    return queryset.filter(pk__in=found.values("pk"))


def family_ids(recipient: Recipient) -> list[int]:
    """The living record's id, and the ids of those merged into it; one query."""
    root = recipient.merged_into_id or recipient.pk
    merged = Recipient.objects.filter(merged_into=root).values_list("pk", flat=True)
    return [root, *merged]


def save(recipient: Recipient) -> None:
    """Store name and contacts, within a verb that holds the lock."""
    recipient.search_text = recipient_search.indexed(
        recipient.name, recipient.email, recipient.phone
    )
    recipient.version += 1
    recipient.save(update_fields=["name", "email", "phone", "search_text", "version"])


def _given(email: str | None, phone: str | None) -> _Contacts:
    if not (email or phone):
        raise NoContact
    return _Contacts(email or None, phone or None)


@contextmanager
def _refusing_taken(contacts: _Contacts, of: Recipient | None = None) -> Iterator[None]:
    """Raise Taken where somebody else has them, or gets them in this very moment."""
    others = contacts.holders()
    if of:
        others = others.exclude(pk=of.pk)
    _refuse(others, contacts)
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        _refuse(others.all(), contacts)
        raise


def _refuse(others: QuerySet[Recipient], contacts: _Contacts) -> None:
    if other := others.first():
        raise Taken("email" if other.email == contacts.email else "phone", other)


def _welcome(program: Program, contacts: _Contacts, actor: Actor) -> Recipient:
    """Somebody known, put into the address book and completed."""
    recipient, *more = contacts.holders().select_for_update()
    if more:
        raise Conflict(recipient, more[0])
    filled = _fill(recipient, contacts)
    is_new_here = not recipient.programs.filter(pk=program.pk).exists()
    if filled or is_new_here:
        recipient.programs.add(program)
        _record_added(recipient, program, actor, known=True, filled=filled)
    return recipient


def _create(
    name: str, contacts: _Contacts, *, is_by_post_only: bool = False
) -> Recipient:
    return Recipient.objects.create(
        is_by_post_only=is_by_post_only,
        name=name,
        email=contacts.email,
        phone=contacts.phone,
        search_text=recipient_search.indexed(name, contacts.email, contacts.phone),
    )


def _fill(recipient: Recipient, contacts: _Contacts) -> list[str]:
    """Add what the record lacks; nobody else has it, or it would be a conflict."""
    filled = []
    if contacts.email and recipient.email is None:
        recipient.email = contacts.email
        filled.append("email")
    if contacts.phone and recipient.phone is None:
        recipient.phone = contacts.phone
        filled.append("phone")
    if filled:
        save(recipient)
    return filled


def _record_added(
    recipient: Recipient,
    program: Program,
    actor: Actor,
    *,
    known: bool,
    filled: list[str],
) -> None:
    journal.record(
        Action.RECIPIENT_ADDED,
        recipient,
        actor=actor,
        program_id=program.pk,
        data={"known": known, "filled": list(filled)},
    )
