"""Whether a row's person may be written to, and what the row itself brings for it."""

from collections.abc import Sequence

from django.utils import timezone

from programs import consent_many
from programs.consent import Answer
from programs.consent_history import Channel
from programs.consent_many import Target
from programs.models import Sheet
from programs.sheets import evidence
from programs.sheets.evidence import Evidence, Fault
from programs.sheets.fields import Field
from programs.sheets.lines import Line, Problem


def find_consent(sheet: Sheet, lines: Sequence[Line]) -> None:
    """A withdrawal always keeps the row back; lacking consent does where it is needed.

    An address book takes in people nobody may write to yet, so there it only warns.
    """
    targets, owners = [], []
    # A parcel is no message and goes by no channel.
    lines = [line for line in lines if not line.is_postal]
    for line in lines:
        known = line.recipient.pk if line.recipient else None
        if line.email:
            targets.append(Target(known, Channel.EMAIL, line.email))
            owners.append(line)
        if line.phone:
            targets.append(Target(known, Channel.SMS, line.phone))
            owners.append(line)
    refused: dict[int, dict[Channel, Answer]] = {}
    for position, answer in consent_many.refusals_of(sheet.program, targets).items():
        row = refused.setdefault(owners[position].number, {})
        row[targets[position].channel] = answer
    region, today = sheet.program.phone_region, timezone.localdate()
    is_needed = sheet.purpose == Sheet.Purpose.REWARDS
    for line in lines:
        given = evidence.of(line.values, region, today)
        answers = refused.get(line.number)
        if answers or isinstance(given, Fault):
            _judge(line, given, answers or {}, is_needed=is_needed)


def _judge(
    line: Line,
    given: Evidence | Fault | None,
    refused: dict[Channel, Answer],
    *,
    is_needed: bool,
) -> None:
    if isinstance(given, Evidence):
        refused = {channel: each for channel, each in refused.items() if each.entry}
    if isinstance(given, Fault):
        needs = is_needed and any(not answer.entry for answer in refused.values())
        params = {"typed": given.typed}
        line.problems.append(Problem(given.kind, given.field, needs, params))
    for channel, answer in refused.items():
        other_contact = line.phone if channel == Channel.EMAIL else line.email
        other = Channel.SMS if channel == Channel.EMAIL else Channel.EMAIL
        only = "" if other_contact and other not in refused else "only_"
        word = "stopped" if answer.entry else "consent"
        line.problems.append(
            Problem(
                f"{channel.value}_{only}{word}",
                Field.EMAIL if channel == Channel.EMAIL else Field.PHONE,
                is_error=is_needed or answer.entry is not None,
                params={"reason": answer.reason},
            )
        )
