"""Throw-away portals: an environment, an empty database, processes that end."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from cryptography.fernet import Fernet
from psycopg import sql

ROOT: Final = Path(__file__).resolve().parents[2]
Environment = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number and the most it may be."""

    what: str
    measured: float
    most: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self.measured <= self.most


@contextmanager
def installation(postgres: str | None, **variables: str) -> Iterator[Environment]:
    """The environment of a portal of its own, migrated, on SQLite or PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="laurel-bench-") as folder:
        if postgres is None:
            environment = _environment(f"sqlite:///{folder}/bench.sqlite3", variables)
            manage(environment, "migrate", "--verbosity=0")
            yield environment
        else:
            with _database(postgres) as url:
                environment = _environment(url, variables)
                manage(environment, "migrate", "--verbosity=0")
                yield environment


def manage(environment: Environment, *arguments: str) -> None:
    """Run a management command there."""
    run = [sys.executable, "manage.py", *arguments]
    subprocess.run(run, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)


def measure(environment: Environment, module: str, *arguments: str) -> list[Figure]:
    """Run `python -m tests.benchmarks.<module>` there; the figures it reports."""
    run = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    result = subprocess.run(
        run, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return [Figure(**figure) for figure in json.loads(result.stdout)]


def report(figures: list[Figure]) -> None:
    """Hand the figures to the process that asked for them."""
    sys.stdout.write(json.dumps([asdict(figure) for figure in figures]))


def _environment(database_url: str, variables: Mapping[str, str]) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url,
        "BROKER_URL": "",
        "CACHE_URL": "locmemcache://",
        "DEMO": "on",
        "DEBUG": "off",
        "SITE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "WEBHOOK_BASE_URL": "",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DIGEST_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "PROVIDER_BASE_URL": "http://127.0.0.1:9",
        "PROVIDER_EMAIL": "rewards@example.com",
        "PROVIDER_ACCESS_TOKEN": "sandbox-access-token",
        **variables,
    }


@contextmanager
def _database(postgres: str) -> Iterator[str]:
    """A new database on this server, dropped at the end."""
    name = f"laurel_bench_{os.getpid()}"
    server = urlsplit(postgres)
    maintenance = server._replace(path="/postgres").geturl()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield server._replace(path=f"/{name}").geturl()
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))
