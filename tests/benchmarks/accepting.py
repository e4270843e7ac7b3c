"""Events over HTTP: stored before the caller is answered, against a row per request.

The same server, settings, database and callers, in turns. The bare view asks nobody
who they are and reads nothing of what is sent: it inserts one row of as many bytes,
which commits by itself.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final
from urllib.parse import urlsplit

import django

django.setup()

from django.db import connection  # noqa: E402  Django has to be set up first
from django.utils import timezone  # noqa: E402

from orders.award_states import RuleStatus  # noqa: E402
from orders.models import Rule, RuleVersion  # noqa: E402
from orders.triggers import matching  # noqa: E402
from orders.triggers.matching import Matcher  # noqa: E402
from portal.permissions import Role  # noqa: E402
from portal.web.management.commands import rundemo  # noqa: E402
from tests import factories, serving  # noqa: E402
from tests.benchmarks.installation import ROOT, Figure, report  # noqa: E402
from tests.orders.triggers import made  # noqa: E402

CALLERS: Final = 4
SECONDS: Final = 8.0
ROUNDS: Final = 3
EVENTS: Final = 10_000
RULES: Final = 50
_WARM_UP: Final = 100


@dataclass(frozen=True, slots=True)
class Run:
    """Calls a second, and milliseconds of each."""

    a_second: float
    taken: list[float]


def main() -> None:
    _make()
    with (
        serving.served(os.environ, sys.stderr) as portal,
        _bare() as bare,
    ):
        runs = [
            (_run(portal, _event(number)), _run(bare, _row(number)))
            for number in range(ROUNDS)
        ]
    ours = max((mine for mine, _plain in runs), key=lambda run: run.a_second)
    plain = max((plain for _mine, plain in runs), key=lambda run: run.a_second)
    sys.stderr.write(
        f"events {ours.a_second:.0f}/s, bare rows {plain.a_second:.0f}/s\n"
    )
    report(
        [
            Figure("bare rows a second per event", plain.a_second / ours.a_second, 2),
            Figure("p99 of an event per its median", _spread(ours), 5),
            Figure(
                f"matching against {RULES} rules per request",
                100 * _matching() * ours.a_second,
                20,
                "%",
            ),
        ]
    )


def _make() -> None:
    """A program with a rule and a key, and the table of the bare view."""
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program("Spring", funded=10**6, funded_by=adam)
    manager = factories.make_member("Manu", program, Role.MANAGER)
    approver = factories.make_member("Ada", program, Role.APPROVER)
    product = factories.make_product("CVS", values=[15])
    made.make_rule(program, product, manager, approver)
    made.make_key(program, manager, rate_per_minute=10**6)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_row (id bigserial PRIMARY KEY, body text)")


def _event(number: int) -> Callable[[int, int], tuple[str, str]]:
    now = timezone.now().isoformat()

    def call(caller: int, count: int) -> tuple[str, str]:
        name = f"evt-{number}-{caller}-{count}"
        return "/api/v1/events", json.dumps(
            {
                "event_id": name,
                "type": "referral.completed",
                "occurred_at": now,
                "person": {"name": "Fred Friend", "email": f"{name}@example.com"},
                "attributes": {"purchase": 60},
            }
        )

    return call


def _row(number: int) -> Callable[[int, int], tuple[str, str]]:
    call = _event(number)
    return lambda caller, count: ("/", call(caller, count)[1])


def _run(url: str, call: Callable[[int, int], tuple[str, str]]) -> Run:
    """Some callers, each with a connection of its own, for some seconds."""
    host = urlsplit(url).netloc
    taken: list[float] = []
    _call_often(host, call, 0, taken, lambda count: count < _WARM_UP)
    taken.clear()
    end = time.perf_counter() + SECONDS
    threads = [
        threading.Thread(
            target=_call_often,
            args=(host, call, caller, taken, lambda _count: time.perf_counter() < end),
        )
        for caller in range(1, CALLERS + 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Run(len(taken) / SECONDS, taken)


def _call_often(
    host: str,
    call: Callable[[int, int], tuple[str, str]],
    caller: int,
    taken: list[float],
    goes_on: Callable[[int], bool],
) -> None:
    headers = {
        "Authorization": f"Bearer {made.SECRET}",
        "Content-Type": "application/json",
    }
    line = http.client.HTTPConnection(host, timeout=30)
    count = 0
    while goes_on(count):
        path, body = call(caller, count)
        begin = time.perf_counter()
        line.request("POST", path, body, headers)
        response = line.getresponse()
        response.read()
        taken.append((time.perf_counter() - begin) * 1000)
        assert response.status == 202, response.status
        count += 1
    line.close()


def _matching() -> float:
    """Seconds that it takes to ask every rule about an event, of so many events."""
    conditions = [
        [
            {"attribute": "purchase", "op": "ge", "value": "50"},
            {"attribute": "country", "op": "in", "value": "US, CA, MX"},
        ],
        [{"attribute": "vip", "op": "exists", "value": ""}],
    ]
    matchers = [
        Matcher(
            RuleVersion(
                pk=number,
                rule=Rule(pk=number, status=RuleStatus.ACTIVE),
                event_type="referral.completed",
                conditions=conditions,
            )
        )
        for number in range(RULES)
    ]
    events = [
        made.make_call(f"evt-{n}", attributes={"purchase": n % 100, "country": "US"})
        for n in range(EVENTS)
    ]
    today = timezone.localdate()
    begin = time.perf_counter()
    for event in events:
        matching.findings(matchers, event, today)
    return (time.perf_counter() - begin) / EVENTS


def _spread(run: Run) -> float:
    return quantiles(run.taken, n=100)[-1] / median(run.taken)


@contextmanager
def _bare() -> Iterator[str]:
    """The address of the bare view, served as the portal is."""
    port = serving._free_port()
    command = rundemo._web(port)
    command[-1] = "tests.benchmarks.bare_view:application"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.benchmarks.bare"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=sys.stderr
    ) as server:
        try:
            serving._wait(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
