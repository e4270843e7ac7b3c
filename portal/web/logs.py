"""What a log line may hold: no bearer token of a path, no value of an exception.

An exception's text may quote what it failed on: PostgreSQL names the e-mail address
that is taken. Where it happened and of which kind it was is what the log keeps.
"""

import logging
import re
import traceback
from types import TracebackType
from typing import Any

# The public pages whose path is a secret: addresses asked for, claims, preferences,
# webhooks, invitations, resets. And the API's, whose ids are whatever a caller sends.
_DOORS = (
    r"/+(a|c|p|u|hooks|invitations/accept|password/reset/key"
    r"|api/v1/events|api/v1/rewards)"
)
# Whatever follows, in whatever shape: a mangled link still holds its token.
_IN_A_LINE = re.compile(rf"{_DOORS}/[^\s\"]+", re.IGNORECASE)
# A path by itself may hold spaces and quotes, which would end it within a line.
_ALONE = re.compile(rf"^{_DOORS}/.*", re.IGNORECASE | re.DOTALL)


class NoTokens(logging.Filter):
    """Replaces the secret part of our public paths in every line."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_cleaned, record.args))
        line = record.getMessage()
        if (clean := _IN_A_LINE.sub(r"/\1/-", line)) != line:
            record.msg, record.args = clean, None
        return True


def _cleaned(value: object) -> object:
    return _ALONE.sub(r"/\1/-", value) if isinstance(value, str) else value


_ExcInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
)


class Frames(logging.Formatter):
    """Writes an exception as its frames and its kind, without its text."""

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802  (logging's name)
        kind, _error, frames = ei
        lines = traceback.format_tb(frames)
        return "".join(lines) + (kind.__name__ if kind else "")


def configuration(level: str) -> dict[str, Any]:
    """What `settings.LOGGING` is: every line to the console, cleaned."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_tokens": {"()": NoTokens}},
        "formatters": {
            "line": {
                "()": Frames,
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            }
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "filters": ["no_tokens"],
                "formatter": "line",
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Its default handlers would print a second time, without the filter.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": ["console"], "propagate": False},
        },
    }
