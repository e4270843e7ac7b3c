"""A room full of people who open and claim their links at the same moment."""

import os
import re
import sys
import threading
from typing import Final
from urllib.parse import urljoin

import django

django.setup()

import requests  # noqa: E402  Django has to be set up first

from portal.permissions import Role  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks.installation import Figure, report  # noqa: E402
from tests.orders.claims import made  # noqa: E402
from tests.orders.claims.visiting import PERSON, path_of  # noqa: E402
from tests.serving import served  # noqa: E402

VISITORS: Final = 200
MOST_KILOBYTES: Final = 60
_PATIENCE_SECONDS: Final = 60
_LOADED: Final = re.compile(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"')


def main() -> None:
    links = _links()
    with served(os.environ, sys.stderr) as base_url:
        kilobytes = _weight(base_url + links[0][0])
        errors = _crowd(base_url, links)
    for error in errors[:5]:
        sys.stderr.write(f"{error}\n")
    report(
        [
            Figure(f"errors of {VISITORS} who claim at once", len(errors), 0),
            Figure("claim page in all", kilobytes, MOST_KILOBYTES, "kB"),
        ]
    )


def _links() -> list[tuple[str, str]]:
    """The path of each link, and the answer that only its claimant reads."""
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program(
        "Spring",
        funded=VISITORS * 10,
        funded_by=adam,
        delivery_types=["DigitalDelivery", "Links"],
    )
    cvs = factories.make_product("CVS", values=[10], terms="<p>Terms apply.</p>" * 100)
    manu = factories.make_member("Manu", program, Role.MANAGER)
    batch = made.make_batch(program, cvs, manu, quantity=VISITORS)
    claims = batch.claims.order_by("number")
    return [(path_of(claim), made.secret_of(claim).answer) for claim in claims]


def _weight(url: str) -> float:
    """The page and all it loads, unpacked, in kilobytes."""
    page = requests.get(url, timeout=_PATIENCE_SECONDS)
    loaded = [urljoin(url, each) for each in _LOADED.findall(page.text)]
    parts = [requests.get(each, timeout=_PATIENCE_SECONDS) for each in loaded]
    assert all(part.ok for part in [page, *parts])
    return sum(len(part.content) for part in [page, *parts]) / 1000


def _crowd(base_url: str, links: list[tuple[str, str]]) -> list[str]:
    """What went wrong when all of them looked, and then pressed, at once."""
    together = threading.Barrier(len(links))
    errors: list[str] = []

    def visit(url: str, answer: str) -> None:
        with requests.Session() as browser:
            browser.trust_env = False
            browser.headers.update(PERSON)
            for method, words in (("GET", "Claim my $10.00"), ("POST", f">{answer}<")):
                together.wait()
                try:
                    page = browser.request(method, url, timeout=_PATIENCE_SECONDS)
                except requests.RequestException as error:
                    errors.append(f"{method}: {type(error).__name__}")
                    continue
                if page.status_code != 200 or words not in page.text:
                    errors.append(f"{method}: {page.status_code}")

    threads = [
        threading.Thread(target=visit, args=(base_url + path, answer))
        for path, answer in links
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


if __name__ == "__main__":
    main()
