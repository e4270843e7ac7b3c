"""Where a secret must never be found: a dump of the database, the logs, the cache."""

import logging
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from orders.models import Claim
from portal.web.logs import NoTokens
from tests.orders.claims.made import secret_of
from tests.orders.killing import database_url


def canaries(claims: Iterable[Claim]) -> set[str]:
    """What must stay secret of these links, each text unlike anything else there is.

    Of a link the part that no other has, so that quoting does not hide it.
    """
    found = set()
    for claim in claims:
        secret = secret_of(claim)
        unique = urlsplit(secret.link).path.rsplit("/", 1)[-1]
        found |= {unique, secret.answer, secret.token, secret.seed}
    # Six digits alone would be found in any number.
    return {text for text in found if text and not text.isdecimal()}


def places(log: str = "") -> Mapping[str, str]:
    """Everything that is kept, by where."""
    sessions = [session.get_decoded() for session in Session.objects.all()]
    return {
        "the database": dump(),
        "the sessions": repr(sessions),
        "the cache": repr(getattr(cache, "_cache", {})),
        "the logs": log,
    }


def leaks(secrets: Iterable[str], kept: Mapping[str, str]) -> list[str]:
    """Where any of these secrets is found."""
    return [
        f"{secret} in {where}"
        for secret in sorted(secrets)
        for where, text in kept.items()
        if secret in text
    ]


def dump() -> str:
    """The whole database as text: every table, every column."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return "\n".join(connection.connection.iterdump())
    if program := shutil.which("pg_dump"):
        run = [program, "--dbname", database_url()]
        return subprocess.run(run, check=True, capture_output=True, text=True).stdout
    with connection.cursor() as cursor:
        return "\n".join(
            _copied(cursor, table) for table in connection.introspection.table_names()
        )


def _copied(cursor: Any, table: str) -> str:
    sql = f"COPY {connection.ops.quote_name(table)} TO STDOUT"
    with cursor.copy(sql) as rows:
        return "".join(bytes(row).decode() for row in rows)


@contextmanager
def logged(level: int | None = None) -> Iterator[StringIO]:
    """What the portal's own handler writes meanwhile, at this level of detail."""
    root = logging.getLogger()
    handler = next(
        each
        for each in root.handlers
        if isinstance(each, logging.StreamHandler)
        and any(isinstance(kept_out, NoTokens) for kept_out in each.filters)
    )
    lines, before = StringIO(), root.level
    stream = handler.setStream(lines)
    root.setLevel(before if level is None else level)
    try:
        yield lines
    finally:
        root.setLevel(before)
        if stream is not None:
            handler.setStream(stream)
