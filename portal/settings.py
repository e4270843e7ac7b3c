"""Every setting, read from the environment once.

`.env.example` describes each variable; `tests/test_architecture.py` fails if one is
missing there. Everything else in the code base reads `django.conf.settings`.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

from portal.web import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.prefix = ""
environ.Env.read_env(BASE_DIR / ".env")

# What this installation is

ORGANISATION = env.str("ORGANISATION", default="Laurel")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
DEBUG = env.bool("DEBUG", default=False)
# A demonstration may use the provider's sandbox; a system check refuses it elsewhere.
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
# The first key encrypts; all of them decrypt, which is what makes rotation possible.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])
# Keys the digests that secrets and contacts are looked up by. Never change it.
DIGEST_KEY = env.str("DIGEST_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname])

# Applications, outermost first

INSTALLED_APPS = [
    "orders",
    "programs",
    "portal.accounts",
    "portal.outbox",
    "portal.audit",
    "portal.provider",
    "portal.web",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "heroicons",
    "template_partials",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "portal.web.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "portal.web.middleware.machines",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.web.middleware.private_pages",
    "portal.accounts.middleware.time_zone",
    "portal.accounts.middleware.Gate",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.accounts.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.web.templatetags.laurel",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Storage

DATABASE_URL = env.str(
    "DATABASE_URL", default=f"sqlite:///{BASE_DIR}/var/laurel.sqlite3"
)
_database: dict[str, Any] = dict(env.db_url_config(DATABASE_URL))
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction begins, so two writers queue
    # instead of failing; WAL lets readers go on meanwhile. recursive_triggers makes
    # INSERT OR REPLACE fire the append-only DELETE triggers.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;"
            "PRAGMA synchronous=NORMAL;"
            "PRAGMA recursive_triggers=ON;"
        ),
    }
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _database}
# Limits are counted in it: a flood of addresses must not push others' counters out.
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://?max_entries=20000")}

# Work outside the request: without a broker, `manage.py runworker` is the dispatcher.

BROKER_URL = env.str("BROKER_URL", default="")
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", default=120)

# People and sign-in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
# Accounts come from invitations, whose link proves the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
# Whose address limits count: behind so many proxies, what the outermost one noted.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Browser

_https = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.web.views.csrf_failure"
SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
# Bounds what one form may carry; a page with more fields than this is not ours.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
_STATIC_BACKEND = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_BACKEND},
}

# Words and time: stored in UTC, shown in the person's own zone.

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_TIME_ZONE = env.str("DEFAULT_TIME_ZONE", default="America/New_York")
DEFAULT_PHONE_REGION = env.str("DEFAULT_PHONE_REGION", default="US")

# Mail

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="Laurel <laurel@example.com>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# The provider (GiftCard Partners / Engage2Reward B2B API v1)

PROVIDER_BASE_URL = env.str("PROVIDER_BASE_URL", default="").rstrip("/")
PROVIDER_EMAIL = env.str("PROVIDER_EMAIL", default="")
PROVIDER_ACCESS_TOKEN = env.str("PROVIDER_ACCESS_TOKEN", default="")
PROVIDER_TIMEOUT_SECONDS = env.int("PROVIDER_TIMEOUT_SECONDS", default=30)
# Whether the provider lists card carriers, the printed sheets that hold a card; where
# it does not, they are named here: "ID=What people call it".
PROVIDER_CARD_CARRIERS = env.bool("PROVIDER_CARD_CARRIERS", default=False)
_card_carriers = env.list("CARD_CARRIERS", default=[])
CARD_CARRIERS = {
    id.strip(): name.strip()
    for id, _, name in (pair.partition("=") for pair in _card_carriers)
}
# Where the provider can reach this portal; empty means polling alone.
WEBHOOK_BASE_URL = env.str("WEBHOOK_BASE_URL", default=SITE_URL).rstrip("/")
# Suggested numbers, by what is ordered; the placements of a list count on behind them.
PO_FIRST_NUMBER = env.int("PO_FIRST_NUMBER", default=13001)
PO_PATTERN = env.str("PO_PATTERN", default="DIGITAL-{number}")
BULK_PO_PATTERN = env.str("BULK_PO_PATTERN", default="BULK-{number}")
LINKS_PO_PATTERN = env.str("LINKS_PO_PATTERN", default="LINKS-{number}")
POST_PO_PATTERN = env.str("POST_PO_PATTERN", default="PHYSICAL-{number}")
PROMO_PO_PATTERN = env.str("PROMO_PO_PATTERN", default="PROMO-{number}")
# How many days recipients have to say where their parcel is to go.
ADDRESS_DAYS = env.int("ADDRESS_DAYS", default=14)
# Whether the cost the provider names for a line includes posting it; nobody says.
PROVIDER_COST_HAS_SHIPPING = env.bool("PROVIDER_COST_HAS_SHIPPING", default=True)
PROVIDER_ADDRESS_VERIFICATION = env.bool("PROVIDER_ADDRESS_VERIFICATION", default=False)
# One batch holds no more links than this.
LINKS_MOST = env.int("LINKS_MOST", default=10_000)
# Claim links a minute: from one address, which may be an office; from one whose links
# are unknown or over; and for one link.
CLAIM_RATE_ADDRESS = env.int("CLAIM_RATE_ADDRESS", default=3000)
CLAIM_RATE_MISSES = env.int("CLAIM_RATE_MISSES", default=20)
CLAIM_RATE_TOKEN = env.int("CLAIM_RATE_TOKEN", default=60)
# The provider's own limit is not known, so one request carries no more lines than this.
PLACEMENT_MOST_LINES = env.int("PLACEMENT_MOST_LINES", default=100)
# A row of a list warns if the same person was rewarded in the program this lately.
REPEAT_WINDOW_DAYS = env.int("REPEAT_WINDOW_DAYS", default=30)
# How long anyone entitled can undo an approved order before it is placed.
RELEASE_HOLD_SECONDS = env.int("RELEASE_HOLD_SECONDS", default=60)
# So long may a request of unknown fate still land, and its hold is not released.
PROVIDER_QUIET_SECONDS = env.int("PROVIDER_QUIET_SECONDS", default=900)
# An order nobody decides on for this many days expires and frees its money.
APPROVAL_DAYS = env.int("APPROVAL_DAYS", default=14)
# After this many days an unclaimed reward is no longer asked about.
TRACKING_DAYS = env.int("TRACKING_DAYS", default=365)

# Other systems: how many calls a minute a new key may make, and an address with keys
# nobody knows; how old an event may be, and how far ahead a caller's clock.
API_RATE_KEY = env.int("API_RATE_KEY", default=600)
API_RATE_MISSES = env.int("API_RATE_MISSES", default=30)
EVENT_MOST_DAYS = env.int("EVENT_MOST_DAYS", default=30)
EVENT_AHEAD_SECONDS = env.int("EVENT_AHEAD_SECONDS", default=300)
# Rewards triggered within so many hours count together for the approval rule.
TRIGGER_APPROVAL_HOURS = env.int("TRIGGER_APPROVAL_HOURS", default=24)
# How long telling another system is tried; and whether it may be on a private network.
WEBHOOK_MOST_DAYS = env.int("WEBHOOK_MOST_DAYS", default=3)
WEBHOOK_TO_PRIVATE = env.bool("WEBHOOK_TO_PRIVATE", default=False)

# Lists people upload: what a file may hold, and what opening a workbook may take

LIST_MOST_ROWS = env.int("LIST_MOST_ROWS", default=1_000_000)
LIST_MOST_MB = env.int("LIST_MOST_MB", default=256)
LIST_WORKBOOK_MB = env.int("LIST_WORKBOOK_MB", default=2048)
LIST_WORKBOOK_SECONDS = env.int("LIST_WORKBOOK_SECONDS", default=120)

LOGGING = logs.configuration(env.str("LOG_LEVEL", default="INFO"))
