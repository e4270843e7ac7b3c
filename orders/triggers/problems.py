"""Why something was not taken in or not sent: one vocabulary of codes.

Callers get them in problem+json, people read them in the event log. The codes are part
of the interface and never change their meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Code(StrEnum):
    # The call itself
    KEY_MISSING = "key-missing"
    KEY_UNKNOWN = "key-unknown"
    KEY_EXPIRED = "key-expired"
    NETWORK_REFUSED = "network-refused"
    SCOPE_MISSING = "scope-missing"
    TOO_MANY_CALLS = "too-many-calls"
    BODY_TOO_LARGE = "body-too-large"
    MEDIA_TYPE_UNSUPPORTED = "media-type-unsupported"
    BODY_UNREADABLE = "body-unreadable"
    INVALID = "invalid"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_FOUND = "not-found"
    ID_REUSED = "id-reused"
    STILL_RUNNING = "still-running"
    UNAVAILABLE = "unavailable"
    UNEXPECTED = "unexpected"
    # What it asks for
    TYPE_UNKNOWN = "type-unknown"
    EVENT_FROM_FUTURE = "event-from-future"
    EVENT_TOO_OLD = "event-too-old"
    PERSON_MISSING = "person-missing"
    CONTACT_MISSING = "contact-missing"
    CONTACTS_CONFLICT = "contacts-conflict"
    WORDING_UNKNOWN = "wording-unknown"
    # Whether it may be sent
    PROGRAM_NOT_RUNNING = "program-not-running"
    PRODUCT_UNAVAILABLE = "product-unavailable"
    VALUE_NOT_SOLD = "value-not-sold"
    OVER_CAP = "over-cap"
    BUDGET_EXHAUSTED = "budget-exhausted"
    CONSENT_MISSING = "consent-missing"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    NOT_ORDERED = "not-ordered"
    # Held, reversed
    SAME_PERSON = "same-person"
    REVERSED = "reversed"
    CARD_FINAL = "card-final"
    NOTHING_TO_REVERSE = "nothing-to-reverse"


@dataclass(frozen=True, slots=True)
class Meaning:
    """`status` is the HTTP status where a call is answered with it at once."""

    status: int
    title: str | Promise
    remedy: str | Promise


_C = Code

MEANINGS: Final[Mapping[Code, Meaning]] = {
    _C.KEY_MISSING: Meaning(
        401,
        _("No key was sent."),
        _("Send the header “Authorization: Bearer” with a key of the program."),
    ),
    _C.KEY_UNKNOWN: Meaning(
        401, _("This key is not known."), _("Check it, or have a new one made.")
    ),
    _C.KEY_EXPIRED: Meaning(
        401,
        _("This key has expired or was revoked."),
        _("Have it rotated, or a new one made."),
    ),
    _C.NETWORK_REFUSED: Meaning(
        403,
        _("This key may not be used from this network."),
        _("Call from an allowed network, or have the key changed."),
    ),
    _C.SCOPE_MISSING: Meaning(
        403,
        _("This key may not do that."),
        _("Use a key with the scope that the detail names."),
    ),
    _C.TOO_MANY_CALLS: Meaning(
        429, _("Too many calls."), _("Wait as long as Retry-After says.")
    ),
    _C.BODY_TOO_LARGE: Meaning(
        413, _("The body is larger than 64 kB."), _("Send less, one event a call.")
    ),
    _C.MEDIA_TYPE_UNSUPPORTED: Meaning(
        415, _("The body is not JSON."), _("Send “Content-Type: application/json”.")
    ),
    _C.BODY_UNREADABLE: Meaning(
        400, _("The body cannot be read."), _("Send one JSON object in UTF-8.")
    ),
    _C.INVALID: Meaning(
        422, _("Something in the call is not as it has to be."), _("See its errors.")
    ),
    _C.METHOD_NOT_ALLOWED: Meaning(
        405,
        _("This address does not take this method."),
        _("Use one that the header Allow names."),
    ),
    _C.NOT_FOUND: Meaning(
        404,
        _("There is no such thing in the key's program and mode."),
        _("Check the id."),
    ),
    _C.ID_REUSED: Meaning(
        409,
        _("This id was used for another call."),
        _("Send a new id with another event; the same id only with the same body."),
    ),
    _C.STILL_RUNNING: Meaning(
        409,
        _("The first call with this id is still running."),
        _("Send it again as Retry-After says; it gets the same answer."),
    ),
    _C.UNAVAILABLE: Meaning(
        503, _("The portal cannot answer now."), _("Send the same call again.")
    ),
    _C.UNEXPECTED: Meaning(
        500,
        _("Something went wrong in the portal."),
        _("Send the same call again; if it stays so, tell whoever runs the portal."),
    ),
    _C.TYPE_UNKNOWN: Meaning(
        422,
        _("No rule of the program knows this type of event."),
        _("Check its spelling, or make a rule for it first."),
    ),
    _C.EVENT_FROM_FUTURE: Meaning(
        422,
        _("The event is from the future."),
        _("Check the clock and the time zone of what reports it."),
    ),
    _C.EVENT_TOO_OLD: Meaning(
        422, _("The event is too old."), _("Report events sooner; see the detail.")
    ),
    _C.PERSON_MISSING: Meaning(
        422,
        _("The event does not say who it is about."),
        _("Send the person, and in a referral the advocate."),
    ),
    _C.CONTACT_MISSING: Meaning(
        422,
        _("There is no address or number to send it to."),
        _("Send the contact that the rule sends by."),
    ),
    _C.CONTACTS_CONFLICT: Meaning(
        422,
        _("The address and the number belong to two people."),
        _("Correct one of them, or have the two records merged."),
    ),
    _C.WORDING_UNKNOWN: Meaning(
        422,
        _("The wording of the consent is not known here."),
        _("Leave it out, or name a version that the portal lists."),
    ),
    _C.PROGRAM_NOT_RUNNING: Meaning(
        422,
        _("The program does not run now."),
        _("Resume it or change its dates, then replay the event."),
    ),
    _C.PRODUCT_UNAVAILABLE: Meaning(
        422,
        _("The product is retired or not offered in the program."),
        _("Choose another product."),
    ),
    _C.VALUE_NOT_SOLD: Meaning(
        422, _("The product is not sold in this value."), _("Choose another value.")
    ),
    _C.OVER_CAP: Meaning(
        422,
        _("A cap is reached."),
        _("It is meant to stop here; raise the cap if it is not."),
    ),
    _C.BUDGET_EXHAUSTED: Meaning(
        422,
        _("The budget of the program does not cover it."),
        _("Have funds added, then replay the event."),
    ),
    _C.CONSENT_MISSING: Meaning(
        422,
        _("There is no consent on record for this channel."),
        _("Send the evidence of consent, or use another channel."),
    ),
    _C.CONSENT_WITHDRAWN: Meaning(
        422,
        _("The person does not want messages by this channel."),
        _("Nothing is sent to them by it; this cannot be overridden."),
    ),
    _C.NOT_ORDERED: Meaning(
        422, _("The order could not be made."), _("See the detail, then replay.")
    ),
    _C.SAME_PERSON: Meaning(
        422,
        _("Both sides of the referral look like one person."),
        _("An approver looks at it, and releases or blocks it."),
    ),
    _C.REVERSED: Meaning(
        422, _("The event was reversed in time."), _("Nothing is bought.")
    ),
    _C.CARD_FINAL: Meaning(
        422,
        _("The card is final: it was bought before the reversal came."),
        _("Reverse within the rule's days of verification."),
    ),
    _C.NOTHING_TO_REVERSE: Meaning(
        422,
        _("There is no such event yet."),
        _("If it still comes, nothing is bought for it."),
    ),
}


class Refused(Exception):
    """Not taken in, or not sent; `detail` says what of it, and holds nothing personal.

    `field` is a path into the body, such as "person.email".
    """

    def __init__(self, code: Code, detail: str = "", *, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.field = field
