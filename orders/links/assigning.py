"""Who has which link of a batch: by typing one, by a few lines, or by a whole list.

One person has one link of a batch at most, merged records counting as one person. A
link nobody has stays as good as before: anonymous is allowed.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from orders.claims import locking
from orders.links import people
from orders.models import Claim, LinkBatch
from orders.states import CLAIM_OPEN
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import recipients
from programs.models import Sheet
from programs.sheets import loading
from programs.sheets.people import Person, take_in


class Stale(Exception):
    """The link, or who would get one, is not what was on the screen."""


class Refused(Exception):
    """Nobody got a link; the text says why and what to do."""


class LinesRefused(Exception):
    """Nobody got a link; `problems` says why, by the position of the person."""

    def __init__(self, problems: dict[int, str]) -> None:
        super().__init__(f"{len(problems)} of these people")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Plan:
    """Who of a list would get a link now, in its order, and how many would not."""

    people: Sequence[int]
    free: int
    # Of the free links those that left the portal before: somebody may have them.
    handed_out: int
    has_one: int
    over_cap: int
    unknown: int

    @property
    def going(self) -> int:
        """How many links would be assigned."""
        return min(len(self.people), self.free)

    @property
    def short(self) -> int:
        """How many people are left out because there are too few links."""
        return len(self.people) - self.going


@transaction.atomic(durable=True)
def assign(claim: Claim, person: Person, *, version: int, actor: Actor) -> Claim:
    """Give this link to a person, found by their contacts or added to the program.

    Somebody else who had it has it no longer. Raises Stale, Refused, or
    recipients.Conflict where e-mail and number belong to two people.
    """
    locked = _lock(claim, version)
    if locked.status not in CLAIM_OPEN:
        raise Refused(_("Only a link that can still be claimed is given to somebody."))
    program = locked.batch.order.program
    recipient = recipients.find_or_add(
        program, name=person.name, email=person.email, phone=person.phone, actor=actor
    )
    if locked.recipient_id == recipient.pk:
        return locked
    if recipient.pk in people.holders(locked.batch.claims.exclude(pk=locked.pk)):
        raise Refused(_has_one())
    face, who = locked.reward.value_minor, [recipient.pk]
    if capped := people.over_cap(program, who, face, besides=locked):
        raise Refused(capped[recipient.pk])
    before, locked.recipient = locked.recipient_id, recipient
    _save(locked)
    data = {"recipient": recipient.pk, "before": before}
    _journal(Action.CLAIM_ASSIGNED, locked, actor, data)
    return locked


@transaction.atomic(durable=True)
def unassign(claim: Claim, *, version: int, actor: Actor) -> Claim:
    """Nobody has this link any more; a copy that left the portal still works.

    Raises Stale, or Refused where the card is claimed: who had it stays on record.
    """
    locked = _lock(claim, version)
    if locked.claimed_at or locked.redeemed_at:
        raise Refused(_("The card is claimed, so who had the link stays on record."))
    before, locked.recipient = locked.recipient_id, None
    if before is not None:
        _save(locked)
        _journal(Action.CLAIM_UNASSIGNED, locked, actor, {"recipient": before})
    return locked


@transaction.atomic(durable=True)
def assign_list(batch: LinkBatch, sheet: Sheet, *, count: int, actor: Actor) -> int:
    """Give each person of the list the next free link; how many that were.

    `count` is the number that was on the button. Raises Stale if it would be another.
    """
    locked = locking.lock(batch.pk)
    planned = plan(locked, sheet)
    if planned.going != count or not count:
        raise Stale
    given = planned.people[:count]
    locked.order.program.recipients.add(*given)
    _give(locked, given, actor, sheet_id=sheet.pk)
    return count


@transaction.atomic(durable=True)
def assign_people(
    batch: LinkBatch, typed: Sequence[Person], *, actor: Actor
) -> Sequence[int]:
    """Give each of a few people the next free link, all of them or nobody.

    Returns their ids. Raises LinesRefused, or Refused with too few links.
    """
    locked = locking.lock(batch.pk)
    found = take_in(locked.order.program, typed, actor)
    if problems := _problems(locked, found):
        raise LinesRefused(problems)
    roots = [pk for pk in found if pk is not None]
    if (free := free_links(locked).count()) < len(roots):
        raise Refused(too_few(len(roots), free))
    _give(locked, roots, actor, sheet_id=None)
    return roots


def plan(batch: LinkBatch, sheet: Sheet) -> Plan:
    """What assigning this list would do now; a handful of queries."""
    named, unknown = people.of_list(sheet)
    free = free_links(batch).order_by()
    counts = free.aggregate(all=Count("pk"), handed_out=Count("handed_out_at"))
    having = people.holders(batch.claims.all())
    without = [pk for pk in named if pk not in having]
    refused = people.over_cap(batch.order.program, without, _face(batch))
    return Plan(
        people=[pk for pk in without if pk not in refused],
        free=counts["all"],
        handed_out=counts["handed_out"],
        has_one=len(named) - len(without),
        over_cap=len(refused),
        unknown=unknown,
    )


def free_links(batch: LinkBatch) -> QuerySet[Claim]:
    """Good links nobody has, that can still be claimed; untouched ones come first."""
    found = batch.claims.with_status(*CLAIM_OPEN).filter(recipient=None)
    return found.order_by(F("handed_out_at").asc(nulls_first=True), "number")


def too_few(people_count: int, free: int) -> str:
    """That there are fewer links than people, and what to do."""
    return _(
        "There are %(free)s free links for %(people)s people. "
        "Take people out, or order another batch for the rest."
    ) % {"free": f"{free:,}", "people": f"{people_count:,}"}


def _problems(batch: LinkBatch, found: Sequence[int | None]) -> dict[int, str]:
    having = people.holders(batch.claims.all())
    known = [pk for pk in found if pk is not None]
    capped = people.over_cap(batch.order.program, known, _face(batch))
    seen: set[int] = set()
    problems = {}
    for position, pk in enumerate(found):
        if pk is None:
            problems[position] = _(
                "The e-mail and the mobile number belong to two people on record. "
                "Use one of them, or merge the two records."
            )
        elif pk in seen:
            problems[position] = _("The same person as above. Take one line out.")
        elif pk in having:
            problems[position] = _has_one()
        elif pk in capped:
            problems[position] = capped[pk]
        seen |= {pk} if pk else set()
    return problems


def _has_one() -> str:
    return _("They have a link of this batch already. Void that one first.")


def _give(
    batch: LinkBatch, roots: Sequence[int], actor: Actor, *, sheet_id: int | None
) -> None:
    """The next free links of a locked batch, in the order of the people."""
    ids = list(free_links(batch).values_list("pk", flat=True)[: len(roots)])
    # Whoever claims one in this very moment waits; in one order, so none deadlock.
    held = batch.claims.select_for_update(of=("self",)).filter(pk__in=ids)
    versions = dict(held.order_by("pk").values_list("pk", "version"))
    if held.with_status(*CLAIM_OPEN).filter(recipient=None).count() < len(roots):
        raise Stale
    given = list(zip(ids, roots, strict=True))
    rows = [(pk, root, versions[pk] + 1) for pk, root in given]
    loading.change(Claim, ("id", "recipient_id", "version"), rows)
    journal.record(
        Action.LINKS_ASSIGNED,
        batch,
        actor=actor,
        program_id=batch.order.program_id,
        data={
            "count": len(given),
            "sheet": sheet_id,
            "digest": hashlib.sha256(repr(given).encode()).hexdigest(),
        },
    )


def _face(batch: LinkBatch) -> int:
    """What one link is worth, in minor units: all of a batch are worth the same."""
    reward = batch.order.rewards.order_by("pk").first()
    return reward.value_minor if reward else 0


def _lock(claim: Claim, version: int) -> Claim:
    """The link, behind its batch, as it was on the screen."""
    locking.lock(claim.batch_id)
    claims = Claim.objects.select_for_update(of=("self",))
    related = claims.select_related("batch__order__program", "reward")
    locked = related.get(pk=claim.pk)
    if locked.version != version:
        raise Stale
    return locked


def _save(claim: Claim) -> None:
    claim.version += 1
    claim.save(update_fields=["recipient", "version"])


def _journal(
    action: Action, claim: Claim, actor: Actor, data: dict[str, int | None]
) -> None:
    journal.record(
        action, claim, actor=actor, program_id=claim.batch.order.program_id, data=data
    )
