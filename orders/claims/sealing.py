"""What a claim keeps secret, and the address of our own link.

The provider's link, its challenge answer and a random seed are sealed together. The
token of our own link is derived from the seed, so it can be exported again though only
its digest is stored; a new seed makes every copy of the old link useless.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from django.conf import settings
from django.urls import reverse

from orders.models import Claim
from portal import crypto

_TOKEN: Final = "claim token"  # noqa: S105  (the name of a digest's purpose)
_LINK: Final = "claim link"


@dataclass(frozen=True, slots=True)
class Secret:
    """Link and answer together are money; nothing here may be printed or logged."""

    link: str = field(repr=False)
    answer: str = field(repr=False)
    seed: str = field(repr=False)

    @property
    def token(self) -> str:
        """The secret part of our own link."""
        return crypto.derive(self.seed, purpose=_TOKEN)

    @property
    def portal_url(self) -> str:
        """Our own link, whole."""
        return f"{settings.SITE_URL}{_path()}{self.token}"


def fresh(link: str, answer: str) -> Secret:
    """A secret with a new seed: 128 random bits."""
    return Secret(link, answer, secrets.token_hex(16))


def reissued(secret: Secret) -> Secret:
    """The same card behind a new link of ours."""
    return replace(secret, seed=secrets.token_hex(16))


def seal(secret: Secret) -> str:
    """Ciphertext under the newest key."""
    return crypto.encrypt(json.dumps([secret.link, secret.answer, secret.seed]))


def unseal(ciphertext: str) -> Secret:
    """What was sealed. Raises crypto.Undecipherable."""
    return Secret(*json.loads(crypto.decrypt(ciphertext)))


def link_digest(link: str) -> str:
    """What a link of the provider's is recognised by."""
    return crypto.digest(link, purpose=_LINK)


def link_digests(links: Iterable[str]) -> list[str]:
    """The same, of many in their order."""
    return crypto.digests(links, purpose=_LINK)


def token_digest(token: str) -> str:
    """What a link of ours is looked up by."""
    return crypto.digest(token, purpose=_TOKEN)


def find(token: str) -> Claim | None:
    """The claim behind a token, whatever its status; one query for any text."""
    claims = Claim.objects.select_related("batch__order__program", "reward__product")
    return claims.filter(token_digest=token_digest(token)).first()


@cache
def _path() -> str:
    """What the path of a link of ours begins with; exports ask for it very often."""
    return reverse("orders:claim", args=["-"]).removesuffix("-")
