"""Endpoints: added, changed, paused, resumed, given a new secret, tried out.

A secret is returned once, by the verb that makes it; what is stored is encrypted, for
signing alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from orders.models import Delivery, Endpoint
from orders.webhooks import delivering, signing, telling
from portal import crypto
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import budget
from programs.models import Program

# How long the old secret signs as well: time to give the new one to the receiver.
OVERLAP: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wish:
    """What people choose about an endpoint."""

    url: str
    label: str
    kinds: tuple[str, ...]


class AddressTaken(Exception):
    """The program tells this address already."""


class Stale(Exception):
    """Somebody changed the endpoint since the page was opened; nothing was done."""


class Paused(Exception):
    """Nothing is sent while it is paused."""


@transaction.atomic(durable=True)
def add(program: Program, wish: Wish, *, actor: Actor) -> tuple[Endpoint, str]:
    """A new endpoint, told from now on, and its secret. Raises AddressTaken."""
    budget.lock(program.pk)
    _refuse_taken(program.pk, wish.url)
    secret = signing.new_secret()
    endpoint = Endpoint.objects.create(
        program=program,
        secret_ciphertext=crypto.encrypt(secret),
        created_by_id=actor.person_id,
        **asdict(wish),
    )
    _record(Action.ENDPOINT_ADDED, endpoint, actor, {"kinds": list(wish.kinds)})
    return endpoint, secret


@transaction.atomic(durable=True)
def edit(endpoint: Endpoint, wish: Wish, *, version: int, actor: Actor) -> Endpoint:
    """Change what was chosen. Raises Stale, AddressTaken. The same again is no act."""
    budget.lock(endpoint.program_id)
    locked = _lock(endpoint, version)
    told = asdict(wish) | {"kinds": list(wish.kinds)}
    changed = [name for name, value in told.items() if getattr(locked, name) != value]
    if not changed:
        return locked
    if "url" in changed:
        _refuse_taken(locked.program_id, wish.url)
    for name in changed:
        setattr(locked, name, told[name])
    locked.version += 1
    _wake(locked, *changed, "version")
    _record(Action.ENDPOINT_EDITED, locked, actor, {"fields": changed})
    return locked


@transaction.atomic(durable=True)
def pause(endpoint: Endpoint, *, actor: Actor) -> Endpoint:
    """Send nothing there for now; what happens meanwhile waits."""
    locked = _lock(endpoint)
    if locked.is_active:
        locked.is_active = False
        locked.version += 1
        locked.save(update_fields=["is_active", "version"])
        _record(Action.ENDPOINT_PAUSED, locked, actor, {})
    return locked


@transaction.atomic(durable=True)
def resume(endpoint: Endpoint, *, actor: Actor) -> Endpoint:
    """Send on, beginning with what waited, which is tried as long as if it were new."""
    locked = _lock(endpoint)
    if not locked.is_active:
        locked.is_active = True
        locked.version += 1
        now = timezone.now()
        waiting = locked.deliveries.filter(status=Delivery.Status.WAITING)
        waiting.update(tried_since=now, next_at=now)
        _wake(locked, "is_active", "version")
        _record(Action.ENDPOINT_RESUMED, locked, actor, {})
    return locked


@transaction.atomic(durable=True)
def rotate(endpoint: Endpoint, *, version: int, actor: Actor) -> tuple[Endpoint, str]:
    """A new secret; the old one signs beside it for a day. Raises Stale."""
    locked = _lock(endpoint, version)
    secret = signing.new_secret()
    locked.old_secret_ciphertext = locked.secret_ciphertext
    locked.old_secret_until = timezone.now() + OVERLAP
    locked.secret_ciphertext = crypto.encrypt(secret)
    locked.version += 1
    locked.save(
        update_fields=[
            "old_secret_ciphertext",
            "old_secret_until",
            "secret_ciphertext",
            "version",
        ]
    )
    _record(Action.ENDPOINT_ROTATED, locked, actor, {})
    return locked, secret


@transaction.atomic(durable=True)
def test(endpoint: Endpoint, *, actor: Actor) -> Delivery:
    """Send an event that is about nothing, before whatever waits. Raises Paused."""
    locked = _lock(endpoint)
    if not locked.is_active:
        raise Paused
    now = timezone.now()
    told = telling.of_nothing(locked.program_id, now)
    told.save()
    delivery = Delivery.objects.create(
        announcement=told,
        endpoint=locked,
        tried_since=now,
        # Before all others: somebody is looking at it.
        next_at=locked.created_at,
    )
    _wake(locked)
    _record(Action.ENDPOINT_TESTED, locked, actor, {"message": str(told)})
    return delivery


def _lock(endpoint: Endpoint, version: int | None = None) -> Endpoint:
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if version is not None and locked.version != version:
        raise Stale
    return locked


def _refuse_taken(program_id: int, url: str) -> None:
    """The caller holds the program's lock."""
    if Endpoint.objects.filter(program=program_id, url=url).exists():
        raise AddressTaken


def _wake(endpoint: Endpoint, *changed: str) -> None:
    """Save it, and try what waits at once: a person has looked at it."""
    endpoint.failures, endpoint.rests_until = 0, None
    endpoint.save(update_fields=[*changed, "failures", "rests_until"])
    delivering.soon(endpoint)


def _record(
    action: Action, endpoint: Endpoint, actor: Actor, data: Mapping[str, journal.Json]
) -> None:
    journal.record(
        action, endpoint, actor=actor, program_id=endpoint.program_id, data=data
    )
