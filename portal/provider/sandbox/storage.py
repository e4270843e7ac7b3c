"""The sandbox's orders, in SQLite, so that they outlive a SIGKILL of its process."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    po_number TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    accepted_at REAL NOT NULL,
    started_at REAL NOT NULL,
    cost_cents INTEGER NOT NULL,
    line_cents TEXT NOT NULL,
    cancelled TEXT NOT NULL DEFAULT '[]',
    is_held INTEGER NOT NULL,
    hook TEXT NOT NULL,
    hook_tries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS attempts (
    seq INTEGER PRIMARY KEY,
    po_number TEXT NOT NULL,
    body TEXT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_by_po_number ON attempts (po_number);
CREATE TABLE IF NOT EXISTS claims (
    seq INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    answer TEXT NOT NULL,
    order_id TEXT NOT NULL,
    line INTEGER NOT NULL,
    claimed_at REAL
);
CREATE INDEX IF NOT EXISTS claims_by_order ON claims (order_id, line);
"""
_COLUMNS = (
    "id, po_number, body, accepted_at, started_at, cost_cents, line_cents, cancelled,"
    " is_held, hook, hook_tries"
)
# Links have no status of their own: a line is Claimed once all of its links are.
_CLAIMED = """(SELECT json_group_array(line) FROM (
    SELECT line FROM claims WHERE order_id = orders.id
    GROUP BY line HAVING count(claimed_at) = count(*)
)) AS claimed"""


@dataclass(frozen=True, slots=True)
class Stored:
    """One accepted order; `hook` is none, waiting, done or lost. Times are epoch.

    `cancelled` and `claimed` count its lines from 0.
    """

    id: str
    po_number: str
    body: str
    accepted_at: float
    started_at: float
    cost_cents: int
    line_cents: tuple[int, ...]
    cancelled: tuple[int, ...] = ()
    is_held: bool = False
    hook: str = "none"
    hook_tries: int = 0
    claimed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One claim link: the end of its address, and what its page asks for."""

    digest: str
    answer: str
    order_id: str
    line: int
    claimed_at: float | None = None


class Taken(Exception):
    """The PONumber belongs to another order."""


class TooPoor(Exception):
    """The balance does not cover the order."""


class Storage:
    """One connection, one lock: what is checked here is still true when written."""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        self._spent = self._one("SELECT coalesce(sum(cost_cents), 0) FROM orders")

    def add(
        self, order: Stored, links: Sequence[Link] = (), *, balance_cents: int
    ) -> None:
        """Accept an order, with the links it will deliver. Raises Taken, TooPoor."""
        with self._lock:
            known = "SELECT count(*) FROM orders WHERE po_number = ?"
            if self._one(known, order.po_number):
                raise Taken
            if order.cost_cents > balance_cents - self._spent:
                raise TooPoor
            self._db.execute(
                f"INSERT INTO orders ({_COLUMNS})"  # noqa: S608  our own column names
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(order.id, order.po_number, order.body),
                    *(order.accepted_at, order.started_at, order.cost_cents),
                    *(json.dumps(order.line_cents), json.dumps(order.cancelled)),
                    *(order.is_held, order.hook, order.hook_tries),
                ),
            )
            self._db.executemany(
                "INSERT INTO claims (digest, answer, order_id, line)"
                " VALUES (?, ?, ?, ?)",
                [
                    (each.digest, each.answer, each.order_id, each.line)
                    for each in links
                ],
            )
            self._spent += order.cost_cents

    def note_attempt(self, po_number: str, body: str, outcome: str) -> None:
        self._write(
            "INSERT INTO attempts (po_number, body, outcome) VALUES (?, ?, ?)",
            (po_number, body, outcome),
        )

    def attempts(self) -> Iterator[tuple[str, str, str]]:
        """PONumber, body and outcome of every POST whose PONumber could be read."""
        with self._lock:
            rows = self._db.execute(
                "SELECT po_number, body, outcome FROM attempts ORDER BY seq"
            ).fetchall()
        yield from rows

    def get(self, order_id: str) -> Stored | None:
        return next(iter(self._orders("WHERE id = ?", (order_id,))), None)

    def find(self, po_number: str) -> Stored | None:
        return next(iter(self._orders("WHERE po_number = ?", (po_number,))), None)

    def newest(self, *, most: int = -1, skipped: int = 0) -> list[Stored]:
        """Orders, newest first."""
        return self._orders("ORDER BY seq DESC LIMIT ? OFFSET ?", (most, skipped))

    def awaiting_hook(self) -> list[Stored]:
        return self._orders("WHERE hook = 'waiting'", ())

    def count(self) -> int:
        with self._lock:
            return self._one("SELECT count(*) FROM orders")

    def spent_cents(self) -> int:
        return self._spent

    def cancel_line(self, order: Stored, index: int) -> None:
        cancelled = json.dumps(sorted({*order.cancelled, index}))
        self._write(
            "UPDATE orders SET cancelled = ? WHERE id = ?", (cancelled, order.id)
        )

    def link(self, digest: str) -> Link | None:
        return self._link("WHERE digest = ?", (digest,))

    def first_link(self) -> Link | None:
        """The oldest there is, whoever ordered it."""
        return self._link("ORDER BY seq LIMIT 1", ())

    def claim(self, digest: str, now: float) -> None:
        """Somebody gave the right answer; the first time is what counts."""
        self._write(
            "UPDATE claims SET claimed_at = coalesce(claimed_at, ?) WHERE digest = ?",
            (now, digest),
        )

    def release(self, now: float) -> None:
        """Orders held Pending begin their life."""
        self._write(
            "UPDATE orders SET is_held = 0, started_at = ? WHERE is_held", (now,)
        )

    def note_hook(self, order_id: str, hook: str) -> None:
        """One more try, and how the webhook stands after it."""
        self._write(
            "UPDATE orders SET hook = ?, hook_tries = hook_tries + 1 WHERE id = ?",
            (hook, order_id),
        )

    def clear(self) -> None:
        with self._lock:
            self._db.execute("DELETE FROM orders")
            self._db.execute("DELETE FROM attempts")
            self._db.execute("DELETE FROM claims")
            self._spent = 0

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _orders(self, clause: str, values: Sequence[object]) -> list[Stored]:
        query = f"SELECT {_COLUMNS}, {_CLAIMED} FROM orders {clause}"  # noqa: S608  our own text
        with self._lock:
            rows = self._db.execute(query, values).fetchall()
        return [_stored(row) for row in rows]

    def _link(self, clause: str, values: Sequence[object]) -> Link | None:
        columns = "digest, answer, order_id, line, claimed_at"
        query = f"SELECT {columns} FROM claims {clause}"  # noqa: S608  our own text
        with self._lock:
            row = self._db.execute(query, values).fetchone()
        return Link(*row) if row else None

    def _one(self, query: str, *values: object) -> int:
        return int(self._db.execute(query, values).fetchone()[0])

    def _write(self, statement: str, values: Sequence[object]) -> None:
        with self._lock:
            self._db.execute(statement, values)


def _stored(row: sqlite3.Row) -> Stored:
    fields = dict(row)
    for name in ("line_cents", "cancelled", "claimed"):
        fields[name] = tuple(json.loads(fields[name]))
    return Stored(**{**fields, "is_held": bool(row["is_held"])})
