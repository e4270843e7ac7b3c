"""Encryption at rest with key rotation, and keyed digests for look-ups.

Keys come from ENCRYPTION_KEYS, never from the database. The first one encrypts, all of
them decrypt.
Digests are keyed by DIGEST_KEY, which never rotates, so that a stolen dump cannot be
searched by guessing.
"""

import hashlib
import hmac
import secrets
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
    key = f"{purpose}\x00{settings.DIGEST_KEY}".encode()
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def new_token() -> str:
    """An unguessable token for a URL: 192 bits of randomness."""
    return secrets.token_urlsafe(24)


@cache
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
