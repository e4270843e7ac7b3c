"""The token store every process shares: one refresh per token life.

"Bearer tokens are meant to be reused for the duration of their lifecycle"
(provider-api: Tokens). The unit of ExpiresIn is not stated; taken as seconds, being
wrong costs only extra token calls.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from portal import crypto
from portal.provider.errors import Unavailable
from portal.provider.models import BearerToken
from portal.provider.types import Token

_REFRESH_SECONDS = 40
_WAIT_SECONDS = 45.0
_LONGEST_LIFE_SECONDS = 24 * 3600


class DatabaseTokens:
    """A `TokenStore` for one set of credentials."""

    def __init__(self, credentials: str) -> None:
        self._digest = crypto.digest(credentials, purpose="provider-credentials")
        # What this process saw last. One that the provider no longer takes comes back
        # by `discard`, and the row is asked again.
        self._seen: tuple[str, datetime] | None = None

    def get(self, issue: Callable[[], Token]) -> str:
        """A live token; asks for a new one unless another process is doing so.

        Raises Unavailable when another process asks and gets no answer in time.
        """
        if self._seen and self._seen[1] > timezone.now():
            return self._seen[0]
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            row = self._row()
            if row.expires_at and row.expires_at > timezone.now():
                value = crypto.decrypt(row.value_ciphertext)
                self._seen = (value, row.expires_at)
                return value
            if self._take_turn():
                return self._renew(issue)
            time.sleep(0.05)
        raise Unavailable("no token was issued in time", retry_after=None)

    def discard(self, value: str) -> None:
        """Forget this token, unless a newer one took its place meanwhile."""
        self._seen = None
        row = self._row()
        if row.value_ciphertext and crypto.decrypt(row.value_ciphertext) == value:
            BearerToken.objects.filter(
                pk=row.pk, value_ciphertext=row.value_ciphertext
            ).update(expires_at=None)

    def _row(self) -> BearerToken:
        return BearerToken.objects.get_or_create(credentials_digest=self._digest)[0]

    def _take_turn(self) -> bool:
        now = timezone.now()
        nobody = Q(refreshing_until=None) | Q(refreshing_until__lte=now)
        expired = Q(expires_at=None) | Q(expires_at__lte=now)
        mine = BearerToken.objects.filter(
            nobody, expired, credentials_digest=self._digest
        )
        until = now + timedelta(seconds=_REFRESH_SECONDS)
        return bool(mine.update(refreshing_until=until))

    def _renew(self, issue: Callable[[], Token]) -> str:
        row = BearerToken.objects.filter(credentials_digest=self._digest)
        try:
            token = issue()
        except BaseException:
            row.update(refreshing_until=None)
            raise
        life = min(token.usable_for, _LONGEST_LIFE_SECONDS)
        row.update(
            value_ciphertext=crypto.encrypt(token.value),
            expires_at=timezone.now() + timedelta(seconds=life),
            refreshing_until=None,
        )
        return token.value
