"""What consent stands, read from a person's entries in the order they were recorded.

A withdrawal by the person, or for the contact whoever had it then, holds until the
person grants again, later, for the contact in question. A grant covers one contact:
another number needs another grant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from portal import crypto
from programs import recipients
from programs.models import ConsentEntry, Recipient

Channel = ConsentEntry.Channel
Purpose = ConsentEntry.Purpose
Decision = ConsentEntry.Decision


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one contact and purpose: at most one of the two entries does."""

    channel: Channel
    contact: str
    grant: ConsentEntry | None
    withdrawal: ConsentEntry | None


@dataclass(frozen=True, slots=True)
class History:
    """A living record, the records merged into it, and all that bears on them."""

    recipient: Recipient
    family: Sequence[int]
    entries: Sequence[ConsentEntry]

    @property
    def own(self) -> list[ConsentEntry]:
        """The person's own entries, newest first."""
        return [e for e in reversed(self.entries) if e.recipient_id in self.family]

    def standing(
        self,
        channel: Channel,
        purpose: Purpose = Purpose.REWARDS,
        contact: str | None = None,
    ) -> Standing:
        """What holds now, for `contact` or else for the one on record."""
        if contact is None:
            contact = contact_of(self.recipient, channel)
        sought = digest_of(contact)
        withdrawal = grant = None
        for entry in self.entries:
            if (entry.channel, entry.purpose) != (channel, purpose):
                continue
            is_own = entry.recipient_id in self.family
            is_of_contact = bool(sought) and entry.contact_digest == sought
            if entry.decision == Decision.WITHDRAWN and (is_own or is_of_contact):
                withdrawal, grant = entry, None
            elif entry.decision == Decision.GRANTED and is_own and is_of_contact:
                withdrawal, grant = None, entry
        return Standing(channel, contact, grant, withdrawal)


def of(recipient: Recipient, *, contact: str | None = None) -> History:
    """Everything that bears on this person's contacts, or on `contact`; two queries.

    A merged record stands for the one it was merged into.
    """
    living = recipient.merged_into or recipient
    family = recipients.family_ids(living)
    contacts = {living.email, living.phone, contact} - {None, ""}
    bearing = Q(recipient__in=family) | Q(
        contact_digest__in=[digest_of(each) for each in contacts if each],
        decision=Decision.WITHDRAWN,
    )
    entries = ConsentEntry.objects.filter(bearing).select_related("wording")
    return History(living, family, list(entries.order_by("pk")))


def of_contact(contact: str) -> History:
    """What bears on a contact nobody on record has; one query."""
    stopped = ConsentEntry.objects.filter(
        contact_digest=digest_of(contact), decision=Decision.WITHDRAWN
    ).select_related("wording")
    return History(Recipient(), (), list(stopped.order_by("pk")))


def contact_of(recipient: Recipient, channel: Channel) -> str:
    """The address or number of this channel, or nothing."""
    return (recipient.email if channel == Channel.EMAIL else recipient.phone) or ""


def digest_of(contact: str) -> str:
    """What entries keep of a contact; empty for none."""
    return crypto.digest(contact, purpose="contact") if contact else ""
