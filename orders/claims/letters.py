"""The letter that carries a link of ours to whoever it was assigned to.

Besides an export it is the one place where a link is written out, and nothing of it is
kept: the outbox and the journal know the claim by its id.
"""

import smtplib
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from orders.claims import mailing, sealing
from orders.models import Claim, ClaimMail
from portal import crypto
from portal.outbox.handlers import GiveUp, Retry
from programs import preferences
from programs.models import Recipient


def deliver(payload: Mapping[str, Any]) -> None:
    """Send what is still to be sent, or note why it is not.

    Called again it finds nothing to do. Raises GiveUp, or Retry where the mail server
    does not answer.
    """
    claim = mailing.claim_of(payload)
    mails = _of_who_has_it(claim, mailing.waiting(payload))
    if not mails:
        return
    problem = mailing.refusal(claim)
    if claim.issue != payload["issue"]:
        problem = _("The link was issued anew since, so the old one was not sent.")
    person = claim.person
    if not problem and person is not None:
        problem = _send(claim, person)
    mailing.settle(mails, problem=problem)


def _of_who_has_it(claim: Claim, mails: Sequence[ClaimMail]) -> list[ClaimMail]:
    """Those asked for while the link was theirs who have it now; others do not go."""
    theirs = [each for each in mails if claim.person in (None, each.person)]
    mailing.settle(
        [each for each in mails if each not in theirs],
        problem=_("The link was given to somebody else since, so it was not sent."),
    )
    return theirs


def _send(claim: Claim, person: Recipient) -> str:
    """Why the mail server will never take it, or nothing."""
    try:
        _letter(claim, person).send()
    except crypto.Undecipherable as error:
        raise GiveUp("No key of ENCRYPTION_KEYS opens the link.") from error
    except smtplib.SMTPRecipientsRefused as error:
        # The server's own words would carry the address.
        if any(code < 500 for code, _words in error.recipients.values()):
            raise Retry("The mail server refuses the address for now.") from None
        return _("The mail server refuses the address. Correct it and send again.")
    except OSError as error:
        raise Retry(f"The mail server does not answer ({type(error).__name__}).") from (
            error
        )
    return ""


def _letter(claim: Claim, person: Recipient) -> EmailMultiAlternatives:
    batch = claim.batch
    from_name = " ".join(batch.from_name.split())
    context = {
        "person": person,
        "batch": batch,
        "from_name": from_name,
        "card": f"{claim.reward.value} {claim.reward.product.name}",
        "last_day": claim.last_day,
        "link": sealing.unseal(claim.secret_ciphertext).portal_url,
        "organisation": settings.ORGANISATION,
        "reason": _("You get this because %(name)s chose you for a reward.")
        % {"name": from_name},
        "preferences_url": preferences.page_url(person),
    }
    subject = _("%(from_name)s: a %(card)s gift card for you") % context
    letter = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string("emails/claim_link.txt", context),
        to=[person.email or ""],
        headers={
            "List-Unsubscribe": f"<{preferences.one_click_url(person)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    html = render_to_string("emails/claim_link.html", context)
    letter.attach_alternative(html, "text/html")
    return letter
