"""What the web process prints of claims: that something happened, never where."""

import os
from itertools import chain

import pytest
import requests

from orders.models import Claim
from portal import crypto
from tests.orders import killing
from tests.orders.claims import made
from tests.orders.claims.visiting import PERSON, path_of
from tests.serving import served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(program, cvs, manu):
    return made.make_batch(program, cvs, manu, quantity=3)


def visit(paths, log):
    """What a process that prints all it can answers, and what its visitor sent."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": killing.database_url(),
        "LOG_LEVEL": "DEBUG",
        "PYTHONUNBUFFERED": "1",
        "CLAIM_RATE_MISSES": "2",
    }
    first, broken, gone = paths
    visits = [
        ("GET", first),
        ("POST", first),
        ("GET", first),
        ("HEAD", first),
        ("DELETE", first),
        ("POST", broken),
        ("GET", gone),
        ("GET", f"{first}x"),
        ("GET", gone),
    ]
    with log.open("w") as file, served(environment, file) as url:
        browser = requests.Session()
        browser.trust_env = False
        browser.headers.update(PERSON)
        answers = [browser.request(how, url + path) for how, path in visits]
        return answers, [cookie.value for cookie in browser.cookies]


def test_no_link_answer_token_or_cookie_is_printed(tmp_path, batch):
    claims = list(batch.claims.order_by("number"))
    secrets, paths = map(made.secret_of, claims), list(map(path_of, claims))
    hidden = [[s.link, s.answer, s.token, s.seed] for s in secrets]
    # What cannot be read is an error of ours, with a traceback in the log.
    unreadable = crypto.encrypt("[]")
    Claim.objects.filter(pk=claims[1].pk).update(secret_ciphertext=unreadable)
    Claim.objects.filter(pk=claims[2].pk).update(problem="Its link came twice.")
    log = tmp_path / "web.log"

    answers, cookies = visit(paths, log)

    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 200, 200, 200, 405, 500, 404, 404, 429]
    assert hidden[0][1] in answers[1].text
    printed = log.read_text()
    for said in ("Internal Server Error", "Not Found", "Too Many Requests"):
        assert f"{said}: /c/-" in printed
    assert "orders/claims/claiming.py" in printed
    (cookie,) = cookies
    canaries = [*chain.from_iterable(hidden), *cookie.split(".")]
    assert len(canaries) == 14
    assert [canary for canary in canaries if canary in printed] == []
