"""Assigned links by the portal's own e-mail, where the program allows it.

Asking notes that the links leave, as an export does; the worker looks again at each one
before it sends it. A link is mailed once for each time a person asks, never on its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.claims import handing, locking
from orders.models import Claim, ClaimMail, Handout, LinkBatch
from orders.models.claim import ClaimQuerySet
from orders.states import CLAIM_OPEN
from portal.actors import Actor
from portal.audit.actions import Action
from portal.audit.journal import Json
from portal.outbox.messages import enqueue_all
from programs import consent_many
from programs.consent_history import Channel
from programs.consent_many import Target

TOPIC: Final = "orders.send_claim"


class Refused(Exception):
    """Nothing is mailed; the text says why and what to do."""


class Stale(Exception):
    """What would be mailed is not what was on the screen."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The links that would be mailed now, and how many would not, by the reason."""

    claims: Sequence[int]
    left_out: Mapping[str, int]


@transaction.atomic(durable=True)
def mail(claim: Claim, *, version: int, actor: Actor) -> Handout:
    """Send this link to whoever has it, also if that was done before.

    Raises Stale, or Refused.
    """
    batch = locking.lock(claim.batch_id)
    locked = _with_people(Claim.objects.select_for_update(of=("self",)))
    claim = locked.get(pk=claim.pk)
    if claim.version != version:
        raise Stale
    if reason := refusal(claim):
        raise Refused(reason)
    handout, about = _ask(batch, [claim.pk], actor)
    handing.record(Action.CLAIM_MAILED, claim, batch, about, actor)
    return handout


@transaction.atomic(durable=True)
def mail_all(batch: LinkBatch, *, count: int, actor: Actor) -> Handout:
    """Send every assigned link that was not mailed yet to whoever has it.

    `count` is the number that was on the button. Raises Stale if it would be another,
    or Refused.
    """
    batch = locking.lock(batch.pk)
    if reason := batch_refusal(batch):
        raise Refused(reason)
    planned = plan(batch)
    if len(planned.claims) != count or not count:
        raise Stale
    handout, about = _ask(batch, planned.claims, actor)
    handing.record(Action.LINKS_MAILED, batch, batch, about, actor)
    return handout


def plan(batch: LinkBatch) -> Plan:
    """Who would get a mail now; a handful of queries however many there are."""
    found = _with_people(unmailed(batch)).defer("secret_ciphertext")
    claims = list(found.order_by("pk"))
    reasons = list(_refusals(batch, claims))
    going = [c.pk for c, reason in zip(claims, reasons, strict=True) if not reason]
    return Plan(going, dict(Counter(filter(None, reasons))))


def unmailed(batch: LinkBatch) -> ClaimQuerySet:
    """Assigned links whose present issue did not go, nor will, to who has them now."""
    mails = ClaimMail.objects.filter(
        claim=OuterRef("pk"), issue=OuterRef("issue"), problem=""
    )
    theirs = mails.annotate(root=_root()).filter(root=OuterRef("root"))
    assigned = batch.claims.filter(recipient__isnull=False)
    return assigned.annotate(root=_root()).filter(~Exists(theirs))


def batch_refusal(batch: LinkBatch) -> str:
    """Why no link of this batch is mailed, or nothing."""
    program = batch.order.program
    if batch.way != LinkBatch.Way.PORTAL:
        return _("The provider’s own links are not mailed from here. Export them.")
    if not program.mails_links:
        return _(
            "%(program)s does not mail claim links. "
            "Its administrator can allow it in the program’s settings."
        ) % {"program": program.name}
    return ""


def refusal(claim: Claim) -> str:
    """Why this link is not mailed now, or nothing; four queries."""
    return batch_refusal(claim.batch) or next(_refusals(claim.batch, [claim]))


def settle(mails: Iterable[ClaimMail], *, problem: str = "") -> None:
    """Note that these were sent just now, or why they will not be."""
    waiting = ClaimMail.objects.filter(pk__in=[each.pk for each in mails])
    if problem:
        waiting.filter(sent_at=None).update(problem=problem)
    else:
        waiting.filter(problem="").update(sent_at=timezone.now())


def waiting(payload: Mapping[str, Any]) -> list[ClaimMail]:
    """What the worker was asked to send and has not: none if it was done before."""
    mails = ClaimMail.objects.filter(sent_at=None, problem="")
    asked = mails.filter(claim=payload["claim"], issue=payload["issue"])
    return list(asked.select_related("recipient__merged_into").order_by("pk"))


def given_up(payload: Mapping[str, Any], reason: str) -> None:
    """A person gave the mail up, in the transaction around this."""
    settle(waiting(payload), problem=_("Given up: %s") % reason[:200])


def claim_of(payload: Mapping[str, Any]) -> Claim:
    """The link as it is now, with all that its letter and its refusal ask for."""
    return _with_people(Claim.objects.all()).get(pk=payload["claim"])


def _ask(
    batch: LinkBatch, claims: Sequence[int], actor: Actor
) -> tuple[Handout, dict[str, Json]]:
    """Note that these links leave, and have each of them sent."""
    chosen = Claim.objects.filter(pk__in=claims)
    handout, about = handing.note(batch, chosen, kind=Handout.Kind.MAIL, actor=actor)
    asked = chosen.order_by("pk").values("issue", "recipient_id", claim_id=F("pk"))
    mails = ClaimMail.objects.bulk_create(
        ClaimMail(handout=handout, **each) for each in asked
    )
    enqueue_all(
        TOPIC,
        {each.pk: {"claim": each.claim_id, "issue": each.issue} for each in mails},
    )
    return handout, about


def _refusals(batch: LinkBatch, claims: Sequence[Claim]) -> Iterator[str]:
    """For each of these why it is not mailed now, or nothing."""
    readers = [claim.person for claim in claims]
    emails = [(person and person.email) or "" for person in readers]
    asked = [position for position, email in enumerate(emails) if email]
    targets = [
        Target(claims[position].recipient_id, Channel.EMAIL, emails[position])
        for position in asked
    ]
    answers = consent_many.refusals_of(batch.order.program, targets)
    refused = {asked[index]: answer for index, answer in answers.items()}
    elsewhere = _sent_elsewhere(claims)
    for position, claim in enumerate(claims):
        answer = refused.get(position)
        if claim.status not in CLAIM_OPEN:
            yield _("The link can no longer be claimed, or needs attention.")
        elif readers[position] is None:
            yield _("Nobody has the link. Assign it first.")
        elif claim.pk in elsewhere:
            yield _(
                "It was mailed to somebody else before. "
                "Issue the link anew, then mail it."
            )
        elif not emails[position]:
            yield _("There is no e-mail address on record.")
        elif answer and answer.entry:
            yield _("They stopped e-mail.")
        elif answer:
            yield _("The program asks for consent to e-mail, and none is on record.")
        else:
            yield ""


def _sent_elsewhere(claims: Sequence[Claim]) -> set[int]:
    """Those whose present issue went to somebody who is not to have them now."""
    ids = [claim.pk for claim in claims]
    mails = ClaimMail.objects.filter(claim__in=ids, issue=F("claim__issue"))
    sent = mails.filter(sent_at__isnull=False)
    others = sent.annotate(had=_root(), has=_root("claim__")).exclude(had=F("has"))
    return set(others.values_list("claim", flat=True))


def _root(path: str = "") -> Coalesce:
    """The living record of a recipient."""
    return Coalesce(f"{path}recipient__merged_into_id", f"{path}recipient_id")


def _with_people(claims: ClaimQuerySet) -> ClaimQuerySet:
    return claims.select_related(
        "batch__order__program",
        "reward__product",
        "reward__order",
        "recipient__merged_into",
    )
