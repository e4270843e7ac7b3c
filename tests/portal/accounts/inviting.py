"""Inviting and following the mailed link, for the tests of both."""

import re

from django.core import mail

from portal.accounts import invitations
from portal.accounts.models import Invitation, User, actor_of
from portal.outbox import dispatch

TYPED = {"name": "Nora New", "email": "nora@example.com", "organisation_role": ""}
CHOSEN = {
    "name": "Nora Newman",
    "password": "seven green kettles",
    "again": "seven green kettles",
}


def invite(inviter: User, **changed: str) -> Invitation:
    typed = {**TYPED, **changed}
    return invitations.invite(
        typed["email"],
        typed["name"],
        role=typed["organisation_role"],
        inviter=inviter,
        actor=actor_of(inviter),
    )


def mailed_path() -> str:
    """The path of the link in the newest mail."""
    dispatch.drain()
    link = re.search(r"http://127\.0\.0\.1:8000(/\S+)", str(mail.outbox[-1].body))
    assert link
    return link[1]
