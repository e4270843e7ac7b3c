"""Connections on which an answer is there in time as a whole, or not at all.

A timeout of the socket holds for each piece: whoever sends a letter every nine seconds
would keep a worker for hours.
"""

import contextlib
import socket
import threading
from typing import Any, Final

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_MOST_SECONDS: Final = 10.0


class TooSlow(OSError):
    """Each piece of the answer was in time; all of them together were not."""


class _Timed:
    sock: socket.socket

    def getresponse(self) -> Any:
        is_over = threading.Event()
        timer = threading.Timer(_MOST_SECONDS, _cut, [self.sock, is_over])
        timer.daemon = True
        timer.start()
        try:
            return super().getresponse()  # type: ignore[misc]  # of the other base
        finally:
            timer.cancel()
            if is_over.is_set():
                # Where it was cut off may look like the end of the headers.
                raise TooSlow


def _cut(sock: socket.socket, is_over: threading.Event) -> None:
    is_over.set()
    with contextlib.suppress(OSError):
        # Past the TLS layer, which another thread is reading from.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Plain(_Timed, HTTPConnection):
    pass


class _Secure(_Timed, HTTPSConnection):
    pass


class Pool(HTTPConnectionPool):
    ConnectionCls = _Plain


class SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure
