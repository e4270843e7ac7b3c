"""People who sign in: the only writer of `User`.

There is always an active administrator, and nobody changes their own standing.
"""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.permissions import Role

_ADMINISTRATING = Q(organisation_role=Role.ADMINISTRATOR, is_active=True)


class Refused(Exception):
    """The change was refused; the text says why, to the person who asked."""


class OwnStanding(Refused):
    """Somebody tried to change their own role or to deactivate themselves."""


class LastAdministrator(Refused):
    """Nobody would be left who can let people in."""


class AlreadyHere(Refused):
    """The e-mail address belongs to somebody already."""


@transaction.atomic(durable=True)
def create_administrator(
    email: str, name: str, *, hashed_password: str, actor: Actor
) -> User:
    """Make an organisation-wide administrator without an invitation.

    Raises AlreadyHere. This is how the first one comes in.
    """
    user = add(email, name, Role.ADMINISTRATOR, hashed_password=hashed_password)
    journal.record(
        Action.PERSON_CREATED,
        user,
        actor=actor,
        data={"role": user.organisation_role},
    )
    return user


@transaction.atomic(durable=True)
def record_sign_in(user: User, *, actor: Actor) -> None:
    """Note that this person signed in."""
    journal.record(Action.SIGNED_IN, user, actor=actor)


@transaction.atomic(durable=True)
def change_password(user: User, password: str, *, actor: Actor) -> None:
    """Replace the password, which ends the person's other sessions: they hold its hash.

    `user` itself is changed too, so that the session it came from can go on.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    journal.record(Action.PASSWORD_CHANGED, user, actor=actor)


@transaction.atomic(durable=True)
def change_role(user: User, role: str, *, actor: Actor) -> User:
    """Give the person this organisation-wide role, or none with "".

    Raises OwnStanding, LastAdministrator.
    """
    locked = _lock(user, actor)
    before = locked.organisation_role
    if before == role:
        return locked
    if role != Role.ADMINISTRATOR:
        _keep_an_administrator(locked)
    locked.organisation_role = role
    locked.save(update_fields=["organisation_role"])
    journal.record(
        Action.PERSON_ROLE_CHANGED,
        locked,
        actor=actor,
        data={"from": before, "to": role},
    )
    return locked


@transaction.atomic(durable=True)
def deactivate(user: User, *, actor: Actor) -> User:
    """Shut the person out and end all their sessions; what they did stays theirs.

    Raises OwnStanding, LastAdministrator.
    """
    locked = _lock(user, actor)
    if not locked.is_active:
        return locked
    _keep_an_administrator(locked)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    ended = _end_sessions(locked)
    data: dict[str, journal.Json] = {"sessions_ended": ended}
    journal.record(Action.PERSON_DEACTIVATED, locked, actor=actor, data=data)
    return locked


@transaction.atomic(durable=True)
def reactivate(user: User, *, actor: Actor) -> User:
    """Let the person in again, with the roles they had. Raises OwnStanding."""
    locked = _lock(user, actor)
    if locked.is_active:
        return locked
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    journal.record(Action.PERSON_REACTIVATED, locked, actor=actor)
    return locked


@transaction.atomic(durable=True)
def change_settings(user: User, *, name: str, time_zone: str, actor: Actor) -> None:
    """What a person calls themselves, and the IANA zone they see times in."""
    User.objects.filter(pk=user.pk).update(name=name, time_zone=time_zone)
    journal.record(
        Action.PERSON_EDITED, user, actor=actor, data={"fields": ["name", "time_zone"]}
    )


@transaction.atomic(durable=True)
def choose_theme(user: User, theme: str, *, actor: Actor) -> None:
    """How the portal looks to this person: one of User.Theme."""
    User.objects.filter(pk=user.pk).update(theme=theme)
    journal.record(Action.PERSON_EDITED, user, actor=actor, data={"fields": ["theme"]})


def add(email: str, name: str, role: str, *, hashed_password: str) -> User:
    """A new person, within the verb that lets them in. Raises AlreadyHere."""
    user = User(
        email=email, name=name, organisation_role=role, password=hashed_password
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyHere(_("Somebody with this e-mail address is here.")) from error
    return user


def _lock(user: User, actor: Actor) -> User:
    """The person, locked together with everybody who administers, in key order.

    Two administrators who demote each other at once thus queue, and the second finds
    itself the last one.
    """
    if actor.user_id == user.pk:
        raise OwnStanding(_("You cannot change your own role or access."))
    rows = User.objects.select_for_update().filter(Q(pk=user.pk) | _ADMINISTRATING)
    return next(row for row in rows.order_by("pk") if row.pk == user.pk)


def _keep_an_administrator(user: User) -> None:
    administers = user.is_active and user.organisation_role == Role.ADMINISTRATOR
    others = User.objects.filter(_ADMINISTRATING).exclude(pk=user.pk)
    if administers and not others.exists():
        raise LastAdministrator(
            _("This is the last active administrator. Make somebody else one first.")
        )


def _end_sessions(user: User) -> int:
    # An inactive person is refused anyway; without this, reactivating them would
    # bring sessions back that somebody else may hold. Sessions name their person only
    # inside, and live for hours, so there are few to read.
    key = str(user.pk)
    live = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [
        session.pk
        for session in live.iterator()
        if session.get_decoded().get(SESSION_KEY) == key
    ]
    return Session.objects.filter(pk__in=theirs).delete()[0]
