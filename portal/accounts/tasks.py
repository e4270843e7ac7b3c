"""Mailing invitations."""

import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import crypto
from portal.accounts import invitations
from portal.accounts.models import Invitation
from portal.outbox.handlers import GiveUp, Retry, handles


@handles(invitations.TOPIC)
def send_invitation(payload: Mapping[str, Any]) -> None:
    """Mail the link, unless the invitation was settled in the meantime."""
    invitation = Invitation.objects.select_related("invited_by").get(
        pk=payload["invitation"]
    )
    settled = invitation.accepted_at or invitation.revoked_at
    if settled or invitation.expires_at <= timezone.now():
        return
    try:
        _letter(invitation).send()
    except crypto.Undecipherable as error:
        raise GiveUp("No key of ENCRYPTION_KEYS opens the link.") from error
    except smtplib.SMTPRecipientsRefused as error:
        # The server's own words would carry the address.
        raise GiveUp("The mail server refuses the address.") from error
    except OSError as error:
        raise Retry(f"The mail server does not answer ({type(error).__name__}).") from (
            error
        )


def _letter(invitation: Invitation) -> EmailMultiAlternatives:
    context = {
        "invitation": invitation,
        "link": invitations.link_of(invitation),
        "organisation": settings.ORGANISATION,
    }
    letter = EmailMultiAlternatives(
        subject=_("You are invited to %(organisation)s") % context,
        body=render_to_string("emails/invitation.txt", context),
        to=[invitation.email],
    )
    html = render_to_string("emails/invitation.html", context)
    letter.attach_alternative(html, "text/html")
    return letter
