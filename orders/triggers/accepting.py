"""Taking an event in: stored before the caller is answered, decided on afterwards.

The event's row is the record of the call; the journal's entry comes with the decision.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Event, RuleVersion
from orders.triggers import calls
from orders.triggers.calls import EventCall
from orders.triggers.problems import Code, Refused
from portal import crypto, rows
from portal.outbox.messages import enqueue_first
from programs.models import ApiKey, Wording

TOPIC: Final = "triggers.decide"
# "referral.reversed" takes back events whose type begins with "referral.".
REVERSED: Final = ".reversed"
_KNOWN_SECONDS: Final = 60


def accept(call: EventCall, *, key: ApiKey) -> Event:
    """Store an event, once per id; the same call again gives the same event.

    Raises Refused for what cannot be taken in, and with Code.ID_REUSED where its id
    came with another body.
    """
    text = calls.text_of(call)
    digest = calls.digest_of(text)
    # Most events are new: whether one is known is asked where it cannot be stored.
    try:
        _check(call, key)
        return _store(call, text, digest, key)
    except (IntegrityError, Refused):
        # A repeat gets its answer however old it is by now, and whatever changed.
        if known := _known(call, key):
            return _same(known, digest)
        raise


@transaction.atomic(durable=True)
def _store(call: EventCall, text: str, digest: str, key: ApiKey) -> Event:
    event = Event(
        program_id=key.program_id,
        key=key,
        is_test=key.is_test,
        event_id=call.event_id,
        type=call.type,
        occurred_at=call.occurred_at,
        digest=digest,
        body_ciphertext=calls.sealed(text),
        reverses=call.reverses,
    )
    rows.insert(event)
    enqueue_first(TOPIC, event.pk, {"event": event.pk})
    return event


def _known(call: EventCall, key: ApiKey) -> Event | None:
    return Event.objects.filter(
        program=key.program_id, is_test=key.is_test, event_id=call.event_id
    ).first()


def _same(known: Event, digest: str) -> Event:
    if known.digest != digest:
        raise Refused(Code.ID_REUSED)
    return known


def _check(call: EventCall, key: ApiKey) -> None:
    """Raise Refused for the first thing that keeps the event out."""
    if not _is_type_known(call, key):
        raise Refused(Code.TYPE_UNKNOWN, field="type")
    now = timezone.now()
    if call.occurred_at > now + timedelta(seconds=settings.EVENT_AHEAD_SECONDS):
        raise Refused(Code.EVENT_FROM_FUTURE, field="occurred_at")
    if call.occurred_at < now - timedelta(days=settings.EVENT_MOST_DAYS):
        detail = _("Events are taken in for %(days)s days.")
        days = {"days": settings.EVENT_MOST_DAYS}
        raise Refused(Code.EVENT_TOO_OLD, detail % days, field="occurred_at")
    if not call.reverses and call.person is None:
        raise Refused(Code.PERSON_MISSING, field="person")
    for given in filter(None, (call.consent, call.advocate_consent)):
        if given.wording and not Wording.objects.filter(version=given.wording).exists():
            raise Refused(Code.WORDING_UNKNOWN, field="consent.wording")


def _is_type_known(call: EventCall, key: ApiKey) -> bool:
    """Whether a rule asks for it, or did so a moment ago: what is known stays known."""
    said = f"{key.program_id}:{bool(call.reverses)}:{call.type}"
    name = f"event-type:{crypto.digest(said, purpose='event-type')}"
    if cache.get(name):
        return True
    is_known = _has_version(call, key)
    if is_known:
        cache.set(name, True, timeout=_KNOWN_SECONDS)
    return is_known


def _has_version(call: EventCall, key: ApiKey) -> bool:
    versions = RuleVersion.objects.filter(rule__program=key.program_id)
    if call.reverses:
        stem = call.type.removesuffix(REVERSED)
        is_reversal = call.type.endswith(REVERSED)
        return is_reversal and versions.filter(event_type__startswith=stem).exists()
    return versions.filter(event_type=call.type).exists()
