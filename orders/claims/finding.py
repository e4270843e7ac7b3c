"""Which link it is, by what somebody has of it: a word of it, or the whole link.

A whole link is money. It is looked up by its digest and goes into no address.
"""

import re
from typing import Final

from django.db.models import Q

from orders.claims import sealing
from orders.models import Claim
from orders.models.claim import ClaimQuerySet
from portal.web.numbers import whole_number

_MOST_WORDS: Final = 10
# Longer than any code, name or number that a person types; the provider's answer may
# stand at the end of its link (provider-api: 5.2).
_SECRET: Final = re.compile(r"/|[^\s@]{20,}")
_ANSWER: Final = re.compile(r"[?&]claim_token=[^&]*")


def is_secret(text: str) -> bool:
    """Whether the text may be a link, or enough of one to open it."""
    return _SECRET.search(text) is not None


def by_link(text: str, claims: ClaimQuerySet) -> Claim | None:
    """The claim among these that a whole link leads to, ours or the provider's."""
    link = text.strip()
    token = link.split("?")[0].rstrip("/").rpartition("/")[2]
    links = sealing.link_digests({link, _ANSWER.sub("", link)})
    is_it = Q(token_digest=sealing.token_digest(token)) | Q(link_digest__in=links)
    # Of two that are said to have one link, the good one is meant.
    return claims.filter(is_it).order_by("problem", "pk").first()


def matching(text: str, claims: ClaimQuerySet, *, by_person: bool) -> ClaimQuerySet:
    """Links whose code or number the words say or, `by_person`, who has them."""
    for word in text.split()[:_MOST_WORDS]:
        found = Q(code__icontains=word)
        number = whole_number(word)
        if number is not None and number < 2**31:
            found |= Q(number=number)
        if by_person:
            found |= Q(recipient__search_text__contains=word.lower())
            found |= Q(recipient__merged_into__search_text__contains=word.lower())
        claims = claims.filter(found)
    return claims
