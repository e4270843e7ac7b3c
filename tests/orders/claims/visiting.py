"""People and machines that open a link, by what their requests say of them."""

from collections.abc import Mapping
from typing import Final

from django.test import Client
from django.urls import reverse

from orders.models import Claim
from tests.orders.claims.made import secret_of

_CHROME: Final = (
    "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 {}Safari/537.36{}"
)
_WINDOWS: Final = _CHROME.format("Windows NT 10.0; Win64; x64", "", "")
_IPHONE: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) {}Mobile/15E148{}"
)

PEOPLE: Final[Mapping[str, str]] = {
    "Chrome": _WINDOWS,
    "Chrome on Android": _CHROME.format("Linux; Android 10; K", "Mobile ", ""),
    "Edge": _CHROME.format("Windows NT 10.0; Win64; x64", "", " Edg/138.0.0.0"),
    "Cubot": _CHROME.format("Linux; Android 12; CUBOT NOTE 20", "Mobile ", ""),
    "Firefox": (
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    ),
    "Safari": _IPHONE.format("Version/17.5 ", " Safari/604.1"),
    "Facebook's own window": _IPHONE.format("", " [FBAN/FBIOS;FBAV/470.0.0.1;FBLC/en]"),
    "Opera Mini": (
        "Opera/9.80 (Android; Opera Mini/7.6/191.1) Presto/2.12.423 Version/12.16"
    ),
    "Outlook's own window": _IPHONE.format("", " Outlook-iOS/709.2226530.prod.iphone"),
    "Samsung": (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"
    ),
}
LANGUAGES: Final = "en-US,en;q=0.9"
PERSON: Final = {"User-Agent": _WINDOWS, "Accept-Language": LANGUAGES}

# What opens links that nobody clicked, as the real ones are known to speak.
MACHINES: Final[Mapping[str, Mapping[str, str]]] = {
    "a mail gateway": {"User-Agent": "Barracuda Sentinel (EE)"},
    "a preview in Apple's messages": {
        "User-Agent": (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 "
            "(KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 "
            "facebookexternalhit/1.1 Facebot Twitterbot/1.0"
        ),
        "Accept-Language": LANGUAGES,
    },
    "a preview in Discord": {
        "User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"
    },
    "a preview in Slack": {
        "User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"
    },
    "a preview in Teams": {
        "User-Agent": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Accept-Language": LANGUAGES,
    },
    "a preview in Telegram": {"User-Agent": "TelegramBot (like TwitterBot)"},
    "a preview in WhatsApp": {"User-Agent": "WhatsApp/2.23.20.0 A"},
    "a browser that reads ahead": {**PERSON, "Sec-Purpose": "prefetch;prerender"},
    "a search engine": {
        "User-Agent": _CHROME.format(
            "Linux; Android 6.0.1; Nexus 5X", "Mobile ", " (compatible; Googlebot/2.1)"
        ),
        "Accept-Language": LANGUAGES,
    },
    "an old browser that reads ahead": {**PERSON, "Purpose": "prefetch"},
    "Bing's look at a page": {
        "User-Agent": f"{_WINDOWS} BingPreview/1.0b",
        "Accept-Language": LANGUAGES,
    },
    "curl": {"User-Agent": "curl/8.4.0", "Accept-Language": LANGUAGES},
    "Google, reading aloud": {
        "User-Agent": f"{_WINDOWS} (compatible; Google-Read-Aloud)",
        "Accept-Language": LANGUAGES,
    },
    "headless Chrome": {
        "User-Agent": _WINDOWS.replace("Chrome/", "HeadlessChrome/"),
        "Accept-Language": LANGUAGES,
    },
    "headless Chrome in disguise": {
        **PERSON,
        "Sec-CH-UA": '"HeadlessChrome";v="138", "Not=A?Brand";v="24"',
    },
    "nobody in particular": {},
    "Office, before the browser": {
        "User-Agent": (
            "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.2; ms-office; MSOffice 16)"
        ),
        "Accept-Language": LANGUAGES,
    },
    "Python": {"User-Agent": "python-requests/2.32.3"},
    "somebody without a language": {"User-Agent": _WINDOWS},
}


def somebody(**extra: str) -> Client:
    """A person's browser, with cookies of its own and strict about forged forms."""
    return Client(enforce_csrf_checks=True, headers={**PERSON, **extra})


def path_of(claim: Claim) -> str:
    """Where our own link leads."""
    return reverse("orders:claim", args=[secret_of(claim).token])
