"""Taking an event in: stored before the caller is answered, decided on afterwards.

The event's row is the record of the call; the journal's entry comes with the decision.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Event, RuleVersion
from orders.triggers import calls
from orders.triggers.calls import EventCall
from orders.triggers.problems import Code, Refused
from portal.outbox.messages import enqueue_all
from programs.models import ApiKey, Wording

TOPIC: Final = "triggers.decide"
# "referral.reversed" takes back events whose type begins with "referral.".
REVERSED: Final = ".reversed"


def accept(call: EventCall, *, key: ApiKey) -> Event:
    """Store an event, once per id; the same call again gives the same event.

    Raises Refused for what cannot be taken in, and with Code.ID_REUSED where its id
    came with another body.
    """
    digest = calls.digest_of(call)
    if known := _known(call, key):
        return _same(known, digest)
    _check(call, key)
    try:
        return _store(call, digest, key)
    except IntegrityError:
        # The same call at the same moment: the other one was first.
        if known := _known(call, key):
            return _same(known, digest)
        raise


@transaction.atomic(durable=True)
def _store(call: EventCall, digest: str, key: ApiKey) -> Event:
    event = Event(
        program_id=key.program_id,
        key=key,
        is_test=key.is_test,
        event_id=call.event_id,
        type=call.type,
        occurred_at=call.occurred_at,
        digest=digest,
        body_ciphertext=calls.sealed(call),
        reverses=call.reverses,
    )
    event.save(force_insert=True)
    enqueue_all(TOPIC, {event.pk: {"event": event.pk}})
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
    versions = RuleVersion.objects.filter(rule__program=key.program_id)
    if call.reverses:
        stem = call.type.removesuffix(REVERSED)
        is_reversal = call.type.endswith(REVERSED)
        return is_reversal and versions.filter(event_type__startswith=stem).exists()
    return versions.filter(event_type=call.type).exists()
