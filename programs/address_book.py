"""A person's postal addresses: in their normal form, judged, and each kept once.

Whoever writes them holds the lock of the person's record.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.utils import timezone

from portal import crypto
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import recipients
from programs.addresses.checking import Outcome, judge
from programs.addresses.fields import Address, Field
from programs.models import PostalAddress, Recipient

PARTS: Final = tuple(part for part in Field if part != Field.NAME)
# What may be kept for a reason: its post may yet know better than its rules.
DOUBTED: Final = frozenset({Outcome.SUGGESTED, Outcome.INCOMPLETE})


class Refused(Exception):
    """It cannot be delivered, or is in doubt and no reason was given to keep it."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


class Taken(Exception):
    """The person has this address already; `other` is where it is kept."""

    def __init__(self, other: PostalAddress) -> None:
        super().__init__(f"it is address {other.pk}")
        self.other = other


@transaction.atomic(durable=True)
def add(
    recipient: Recipient, address: Address, *, reason: str = "", actor: Actor
) -> PostalAddress:
    """One more address of this person, who is named on it whatever it says.

    `reason` is why it is right although it is in doubt; a confirmed one needs none.
    Raises Refused, Taken, or recipients.Stale for a record that was merged.
    """
    person = _lock(recipient)
    facts = _facts(person, address, reason)
    _refuse_taken(person, facts["digest"])
    added = PostalAddress.objects.create(recipient=person, **facts)
    data = {"address": added.pk, "reason_given": bool(added.reason)}
    journal.record(Action.ADDRESS_ADDED, person, actor=actor, data=data)
    return added


@transaction.atomic(durable=True)
def change(
    stored: PostalAddress,
    address: Address,
    *,
    version: int,
    reason: str = "",
    actor: Actor,
) -> PostalAddress:
    """Put this in its place, if nobody else changed it since `version`.

    The same again is no act. Raises recipients.Stale, Refused or Taken.
    """
    person = _lock(stored.recipient)
    locked = _unchanged(person, stored, version)
    facts = _facts(person, address, reason)
    changed = [name for name, text in facts.items() if getattr(locked, name) != text]
    if not changed:
        return locked
    _refuse_taken(person, facts["digest"], by=locked)
    for name in changed:
        setattr(locked, name, facts[name])
    locked.used_at = timezone.now()
    locked.version += 1
    locked.save(update_fields=[*changed, "used_at", "version"])
    journal.record(
        Action.ADDRESS_CHANGED,
        person,
        actor=actor,
        data={
            "address": locked.pk,
            "fields": [name for name in changed if name != "digest"],
            "reason_given": bool(locked.reason),
        },
    )
    return locked


@transaction.atomic(durable=True)
def remove(stored: PostalAddress, *, version: int, actor: Actor) -> None:
    """Forget it, if it still is what `version` was; else raises recipients.Stale."""
    person = _lock(stored.recipient)
    locked = _unchanged(person, stored, version)
    PostalAddress.objects.filter(pk=locked.pk).delete()
    data = {"address": locked.pk}
    journal.record(Action.ADDRESS_REMOVED, person, actor=actor, data=data)


def carry_over(living: Recipient, merged: Recipient) -> None:
    """Give a person the other record's addresses, within the verb that merges them.

    What both have stays once, used when either was.
    """
    own = {each.digest: each for each in living.addresses.all()}
    for theirs in merged.addresses.all():
        same = own.get(theirs.digest)
        if same is None:
            theirs.recipient = living
            theirs.save(update_fields=["recipient"])
            continue
        same.used_at = max(same.used_at, theirs.used_at)
        same.save(update_fields=["used_at"])
        theirs.delete()


def latest_first(recipient: Recipient) -> list[PostalAddress]:
    """Their addresses, the one used or entered last before the others."""
    return list(recipient.addresses.order_by("-used_at", "-pk"))


def read(stored: PostalAddress, *, name: str = "") -> Address:
    """The address as it can be printed, judged and compared."""
    parts = {part.value: str(getattr(stored, part)) for part in PARTS}
    return Address(name=name, **parts)


def digest_of(address: Address) -> str:
    """What two spellings of one normal address have in common; names do not count."""
    spelled = "\x00".join(address[part].casefold() for part in PARTS)
    return crypto.digest(spelled, purpose="postal address")


def _lock(recipient: Recipient) -> Recipient:
    locked = Recipient.objects.select_for_update().get(pk=recipient.pk)
    if locked.merged_into_id:
        raise recipients.Stale
    return locked


def _unchanged(person: Recipient, stored: PostalAddress, version: int) -> PostalAddress:
    found = person.addresses.filter(pk=stored.pk, version=version).first()
    if found is None:
        raise recipients.Stale
    return found


def _facts(person: Recipient, address: Address, reason: str) -> Mapping[str, str]:
    """What is stored of it, by field; a confirmed address needs no reason."""
    judgement = judge(replace(address, name=person.name))
    is_doubted = judgement.outcome in DOUBTED and judgement.is_sendable
    if judgement.outcome is not Outcome.CONFIRMED and not (is_doubted and reason):
        raise Refused(judgement.outcome)
    return {
        **{part.value: judgement.address[part] for part in PARTS},
        "digest": digest_of(judgement.address),
        "reason": reason if is_doubted else "",
    }


def _refuse_taken(
    person: Recipient, digest: str, by: PostalAddress | None = None
) -> None:
    others = person.addresses.filter(digest=digest)
    if by:
        others = others.exclude(pk=by.pk)
    if other := others.first():
        raise Taken(other)
