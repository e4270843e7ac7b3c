"""The provider's HTML, made safe to show. The only place that marks it so."""

from typing import Final

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString

# Text and lists; no headings, which would break the page's outline, and no images,
# which would call home.
_TAGS: Final = {
    "a",
    "b",
    "br",
    "em",
    "i",
    "li",
    "ol",
    "p",
    "strong",
    "sub",
    "sup",
    "ul",
}
_SCHEMES: Final = {"http", "https", "mailto"}


def clean(text: str) -> SafeString:
    """Text or HTML of the provider as HTML: a few tags, plain links, nothing active."""
    html = text if "<" in text else linebreaks(text)
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_whole_address,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return SafeString(cleaned)


def _whole_address(tag: str, attribute: str, value: str) -> str | None:
    if attribute != "href":
        return value
    # A relative link of the provider's would lead into this portal.
    scheme, colon, _ = value.partition(":")
    return value if colon and scheme.strip().lower() in _SCHEMES else None
