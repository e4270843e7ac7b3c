"""The words of the journal: dotted, past tense, one per act."""

from enum import StrEnum


class Action(StrEnum):
    SIGNED_IN = "person.signed_in"
    PERSON_INVITED = "person.invited"
    INVITATION_REVOKED = "invitation.revoked"
    INVITATION_ACCEPTED = "invitation.accepted"
    PERSON_CREATED = "person.created"
    PERSON_DEACTIVATED = "person.deactivated"
    PERSON_REACTIVATED = "person.reactivated"
    PERSON_ROLE_CHANGED = "person.role_changed"
    PERSON_EDITED = "person.edited"
    PASSWORD_CHANGED = "person.password_changed"  # noqa: S105  (a word, no password)

    PROGRAM_CREATED = "program.created"
    PROGRAM_EDITED = "program.edited"
    PROGRAM_PAUSED = "program.paused"
    PROGRAM_RESUMED = "program.resumed"
    PROGRAM_CLOSED = "program.closed"
    MEMBER_ADDED = "member.added"
    MEMBER_REMOVED = "member.removed"
    BUDGET_FUNDED = "budget.funded"
    BUDGET_ADJUSTED = "budget.adjusted"

    CATALOGUE_REFRESHED = "catalogue.refreshed"

    RECIPIENT_ADDED = "recipient.added"
    RECIPIENT_EDITED = "recipient.edited"
    RECIPIENTS_MERGED = "recipients.merged"
    WORDING_ADDED = "wording.added"
    CONSENT_GRANTED = "consent.granted"
    CONSENT_WITHDRAWN = "consent.withdrawn"

    ORDER_CREATED = "order.created"
    ORDER_EDITED = "order.edited"
    ORDER_SUBMITTED = "order.submitted"
    ORDER_APPROVED = "order.approved"
    ORDER_CHANGES_REQUESTED = "order.changes_requested"
    ORDER_REJECTED = "order.rejected"
    ORDER_UNDONE = "order.undone"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_EXPIRED = "order.expired"
    ORDER_RELEASED = "order.released"
    ORDER_HANDED_BACK = "order.handed_back"
    ORDER_RESUMED = "order.resumed"
    ORDER_GIVEN_UP = "order.given_up"
    ORDER_SETTLED = "order.settled_by_hand"

    PLACEMENT_ATTEMPTED = "placement.attempted"
    PLACEMENT_ANSWERED = "placement.answered"
    PLACEMENT_UPDATED = "placement.updated"
    PLACEMENT_HINTED = "placement.hinted"

    MESSAGE_RETRIED = "message.retried"
    MESSAGE_ABANDONED = "message.abandoned"
