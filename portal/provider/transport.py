"""One HTTP exchange: bounded in time and size, never redirected, never repeated.

The only module of the provider's that knows `requests`.
"""

import contextlib
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from portal.provider.errors import Malformed, Unavailable

_MOST_BYTES = 32 * 1024 * 1024
_MOST_SECONDS = 120.0  # for the body: each read has its own, shorter timeout
_LONGEST_WAIT = 3600.0

# What requests, urllib3, http.client and the socket may raise between them; ValueError
# is an answer so broken that a parser gave up (bad header, bad host name).
_FAILURES = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `retry_after` in seconds, where it named a time."""

    status: int
    body: bytes = field(repr=False)
    retry_after: float | None = None


class Transport:
    """Exchanges with one server, on one connection per thread and process."""

    def __init__(
        self, base_url: str, *, timeout: tuple[float, float], user_agent: str
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the provider's base URL must be an http(s) address")
        self._base_url = base_url.rstrip("/")
        self._is_local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        self._timeout = timeout
        self._user_agent = user_agent
        self._own = threading.local()

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send once and read the whole answer. Raises Unavailable, Malformed."""
        try:
            with self._session().request(
                method,
                self._base_url + path,
                headers=headers,
                params=params,
                data=body,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                wait = named_wait(response.headers.get("Retry-After"), _LONGEST_WAIT)
                return Answer(response.status_code, _whole_body(response), wait)
        except _FAILURES as error:
            reason = _reason(error)
        # Raised out here: the exceptions of requests carry the token and the body.
        raise Unavailable(reason)

    def close(self) -> None:
        """Close this thread's connection."""
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is not None:
            session.close()
            self._own.session = None

    def _session(self) -> requests.Session:
        # A forked worker must not share its parent's socket: hence the process id.
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None or self._own.pid != os.getpid():
            session = _Session()
            session.headers["User-Agent"] = self._user_agent
            session.headers["Accept"] = "application/json"
            session.trust_env = not self._is_local  # no proxy stands before loopback
            session.auth = _as_given
            self._own.session, self._own.pid = session, os.getpid()
        return session


class _Session(requests.Session):
    # Even with allow_redirects=False, requests would parse where a redirect leads and
    # read its body unbounded.
    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _as_given(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # Without an `auth`, requests would let a .netrc replace our Authorization header.
    return request


def _whole_body(response: requests.Response) -> bytes:
    give_up_at = time.monotonic() + _MOST_SECONDS
    body = bytearray()
    while chunk := response.raw.read1(65536, decode_content=True):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise Malformed("the answer is too long")
        if time.monotonic() > give_up_at:
            raise Unavailable("the answer took too long")
    return bytes(body)


def named_wait(header: str | None, longest: float) -> float | None:
    """The seconds a Retry-After header asks for, at most `longest`."""
    seconds = None
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        if header and header.strip().isdecimal():
            seconds = float(header)
        elif header:
            at = parsedate_to_datetime(header)
            seconds = (at.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return None if seconds is None else min(max(seconds, 0.0), longest)


def _reason(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "the secure connection failed"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    return "the connection failed"
