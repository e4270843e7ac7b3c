"""Invitations: the only way in. A link works once, until its day, and is never shown.

The link's token leaves in the mail alone; we keep its digest to find it by, and its
ciphertext so that the mail can be written outside the transaction.
"""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import crypto
from portal.accounts import people
from portal.accounts.models import Invitation, User, actor_of
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue

TOPIC = "accounts.send_invitation"


class AlreadyInvited(people.Refused):
    """An invitation to this address is open."""


class NotOpen(people.Refused):
    """The invitation was accepted or revoked, or its day has passed."""


@transaction.atomic(durable=True)
def invite(
    email: str, name: str, *, role: str = "", inviter: User, actor: Actor
) -> Invitation:
    """Mail a link by which this person sets a password.

    `role` is an organisation-wide role, or "". Raises people.AlreadyHere and
    AlreadyInvited, whatever the case of the address.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise people.AlreadyHere(_("Somebody with this e-mail address is here."))
    invitation = Invitation(
        email=email, name=name, organisation_role=role, invited_by=inviter
    )
    _renew(invitation)
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyInvited(
            _("This address is invited already. Send that invitation again instead.")
        ) from error
    _mail(invitation)
    journal.record(Action.PERSON_INVITED, invitation, actor=actor, data={"role": role})
    return invitation


@transaction.atomic(durable=True)
def send_again(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Mail a new link with a new day; the old one stops working. Raises NotOpen."""
    locked = _lock(invitation.pk)
    _renew(locked)
    locked.save(update_fields=["token_digest", "token_ciphertext", "expires_at"])
    _mail(locked)
    journal.record(
        Action.PERSON_INVITED,
        locked,
        actor=actor,
        data={"role": locked.organisation_role, "again": True},
    )
    return locked


@transaction.atomic(durable=True)
def revoke(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Make the link useless. Raises NotOpen."""
    locked = _lock(invitation.pk)
    locked.revoked_at = timezone.now()
    locked.save(update_fields=["revoked_at"])
    journal.record(Action.INVITATION_REVOKED, locked, actor=actor)
    return locked


@transaction.atomic(durable=True)
def accept(
    token: str, *, name: str, hashed_password: str, request_id: str = ""
) -> User:
    """Become a user, once. Raises NotOpen and people.AlreadyHere.

    Nobody acts before; the new person is the actor of the entry.
    """
    locked = _open(token).select_for_update().first()
    if locked is None:
        raise NotOpen(_("This invitation does not work any more."))
    user = people.add(
        locked.email, name, locked.organisation_role, hashed_password=hashed_password
    )
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])
    journal.record(
        Action.INVITATION_ACCEPTED,
        locked,
        actor=actor_of(user, request_id),
        data={"user": user.pk, "role": user.organisation_role},
    )
    return user


def find(token: str) -> Invitation | None:
    """The invitation this link still opens; one answer for all that it does not."""
    return _open(token).first()


def link_of(invitation: Invitation) -> str:
    """The absolute address in the mail. Raises crypto.Undecipherable."""
    token = crypto.decrypt(invitation.token_ciphertext)
    return f"{settings.SITE_URL}{reverse('invitation_accept', args=[token])}"


def _open(token: str) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        token_digest=_digest(token),
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=timezone.now(),
    )


def _lock(invitation_id: int) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.accepted_at or invitation.revoked_at:
        raise NotOpen(_("This invitation was accepted or revoked meanwhile."))
    return invitation


def _renew(invitation: Invitation) -> None:
    token = crypto.new_token()
    invitation.token_digest = _digest(token)
    invitation.token_ciphertext = crypto.encrypt(token)
    invitation.expires_at = timezone.now() + timedelta(days=settings.INVITATION_DAYS)


def _mail(invitation: Invitation) -> None:
    enqueue(TOPIC, invitation.pk, {"invitation": invitation.pk})


def _digest(token: str) -> str:
    return crypto.digest(token, purpose="invitation")
