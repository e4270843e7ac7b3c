"""What this machine offers to tests beside SQLite: PostgreSQL, Redis and a browser."""

import getpass
import os
import shutil
from typing import Final
from urllib.parse import urlsplit

import psycopg
import redis as redis_client

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")


def is_demanded() -> bool:
    """Whether a missing engine or browser is a failure, as in CI, and not a skip."""
    return os.environ.get("LAUREL_DEMAND", "") not in {"", "0"}


def postgres() -> str | None:
    """The address of a PostgreSQL that answers: DATABASE_URL's, or a local one."""
    named = os.environ.get("DATABASE_URL", "")
    if urlsplit(named).scheme.startswith("postgres"):
        return named if _postgres_answers(named) else None
    local = (
        f"postgres://{user}@127.0.0.1:5432/laurel"
        for user in ("postgres", getpass.getuser())
    )
    return next(filter(_postgres_answers, local), None)


def redis() -> str | None:
    """The address of a Redis that answers: BROKER_URL's, or a local one."""
    url = os.environ.get("BROKER_URL") or "redis://127.0.0.1:6379/15"
    try:
        with redis_client.Redis.from_url(url, socket_connect_timeout=2) as client:
            client.ping()
    except (redis_client.RedisError, ValueError):
        return None
    return url


def chromium() -> str | None:
    """The path of a Chromium: the one CHROMIUM names, or the first on PATH."""
    named = os.environ.get("CHROMIUM")
    return (
        shutil.which(named)
        if named
        else next(filter(None, map(shutil.which, _BROWSERS)), None)
    )


def _postgres_answers(url: str) -> bool:
    # Tests make databases of their own; this one is always there.
    maintenance = urlsplit(url)._replace(path="/postgres").geturl()
    try:
        psycopg.connect(maintenance, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
