"""Keys rotate while everything is read; then the old one opens nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from orders.claims import sealing
from orders.models import Claim, Endpoint
from portal import crypto, rotation
from portal.audit import journal
from portal.audit.models import Entry
from portal.provider.models import BearerToken
from programs import preferences
from programs.models import Recipient
from tests.orders.claims import made
from tests.orders.killing import database_url
from tests.sources import ROOT
from tests.world import make_world

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
# How every token of Fernet begins, whatever it holds.
MARK = "gAAAAA"


@pytest.fixture(autouse=True)
def _old_key(settings):
    settings.ENCRYPTION_KEYS = [OLD]


@pytest.fixture
def batch(program, cvs, manu):
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    return made.make_batch(program, cvs, manu, quantity=5)


def rotate():
    out = StringIO()
    call_command("rotatekeys", stdout=out)
    return out.getvalue()


def make_people(count):
    """People with preferences links, whose tokens are their numbers."""
    return Recipient.objects.bulk_create(
        Recipient(
            name=f"P{number}",
            email=f"p{number}@example.com",
            preferences_digest=f"{number:064}",
            preferences_ciphertext=crypto.encrypt(str(number)),
        )
        for number in range(count)
    )


def opened():
    """What every preferences link of `make_people` says, by the keys of now."""
    rows = Recipient.objects.order_by("pk")
    return [
        crypto.decrypt(text)
        for text in rows.values_list("preferences_ciphertext", flat=True)
    ]


def under(key, settings):
    """How many of them this key opens alone."""
    settings.ENCRYPTION_KEYS, keys = [key], settings.ENCRYPTION_KEYS
    count = 0
    for text in Recipient.objects.values_list("preferences_ciphertext", flat=True):
        try:
            crypto.decrypt(text)
        except crypto.Undecipherable:
            continue
        count += 1
    settings.ENCRYPTION_KEYS = keys
    return count


def test_what_is_encrypted_stands_in_columns_named_so_and_nothing_else_does(db):
    """Or a rotation would pass it by, and the old key could never be thrown away."""
    world = make_world()
    preferences.page_url(world.shared)
    value = crypto.encrypt("token")
    BearerToken.objects.create(credentials_digest="x", value_ciphertext=value)
    Endpoint.objects.update(old_secret_ciphertext=value)
    holding = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {quoted}")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                holding |= {
                    f"{table}.{column}"
                    for column, cell in zip(columns, row, strict=True)
                    if MARK in str(cell)
                }

    assert holding == {tally.name for tally in rotation.tallies()}
    for tally in rotation.tallies():
        filled = tally.model._base_manager.exclude(**{tally.column: ""})
        for text in filled.values_list(tally.column, flat=True):
            assert crypto.decrypt(text)


def test_no_append_only_table_holds_ciphertext(db):
    """Its rows could not be encrypted anew."""
    by_engine = {
        "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT event_object_table FROM information_schema.triggers",
    }
    with connection.cursor() as cursor:
        cursor.execute(by_engine[connection.vendor])
        append_only = {table for (table,) in cursor.fetchall()}

    assert "orders_handedout" in append_only
    rotated = {tally.model._meta.db_table for tally in rotation.tallies()}
    assert append_only & rotated == set()


def test_everything_comes_under_the_new_key_and_the_old_one_is_useless(batch, settings):
    make_people(450)
    secrets = {claim.pk: made.secret_of(claim) for claim in Claim.objects.all()}
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    said = rotate()

    assert "programs_recipient.preferences_ciphertext: 450 of 450 renewed" in said
    assert "orders_claim.secret_ciphertext: 5 of 5 renewed" in said
    assert "Remove the old ones." in said
    settings.ENCRYPTION_KEYS = [NEW]
    assert opened() == [str(number) for number in range(450)]
    for claim in Claim.objects.all():
        assert made.secret_of(claim) == secrets[claim.pk]
    assert under(OLD, settings) == 0
    settings.ENCRYPTION_KEYS = [OLD]
    for claim in Claim.objects.all():
        with pytest.raises(crypto.Undecipherable):
            sealing.unseal(claim.secret_ciphertext)


def test_a_rotation_is_one_entry_of_the_journal_with_counts(batch, settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    before = Entry.objects.count()

    rotate()

    entry = Entry.objects.latest("sequence")
    assert Entry.objects.count() == before + 1
    assert (entry.action, entry.actor_id) == ("keys.rotated", "rotatekeys")
    assert entry.data["renewed"]["orders_claim.secret_ciphertext"] == 5
    assert entry.data["stayed"] == {}
    assert journal.verify().first_bad is None


def test_an_empty_installation_rotates_too(db, settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    rotate()

    assert Entry.objects.get().action == "keys.rotated"


def test_a_second_run_finds_nothing_to_do(batch, settings):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    rotate()
    before = list(Claim.objects.order_by("pk").values_list("secret_ciphertext"))

    said = rotate()

    assert "orders_claim.secret_ciphertext: 0 of 5 renewed" in said
    assert list(Claim.objects.order_by("pk").values_list("secret_ciphertext")) == before


def test_what_no_key_opens_is_named_and_fails_the_run(settings, db):
    make_people(3)
    settings.ENCRYPTION_KEYS = [OTHER]
    lost = Recipient.objects.earliest("pk")
    secret = crypto.encrypt("CANARY")
    Recipient.objects.filter(pk=lost.pk).update(preferences_ciphertext=secret)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    out = StringIO()

    with pytest.raises(CommandError, match="1 stayed as they were"):
        call_command("rotatekeys", stdout=out)

    assert f"no key opens: 1 (id {lost.pk})" in out.getvalue()
    assert secret not in out.getvalue()
    assert under(NEW, settings) == 2
    entry = Entry.objects.latest("sequence")
    assert entry.data["stayed"] == {"programs_recipient.preferences_ciphertext": 1}


@pytest.mark.parametrize("key", [OLD, NEW], ids=["old", "new"])
def test_a_change_in_between_is_never_overwritten(settings, db, monkeypatch, key):
    """Also one by a process that does not know the new key yet."""
    make_people(2)
    first = Recipient.objects.earliest("pk")
    settings.ENCRYPTION_KEYS = [key]
    changed = crypto.encrypt("changed")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    swap, swaps = rotation._swap, list[object]()

    def interfere(tally, wanted):
        if not swaps:
            Recipient.objects.filter(pk=first.pk).update(preferences_ciphertext=changed)
        swaps.append(wanted)
        return swap(tally, wanted)

    monkeypatch.setattr(rotation, "_swap", interfere)
    rotate()

    settings.ENCRYPTION_KEYS = [NEW]
    assert opened() == ["changed", "1"]


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite locks the whole database"
)
@pytest.mark.django_db(transaction=True)
def test_a_row_somebody_holds_is_left_and_not_waited_for(settings, monkeypatch):
    held = make_people(3)[0]
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    monkeypatch.setattr(rotation, "_TRIES", 2)
    is_held, may_go = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Recipient.objects.select_for_update().get(pk=held.pk)
            is_held.set()
            may_go.wait()
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait()
    out = StringIO()
    try:
        with pytest.raises(CommandError, match="1 stayed"):
            call_command("rotatekeys", stdout=out)
    finally:
        may_go.set()
        thread.join()

    assert f"in use the whole time: 1 (id {held.pk})" in out.getvalue()
    assert under(NEW, settings) == 2
    assert "preferences_ciphertext: 1 of 3 renewed" in rotate()


@pytest.mark.django_db(transaction=True)
def test_nobody_who_reads_meanwhile_notices(batch, settings):
    make_people(2_000)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    over, reads, failures = threading.Event(), [], []

    def read():
        while not over.is_set():
            try:
                for claim in Claim.objects.order_by("pk"):
                    sealing.unseal(claim.secret_ciphertext)
                rows = Recipient.objects.order_by("?")[:50]
                for text in rows.values_list("preferences_ciphertext", flat=True):
                    crypto.decrypt(text)
                reads.append(1)
            except Exception as error:
                failures.append(error)
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        rotate()
    finally:
        over.set()
        reader.join()

    assert failures == []
    assert len(reads) > 1
    settings.ENCRYPTION_KEYS = [NEW]
    assert len(opened()) == 2_000


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_a_run_killed_in_the_middle_is_begun_again(settings):
    make_people(6_000)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "ENCRYPTION_KEYS": f"{NEW},{OLD}",
    }
    command = [sys.executable, "manage.py", "rotatekeys"]
    first = Recipient.objects.earliest("pk")
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    ) as run:
        before = first.preferences_ciphertext
        while first.preferences_ciphertext == before:
            assert run.poll() is None
            time.sleep(0.01)
            first.refresh_from_db()
        run.send_signal(signal.SIGKILL)

    settings.ENCRYPTION_KEYS = [NEW, OLD]
    renewed = under(NEW, settings)
    assert 0 < renewed < 6_000
    assert not Entry.objects.filter(action="keys.rotated").exists()
    expected = [str(number) for number in range(6_000)]
    assert opened() == expected

    assert f"{6_000 - renewed:,} of 6,000 renewed" in rotate()
    settings.ENCRYPTION_KEYS = [NEW]
    assert opened() == expected
