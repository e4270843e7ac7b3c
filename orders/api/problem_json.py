"""Refusals as callers get them: application/problem+json (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse

from orders.triggers.problems import MEANINGS, Code, Refused

CONTENT_TYPE: Final = "application/problem+json"
# Seconds until the same call is worth another try.
RETRY_AFTER: Final[Mapping[Code, int]] = {Code.STILL_RUNNING: 1, Code.UNAVAILABLE: 5}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one field, and what to do about it."""

    field: str
    detail: str
    # The field as logs may name it, where that is another word.
    noted: str = ""


class Invalid(Refused):
    """Fields that are not as they have to be, all of them at once.

    `detail` names the fields alone: what was in them may be personal.
    """

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        names = ", ".join(dict.fromkeys(flaw.noted or flaw.field for flaw in flaws))
        super().__init__(Code.INVALID, names)
        self.flaws = flaws


class StoredRefusal(Refused):
    """The answer to a call that was taken in: the event log has it, word for word."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code, str(refusal.detail)[:250])


def answer(refusal: Refused) -> HttpResponse:
    """The same bytes for the same refusal."""
    status = MEANINGS[refusal.code].status
    response = JsonResponse(_body(refusal), status=status, content_type=CONTENT_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Laurel"'
    if refusal.code in RETRY_AFTER:
        response["Retry-After"] = str(RETRY_AFTER[refusal.code])
    return response


def about(code: Code) -> str:
    """Where people read what a code means."""
    return f"{settings.SITE_URL}{reverse('orders:api_docs')}#{code}"


def _body(refusal: Refused) -> dict[str, Any]:
    meaning = MEANINGS[refusal.code]
    title = str(meaning.title)
    is_invalid = isinstance(refusal, Invalid)
    said = "" if is_invalid else str(refusal.detail)
    return {
        "type": about(refusal.code),
        "title": title,
        "status": meaning.status,
        "detail": f"{said} {meaning.remedy}".strip(),
        "code": refusal.code.value,
        "errors": [
            {"field": flaw.field, "detail": flaw.detail}
            for flaw in _flaws(refusal, title)
        ],
    }


def _flaws(refusal: Refused, title: str) -> Sequence[Flaw]:
    if isinstance(refusal, Invalid):
        return refusal.flaws
    return [Flaw(refusal.field, title)] if refusal.field else []
