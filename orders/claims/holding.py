"""What a browser keeps of a link: proof that it was shown it, and who it is.

A cookie is a random secret and a signature that binds it to one token. Claims store
only a digest of the secret. The key of both never rotates, so a card stays with its
holder.
"""

from typing import Final

from django.utils.crypto import constant_time_compare

from portal import crypto

_SHOWN: Final = "claim shown"
_HOLDER: Final = "claim holder"


def fresh(token: str) -> str:
    """A cookie for a browser that is shown this link while it can be claimed."""
    secret = crypto.new_token()
    return f"{secret}.{_signature(secret, token)}"


def holder(cookie: str, token: str) -> str:
    """What a claim would store of this browser; empty for no cookie of this link.

    A cookie of another link, or of an earlier issue of this one, is none of this link.
    """
    secret, _, signature = cookie.partition(".")
    if not constant_time_compare(signature, _signature(secret, token)):
        return ""
    return crypto.digest(secret, purpose=_HOLDER)


def _signature(secret: str, token: str) -> str:
    return crypto.digest(f"{token} {secret}", purpose=_SHOWN)
