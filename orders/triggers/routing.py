"""Where an award goes next: verified for some days, collected, or ordered at once."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from orders.award_states import AWARD_TRANSITIONS, AwardStatus
from orders.models import Award, RuleVersion
from portal.outbox.messages import enqueue

ORDER: Final = "triggers.order"
VERIFIED: Final = "triggers.verified"
COLLECT: Final = "triggers.collect"

Timing = RuleVersion.Timing


class AwardMoved(Exception):
    """The award is not in a state from which this may follow."""

    def __init__(self, award: Award) -> None:
        super().__init__(f"award {award.pk} is {award.status}")
        self.award = award


def lock(award_id: int) -> Award:
    """The award, locked until the transaction ends, with what is read of it."""
    return (
        Award.objects.select_for_update(of=("self",))
        .select_related("program", "product", "event__key", "rule_version__rule")
        .get(pk=award_id)
    )


def move(award: Award, to: AwardStatus, *, problem: str = "", detail: str = "") -> None:
    """Change the status of a locked award. Raises AwardMoved."""
    if to not in AWARD_TRANSITIONS[AwardStatus(award.status)]:
        raise AwardMoved(award)
    award.status = to
    award.problem = problem
    award.detail = detail[:250]
    award.version += 1
    award.save()


def status_of(
    version: RuleVersion | None, occurred_at: datetime, now: datetime
) -> tuple[AwardStatus, datetime | None]:
    """What an award is next, and until when."""
    if version is None:
        return AwardStatus.READY, None
    until = occurred_at + timedelta(days=version.verification_days)
    if version.verification_days and until > now:
        return AwardStatus.WAITING, until
    if version.timing == Timing.AT_ONCE:
        return AwardStatus.READY, None
    return AwardStatus.COLLECTING, end_of_period(version.timing, now)


def end_of_period(timing: str, now: datetime) -> datetime:
    """When the order of this hour, or of this day where we are, is made."""
    if timing == Timing.HOUR:
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return hour + timedelta(hours=1)
    zone = ZoneInfo(settings.DEFAULT_TIME_ZONE)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def send_on(award: Award) -> None:
    """Enqueue what its status waits for, within the verb that gave it that status."""
    if award.status == AwardStatus.READY:
        enqueue(ORDER, award.pk, {"award": award.pk})
    elif award.status == AwardStatus.WAITING:
        enqueue(VERIFIED, award.pk, {"award": award.pk}, not_before=award.due_at)
    elif award.status == AwardStatus.COLLECTING and award.due_at and award.rule_id:
        due = int(award.due_at.timestamp())
        payload: dict[str, int | str] = {"rule": award.rule_id, "due": due}
        enqueue(COLLECT, f"{award.rule_id}-{due}", payload, not_before=award.due_at)
