"""The secret of a link that asks for an address: what is kept of it, and the link.

The token leaves in the mail alone; we keep its digest to find it by, and its ciphertext
so that the mail can be written outside the transaction.
"""

from typing import Final, NamedTuple

from django.conf import settings
from django.urls import reverse

from orders.models import AddressRequest
from portal import crypto

_PURPOSE: Final = "address request"


class Token(NamedTuple):
    """What is stored of a token, by the names of the columns."""

    token_digest: str
    token_ciphertext: str


def fresh() -> Token:
    """A new one; nobody has seen it yet."""
    token = crypto.new_token()
    return Token(digest(token), crypto.encrypt(token))


def digest(token: str) -> str:
    """What a request is looked up by."""
    return crypto.digest(token, purpose=_PURPOSE)


def link_of(request: AddressRequest) -> str:
    """The absolute address in the mail. Raises crypto.Undecipherable."""
    token = crypto.decrypt(request.token_ciphertext)
    return f"{settings.SITE_URL}{reverse('orders:address_answer', args=[token])}"
