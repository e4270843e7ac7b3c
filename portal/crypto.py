"""Encryption at rest with key rotation, and keyed digests for look-ups.

Keys come from ENCRYPTION_KEYS, never from the database. The first one encrypts, all of
them decrypt.
Digests are keyed by DIGEST_KEY, which never rotates, so that a stolen dump cannot be
searched by guessing.
"""

import hmac
import secrets
from collections.abc import Iterable
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Undecipherable(Exception):
    """None of the configured keys opens this ciphertext."""


def encrypt(plain: str) -> str:
    """Ciphertext under the newest key."""
    return _ring(tuple(settings.ENCRYPTION_KEYS)).encrypt(plain.encode()).decode()


def decrypt(ciphertext: str) -> str:
    """What `encrypt` was given. Raises Undecipherable when no key fits."""
    try:
        return _ring(tuple(settings.ENCRYPTION_KEYS)).decrypt(ciphertext).decode()
    except InvalidToken as error:
        raise Undecipherable("no key of ENCRYPTION_KEYS opens this value") from error


def digest(secret: str, *, purpose: str) -> str:
    """A keyed SHA-256 in hex, for finding a secret without storing it."""
    return digests([secret], purpose=purpose)[0]


def digests(texts: Iterable[str], *, purpose: str) -> list[str]:
    """The digest of each of many, in their order."""
    key = f"{purpose}\x00{settings.DIGEST_KEY}".encode()
    return [hmac.digest(key, each.encode(), "sha256").hex() for each in texts]


def new_token() -> str:
    """An unguessable token for a URL: 192 bits of randomness."""
    return secrets.token_urlsafe(24)


@cache
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
