"""The recipient's own page: its secret address, and who it belongs to.

The token is made when somebody first asks for the address, and stays whatever else
about the person changes. It is kept as a digest to find it by and encrypted to write it
into messages.
"""

from typing import Final

from django.conf import settings
from django.urls import reverse

from portal import crypto
from programs.models import Recipient

_PURPOSE: Final = "preferences"


def page_url(recipient: Recipient) -> str:
    """The whole address of the page, for mails and previews."""
    return f"{settings.SITE_URL}{path(_token(recipient))}"


def one_click_url(recipient: Recipient) -> str:
    """What a mail's List-Unsubscribe header names (RFC 8058): a POST stops all."""
    path = reverse("programs:unsubscribe", args=[_token(recipient)])
    return f"{settings.SITE_URL}{path}"


def path(token: str) -> str:
    """The page's address within the portal."""
    return reverse("programs:preferences", args=[token])


def holder(token: str) -> Recipient | None:
    """Whose token it is; links from before a merge lead to the record that lives."""
    digest = crypto.digest(token, purpose=_PURPOSE)
    people = Recipient.objects.select_related("merged_into")
    found = people.filter(preferences_digest=digest).first()
    return found and (found.merged_into or found)


def _token(recipient: Recipient) -> str:
    if not recipient.preferences_ciphertext:
        _make_token(recipient)
    return crypto.decrypt(recipient.preferences_ciphertext)


def _make_token(recipient: Recipient) -> None:
    """Give the record a token, or the one that somebody else gave it meanwhile."""
    token = crypto.new_token()
    Recipient.objects.filter(pk=recipient.pk, preferences_digest=None).update(
        preferences_digest=crypto.digest(token, purpose=_PURPOSE),
        preferences_ciphertext=crypto.encrypt(token),
    )
    recipient.refresh_from_db(fields=["preferences_digest", "preferences_ciphertext"])
