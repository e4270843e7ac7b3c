"""After the whole life of a batch nothing kept holds a link, an answer or a token."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import requests
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler
from django.test import testcases
from django.urls import reverse
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from orders.claims import keeping
from orders.models import Claim, Order
from portal import crypto
from portal.outbox.models import Message
from tests import factories, secrecy
from tests.orders.claims import made
from tests.orders.claims.visiting import PERSON, path_of

pytestmark = pytest.mark.django_db(transaction=True)

LINKS = 9


class Life:
    """One batch, the people around it, and every secret it ever had."""

    def __init__(self, staff, approver, worker, url):
        self.staff, self.approver, self.worker = staff, approver, worker
        self.url = url
        self.secrets: set[str] = set()
        self.shown = ""

    @property
    def order(self):
        return Order.objects.get(type=Order.Type.LINKS)

    def claim(self, number):
        claims = Claim.objects.select_related("batch__order")
        return claims.get(number=number)

    def remember(self):
        """What is secret now; a link that is issued anew gets other secrets."""
        self.secrets |= secrecy.canaries(Claim.objects.all())

    def page(self, name, number=None):
        args = [self.order.reference]
        args += [self.claim(number).code] if number else []
        return reverse(f"orders:{name}", args=args)

    def read(self, response):
        """The answer, whole; a good one."""
        text = response.getvalue().decode("utf-8-sig", errors="replace")
        assert response.status_code in {200, 303}, text
        self.shown += text
        return text

    def press(self, page, number=None, /, **form):
        """Look at a page, then press its button, as a manager does."""
        url = self.page(page, number)
        self.read(self.staff.get(url))
        if number:
            form = {"version": self.claim(number).version, **form}
        return self.read(self.staff.post(url, form))

    def visit(self, path, *methods, browser=None):
        """Somebody without an account, over the wire."""
        with elsewhere(), browser or requests.Session() as visitor:
            visitor.trust_env = False
            visitor.headers.update(PERSON)
            return [visitor.request(how, self.url + path) for how in methods]


@contextmanager
def elsewhere():
    """What this process asks for somebody outside is none of the portal's logs."""
    wire = logging.getLogger("urllib3.connectionpool")
    wire.disabled = True
    try:
        yield
    finally:
        wire.disabled = False


@pytest.fixture
def noisy_server(monkeypatch) -> Iterator[str]:
    """A live server that logs each request, as Django's own does."""
    monkeypatch.setattr(testcases, "QuietWSGIRequestHandler", WSGIRequestHandler)
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def life(
    program, cvs, as_manu, as_ada, sandbox, at_once, worker, noisy_server, settings
):
    settings.SITE_URL = noisy_server
    settings.CLAIM_RATE_MISSES = 8
    program.mails_links = True
    program.save()
    return Life(as_manu, as_ada, worker, noisy_server)


def arrive(life, program, product):
    """From the form to nine links of the sandbox's."""
    form = {
        "form_key": factories.form_key(),
        "program": program.pk,
        "product": product.pk,
        "value": "15",
        "quantity": LINKS,
        "label": "Spring fair",
        "way": "portal",
        "from_name": "Team",
        "message": "Thanks!",
        "expires_on": (timezone.localdate() + timedelta(days=30)).isoformat(),
    }
    life.read(life.staff.post(reverse("orders:links_create"), form))
    order = life.order
    check = {"version": order.version, "estimate": order.estimate_minor}
    life.read(life.staff.post(life.page("order_submit"), check))
    life.read(
        life.approver.post(
            reverse("orders:approval_review", args=[order.reference]),
            {"verdict": "approve", "content_hash": life.order.content_hash},
        )
    )
    life.worker.run(seconds=60)
    assert Claim.objects.good().count() == LINKS
    life.remember()


def leave(life):
    """Every way out of the portal, for staff and by mail."""
    for kind in ("csv", "xlsx"):
        life.press("links_export", kind=kind, columns=["number", "code", "email"])
    life.press("links_qr", layout=6, paper="a4", first=1, last=LINKS)
    life.press("link_show", 1)
    life.press("link_assign", 1, contact="riley@example.com", name="Riley")
    life.press("links_assign", lines="Sam, sam@example.com\nIda, ida@example.com")
    life.press("link_mail", 1)
    life.press("links_mail", count=2)
    life.worker.run()


def search(life):
    """Somebody pastes a whole link, ours and the provider's, into the search."""
    secret = made.secret_of(life.claim(1))
    for pasted in (secret.portal_url, secret.link, secret.token):
        life.read(life.staff.post(life.page("links_find"), {"find": pasted}))
    for number in (None, 1):
        name = "link_detail" if number else "links_detail"
        life.read(life.staff.get(life.page(name, number)))


def visit(life):
    """A card is claimed, and seen again; others come too late."""
    path = path_of(life.claim(1))
    browser = requests.Session()
    _looked, claimed, again = life.visit(path, "GET", "POST", "GET", browser=browser)
    life.secrets |= {
        part for c in browser.cookies for part in (c.value or "").split(".")
    }
    assert f">{made.secret_of(life.claim(1)).answer}<" in claimed.text
    assert f">{made.secret_of(life.claim(1)).answer}<" in again.text
    life.visit(path, "HEAD", "GET", "POST", "DELETE")


def change(life, sandbox):
    """Issued anew, extended, void, claimed at the provider; old links are tried."""
    old = path_of(life.claim(2))
    life.press("link_reissue", 2)
    life.remember()
    life.visit(old, "GET", "POST")
    day = (timezone.localdate() + timedelta(days=60)).isoformat()
    before = life.claim(3).last_day
    life.press("link_extend", 3, last_day=day, before=str(before))
    life.press("link_void", 4)
    life.visit(path_of(life.claim(4)), "GET", "POST")
    theirs = made.secret_of(life.claim(5))
    with elsewhere():
        assert sandbox.claim(theirs.link, theirs.answer) == 200
    count = keeping.voidable(life.claim(6).batch).exclude(number=5).count()
    life.worker.run(seconds=3 * 3600)
    assert life.claim(5).redeemed_at is not None
    life.press("links_void", count=count, typed=count)
    for wrong in (old, old[:-1], f"{old}x") * 3:
        life.visit(wrong, "GET")


def fail(life):
    """A link that cannot be read is an error of ours, with a traceback in the log."""
    broken = made.make_claim(
        life.claim(1).batch, number=LINKS + 1, reward_id=life.claim(1).reward_id
    )
    life.secrets |= secrecy.canaries([broken])
    path = path_of(broken)
    Claim.objects.filter(pk=broken.pk).update(secret_ciphertext=crypto.encrypt("[]"))
    (answer,) = life.visit(path, "POST")
    assert answer.status_code == 500
    Claim.objects.filter(pk=broken.pk).delete()


def test_nothing_that_is_kept_holds_a_link_an_answer_or_a_token(
    life, program, cvs, sandbox, tmp_path
):
    with secrecy.logged(logging.DEBUG) as log:
        arrive(life, program, cvs)
        leave(life)
        search(life)
        visit(life)
        change(life, sandbox)
        with (tmp_path / "out.txt").open("w") as out:
            call_command("rotatekeys", stdout=out)
        fail(life)
        kept = dict(secrecy.places(log.getvalue()))
    kept["mails apart from their bodies"] = "\n".join(
        f"{letter.subject} {letter.message().items()}" for letter in mail.outbox
    )
    kept["a run of the rotation"] = (tmp_path / "out.txt").read_text()

    assert len(life.secrets) > 4 * LINKS
    assert secrecy.leaks(life.secrets, kept) == []
    # All of it is really there to be found.
    assert life.order.reference in kept["the database"]
    assert '"GET /c/- HTTP/1.1" 200' in kept["the logs"]
    assert "Internal Server Error: /c/-" in kept["the logs"]
    assert "Not Found: /c/-" in kept["the logs"]
    topics = set(Message.objects.values_list("topic", flat=True))
    assert {"orders.place", "orders.collect", "orders.send_claim"} <= topics
    # And these are the secrets: they were shown where they had to be.
    shown = {text for text in life.secrets if text in life.shown}
    assert len(shown) >= LINKS
    letters = "\n".join(str(letter.body) for letter in mail.outbox)
    assert {text for text in life.secrets if text in letters}


def test_a_secret_that_is_kept_would_be_found(program, cvs, manu, as_manu):
    """The control: planted in each place, it is seen there."""
    claims = list(made.make_batch(program, cvs, manu).claims.order_by("number"))
    planted = [made.secret_of(claim) for claim in claims]
    Order.objects.update(note=planted[0].token)
    Message.objects.create(
        topic="x", key="x", payload={"a": planted[1].link}, not_before=timezone.now()
    )
    session = as_manu.session
    session["typed"] = planted[2].answer
    session.save()
    cache.set(planted[3].token, 1)
    with secrecy.logged(logging.DEBUG) as log:
        logging.getLogger("anything").debug("Seen: %s", planted[4].seed)

    found = secrecy.leaks(secrecy.canaries(claims), secrecy.places(log.getvalue()))

    assert {leak.rpartition(" in ")[2] for leak in found} == {
        "the database",
        "the sessions",
        "the cache",
        "the logs",
    }
    assert len(found) == 5
