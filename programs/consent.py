"""Consent: asking whether a message may go out, recording that somebody agreed or
stopped. Entries are only ever added; `consent_history` says how they are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.actors import Actor, ActorKind
from portal.audit import journal
from portal.audit.actions import Action
from programs import consent_history, consent_words, recipients
from programs.consent_history import Standing, digest_of
from programs.models import ConsentEntry, Program, Recipient, Wording

Channel = ConsentEntry.Channel
Purpose = ConsentEntry.Purpose
Decision = ConsentEntry.Decision
Source = ConsentEntry.Source

# What staff can have from a person; the others are written by the portal itself.
STAFF_SOURCES: Final = (Source.WEB_FORM, Source.PAPER, Source.SPOKEN, Source.REPLY)


class Refused(Exception):
    """Not recorded; the text says why, `field` names what to correct."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a message may go out, why, and the entry that decides it."""

    allowed: bool
    reason: str
    entry: ConsentEntry | None = None


def allows(
    recipient: Recipient,
    channel: Channel,
    *,
    program: Program,
    purpose: Purpose = Purpose.REWARDS,
    contact: str | None = None,
) -> Answer:
    """Whether the program may write to this person by this channel; two queries.

    `contact` is where it goes, if that may no longer be what the record says. SMS needs
    a grant for that number; e-mail follows the program; a withdrawal always blocks.
    """
    history = consent_history.of(recipient, contact=contact)
    return answer(history.standing(channel, purpose, contact), program=program)


def allows_stranger(
    channel: Channel,
    contact: str,
    *,
    program: Program,
    purpose: Purpose = Purpose.REWARDS,
) -> Answer:
    """The same for a contact of nobody on record, which may still have been stopped."""
    standing = consent_history.of_contact(contact).standing(channel, purpose, contact)
    return answer(standing, program=program)


def answer(standing: Standing, *, program: Program) -> Answer:
    """The rule itself, over what stands."""
    if not standing.contact:
        return Answer(False, consent_words.missing(standing.channel))
    if stopped := standing.withdrawal:
        return Answer(False, consent_words.stopped(stopped), stopped)
    if standing.grant:
        return Answer(True, consent_words.agreed(standing.grant), standing.grant)
    if standing.channel == Channel.SMS:
        return Answer(False, _("No consent to SMS is on record for this number."))
    if program.email_consent == Program.EmailConsent.RECORDED:
        return Answer(
            False,
            _("This program needs recorded consent for e-mail, and there is none."),
        )
    return Answer(True, _("E-mail was not stopped, and the program asks no more."))


@transaction.atomic
def grant(
    recipient: Recipient,
    channel: Channel,
    *,
    purpose: Purpose,
    wording: Wording,
    source: Source,
    given_on: date,
    actor: Actor,
    evidence: str = "",
    contact: str | None = None,
    version: int | None = None,
) -> ConsentEntry:
    """Record that the person agreed on this day, for the contact they have now.

    `contact` is the normalised one it was given for, if that may be another. The same
    grant twice is one entry. Raises recipients.Stale if the record changed since
    `version`; Refused without a contact, for a day to come, or where they stopped on
    that day or after it, since dates alone cannot show which came first. Only
    recipients themselves, who act now, may grant on the day they stopped.
    """
    living = _lock(recipient)
    if version is not None and living.version != version:
        raise recipients.Stale
    history = consent_history.of(living, contact=contact)
    standing = history.standing(channel, purpose, contact)
    _refuse_grant(standing, given_on, actor)
    facts: dict[str, object] = {
        "wording": wording,
        "source": source,
        "given_on": given_on,
        "evidence": evidence,
    }
    if standing.grant and _has(standing.grant, facts):
        return standing.grant
    entry = _write(living, standing, purpose, Decision.GRANTED, actor, facts)
    _record(Action.CONSENT_GRANTED, living, [entry], actor)
    return entry


@transaction.atomic(durable=True)
def withdraw(
    recipient: Recipient,
    channel: Channel,
    *,
    source: Source,
    actor: Actor,
    evidence: str = "",
) -> Sequence[ConsentEntry]:
    """Stop one channel at once, for every purpose.

    Returns the new entries: none where all of it was stopped already.
    """
    facts = {"source": source, "evidence": evidence}
    return _stop(_lock(recipient), [channel], actor, facts)


@transaction.atomic(durable=True)
def withdraw_all(
    recipient: Recipient, *, source: Source, actor: Actor, evidence: str = ""
) -> Sequence[ConsentEntry]:
    """Stop every channel at once, those the person does not have yet as well."""
    facts = {"source": source, "evidence": evidence}
    return _stop(_lock(recipient), list(Channel), actor, facts)


def carry_over(
    survivor: Recipient, stopped: Sequence[tuple[Channel, Purpose]], *, actor: Actor
) -> list[int]:
    """Stop these for the survivor of a merge, within its verb; ids of the entries."""
    history = consent_history.of(survivor)
    facts = {"source": Source.MERGE}
    return [
        _write(
            survivor,
            history.standing(channel, purpose),
            purpose,
            Decision.WITHDRAWN,
            actor,
            facts,
        ).pk
        for channel, purpose in stopped
    ]


def _lock(recipient: Recipient) -> Recipient:
    """The living record: acts of one person are recorded one after another."""
    pk = recipient.merged_into_id or recipient.pk
    return Recipient.objects.select_for_update().get(pk=pk)


def _refuse_grant(standing: Standing, given_on: date, actor: Actor) -> None:
    if not standing.contact:
        raise Refused(consent_words.missing(standing.channel), field="channel")
    if given_on > timezone.localdate():
        raise Refused(
            _("Enter the day they agreed, not a day to come."), field="given_on"
        )
    if standing.withdrawal is None or actor.kind is ActorKind.RECIPIENT:
        return
    stopped_on = timezone.localdate(standing.withdrawal.at)
    if given_on <= stopped_on:
        raise Refused(
            _("They stopped on %(day)s. Only consent given on a later day counts.")
            % {"day": date_format(stopped_on, "j M Y")},
            field="given_on",
        )


def _stop(
    living: Recipient,
    channels: Sequence[Channel],
    actor: Actor,
    facts: Mapping[str, object],
) -> list[ConsentEntry]:
    history = consent_history.of(living)
    entries = [
        _write(living, standing, purpose, Decision.WITHDRAWN, actor, facts)
        for channel in channels
        for purpose in Purpose
        if not _is_stopped(living, standing := history.standing(channel, purpose))
    ]
    if entries:
        _record(Action.CONSENT_WITHDRAWN, living, entries, actor)
    return entries


def _is_stopped(living: Recipient, standing: Standing) -> bool:
    """Whether this record itself says so, for the contact it has now."""
    entry = standing.withdrawal
    return (
        entry is not None
        and entry.recipient_id == living.pk
        and entry.contact_digest == digest_of(standing.contact)
    )


def _write(
    living: Recipient,
    standing: Standing,
    purpose: Purpose,
    decision: Decision,
    actor: Actor,
    facts: Mapping[str, object],
) -> ConsentEntry:
    return ConsentEntry.objects.create(
        recipient=living,
        channel=standing.channel,
        purpose=purpose,
        decision=decision,
        contact_digest=digest_of(standing.contact),
        actor_kind=actor.kind,
        actor_id=actor.id,
        **facts,
    )


def _has(entry: ConsentEntry, facts: Mapping[str, object]) -> bool:
    return all(getattr(entry, name) == value for name, value in facts.items())


def _record(
    action: Action, living: Recipient, entries: Sequence[ConsentEntry], actor: Actor
) -> None:
    journal.record(
        action,
        living,
        actor=actor,
        data={
            "entries": [entry.pk for entry in entries],
            "channels": [*sorted({str(entry.channel) for entry in entries})],
            "purposes": [*sorted({str(entry.purpose) for entry in entries})],
            "source": str(entries[0].source),
        },
    )
