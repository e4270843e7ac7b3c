"""Keys of the trigger API: made, changed, rotated with an overlap, revoked.

A secret is returned once, by the verb that makes it; what is stored is its digest.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from portal import crypto
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs.models import ApiKey, KeySecret, Program

PURPOSE: Final = "api-key"
# 192 bits of randomness.
_RANDOM_BYTES: Final = 24
_LAST_LETTERS: Final = 4


@dataclass(frozen=True, slots=True)
class Terms:
    """What people choose about a key; no networks means from anywhere."""

    name: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    rate_per_minute: int
    expires_at: datetime | None


class Stale(Exception):
    """Somebody changed the key since the page was opened; nothing was done."""


class Revoked(Exception):
    """The key was revoked, which is for good."""


@transaction.atomic(durable=True)
def create(
    program: Program, terms: Terms, *, mode: str, actor: Actor
) -> tuple[ApiKey, str]:
    """A new key, and its secret, which nobody can read again."""
    key = ApiKey.objects.create(
        program=program, mode=mode, created_by_id=actor.person_id, **asdict(terms)
    )
    secret = _add_secret(key)
    _record(Action.KEY_CREATED, key, actor, {"mode": mode, "scopes": key.scopes})
    return key, secret


@transaction.atomic(durable=True)
def edit(key: ApiKey, terms: Terms, *, version: int, actor: Actor) -> ApiKey:
    """Change what was chosen; the secret stays. Raises Stale or Revoked.

    The same again is no act.
    """
    locked = _lock(key, version)
    changed = differences(terms_of(locked), terms)
    if not changed:
        return locked
    for name, value in asdict(terms).items():
        setattr(locked, name, value)
    locked.version += 1
    locked.save(update_fields=[*changed, "version"])
    _record(Action.KEY_EDITED, locked, actor, {"fields": list(changed)})
    return locked


@transaction.atomic(durable=True)
def rotate(
    key: ApiKey,
    *,
    overlap: timedelta,
    expires_at: datetime | None,
    version: int,
    actor: Actor,
) -> tuple[ApiKey, str]:
    """A new secret; the old one works beside it for `overlap`. Raises Stale, Revoked.

    A key that has expired is renewed by it; its old secret is not.
    """
    locked = _lock(key, version)
    ends = timezone.now() + overlap
    if locked.expires_at is not None:
        ends = min(ends, locked.expires_at)
    later = Q(expires_at=None) | Q(expires_at__gt=ends)
    locked.secrets.filter(later).update(expires_at=ends)
    secret = _add_secret(locked)
    locked.expires_at = expires_at
    locked.version += 1
    locked.save(update_fields=["expires_at", "version"])
    data = {"overlap_hours": int(overlap.total_seconds() // 3600)}
    _record(Action.KEY_ROTATED, locked, actor, data)
    return locked, secret


@transaction.atomic(durable=True)
def revoke(key: ApiKey, *, actor: Actor) -> ApiKey:
    """It works nowhere from now on, for good; where it did not before, it is no act."""
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.version += 1
        locked.save(update_fields=["revoked_at", "version"])
        _record(Action.KEY_REVOKED, locked, actor, {})
    return locked


def with_secret(keys: QuerySet[ApiKey], secret: str) -> ApiKey | None:
    """Which of these keys this is a secret of that still works."""
    now = timezone.now()
    digest = crypto.digest(secret, purpose=PURPOSE)
    works = Q(secrets__expires_at=None) | Q(secrets__expires_at__gt=now)
    key = keys.filter(works, secrets__digest=digest).first()
    return None if key is None or key.is_over(now) else key


def terms_of(key: ApiKey) -> Terms:
    """What was chosen about a stored key."""
    return Terms(
        name=key.name,
        scopes=tuple(key.scopes),
        networks=tuple(key.networks),
        rate_per_minute=key.rate_per_minute,
        expires_at=key.expires_at,
    )


def differences(before: Terms, after: Terms) -> tuple[str, ...]:
    """The names of the fields in which two terms differ."""
    names = (field.name for field in fields(Terms))
    return tuple(n for n in names if getattr(before, n) != getattr(after, n))


def _add_secret(key: ApiKey) -> str:
    secret = f"lrl_{key.mode}_{secrets.token_hex(_RANDOM_BYTES)}"
    KeySecret.objects.create(
        key=key,
        digest=crypto.digest(secret, purpose=PURPOSE),
        last_four=secret[-_LAST_LETTERS:],
    )
    return secret


def _lock(key: ApiKey, version: int) -> ApiKey:
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    if locked.revoked_at is not None:
        raise Revoked
    if locked.version != version:
        raise Stale
    return locked


def _record(
    action: Action, key: ApiKey, actor: Actor, data: Mapping[str, journal.Json]
) -> None:
    journal.record(action, key, actor=actor, program_id=key.program_id, data=data)
