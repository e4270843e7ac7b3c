"""The portal's settings, made quick and self-contained for tests."""

import os

os.environ.update(
    {
        "DEMO": "on",
        "DEBUG": "off",
        "SITE_URL": "http://127.0.0.1:8000",
        "SECRET_KEY": "tests-only-" + "0" * 50,
        "DIGEST_KEY": "tests-only-" + "1" * 50,
        "ENCRYPTION_KEYS": "dGVzdHMtb25seS1rZXktb2YtdGhpcnR5LXR3by1ieXQ=",
        "PROVIDER_BASE_URL": "http://127.0.0.1:9",
        "PROVIDER_EMAIL": "rewards@example.com",
        "PROVIDER_ACCESS_TOKEN": "sandbox-access-token",
        "EMAIL_URL": "memorymail://",
        "ORGANISATION": "Example Rewards",
        "CACHE_URL": "locmemcache://",
        # Whatever a .env on this machine says of them.
        "RELEASE_HOLD_SECONDS": "60",
        "PO_PATTERN": "DIGITAL-{number}",
        "PO_FIRST_NUMBER": "13001",
        "PROVIDER_QUIET_SECONDS": "900",
        "PROVIDER_CARD_CARRIERS": "off",
        "CARD_CARRIERS": "",
    }
)
os.environ.setdefault("DATABASE_URL", "")
if not os.environ["DATABASE_URL"]:
    del os.environ["DATABASE_URL"]

from portal.settings import *  # noqa: F403
from portal.settings import BASE_DIR, DATABASES, STORAGES

# Slow on purpose in production; tests sign in thousands of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Workers are killed in tests, servers are not: nobody waits for a disk. The processes
# that tests start are told as well.
os.environ["PGOPTIONS"] = "-c synchronous_commit=off"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because threads and worker processes share it.
    name = f"tests{os.environ.get('TEST_DB_SUFFIX', '')}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / name)}
BROKER_URL = ""
