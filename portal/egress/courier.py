"""One POST: bounded in time, never redirected, and only to where it may go.

The address a name stands for is checked and is then what is connected to, so that a
second look-up has no say. Nothing of the answer's body is read. No proxy stands before:
it would look the name up anew.
"""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final, Self

import requests
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy
from requests.adapters import HTTPAdapter
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError

from portal.egress.addresses import check
from portal.egress.timed import Pool, SecurePool, TooSlow
from portal.provider.transport import named_wait

_CONNECT_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 10.0
_LONGEST_WAIT: Final = 6 * 3600.0
# What requests, urllib3, http.client and the socket may raise between them; ValueError
# is an answer or a name so broken that a parser gave up.
_FAILURES: Final = (
    requests.RequestException,
    HTTPError,
    HTTPException,
    OSError,
    ValueError,
)


class Failure(models.TextChoices):
    """Why nothing came back."""

    FORBIDDEN = "forbidden", gettext_lazy("The address is on a private network.")
    UNKNOWN_NAME = "unknown name", gettext_lazy("The name cannot be found.")
    INSECURE = "insecure", gettext_lazy("The secure connection failed.")
    UNREACHABLE = "unreachable", gettext_lazy("There was no connection in time.")
    SILENT = "silent", gettext_lazy("There was no answer in time.")
    BROKEN = "broken", gettext_lazy("The connection failed.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or None and why; `retry_after` in seconds."""

    status: int | None
    milliseconds: int
    failure: Failure | None = None
    retry_after: float | None = None


class Courier:
    """Takes messages to where they go, one after the other; to be closed."""

    def __init__(self) -> None:
        self._session = _Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._session.close()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send once; whatever goes wrong is in the answer."""
        began = time.monotonic()
        status: int | None = None
        failure, wait = None, None
        try:
            with self._session.post(
                url,
                data=body,
                headers=headers,
                timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                status = response.status_code
                wait = named_wait(response.headers.get("Retry-After"), _LONGEST_WAIT)
        except _FAILURES as error:
            failure = _why(error)
        taken = round((time.monotonic() - began) * 1000)
        return Answer(status, max(taken, 0), failure, wait)


class _Anywhere(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        pools = {"http": Pool, "https": SecurePool}
        self.poolmanager.pool_classes_by_scheme = pools


class _PublicOnly(IPFilterAdapter, _Anywhere):  # type: ignore[misc]  # it has no types
    """Connects to the very address that was checked."""

    def build_connection_pool_key_attributes(
        self, *args: Any, **options: Any
    ) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(*args, **options)
        check(host["host"])
        return host, pool


class _Session(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # neither a proxy nor a .netrc
        self.headers["User-Agent"] = "Laurel"
        for scheme in ("http", "https"):
            self.mount(f"{scheme}://", _adapter(scheme))

    # Even with allow_redirects=False, requests would parse where a redirect leads and
    # read its body unbounded.
    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _adapter(scheme: str) -> HTTPAdapter:
    if settings.WEBHOOK_TO_PRIVATE:
        return _Anywhere()
    return _PublicOnly(scheme == "https")


def _why(error: Exception) -> Failure:
    causes = list(_causes(error))
    for kinds, failure in (
        (InvalidIPAddress, Failure.FORBIDDEN),
        (socket.gaierror | UnicodeError, Failure.UNKNOWN_NAME),
        (TooSlow, Failure.SILENT),
        (requests.exceptions.SSLError, Failure.INSECURE),
        (requests.exceptions.ConnectTimeout, Failure.UNREACHABLE),
        (requests.exceptions.Timeout, Failure.SILENT),
    ):
        if any(isinstance(cause, kinds) for cause in causes):
            return failure
    return Failure.BROKEN


def _causes(error: BaseException | None) -> Any:
    """The exception, and those it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
