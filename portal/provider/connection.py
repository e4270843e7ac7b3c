"""The provider as this installation is configured to reach it."""

from functools import cache

from django.conf import settings

from portal.provider.client import Client
from portal.provider.tokens import DatabaseTokens


def client() -> Client:
    """The client for the configured provider; connections are reused."""
    return _client(
        settings.PROVIDER_BASE_URL,
        settings.PROVIDER_EMAIL,
        settings.PROVIDER_ACCESS_TOKEN,
        settings.PROVIDER_TIMEOUT_SECONDS,
    )


def forget() -> None:
    """Drop the client with its connections and token: the next one begins anew."""
    _client.cache_clear()


@cache
def _client(base_url: str, email: str, access_token: str, timeout: int) -> Client:
    return Client(
        base_url=base_url,
        email=email,
        access_token=access_token,
        tokens=DatabaseTokens(f"{base_url} {email} {access_token}"),
        timeout=(5, timeout),
    )
