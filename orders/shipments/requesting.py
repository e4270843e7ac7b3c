"""The mails that ask for an address, and that remind: each link once, however often a
worker comes by. What the mail server says of one of them holds no other up.

A mail is noted before it is sent, and the note taken back where the mail server did not
take it. A worker that dies in between leaves a mail noted that never went: the reminder
makes up for it, where a second mail could not be taken back.
"""

import smtplib
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Min, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import lifecycle
from orders.models import AddressRequest, Order
from orders.shipments import answering, asking, ending, reminding, tokens
from orders.states import OrderStatus
from portal import crypto
from portal.actors import WORKER
from portal.outbox.handlers import GiveUp, Later, Retry
from programs import consent, preferences
from programs.consent_history import Channel
from programs.models import Program

# Well within a worker's lease, also where the last mail takes as long as it may.
_SECONDS: Final = 40.0
_PORTION: Final = 50
_PERMANENT: Final = 500


def ask_some(payload: Mapping[str, Any]) -> Later | None:
    """Mail the links that wait, for a while; when to come again if some are left.

    Raises GiveUp, or Retry where the mail server does not take some of them for now.
    """
    order = _collecting(payload)
    if order is None:
        return None
    now, waiting = timezone.now(), asking.unanswered(order).filter(mailed_at=None)
    if not _write(waiting.filter(asked_at__lte=now), "mailed_at"):
        return Later(0)
    # Perhaps nobody could be asked after all.
    ending.conclude(order.pk, actor=WORKER)
    # Whoever had a mail lately is left alone for a while.
    first = waiting.aggregate(at=Min("asked_at"))["at"]
    return Later(max(0.0, (first - now).total_seconds())) if first else None


def remind_some(payload: Mapping[str, Any]) -> Later | None:
    """The same for a reminder, to those who had not answered by then."""
    order = _collecting(payload)
    if order is None:
        return None
    asked_at = reminding.moment_of(payload)
    if not _write(asking.remindable(order, asked_at), "reminded_at"):
        return Later(0)
    ending.conclude(order.pk, actor=WORKER)
    return None


def given_up(payload: Mapping[str, Any], reason: str) -> None:
    """A person gave the mails up, in the transaction around this."""
    order = lifecycle.lock(payload["order"])
    waiting = asking.unanswered(order).filter(mailed_at=None)
    waiting.update(problem=(_("Given up: %s") % reason)[:250])
    ending.finish_if_over(order, actor=WORKER)


def _collecting(payload: Mapping[str, Any]) -> Order | None:
    """The order, while answers are waited for and its links open something."""
    orders = Order.objects.with_status(OrderStatus.COLLECTING)
    running = orders.exclude(program__status=Program.Status.CLOSED)
    return running.select_related("program").filter(pk=payload["order"]).first()


def _write(due: QuerySet[AddressRequest], noted: str) -> bool:
    """Write to all of these, for a while; whether none is left.

    Raises Retry where the mail server refuses all of them for now.
    """
    until, after, refusal = time.monotonic() + _SECONDS, 0, ""
    has_moved = False
    related = due.select_related(
        "shipment__reward__order__program",
        "shipment__reward__recipient__merged_into",
    ).order_by("pk")
    while portion := list(related.filter(pk__gt=after)[:_PORTION]):
        for request in portion:
            if time.monotonic() > until:
                if refusal and not has_moved:
                    raise Retry(refusal)
                return False
            after = request.pk
            said = _write_one(request, noted)
            refusal, has_moved = said or refusal, has_moved or not said
    if refusal:
        raise Retry(refusal)
    return True


def _write_one(request: AddressRequest, noted: str) -> str:
    """Why the mail server refuses this address for now, or nothing."""
    reward = request.shipment.reward
    person, email = answering.reader(request), reward.email
    program = reward.order.program
    allowed = consent.allows(person, Channel.EMAIL, program=program, contact=email)
    if not allowed.allowed:
        _settle(request, problem=allowed.reason)
        return ""
    before = getattr(request, noted)
    if not _note(request, noted, before, timezone.now()):
        return ""  # Answered, stopped, or written to by another worker just now.
    try:
        _letter(request, is_reminder=noted == "reminded_at").send()
    except crypto.Undecipherable as error:
        _settle(request, **{noted: before})
        raise GiveUp("No key of ENCRYPTION_KEYS opens the link.") from error
    except smtplib.SMTPRecipientsRefused as error:
        code = min(code for code, _words in error.recipients.values())
        said = _("The mail server refuses the address. Enter where the card goes.")
        return _refused(request, code, said, **{noted: before})
    except smtplib.SMTPDataError as error:
        said = _("The mail server refuses the mail to them. Enter where the card goes.")
        return _refused(request, error.smtp_code, said, **{noted: before})
    except OSError as error:
        # Also whatever else the server says: that is of every mail, not of this one.
        _settle(request, **{noted: before})
        raise Retry(f"The mail server does not answer ({type(error).__name__}).") from (
            error
        )
    return ""


def _refused(
    request: AddressRequest, code: int, said: str, **before: datetime | None
) -> str:
    """The mail did not go; for good, the request says so. Why not, if just for now.

    The server's own words would carry the address.
    """
    if code < _PERMANENT:
        _settle(request, **before)
        return "The mail server refuses an address for now."
    _settle(request, problem=said, **before)
    return ""


def _note(
    request: AddressRequest, noted: str, before: datetime | None, now: datetime
) -> bool:
    """Whether it is ours to write: one statement that decides it."""
    open_ones = AddressRequest.objects.filter(
        pk=request.pk,
        answered_at=None,
        problem="",
        expires_at__gt=now,
        shipment__reward__order__status=OrderStatus.COLLECTING,
    )
    return bool(open_ones.filter(**{noted: before}).update(**{noted: now}))


def _settle(request: AddressRequest, **change: object) -> None:
    """Write down what came of it, of this very request."""
    AddressRequest.objects.filter(pk=request.pk, answered_at=None).update(**change)


def _letter(request: AddressRequest, *, is_reminder: bool) -> EmailMultiAlternatives:
    reward = request.shipment.reward
    person = answering.reader(request)
    from_name = " ".join(reward.from_name.split())
    context = {
        "person": person,
        "from_name": from_name,
        "program": reward.order.program,
        "is_reminder": is_reminder,
        "is_known": request.shipment.has_address,
        "last_day": asking.last_day(request.expires_at),
        "link": tokens.link_of(request),
        "organisation": settings.ORGANISATION,
        "reason": _("You get this because %(name)s wants to post you a card.")
        % {"name": from_name},
        "preferences_url": preferences.page_url(person),
    }
    subject = _("Where should %(from_name)s send your card?") % context
    if is_reminder:
        subject = _("Reminder: %(subject)s") % {"subject": subject}
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("emails/address_request.txt", context),
        to=[reward.email],
        headers={
            "List-Unsubscribe": f"<{preferences.one_click_url(person)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    html = render_to_string("emails/address_request.html", context)
    letter.attach_alternative(html, "text/html")
    return letter
