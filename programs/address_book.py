"""A person's postal addresses: in their normal form, judged, and each kept once.

Whoever writes them holds the lock of the person's record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from django.db import transaction
from django.utils import timezone

from portal import crypto
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import lookups, recipients
from programs.addresses.characters import fold
from programs.addresses.checking import Outcome, judge
from programs.addresses.fields import Address, Field
from programs.models import PostalAddress, Program, Recipient

PARTS: Final = tuple(part for part in Field if part != Field.NAME)
# What may be kept for a reason: its post may yet know better than its rules.
DOUBTED: Final = frozenset(Outcome) - {Outcome.CONFIRMED}
_AT_ONCE: Final = 500


class Used(NamedTuple):
    """An address that somebody's card goes to, in whatever form, as it is labelled.

    `reason` is why it is right although it is in doubt.
    """

    recipient_id: int
    address: Address
    reason: str = ""


class Refused(Exception):
    """The provider does not take it, or it is in doubt and no reason was given."""

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
    facts = _facts(replace(address, name=person.name), reason)
    _refuse_taken(person, facts["digest"])
    return _add(person, facts, actor=actor)


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
    facts = _facts(replace(address, name=person.name), reason)
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


def remember(
    recipient: Recipient, address: Address, *, reason: str = "", actor: Actor
) -> PostalAddress | None:
    """Their address as it is used now, added if it is new, within a verb.

    None where it is labelled for somebody else, who may live elsewhere, and where the
    name on record cannot be printed: nothing is kept then. Raises Refused, or
    recipients.Stale for a record that was merged.
    """
    person = _lock(recipient)
    facts = _own_facts(person.name, address, reason)
    if facts is None:
        return None
    if same := person.addresses.filter(digest=facts["digest"]).first():
        same.used_at = timezone.now()
        same.save(update_fields=["used_at"])
        return same
    return _add(person, facts, actor=actor)


def remember_many(used: Iterable[Used]) -> None:
    """The addresses many people's cards go to, as `remember` does it of one.

    Within a verb that holds the records of those who were known before, and whose entry
    in the journal tells of all. Raises Refused, and then nothing is kept.
    """
    used, now = list(used), timezone.now()
    ids = list({each.recipient_id for each in used})
    names = dict(lookups.find(Recipient, ("id", "name"), "id", ids))
    kept = {}
    for recipient_id, address, reason in used:
        if facts := _own_facts(names[recipient_id], address, reason):
            kept[recipient_id, facts["digest"]] = PostalAddress(
                recipient_id=recipient_id, used_at=now, **facts
            )
    # In one order everywhere, or two lists with the same people could deadlock.
    PostalAddress.objects.bulk_create(
        [kept[key] for key in sorted(kept)],
        update_conflicts=True,
        unique_fields=["recipient", "digest"],
        update_fields=["used_at"],
        batch_size=_AT_ONCE,
    )


def resident(program: Program, address: Address) -> Recipient | None:
    """Whoever of this name is in the program's book at this address, a normal one.

    A name and an address are no secret: they open nobody's record in another program.
    """
    at_home = Recipient.objects.filter(
        programs=program, merged_into=None, addresses__digest=digest_of(address)
    )
    wanted = fold(address.name)
    people = (each for each in at_home.order_by("pk") if fold(each.name) == wanted)
    return next(people, None)


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


def _add(person: Recipient, facts: Mapping[str, str], *, actor: Actor) -> PostalAddress:
    added = PostalAddress.objects.create(recipient=person, **facts)
    data = {"address": added.pk, "reason_given": bool(added.reason)}
    journal.record(Action.ADDRESS_ADDED, person, actor=actor, data=data)
    return added


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


def _facts(address: Address, reason: str) -> Mapping[str, str]:
    """What is stored of it, by field; a confirmed address needs no reason."""
    judgement = judge(address)
    is_doubted = judgement.outcome in DOUBTED and judgement.is_sendable
    if judgement.outcome is not Outcome.CONFIRMED and not (is_doubted and reason):
        raise Refused(judgement.outcome)
    return {
        **{part.value: judgement.address[part] for part in PARTS},
        "digest": digest_of(judgement.address),
        "reason": reason if is_doubted else "",
    }


def _own_facts(name: str, address: Address, reason: str) -> Mapping[str, str] | None:
    """What is stored of an address as it is labelled, for a record of this name.

    None where it is none of theirs, or could not be printed with the name on record.
    """
    facts = _facts(address, reason)
    if address.name == name:
        return facts
    if fold(address.name) != fold(name):
        return None
    try:
        return _facts(replace(address, name=name), reason)
    except Refused:
        return None


def _refuse_taken(
    person: Recipient, digest: str, by: PostalAddress | None = None
) -> None:
    others = person.addresses.filter(digest=digest)
    if by:
        others = others.exclude(pk=by.pk)
    if other := others.first():
        raise Taken(other)
