"""What an award is next: refused, held, verified for some days, collected or ready."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.award_states import AwardStatus
from orders.models import Award, Rule, RuleVersion, Side, Way
from orders.triggers import acting, dealing, routing, wishes
from orders.triggers.calls import EventCall, Person
from orders.triggers.problems import Code, Refused
from programs import recipients
from programs.models import Recipient


@dataclass(frozen=True, slots=True)
class Next:
    status: AwardStatus
    due_at: datetime | None = None
    problem: str = ""
    detail: str = ""
    recipient: Recipient | None = None


def of(award: Award, call: EventCall, *, is_cleared: bool = False) -> Next:
    """What a live award of a rule is next; finds or adds its recipient.

    Within a verb that holds the lock of its rule. `is_cleared` once a person has
    looked at what it was held for.
    """
    version = award.rule_version
    assert version is not None  # noqa: S101  (awards without a rule are not decided on)
    try:
        person = wishes.need(_person(award, call), award.way)
        if not is_cleared and (likeness := _likeness(call)):
            return Next(AwardStatus.HELD, problem=Code.SAME_PERSON, detail=likeness)
        recipient = _recipient(award, person)
        refuse_over_cap(award, version, recipient)
    except Refused as refusal:
        return refused(refusal)
    status, due_at = routing.status_of(version, award.event.occurred_at, timezone.now())
    return Next(status, due_at, recipient=recipient)


def of_trial(award: Award, call: EventCall) -> Next:
    """The same for a test: everything is checked, nobody is added, nothing follows."""
    version = award.rule_version
    assert version is not None  # noqa: S101  (as above)
    try:
        gift = wishes.gift_of(award)
        if likeness := _likeness(call):
            return Next(AwardStatus.TESTED, problem=Code.SAME_PERSON, detail=likeness)
        wishes.check(gift)
        known = recipients.known(email=gift.email, phone=gift.phone)
        if known is not None:
            refuse_over_cap(award, version, known)
    except Refused as refusal:
        return refused(refusal)
    _status, due_at = routing.status_of(
        version, award.event.occurred_at, timezone.now()
    )
    return Next(AwardStatus.TESTED, due_at, recipient=known)


def refused(refusal: Refused) -> Next:
    """That it may not be sent, and why."""
    return Next(
        AwardStatus.REFUSED, problem=refusal.code, detail=str(refusal.detail)[:250]
    )


def lock_rules(ids: set[int]) -> None:
    """Caps are counted by one at a time."""
    list(Rule.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def refuse_over_cap(award: Award, version: RuleVersion, recipient: Recipient) -> None:
    """Raise Refused where the rule gave this side, or this person, enough already."""
    given = Award.objects.counting().filter(rule=version.rule_id, side=award.side)
    if award.pk is not None:
        given = given.exclude(pk=award.pk)
    most = version.most_in_all
    if most is not None and given.count() >= most:
        raise Refused(Code.OVER_CAP, _("at most %(most)s in all") % {"most": most})
    if version.per_person is None:
        return
    theirs = given.filter(recipient__in=recipients.family_ids(recipient))
    if version.per_person_days is not None:
        since = timezone.now() - timedelta(days=version.per_person_days)
        theirs = theirs.filter(created_at__gte=since)
    if theirs.count() >= version.per_person:
        text = _("at most %(most)s per person") % {"most": version.per_person}
        raise Refused(Code.OVER_CAP, text)


def _person(award: Award, call: EventCall) -> Person | None:
    return call.person if award.side == Side.PERSON else call.advocate


def _likeness(call: EventCall) -> str:
    if call.person is None or call.advocate is None:
        return ""
    return dealing.likeness(call.person, call.advocate)


def _recipient(award: Award, person: Person) -> Recipient:
    by = wishes.ways(award.way)
    try:
        return recipients.find_or_add(
            award.program,
            name=person.name,
            email=person.email if Way.EMAIL in by else None,
            phone=person.phone if Way.SMS in by else None,
            actor=acting.of_award(award),
        )
    except recipients.Conflict:
        raise Refused(Code.CONTACTS_CONFLICT) from None
