"""The commands people type: make, the demonstration, and what they refuse."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from orders.management.commands import demo
from orders.models import Order, Shipment
from portal.accounts.models import User
from portal.audit import journal
from portal.outbox import dispatch
from portal.permissions import Role
from portal.provider.sandbox.launch import Sandbox
from programs import consent
from programs.models import ConsentEntry, Product, Program, Recipient
from tests.sources import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demonstration(sandbox: Sandbox, settings: Settings) -> str:
    settings.DEMO = True
    return _run("demo")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_demo_makes_people_who_can_sign_in(demonstration):
    for role in ("manager", "approver", "auditor", "administrator"):
        email = f"{role}@example.com"
        assert email in demonstration
        form = {"login": email, "password": demo.PASSWORD}

        answer = Client().post("/sign-in/", form)

        assert answer.status_code == 302
        assert answer["Location"] == "/"


def test_demo_makes_programs_products_and_recipients(demonstration):
    survey = Program.objects.get(name="Spring Survey")

    assert survey.available == survey.money(500_000)
    assert survey.approval_rule == Program.ApprovalRule.ALWAYS
    assert Product.objects.filter(provider_id="CVS").exists()
    standing = {
        recipient.email: consent.allows(
            recipient, ConsentEntry.Channel.SMS, program=survey
        ).allowed
        for recipient in Recipient.objects.filter(programs=survey)
    }
    assert standing == {
        "riley.carter@example.com": True,
        "jordan.lee@example.com": False,
        "noor.haddad@example.com": False,
        "sam.whitfield@example.com": False,
    }
    assert journal.verify().first_bad is None


def test_demo_buys_claim_links_once_their_hold_is_over(demonstration, sandbox):
    order = Order.objects.get(type="Links")
    assert (order.status, order.links.label) == ("approved", "Summer fair")
    sandbox.settings(sent_after=0)

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        dispatch.drain()

    order.refresh_from_db()
    assert order.status == "completed"
    assert order.links.claims.good().count() == 12


def test_demo_posts_a_card_once_its_hold_is_over(demonstration, sandbox):
    parcel = Shipment.objects.get()
    assert parcel.status == "planned"
    sandbox.settings(sent_after=0)

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        dispatch.drain()

    parcel.refresh_from_db()
    assert parcel.status == "sent to fulfilment"
    assert parcel.arrives_by is not None


def test_demo_lets_nobody_both_send_and_approve(demonstration):
    survey = Program.objects.get(name="Spring Survey")

    for user in User.objects.all():
        roles = {m.role for m in survey.memberships.filter(user=user)}
        assert not {Role.MANAGER, Role.APPROVER} <= roles


def test_demo_again_changes_nothing(demonstration):
    before = journal.verify()

    again = _run("demo")

    assert again == demonstration
    assert journal.verify() == before


def test_demo_is_refused_for_real(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO is off"):
        _run("demo")

    assert not User.objects.exists()


def test_demo_says_when_the_provider_cannot_be_read(settings, sandbox):
    settings.PROVIDER_ACCESS_TOKEN = "wrong"

    with pytest.raises(CommandError, match="provider"):
        _run("demo")


def test_rundemo_is_refused_for_real(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO is off"):
        _run("rundemo")


def test_rundemo_names_the_port_that_is_taken(settings, taken_port):
    settings.SITE_URL = f"http://127.0.0.1:{taken_port}"

    with pytest.raises(CommandError, match=rf"Port {taken_port} is taken.*PORT="):
        _run("rundemo")


def test_new_keys_satisfy_the_checks(settings):
    for line in _run("newkeys").splitlines():
        name, _, value = line.partition("=")
        setattr(settings, name, value.split(",") if name.endswith("KEYS") else value)

    assert [e for e in run_checks() if e.id in {"laurel.E001", "laurel.E002"}] == []


def test_make_help_names_every_target():
    targets = [
        line.removeprefix(".PHONY:").split()
        for line in (ROOT / "Makefile").read_text().splitlines()
        if line.startswith(".PHONY:")
    ]

    listed = _make("help").stdout

    assert [name for name in targets[0] if f"make {name}" not in listed] == []


def test_make_says_when_there_is_no_python(tmp_path):
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)

    result = _make("run", "PYTHON=nowhere", folder=str(tmp_path))

    assert result.returncode != 0
    assert "No Python >= 3.11 at nowhere" in result.stdout


def _run(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def _make(*arguments: str, folder: str = str(ROOT)) -> subprocess.CompletedProcess[str]:
    make = shutil.which("make")
    assert make
    environment = {**os.environ, "MAKEFLAGS": ""}
    return subprocess.run(
        [make, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
