"""How consent is told on a page: a status and a sentence, the rule included."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import contacts
from programs.consent_history import Channel, Standing
from programs.models import ConsentEntry, Program
from programs.states import State


class ConsentStatus(StrEnum):
    AGREED = "agreed"
    STOPPED = "stopped"
    NOTHING = "nothing on record"


CONSENT_STATES: Final[Mapping[ConsentStatus, State]] = {
    ConsentStatus.AGREED: State(
        gettext_lazy("Agreed"),
        "ok",
        "check-circle",
        gettext_lazy("They agreed to these messages."),
    ),
    ConsentStatus.STOPPED: State(
        gettext_lazy("Stopped"),
        "err",
        "no-symbol",
        gettext_lazy("Nothing is sent this way until they agree again."),
    ),
    ConsentStatus.NOTHING: State(
        gettext_lazy("Nothing on record"),
        "neutral",
        "minus-circle",
        gettext_lazy("They neither agreed nor stopped it."),
    ),
}


def state_of(standing: Standing) -> State:
    """The status shown beside a channel."""
    if standing.withdrawal:
        return CONSENT_STATES[ConsentStatus.STOPPED]
    if standing.grant:
        return CONSENT_STATES[ConsentStatus.AGREED]
    return CONSENT_STATES[ConsentStatus.NOTHING]


def sentence(standing: Standing, programs: Sequence[Program]) -> str:
    """What stands, since when and by what, for staff; the programs are those shown."""
    if entry := standing.withdrawal:
        return _("Stopped on %(day)s (%(source)s).") % {
            "day": _moment(entry),
            "source": entry.get_source_display(),
        }
    if entry := standing.grant:
        return _("Agreed on %(day)s (%(source)s) to wording %(wording)s.") % {
            "day": _given(entry),
            "source": entry.get_source_display(),
            "wording": entry.wording,
        }
    if standing.channel == Channel.SMS:
        return _("No consent is recorded, so no SMS can be sent.")
    needing = [
        program.name
        for program in programs
        if program.email_consent == Program.EmailConsent.RECORDED
    ]
    if needing:
        return _("No consent is recorded, which %(programs)s needs for e-mail.") % {
            "programs": ", ".join(needing)
        }
    return _("No consent is recorded; e-mail is fine unless they stop it.")


def missing(channel: Channel) -> str:
    """Why nothing can be sent to somebody without such a contact."""
    if channel == Channel.SMS:
        return _("There is no mobile number on record.")
    return _("There is no e-mail address on record.")


def stopped(entry: ConsentEntry) -> str:
    """Why nothing may be sent after this withdrawal."""
    day = date_format(timezone.localdate(entry.at), "j M Y")
    if entry.channel == Channel.SMS:
        return _("SMS was stopped on %(day)s.") % {"day": day}
    return _("E-mail was stopped on %(day)s.") % {"day": day}


def agreed(entry: ConsentEntry) -> str:
    """Why messages may be sent after this grant."""
    return _("Agreed on %(day)s (%(source)s).") % {
        "day": _given(entry),
        "source": entry.get_source_display(),
    }


def title(entry: ConsentEntry) -> str:
    """One entry of the history in a few words."""
    granted = entry.decision == ConsentEntry.Decision.GRANTED
    words = (
        _("%(channel)s agreed to: %(purpose)s")
        if granted
        else _("%(channel)s stopped: %(purpose)s")
    )
    return words % {
        "channel": entry.get_channel_display(),
        "purpose": entry.get_purpose_display(),
    }


def detail(entry: ConsentEntry, *, is_for_current: bool) -> str:
    """Where it came from and what it covers."""
    parts = [entry.get_source_display()]
    if entry.given_on:
        parts.append(_("given on %(day)s") % {"day": _given(entry)})
    if entry.wording:
        parts.append(_("wording %(wording)s") % {"wording": entry.wording})
    if entry.contact_digest and not is_for_current:
        parts.append(_("for an earlier address or number"))
    if entry.evidence:
        parts.append(entry.evidence)
    return " · ".join(parts)


def target(channel: Channel, contact: str) -> str:
    """A channel and where it leads, in full."""
    if channel == Channel.SMS:
        return _("SMS to %(number)s") % {"number": contacts.readable(contact)}
    return _("E-mail to %(address)s") % {"address": contact}


def masked_target(channel: Channel, contact: str) -> str:
    """The same for whoever holds a link: enough to know one's own."""
    words = (
        _("SMS to %(contact)s")
        if channel == Channel.SMS
        else _("E-mail to %(contact)s")
    )
    return words % {"contact": contacts.masked(contact)}


def _given(entry: ConsentEntry) -> str:
    return date_format(entry.given_on or timezone.localdate(entry.at), "j M Y")


def _moment(entry: ConsentEntry) -> str:
    at = timezone.localtime(entry.at)
    return f"{date_format(at, 'j M Y, H:i')} {at.tzname()}"
