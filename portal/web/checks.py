"""Bad configuration is refused by name and hint before anything is served."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

_GATE = "portal.accounts.middleware.Gate"
# The provider's limit (provider-api: 5.1).
_MOST_CARRIER_ID = 100


@register(Tags.security)
def keys(**_: Any) -> Sequence[CheckMessage]:
    """SECRET_KEY, DIGEST_KEY and ENCRYPTION_KEYS must be there and usable."""
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < 50:
        found.append(
            Error(
                "SECRET_KEY is missing or shorter than 50 characters.",
                hint="Run `python manage.py newkeys` and put its lines into .env.",
                id="laurel.E001",
            )
        )
    if len(settings.DIGEST_KEY) < 50:
        found.append(
            Error(
                "DIGEST_KEY is missing or shorter than 50 characters.",
                hint="Run `python manage.py newkeys` once; it must never change after.",
                id="laurel.E008",
            )
        )
    try:
        usable = [Fernet(key) for key in settings.ENCRYPTION_KEYS]
    except ValueError:
        usable = []
    if not usable:
        found.append(
            Error(
                "ENCRYPTION_KEYS holds no usable key.",
                hint="Run `python manage.py newkeys`; keep old keys after the new one.",
                id="laurel.E002",
            )
        )
    return found


@register(Tags.security)
def provider(**_: Any) -> Sequence[CheckMessage]:
    """The provider must be named, and must not be the sandbox in production."""
    if not settings.PROVIDER_BASE_URL:
        return [
            Error(
                "PROVIDER_BASE_URL is not set.",
                hint="Set PROVIDER_BASE_URL, PROVIDER_EMAIL and PROVIDER_ACCESS_TOKEN.",
                id="laurel.E003",
            )
        ]
    if is_sandbox() and not settings.DEMO:
        return [
            Error(
                "The provider is the sandbox, but this is not a demonstration.",
                hint="Point PROVIDER_BASE_URL at the real service, or set DEMO=on.",
                id="laurel.E004",
            )
        ]
    if not is_sandbox() and not settings.PROVIDER_BASE_URL.startswith("https://"):
        return [
            Error(
                "PROVIDER_BASE_URL is not https.",
                hint="Credentials and cards must not cross a network in the clear.",
                id="laurel.E005",
            )
        ]
    return []


@register()
def card_carriers(**_: Any) -> Sequence[CheckMessage]:
    """Each of CARD_CARRIERS has an id the provider can take, and a name."""
    bad = [
        id
        for id, name in settings.CARD_CARRIERS.items()
        if not (0 < len(id) <= _MOST_CARRIER_ID and name)
    ]
    if not bad:
        return []
    return [
        Error(
            f"CARD_CARRIERS cannot be read at {', '.join(map(repr, bad))}.",
            hint="Write each as ID=Name, separated by commas.",
            id="laurel.E009",
        )
    ]


@register(Tags.security)
def gate(**_: Any) -> Sequence[CheckMessage]:
    """Without the gate, no view would be guarded."""
    if _GATE in settings.MIDDLEWARE:
        return []
    hint = "Put it back at the end of MIDDLEWARE."
    return [Error(f"{_GATE} is not installed.", hint=hint, id="laurel.E006")]


@register(Tags.security, deploy=True)
def production(**_: Any) -> Sequence[CheckMessage]:
    """What a demonstration may do and production may not."""
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(
            Error(
                "DEMO is on.",
                hint="Remove DEMO: it allows the sandbox and shows test accounts.",
                id="laurel.E007",
            )
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(
            Warning(
                "The database is SQLite.",
                hint="Set DATABASE_URL to PostgreSQL for more than a demonstration.",
                id="laurel.W001",
            )
        )
    if settings.CACHES["default"]["BACKEND"].endswith("LocMemCache"):
        found.append(
            Warning(
                "The cache belongs to one process.",
                hint="Set CACHE_URL to Redis: sign-in limits count across processes.",
                id="laurel.W003",
            )
        )
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend")):
        found.append(
            Warning(
                "Mail is not sent anywhere.",
                hint="Set EMAIL_URL, for example smtp+tls://user:password@host:587.",
                id="laurel.W002",
            )
        )
    return found


@register(Tags.security, deploy=True)
def proxy(**_: Any) -> Sequence[CheckMessage]:
    """Something else ends TLS, so it has to say where visitors come from."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT or not settings.SECURE_SSL_REDIRECT:
        return []
    return [
        Warning(
            "All visitors seem to come from one address, the proxy's.",
            hint="Set TRUSTED_PROXY_COUNT: limits count by address.",
            id="laurel.W004",
        )
    ]


def is_sandbox() -> bool:
    """Whether the provider is on this machine, which only the sandbox is."""
    host = urlsplit(settings.PROVIDER_BASE_URL).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")
