"""How allauth behaves here: nobody signs up, people are invited."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context

from portal.accounts import people
from portal.accounts.models import User, actor_of
from portal.web.http import Request


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The seams of sign-in.

    A second factor is a stage allauth.mfa puts between the password and `login`, which
    therefore stays the one place where somebody is in.
    """

    def is_open_for_signup(self, request: Request) -> bool:
        return False

    def login(self, request: Request, user: User) -> None:
        """Open the session, after the journal knows of it: no entry, no sign-in."""
        people.record_sign_in(user, actor=actor_of(user, request.request_id))
        super().login(request, user)

    def set_password(self, user: User, password: str) -> None:
        """Changed or reset by the person themselves, which the journal knows of."""
        # allauth makes this adapter without the request, and keeps that here.
        request = context.request
        people.change_password(user, password, actor=actor_of(user, request.request_id))
