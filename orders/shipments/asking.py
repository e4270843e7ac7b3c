"""Asking recipients where their cards are to go: who can be asked, and how far it is.

The order waits meanwhile. Those who cannot be asked are told apart with the reason, and
the others are asked; the worker mails each link and looks at consent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, IntegerField, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import drawing_up, eligibility, lifecycle
from orders.models import AddressRequest, Order, Shipment
from orders.models.links import end_of
from orders.shipments import tokens
from orders.states import EDITABLE, OrderStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue
from programs import arrival, consent_many
from programs.consent_history import Channel
from programs.consent_many import Target

# Mails the links; and reminds by itself, once, halfway.
TOPIC: Final = "orders.ask_addresses"
HALFWAY: Final = "orders.halfway_to_addresses"
# Nobody is written to more often than this, also where the asking was stopped and
# begun anew: the worker keeps the mail until then.
QUIET: Final = timedelta(hours=12)
# When they last had a mail.
_HEARD: Final = Coalesce("reminded_at", "mailed_at")
_AT_ONCE: Final = 1000
_SHOWN: Final = 50


class Refused(Exception):
    """Nobody is asked; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Unable:
    """Somebody who cannot be asked, and why."""

    parcel: int
    name: str = field(repr=False)
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The parcels whose recipients would be asked now, and who cannot be."""

    able: Sequence[int]
    unable: Sequence[Unable]
    # Parcels with an address, whose recipients could be asked to confirm it.
    known: int
    # Whose mail waits until then, by parcel: they had one lately.
    quiet: Mapping[int, datetime] = field(default_factory=dict)

    @property
    def held(self) -> list[datetime]:
        """When the mails go that do not go at once."""
        return sorted(
            self.quiet[parcel] for parcel in self.able if parcel in self.quiet
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order is that waits for addresses."""

    asked: int
    answered: int
    # Their link has not gone out yet.
    waiting: int
    # Of these, whose mail has to wait, since they had one lately.
    held: int
    # They could not be asked.
    unable: int
    # May be written to again now.
    remindable: int
    until: datetime
    # When all this was so.
    now: datetime
    # A first few of them, those who need somebody's attention before the others.
    people: Sequence[AddressRequest] = field(repr=False)

    @property
    def last_day(self) -> date:
        """The last day on which they may answer."""
        return last_day(self.until)

    @property
    def more(self) -> int:
        """How many are not among `people`."""
        return self.asked + self.unable - len(self.people)


@transaction.atomic(durable=True)
def ask(
    order: Order,
    *,
    version: int,
    actor: Actor,
    until: datetime | None = None,
    confirms: bool = False,
) -> Order:
    """Have everybody whose address is missing mailed a link, and wait until then.

    `confirms` asks those whose address is known as well. Raises StaleOrder, or Refused
    where nobody can be asked.
    """
    order = lifecycle.lock(order.pk)
    is_ready = order.status in EDITABLE and order.is_postal and not order.is_filling
    if order.version != version or not is_ready:
        raise lifecycle.StaleOrder(order)
    if problem := next(eligibility.program_problems(order.program), None):
        raise Refused(problem.message)
    found = plan(order, confirms=confirms)
    if not found.able:
        raise Refused(_nobody(found))
    now = timezone.now()
    until = (until or end_of(usual_day())).astimezone(UTC)
    if until <= now:
        raise Refused(_("The last day has passed. Choose a later one."))
    order.collects_until = until
    order.save(update_fields=["collects_until"])
    _renew(order, found, now, until)
    lifecycle.move(order, OrderStatus.COLLECTING)
    drawing_up.contribute(order, actor)
    _enqueue(order, now, until)
    _journal(order, found, until, actor)
    return order


def plan(order: Order, *, confirms: bool = False) -> Plan:
    """Who would be asked now; a handful of queries however many there are."""
    parcels = Shipment.objects.filter(reward__order=order)
    known = parcels.exclude(line1="").count()
    wanted = parcels if confirms else parcels.filter(line1="")
    columns = ("pk", "name", "reward__email", "reward__recipient_id")
    rows = list(wanted.order_by("pk").values_list(*columns))
    targets = [Target(who, Channel.EMAIL, email) for _pk, _n, email, who in rows]
    asked = [n for n, target in enumerate(targets) if target.contact]
    answers = consent_many.refusals_of(order.program, [targets[n] for n in asked])
    reasons = {
        n: _("The order has no e-mail address for them.") for n in range(len(rows))
    }
    reasons |= dict.fromkeys(asked, "")
    reasons |= {asked[index]: answer.reason for index, answer in answers.items()}
    return Plan(
        able=[row[0] for n, row in enumerate(rows) if not reasons[n]],
        unable=[
            Unable(row[0], row[1], reasons[n])
            for n, row in enumerate(rows)
            if reasons[n]
        ],
        known=known,
        quiet=_quiet(order),
    )


def progress(order: Order) -> Progress | None:
    """How far it is, in two queries; None for an order that does not wait."""
    if order.status != OrderStatus.COLLECTING or order.collects_until is None:
        return None
    now, asked = timezone.now(), of_round(order)
    silent = Q(answered_at=None, problem="")
    waiting = silent & Q(mailed_at=None)
    counts = asked.annotate(heard=_HEARD).aggregate(
        asked=Count("pk", filter=Q(problem="")),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        waiting=Count("pk", filter=waiting),
        held=Count("pk", filter=waiting & Q(asked_at__gt=now)),
        unable=Count("pk", filter=~Q(problem="")),
        remindable=Count("pk", filter=silent & _long_ago(now)),
    )
    rank = Case(
        When(~Q(problem=""), then=0),
        When(answered_at=None, then=1),
        default=2,
        output_field=IntegerField(),
    )
    shown = asked.select_related("shipment__reward").order_by(rank, "pk")
    people = list(shown[:_SHOWN])
    return Progress(**counts, until=order.collects_until, now=now, people=people)


def usual_day() -> date:
    """The last day of those who are asked today, unless another is chosen."""
    return arrival.local_day(timezone.now()) + timedelta(days=settings.ADDRESS_DAYS)


def last_day(until: datetime) -> date:
    """The day whose end this is, where the organisation is."""
    return arrival.local_day(until - timedelta(seconds=1))


def of_round(order: Order) -> QuerySet[AddressRequest]:
    """The requests this order waits for now; those of an earlier time ended with it."""
    asked = AddressRequest.objects.filter(shipment__reward__order=order)
    if order.collects_until is None:
        return asked.none()
    return asked.filter(expires_at=order.collects_until)


def unanswered(order: Order) -> QuerySet[AddressRequest]:
    """Those of them whose answer may still come."""
    return of_round(order).filter(answered_at=None, problem="")


def remindable(order: Order, at: datetime | None = None) -> QuerySet[AddressRequest]:
    """Those who may be written to again, since they heard nothing for a while."""
    silent = unanswered(order).annotate(heard=_HEARD)
    return silent.filter(_long_ago(at or timezone.now()))


def _long_ago(now: datetime) -> Q:
    return Q(heard__lte=now - QUIET)


def _quiet(order: Order) -> dict[int, datetime]:
    """Until when these parcels' recipients get no mail, since they had one lately."""
    now = timezone.now()
    asked = AddressRequest.objects.filter(shipment__reward__order=order)
    # Where the one that had to wait did not go out, the mail before it still counts.
    held = Q(heard=None, asked_at__gt=now)
    late = asked.annotate(heard=_HEARD).filter(held | Q(heard__gt=now - QUIET))
    found = late.values_list("shipment", "asked_at", "heard")
    return {pk: heard + QUIET if heard else start for pk, start, heard in found}


def _renew(order: Order, found: Plan, now: datetime, until: datetime) -> None:
    """New requests for all of the plan; the links before them lead nowhere."""
    before = AddressRequest.objects.filter(shipment__reward__order=order)
    issues = dict(before.values_list("shipment_id", "issue"))
    reasons = {each.parcel: each.reason for each in found.unable}
    parcels = sorted([*found.able, *reasons])
    replaced = [parcel for parcel in parcels if parcel in issues]
    for start in range(0, len(replaced), _AT_ONCE):
        some = replaced[start : start + _AT_ONCE]
        AddressRequest.objects.filter(shipment__in=some).delete()
    AddressRequest.objects.bulk_create(
        (
            AddressRequest(
                shipment_id=parcel,
                **tokens.fresh()._asdict(),
                asked_at=found.quiet.get(parcel, now),
                expires_at=until,
                issue=issues.get(parcel, 0) + 1,
                problem=reasons.get(parcel, "")[:250],
            )
            for parcel in parcels
        ),
        batch_size=_AT_ONCE,
    )


def _enqueue(order: Order, now: datetime, until: datetime) -> None:
    enqueue(TOPIC, order.pk, {"order": order.pk})
    enqueue(
        HALFWAY,
        f"{order.pk}-v{order.version}",
        {"order": order.pk, "until": until.isoformat()},
        not_before=now + (until - now) / 2,
    )


def _journal(order: Order, found: Plan, until: datetime, actor: Actor) -> None:
    journal.record(
        Action.ADDRESSES_ASKED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={
            "asked": len(found.able),
            "left_out": len(found.unable),
            "until": until.isoformat(),
        },
    )


def _nobody(found: Plan) -> str:
    if not found.unable:
        return _("Every address is there. Nobody has to be asked.")
    text = _("Nobody can be asked. %(name)s: %(reason)s")
    first = found.unable[0]
    return text % {"name": first.name, "reason": first.reason}
