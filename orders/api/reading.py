"""A body as it came: bounded before it is read, one JSON object, with one meaning.

What parsers silently mend (a name twice, NaN, half a character) is refused: two readers
of the same bytes must never see two calls.
"""

import json
from decimal import Decimal
from typing import Any, Final, NoReturn

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from ninja.parser import Parser

from orders.triggers.problems import Code, Refused
from portal.web.numbers import whole_number

MOST_BYTES: Final = 64 * 1024
# More digits than any amount or count has; Python would refuse to read thousands.
_MOST_DIGITS: Final = 30


class StrictParser(Parser):
    """What ninja reads bodies with; `take_in` has run before."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return parse(request.body)


def take_in(request: HttpRequest) -> None:
    """Read the body of a call that has one. Raises Refused."""
    if request.method != "POST":
        return
    if request.content_type != "application/json":
        raise Refused(Code.MEDIA_TYPE_UNSUPPORTED)
    try:
        content = _bounded(request)
    except UnreadablePostError:
        raise Refused(Code.BODY_UNREADABLE) from None
    if not content:
        raise Refused(Code.BODY_UNREADABLE)
    request._body = content


def parse(content: bytes) -> dict[str, Any]:
    """The object it is, with numbers as int or Decimal. Raises Refused."""
    try:
        text = content.decode()
        found = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse,
            parse_float=Decimal,
            parse_int=_whole,
        )
        if "\\u" in text:
            # Halves of a pair can be written as escapes, and stored nowhere.
            json.dumps(found, ensure_ascii=False, default=str).encode()
    except (ArithmeticError, RecursionError, ValueError):
        raise Refused(Code.BODY_UNREADABLE) from None
    if not isinstance(found, dict):
        raise Refused(Code.BODY_UNREADABLE)
    return found


def _bounded(request: HttpRequest) -> bytes:
    length = whole_number(request.headers.get("Content-Length", "") or "0")
    if length is None or length > MOST_BYTES:
        raise Refused(Code.BODY_TOO_LARGE)
    # Django reads as far as Content-Length says, so nothing of what comes in chunks.
    if not length and request.META.get("wsgi.input_terminated"):
        content = bytes(request.META["wsgi.input"].read(MOST_BYTES + 1))
    else:
        content = request.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused(Code.BODY_TOO_LARGE)
    return content


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS else Decimal(digits)
