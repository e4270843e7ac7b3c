"""Keys made by the verb, as pages make them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.accounts.models import User, actor_of
from programs import keys
from programs.keys import Terms
from programs.models import ApiKey, Program


def terms(**fields: Any) -> Terms:
    return Terms(
        **{
            "name": "Referral tool",
            "scopes": ("events:write",),
            "networks": (),
            "rate_per_minute": 600,
            "expires_at": timezone.now() + timedelta(days=365),
            **fields,
        }
    )


def make_key(
    program: Program, maker: User, *, mode: str = ApiKey.Mode.TEST, **fields: Any
) -> tuple[ApiKey, str]:
    """A key and its secret."""
    return keys.create(program, terms(**fields), mode=mode, actor=actor_of(maker))
