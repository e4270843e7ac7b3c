"""Keys rotate under very many links while people claim some and look at all."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import quantiles
from typing import Final

import django

django.setup()

import requests  # noqa: E402  Django has to be set up first
from cryptography.fernet import Fernet  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from orders.models import Claim, LinkBatch  # noqa: E402
from portal import crypto  # noqa: E402
from portal.accounts.models import User  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks import many_links  # noqa: E402
from tests.benchmarks.installation import ROOT, Figure, report  # noqa: E402
from tests.orders.claims import made  # noqa: E402
from tests.orders.claims.visiting import PERSON, path_of  # noqa: E402
from tests.serving import served  # noqa: E402

LINKS: Final = 100_000
CLAIMANTS: Final = 2_000
SECONDS_ALONE: Final = 10
_PATIENCE_SECONDS: Final = 60


def main() -> None:
    (old,), new = settings.ENCRYPTION_KEYS, Fernet.generate_key().decode()
    batch, manager = many_links.make(LINKS)
    some = batch.claims.filter(number__in=range(1, LINKS, LINKS // CLAIMANTS))
    links = [(path_of(claim), made.secret_of(claim).answer) for claim in some]
    environment = {
        **os.environ,
        "ENCRYPTION_KEYS": f"{new},{old}",
        # Everybody comes from this machine.
        "CLAIM_RATE_ADDRESS": "1000000",
    }
    alone: list[float] = []
    beside: list[float] = []
    failures: list[str] = []
    with served(environment, sys.stderr) as url:
        readers = (_claimant(url, links), _looker(url, batch, manager))
        with _busy(readers, alone, failures):
            time.sleep(SECONDS_ALONE)
        with _busy(readers, beside, failures):
            command = [sys.executable, "manage.py", "rotatekeys"]
            subprocess.run(
                command, cwd=ROOT, env=environment, check=True, stdout=sys.stderr
            )
    for failure in failures[:5]:
        sys.stderr.write(f"{failure}\n")
    report(
        [
            Figure(f"failed reads, {LINKS} links rotating", len(failures), 0),
            Figure("pages beside it : alone, p95", _p95(beside) / _p95(alone), 3, "x"),
            Figure("links the old key still opens", _opened(old), 0),
            Figure("links the new key does not", LINKS - _opened(new), 0),
        ]
    )


def _claimant(url: str, links: list[tuple[str, str]]) -> Callable[[], str]:
    """Opens one link after the other, claims it, and reads the card."""
    waiting = cycle(links)

    def read() -> str:
        path, answer = next(waiting)
        with _browser() as browser:
            browser.get(url + path, timeout=_PATIENCE_SECONDS)
            page = browser.post(url + path, timeout=_PATIENCE_SECONDS)
        found = page.status_code == 200 and f">{answer}<" in page.text
        return "" if found else f"claim: {page.status_code}"

    return read


def _looker(url: str, batch: LinkBatch, manager: User) -> Callable[[], str]:
    """Looks at the batch's page, again and again."""
    session = factories.signed_in(manager).cookies[settings.SESSION_COOKIE_NAME].value
    path = reverse("orders:links_detail", args=[batch.order.reference])
    browser = _browser()
    browser.cookies.set(settings.SESSION_COOKIE_NAME, session)

    def read() -> str:
        page = browser.get(url + path, timeout=_PATIENCE_SECONDS)
        return "" if page.status_code == 200 else f"batch: {page.status_code}"

    return read


@contextmanager
def _busy(
    readers: Iterable[Callable[[], str]], taken: list[float], failures: list[str]
) -> Iterator[None]:
    """People who read without a pause; milliseconds, and what went wrong."""
    over = threading.Event()

    def work(read: Callable[[], str]) -> None:
        while not over.is_set():
            begin = time.perf_counter()
            try:
                failure = read()
            except requests.RequestException as error:
                failure = type(error).__name__
            taken.append((time.perf_counter() - begin) * 1000)
            if failure:
                failures.append(failure)

    threads = [threading.Thread(target=work, args=[read]) for read in readers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _browser() -> requests.Session:
    browser = requests.Session()
    browser.trust_env = False
    browser.headers.update(PERSON)
    return browser


def _opened(key: str) -> int:
    """How many links this key opens alone."""
    settings.ENCRYPTION_KEYS = [key]
    count = 0
    rows = Claim.objects.values_list("secret_ciphertext", flat=True)
    for ciphertext in rows.iterator(chunk_size=2000):
        try:
            crypto.decrypt(ciphertext)
        except crypto.Undecipherable:
            continue
        count += 1
    return count


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
