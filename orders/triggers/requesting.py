"""One reward, asked for without a rule: checked at once, then ordered."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from orders.award_states import AwardStatus, EventStatus
from orders.models import Award, Event
from orders.triggers import acting, calls, routing, wishes
from orders.triggers.calls import RewardCall
from orders.triggers.problems import Code, Refused
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from programs import catalogue
from programs.models import ApiKey, Product


@dataclass(frozen=True, slots=True)
class Answer:
    """The same for the same call, however often: the award, or why there is none."""

    award: Award | None
    refusal: Refused | None = None


def request(call: RewardCall, *, key: ApiKey, request_id: str = "") -> Answer:
    """Take the call in, once per id; the same call again gets the same answer.

    A test key's reward is checked and not bought. Raises Refused with Code.ID_REUSED
    where the id came with another body.
    """
    text = calls.text_of(call)
    digest = calls.digest_of(text)
    if known := _known(call, key):
        return _again(known, digest)
    try:
        return _store(call, text, digest, key, request_id)
    except IntegrityError:
        # The same call at the same moment: the other one was first.
        if known := _known(call, key):
            return _again(known, digest)
        raise


@transaction.atomic(durable=True)
def _store(
    call: RewardCall, text: str, digest: str, key: ApiKey, request_id: str
) -> Answer:
    event = Event.objects.create(
        program=key.program,
        key=key,
        is_test=key.is_test,
        event_id=call.request_id,
        occurred_at=timezone.now(),
        digest=digest,
        body_ciphertext=calls.sealed(text),
        status=EventStatus.MATCHED,
        decided_at=timezone.now(),
    )
    award, refusal = None, None
    try:
        award = _award(event, call)
        wishes.check(wishes.gift_of(award))
    except Refused as found:
        award, refusal = None, found
        event.status = EventStatus.REFUSED
        event.problem, event.detail = found.code, str(found.detail)[:250]
        event.save(update_fields=["status", "problem", "detail"])
    if award is not None:
        award.save(force_insert=True)
        routing.send_on(award)
    journal.record(
        Action.AWARD_REQUESTED,
        event,
        actor=acting.of_key(key, request_id),
        program_id=key.program_id,
        data={
            "test": event.is_test,
            "award": award.pk if award else None,
            "code": refusal.code.value if refusal else "",
        },
    )
    return Answer(award, refusal)


def _award(event: Event, call: RewardCall) -> Award:
    """What is asked for, not stored. Raises Refused for a product not offered here."""
    offered = catalogue.offered_in(event.program)
    product = offered.filter(provider_id=call.product_id).first()
    if product is None:
        # Whether it exists somewhere else is nobody's business.
        raise Refused(Code.PRODUCT_UNAVAILABLE, field="product")
    return Award(
        program=event.program,
        event=event,
        product=product,
        value_minor=_minor(call, product),
        way=call.way,
        status=AwardStatus.TESTED if event.is_test else AwardStatus.READY,
    )


def _minor(call: RewardCall, product: Product) -> int:
    if not product.accepts(call.value):
        raise Refused(Code.VALUE_NOT_SOLD, field="value")
    return Money(call.value, product.currency).minor


def _known(call: RewardCall, key: ApiKey) -> Event | None:
    return Event.objects.filter(
        program=key.program_id, is_test=key.is_test, event_id=call.request_id
    ).first()


def _again(known: Event, digest: str) -> Answer:
    if known.digest != digest:
        raise Refused(Code.ID_REUSED)
    if known.problem:
        return Answer(None, Refused(Code(known.problem), known.detail))
    return Answer(known.awards.get())
