"""Two records of one person become one; what they stopped stays stopped."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import address_book, consent, consent_history, contacts, recipients
from programs.consent_history import Channel, History, Purpose
from programs.models import Recipient

_FEW = 5
_MOST_ALIKE = 100


class SameRecord(ValueError):
    """A record cannot be merged with itself."""


class Side(StrEnum):
    KEEP = "keep"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Take:
    """Which record each field comes from; an empty one yields to the other."""

    name: Side = Side.KEEP
    email: Side = Side.KEEP
    phone: Side = Side.KEEP


@transaction.atomic(durable=True)
def merge(keep: Recipient, other: Recipient, *, take: Take, actor: Actor) -> Recipient:
    """Make `other` part of `keep`, as both were when they were read.

    Contacts that are not taken are dropped. What either had stopped stays stopped on
    the survivor, even where a grant of the other side is younger. Raises
    recipients.Stale if either changed since, SameRecord for one and the same.
    """
    if keep.pk == other.pk:
        raise SameRecord
    living, merged = _lock(keep, other)
    stopped = _stopped(consent_history.of(living), consent_history.of(merged))
    changed = _take(living, merged, take)
    living.programs.add(*merged.programs.all())
    merged.programs.clear()
    merged.merged_from.update(merged_into=living)
    address_book.carry_over(living, merged)
    carried = consent.carry_over(living, stopped, actor=actor)
    journal.record(
        Action.RECIPIENTS_MERGED,
        living,
        actor=actor,
        data={"merged": merged.pk, "fields": list(changed), "stopped": list(carried)},
    )
    return living


def lookalikes(recipient: Recipient, among: QuerySet[Recipient]) -> list[Recipient]:
    """A few who may be the same person.

    They have the same name, or the same number under another country code.
    """
    name = recipient.name
    alike = Q(name__in={name, name.lower(), name.upper(), name.title()})
    if recipient.phone:
        alike |= Q(phone__in=contacts.abroad(recipient.phone))
    # Found by index first: with the border of access, or an order by name, in one and
    # the same query, the database would read every row.
    ids = Recipient.objects.filter(alike).exclude(pk=recipient.pk).values("pk")
    found = among.filter(pk__in=ids[:_MOST_ALIKE])
    return sorted(found, key=lambda other: (other.name, other.pk))[:_FEW]


def _lock(keep: Recipient, other: Recipient) -> tuple[Recipient, Recipient]:
    """Both as they are now, locked by primary key so that no two merges deadlock."""
    locked = Recipient.objects.select_for_update().order_by("pk")
    found = {each.pk: each for each in locked.filter(pk__in=[keep.pk, other.pk])}
    for seen in (keep, other):
        now = found[seen.pk]
        if now.version != seen.version or now.merged_into_id:
            raise recipients.Stale
    return found[keep.pk], found[other.pk]


def _stopped(*histories: History) -> list[tuple[Channel, Purpose]]:
    return [
        (channel, purpose)
        for channel in Channel
        for purpose in Purpose
        if any(history.standing(channel, purpose).withdrawal for history in histories)
    ]


def _take(living: Recipient, merged: Recipient, take: Take) -> list[str]:
    """Move the fields; the merged record gives its contacts up first: unique."""
    changed = []
    for field in ("name", "email", "phone"):
        theirs = getattr(merged, field)
        mine = getattr(living, field)
        is_taken = getattr(take, field) == Side.OTHER or not mine
        if theirs and is_taken and theirs != mine:
            setattr(living, field, theirs)
            changed.append(field)
    merged.email = merged.phone = None
    merged.search_text = ""
    merged.merged_into = living
    merged.version += 1
    merged.save(
        update_fields=["email", "phone", "search_text", "merged_into", "version"]
    )
    recipients.save(living)
    return changed
