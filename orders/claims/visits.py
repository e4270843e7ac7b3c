"""Who opens a link: people, or machines that look before a person does.

Mail scanners, previews in chats and prefetching browsers open links nobody clicked.
They are counted apart, in numbers alone: what an anonymous visitor could repeat without
end never reaches the journal. A machine that passes for a browser counts as a person;
that costs a number and no card, because looking at a link decides nothing.
"""

import re
from collections.abc import Mapping
from typing import Final

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from orders.models import Claim
from orders.models.claim import ClaimQuerySet

# Every browser says Mozilla/5.0 and its platform in brackets; Opera Mini says Opera.
# Libraries and most previews say who they are: curl, python-requests, okhttp, WhatsApp,
# Slackbot-LinkExpanding (api.slack.com/robots), TelegramBot, Barracuda Sentinel.
_BROWSER: Final = re.compile(r"(Mozilla|Opera)/\d+\.\d+ \(")
# Words of those who look like browsers beside, and where that is documented. Where
# nothing stands behind a word, its owner's User-Agent names the page that explains it.
_MACHINES: Final = (
    # Crawlers are to name themselves: RFC 9309, 2.2.1. Cubot makes telephones.
    r"(?<!cu)bot\b",  # Googlebot, bingbot, Applebot, Twitterbot, Discordbot, YandexBot
    r"crawler|spider|fetcher|scanner",
    r"slurp",
    # Previews of links in chats and mails
    r"facebookexternalhit",  # developers.facebook.com/docs/sharing/webmasters
    r"preview",  # SkypeUriPreview of Teams; BingPreview: bing.com/webmasters/help
    r"googlemessages",  # braze.com/docs, bot click filtering
    r"embedly|iframely",
    # Office asks for a link before the browser does: learn.microsoft.com,
    # troubleshoot/office-suite-issues/click-hyperlink-to-sso-website
    r"ms-?office",
    # Gateways that say so; others pass for browsers
    r"barracuda|proofpoint|mimecast",  # the first in braze.com/docs as well
    # Google's helpers: developers.google.com/crawling/docs/crawlers-fetchers
    r"google-(read-aloud|inspectiontool|pagerenderer|safety|site-verification)",
    r"googleother|googleimageproxy|mediapartners-google",
    # Browsers driven by scripts
    r"headless",  # developer.chrome.com/docs/chromium/headless
    r"phantomjs",  # phantomjs.org/api/webpage
    r"lighthouse",  # developers.google.com/speed/docs/insights
)
_MACHINE: Final = re.compile("|".join(_MACHINES), re.IGNORECASE)
# A page asked for before anybody wants to see it: Sec-Purpose is in the Fetch standard,
# Chromium sends the old Purpose beside it, X-Moz was Firefox's and X-Purpose Safari's.
_PURPOSES: Final = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AHEAD: Final = re.compile("prefetch|prerender|preview", re.IGNORECASE)


def is_scan(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a visit was a machine's: by its method, or by what it says of itself.

    `headers` finds a name in any case.
    """
    agent = headers.get("User-Agent", "")
    # A browser without a window says so here even where its agent was made up.
    brands = headers.get("Sec-CH-UA", "")
    return (
        method == "HEAD"
        or not _BROWSER.match(agent)
        or _MACHINE.search(f"{agent} {brands}") is not None
        # Every browser sends the languages its owner reads.
        or not headers.get("Accept-Language")
        or any(_AHEAD.search(headers.get(name, "")) for name in _PURPOSES)
    )


def count_open(claim: Claim) -> None:
    """A person looked at a link that can be claimed."""
    seen_at = Coalesce("opened_at", timezone.now())
    _shown(claim).update(opens=F("opens") + 1, opened_at=seen_at)


def count_scan(claim: Claim) -> None:
    """A machine looked at it."""
    _shown(claim).update(scans=F("scans") + 1)


def _shown(claim: Claim) -> ClaimQuerySet:
    """The link as it was shown: one issued anew meanwhile was not."""
    return Claim.objects.filter(pk=claim.pk, token_digest=claim.token_digest)
