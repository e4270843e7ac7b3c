"""Who calls: a bearer key, from where it may be, within its scopes and its rate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.utils import timezone
from ninja.security.base import AuthBase

from orders.api import reading
from orders.triggers.problems import Code, Refused
from portal import crypto
from portal.web import limits
from portal.web.http import Request
from portal.web.limits import Count
from programs.models import ApiKey, KeySecret

# Enough to tell whether anybody still uses a secret, and no write per call.
_USED_EVERY: Final = timedelta(minutes=1)
# Longer ones are nobody's.
_MOST_SECRET: Final = 200
# Asked at every call, so it is written out: building it would take longer than it.
_FIND: Final = """
    SELECT k.*, s.id AS secret_id, p.phone_region AS region,
        s.expires_at IS NULL OR s.expires_at > %s AS is_current,
        s.last_used_at IS NULL OR s.last_used_at <= %s AS is_use_old
    FROM programs_keysecret s
    JOIN programs_apikey k ON k.id = s.key_id
    JOIN programs_program p ON p.id = k.program_id
    WHERE s.digest = %s
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """The key of a call, and the calls of it in this minute.

    `region` is whose a mobile number without a country code is.
    """

    key: ApiKey
    region: str
    count: Count


class ApiRequest(Request):
    """A call; `caller` is there once its key is known to be in force."""

    caller: Caller | None


class BearerKey(AuthBase):
    """Lets in calls of a key that has the scope, and reads what they bring."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "A key of the program: “Authorization: Bearer lrl_…”."

    def __init__(self, scope: ApiKey.Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: ApiRequest) -> Caller:  # type: ignore[override]
        """The caller. Raises Refused for the first thing that keeps it out."""
        now = timezone.now()
        key = _key_of(request, now)
        count = limits.count("api-key", str(key.pk))
        caller = Caller(key, key.region, count)
        request.caller = caller
        if key.is_over(now) or not key.is_current:
            raise Refused(Code.KEY_EXPIRED)
        if key.networks and not key.may_come_from(limits.ip_of(request)):
            raise Refused(Code.NETWORK_REFUSED)
        if not key.may(self.scope):
            raise Refused(Code.SCOPE_MISSING, self.scope.value)
        if caller.count.tries > key.rate_per_minute:
            raise Refused(Code.TOO_MANY_CALLS)
        if key.is_use_old:
            KeySecret.objects.filter(pk=key.secret_id).update(last_used_at=now)
        reading.take_in(request)
        return caller


def _key_of(request: ApiRequest, now: datetime) -> Any:
    """The key that was shown, with what `_FIND` names beside it."""
    scheme, _space, said = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not (said := said.strip()):
        raise Refused(Code.KEY_MISSING)
    found = None
    if len(said) <= _MOST_SECRET:
        digest = crypto.digest(said, purpose="api-key")
        moments = map(
            connection.ops.adapt_datetimefield_value, (now, now - _USED_EVERY)
        )
        found = next(iter(ApiKey.objects.raw(_FIND, [*moments, digest])), None)
    if found is None:
        # Guessing is slow; who has a key does not suffer from a neighbour who guesses.
        address = limits.address_of(request)
        if not limits.allows("api-misses", address, settings.API_RATE_MISSES):
            raise Refused(Code.TOO_MANY_CALLS)
        raise Refused(Code.KEY_UNKNOWN)
    return found
