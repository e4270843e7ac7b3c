"""Encryption at rest with key rotation, and keyed digests for look-ups.

Keys come from ENCRYPTION_KEYS, never from the database. The first one encrypts, all of
them decrypt.
Digests are keyed by DIGEST_KEY, which never rotates, so that a stolen dump cannot be
searched by guessing.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
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


def renewed(ciphertext: str) -> str | None:
    """The same under the newest key, or None where it is that already.

    Raises Undecipherable when no key fits.
    """
    keys = tuple(settings.ENCRYPTION_KEYS)
    try:
        _ring(keys[:1]).decrypt(ciphertext)
    except InvalidToken:
        pass
    else:
        return None
    try:
        return _ring(keys).rotate(ciphertext).decode()
    except InvalidToken as error:
        raise Undecipherable("no key of ENCRYPTION_KEYS opens this value") from error


def digest(secret: str, *, purpose: str) -> str:
    """A keyed SHA-256 in hex, for finding a secret without storing it."""
    return digests([secret], purpose=purpose)[0]


def digests(texts: Iterable[str], *, purpose: str) -> list[str]:
    """The digest of each of many, in their order."""
    key = f"{purpose}\x00{settings.DIGEST_KEY}".encode()
    return [hmac.digest(key, each.encode(), "sha256").hex() for each in texts]


def derive(seed: str, *, purpose: str) -> str:
    """An unguessable token for a URL, the same for the same seed: 192 bits.

    What need not be stored cannot be read: it takes DIGEST_KEY and the seed to make it.
    """
    key = f"{purpose}\x00{settings.DIGEST_KEY}".encode()
    mac = hmac.digest(key, seed.encode(), "sha256")
    return urlsafe_b64encode(mac[:24]).decode()


def new_token() -> str:
    """An unguessable token for a URL: 192 bits of randomness."""
    return secrets.token_urlsafe(24)


@cache
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
