"""Every setting of the sandbox: a command line flag, and changeable while it runs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class Fault(StrEnum):
    """What can go wrong with one POST /v1/Orders."""

    CUT_BEFORE = "cut_before"  # connection closed, nothing read
    CUT_AFTER = "cut_after"  # accepted, then closed without a byte
    TIMEOUT_AFTER = "504_after"  # accepted, then 504
    GARBAGE_AFTER = "garbage_after"  # accepted, then 201 with an unreadable body
    ERROR = "error_500"
    TOO_MANY = "too_many_429"
    UNAUTHORIZED = "unauthorized_401"  # the token used stops being valid
    FORBIDDEN = "forbidden_403"
    INSUFFICIENT = "insufficient_422"
    CONFLICT = "conflict_409"  # says the PONumber is taken, whether or not it is
    PENDING = "pending"  # accepted, and Pending until POST /_sandbox/release
    WEBHOOK_LOST = "webhook_lost"
    WEBHOOK_EARLY = "webhook_early"  # sent before the POST is answered
    WEBHOOK_REPEATED = "webhook_repeated"  # sent three times


class BadKnob(ValueError):
    """A setting that does not exist, or a value it cannot have."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """Times and lives in seconds; `balance` in the account's one currency."""

    email: str = "rewards@example.com"
    access_token: str = "sandbox-access-token"  # noqa: S105  the documented default
    token_life: float = 3600.0
    expires_in_unit: str = "seconds"
    casing: str = "pascal"
    conflict_shape: str = "one"
    conflict_ids: tuple[str, ...] = ()  # named by a 409 in place of the true ones
    strict: bool = True  # unknown fields are 400
    balance: Decimal = Decimal("1000000.00")
    account_balance: bool = False  # GET /v1/AccountBalance exists
    brandings: bool = True  # GET /v1/Brandings exists
    card_carriers: bool = True  # GET /v1/Carriers exists
    address_verification: str = "no"  # "disabled" is 400, "no_funds" 422, "yes" works
    shipping_in_cost: bool = True  # of a line; if not, it is charged and not named
    lines_reversed: bool = False  # answers list the lines backwards
    not_echoed: tuple[str, ...] = ()  # fields of a line that answers leave out
    products: Mapping[str, object] = field(default_factory=dict)  # id: changes or null
    sent_after: float = 2.0
    claimed_after: float = 12.0
    claimed_by: str = "visit"  # of links: on their page, or by "time" as all else
    links: str = "good"  # what is wrong with an order's last link, see claims.py
    async_threshold: int = 50
    async_after: float = 6.0
    status_word: str = ""  # reported in place of every status
    latency: float = 0.0
    down: str = "no"
    list_shape: str = "envelope"
    past_the_end: str = "empty"
    page_size_cap: int = 500
    ignore_filters: bool = False
    webhook_backoff: float = 0.5
    remote_webhooks: bool = False  # else they go to loopback addresses only
    retry_after: int = 1
    seed: int = 1
    faults: Mapping[Fault, float] = field(default_factory=dict)  # name: rate
    next: tuple[frozenset[Fault], ...] = ()  # for the coming POSTs, before any rate


def changed(knobs: Knobs, changes: Mapping[str, object]) -> Knobs:
    """New settings; values may be JSON or the text of a flag. Raises BadKnob."""
    read: dict[str, object] = {}
    for name, value in changes.items():
        if name not in NAMES:
            raise BadKnob(f"there is no setting {name!r}")
        try:
            read[name] = _READERS[name](value)
        except (ValueError, TypeError, InvalidOperation) as error:
            raise BadKnob(f"{name} cannot be {value!r}") from error
    return replace(knobs, **read)  # type: ignore[arg-type]  # typed by _READERS


def shown(knobs: Knobs) -> dict[str, object]:
    """The settings as JSON, for people; the access token is not among them."""
    shown: dict[str, object] = {
        name: getattr(knobs, name) for name in NAMES if name != "access_token"
    }
    shown["next"] = [sorted(faults) for faults in knobs.next]
    return shown


def _flag(value: object) -> bool:
    return {"true": True, "false": False}[str(value).lower()]


def _number(value: object) -> float:
    number = float(str(value))
    if not 0 <= number < 10**9:
        raise ValueError(value)
    return number


def _whole(value: object) -> int:
    return int(str(value))


def _amount(value: object) -> Decimal:
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise ValueError(value)
    return amount


def _one_of(*words: str) -> Callable[[object], str]:
    return lambda value: words[words.index(str(value))]


def _json(value: object) -> object:
    return json.loads(value, parse_float=Decimal) if isinstance(value, str) else value


def _table(value: object) -> dict[str, object]:
    table = _json(value)
    if not isinstance(table, dict):
        raise TypeError(value)
    return table


def _list(value: object) -> list[object]:
    items = _json(value)
    if not isinstance(items, list):
        raise TypeError(value)
    return items


def _rates(value: object) -> dict[Fault, float]:
    return {Fault(name): _number(rate) for name, rate in _table(value).items()}


def _ids(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(value))


def _coming(value: object) -> tuple[frozenset[Fault], ...]:
    """Each item is one fault's name, a list of names, or null for a POST that works."""
    coming = []
    for item in _list(value):
        names = item if isinstance(item, list) else [item] if item else []
        coming.append(frozenset(Fault(name) for name in names))
    return tuple(coming)


_SPECIAL: dict[str, Callable[[object], object]] = {
    "expires_in_unit": _one_of("seconds", "minutes"),
    "casing": _one_of("pascal", "camel"),
    "conflict_shape": _one_of("one", "many", "none"),
    "conflict_ids": _ids,
    "address_verification": _one_of("no", "disabled", "no_funds", "yes"),
    "not_echoed": _ids,
    "products": _table,
    "claimed_by": _one_of("visit", "time"),
    "links": _one_of(
        "good", "fewer", "more", "repeated", "no_link", "no_answer", "bad_url"
    ),
    "down": _one_of("no", "503", "closed"),
    "list_shape": _one_of("envelope", "bare"),
    "past_the_end": _one_of("empty", "repeat"),
    "faults": _rates,
    "next": _coming,
}
_BY_TYPE: dict[object, Callable[[object], object]] = {
    bool: _flag,
    int: _whole,
    float: _number,
    str: str,
    Decimal: _amount,
}
_READERS = {f.name: _SPECIAL.get(f.name) or _BY_TYPE[f.type] for f in fields(Knobs)}
NAMES = tuple(_READERS)
