"""The pages about keys: a secret is shown once, and what is typed is kept."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.audit.models import Entry
from portal.permissions import Role
from programs import keys
from programs.models import ApiKey, Program
from tests import factories
from tests.programs.keys.made import make_key

LIST = "/developers/keys/"
NEW = "/developers/keys/new/"


@pytest.fixture
def typed(program):
    return {
        "name": "Referral tool",
        "program": str(program.pk),
        "mode": "test",
        "scopes": ["events:write", "events:read"],
        "networks": "203.0.113.7, 10.1.2.3/8",
        "expires_on": "2027-03-01",
        "rate_per_minute": "120",
    }


@pytest.fixture(autouse=True)
def _march(settings, time_machine):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    time_machine.move_to(datetime(2026, 3, 1, 15, tzinfo=UTC))


def secret_in(page) -> str:
    found = re.search(r"lrl_(?:live|test)_[0-9a-f]{48}", page.text)
    assert found
    return found[0]


def test_a_new_key_is_made_with_what_was_typed(as_manu, typed, program):
    page = as_manu.post(NEW, typed)

    key = ApiKey.objects.get()
    secret = secret_in(page)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert f"export LAUREL_KEY={secret}" in page.text
    assert keys.with_secret(ApiKey.objects.all(), secret) == key
    assert (key.program, key.mode) == (program, "test")
    assert key.scopes == ["events:write", "events:read"]
    assert key.networks == ["203.0.113.7/32", "10.0.0.0/8"]
    assert key.rate_per_minute == 120
    # The midnight after the last day in New York.
    assert key.expires_at == datetime(2027, 3, 2, 5, tzinfo=UTC)


def test_the_secret_is_on_no_other_page(as_manu, typed):
    secret = secret_in(as_manu.post(NEW, typed))
    key = ApiKey.objects.get()

    for url in (LIST, f"{LIST}{key.pk}/", f"{LIST}{key.pk}/edit/"):
        page = as_manu.get(url)
        assert secret not in page.text
    assert f"…{secret[-4:]}" in as_manu.get(LIST).text


def test_the_form_suggests_all_it_can(as_manu, program):
    page = as_manu.get(NEW)

    form = page.context["form"]
    assert form["name"].value() == "Key of Manu"
    assert [str(label) for _pk, label in form.fields["program"].choices] == ["Spring"]
    assert form["mode"].value() == "test"
    assert form["scopes"].value() == ["events:write"]
    assert form["expires_on"].value().isoformat() == "2027-03-01"
    assert form["rate_per_minute"].value() == 600


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("name", "", "This field is required"),
        ("scopes", [], "Tick at least one."),
        ("scopes", ["everything"], "not one of the available choices"),
        ("networks", "somewhere", "“somewhere” is no network"),
        ("expires_on", "2026-02-28", "Choose today or a later day."),
        ("rate_per_minute", "0", "greater than or equal to 1"),
        ("mode", "both", "not one of the available choices"),
        ("program", "0", "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(as_manu, typed, field, wrong, said):
    page = as_manu.post(NEW, typed | {field: wrong})

    assert page.status_code == 422
    assert said in page.text
    assert 'value="120"' in page.text or field == "rate_per_minute"
    assert not ApiKey.objects.exists()


def test_a_closed_program_gets_no_key(as_manu, typed, program):
    Program.objects.update(status=Program.Status.CLOSED)

    assert as_manu.post(NEW, typed).status_code == 422


def test_a_live_key_wants_the_password_once_more(manu, typed):
    client = Client()
    client.force_login(manu)

    answer = client.post(NEW, typed | {"mode": "live"})

    assert answer.status_code == 303
    assert answer["Location"].startswith("/confirm/")
    assert not ApiKey.objects.exists()
    # What was typed waits.
    form = client.get(NEW).context["form"]
    assert form["rate_per_minute"].value() == "120"


def test_a_test_key_is_made_without_another_password(manu, typed):
    client = Client()
    client.force_login(manu)

    assert client.post(NEW, typed).status_code == 200
    assert ApiKey.objects.get().is_test


def test_editing_changes_what_was_chosen(as_manu, program, manu, typed):
    key, _secret = make_key(program, manu)

    answer = as_manu.post(
        f"{LIST}{key.pk}/edit/", typed | {"name": "CRM", "version": "1"}
    )

    key.refresh_from_db()
    assert answer.status_code == 303
    assert (key.name, key.rate_per_minute, key.version) == ("CRM", 120, 2)
    assert key.scopes == ["events:write", "events:read"]


def test_what_is_stored_goes_through_the_form_unchanged(as_manu, typed):
    as_manu.post(NEW, typed)
    key = ApiKey.objects.get()
    form = as_manu.get(f"{LIST}{key.pk}/edit/").context["form"]
    shown = {
        name: form[name].value()
        for name in ("name", "scopes", "networks", "expires_on", "rate_per_minute")
    }

    as_manu.post(f"{LIST}{key.pk}/edit/", shown | {"version": "1"})

    key.refresh_from_db()
    assert key.version == 1


def test_an_expired_key_can_be_edited_without_a_new_day(
    program, manu, typed, time_machine
):
    day = datetime(2026, 3, 2, 5, tzinfo=UTC)
    key, _secret = make_key(program, manu, expires_at=day)
    time_machine.move_to(datetime(2026, 5, 1, tzinfo=UTC))
    changed = typed | {"expires_on": "2026-03-01", "version": "1", "name": "Old"}

    answer = factories.signed_in(manu).post(f"{LIST}{key.pk}/edit/", changed)

    key.refresh_from_db()
    assert answer.status_code == 303
    assert (key.name, key.expires_at) == ("Old", day)


def test_a_stale_form_shows_both_and_saves_nothing(as_manu, program, manu, typed):
    key, _secret = make_key(program, manu)
    url = f"{LIST}{key.pk}/edit/"
    as_manu.post(url, typed | {"name": "First", "version": "1"})

    page = as_manu.post(url, typed | {"name": "Second", "version": "1"})

    key.refresh_from_db()
    assert page.status_code == 409
    assert "<del>First</del>" in page.text
    assert "<ins>Second</ins>" in page.text
    assert key.name == "First"
    assert as_manu.post(
        url, typed | {"name": "Second", "version": "2"}
    ).status_code == (303)


def test_rotating_shows_the_new_secret_and_when_the_old_one_ends(
    as_manu, program, manu
):
    key, old = make_key(program, manu)
    data = {"overlap": "168", "expires_on": "2027-03-01", "version": "1"}

    page = as_manu.post(f"{LIST}{key.pk}/rotate/", data)

    new = secret_in(page)
    assert new != old
    assert f"…{old[-4:]}" in page.text
    assert "8 Mar 2026" in page.text
    detail = as_manu.get(f"{LIST}{key.pk}/").text
    assert "Replaced" in detail
    assert "8 Mar 2026" in detail


def test_rotating_twice_from_one_page_makes_one_secret(as_manu, program, manu):
    key, _old = make_key(program, manu)
    data = {"overlap": "24", "expires_on": "", "version": "1"}
    as_manu.post(f"{LIST}{key.pk}/rotate/", data)

    again = as_manu.post(f"{LIST}{key.pk}/rotate/", data)

    assert again.status_code == 409
    assert "The key changed meanwhile" in again.text
    assert key.secrets.count() == 2


def test_revoking_is_asked_once_more(as_adam, program, manu):
    key, secret = make_key(program, manu)
    url = f"{LIST}{key.pk}/revoke/"

    assert "at once and for good" in as_adam.get(url).text
    assert keys.with_secret(ApiKey.objects.all(), secret)
    answer = as_adam.post(url)

    assert answer.status_code == 303
    assert keys.with_secret(ApiKey.objects.all(), secret) is None
    assert "Revoked" in as_adam.get(answer["Location"]).text
    assert "It was revoked already" in as_adam.get(url).text


@pytest.mark.parametrize("act", ["edit", "rotate"])
def test_a_revoked_key_is_neither_edited_nor_rotated(
    as_manu, program, manu, manager, typed, act
):
    key, _secret = make_key(program, manu)
    keys.revoke(key, actor=manager)
    data = typed | {"overlap": "24", "version": "2"}

    answer = as_manu.post(f"{LIST}{key.pk}/{act}/", data, follow=True)

    assert "This key is revoked, which is for good." in answer.text
    assert key.secrets.count() == 1


def test_the_list_tells_what_one_looks_for(as_audra, program, manu, manager):
    key, secret = make_key(program, manu, networks=("203.0.113.0/24",))
    key.secrets.update(last_used_at=timezone.now() - timedelta(days=2))
    make_key(program, manu, mode="live", expires_at=timezone.now() + timedelta(days=9))
    gone, _secret = make_key(program, manu, name="Gone", expires_at=None)
    keys.revoke(gone, actor=manager)

    page = as_audra.get(LIST)

    shown = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert (
        f"Referral tool Spring Test …{secret[-4:]} Report events 27 Feb 2026" in shown
    )
    assert "Live" in shown
    assert "Expires soon" in shown
    assert "Gone" not in shown
    assert "New key" not in shown
    assert "Gone" in as_audra.get(LIST, {"revoked": "on"}).text
    live = as_audra.get(LIST, {"mode": "live"}).context["rows"]
    assert [row.key.mode for row in live] == ["live"]


def test_keys_of_other_programs_are_not_there(program, manu, adam):
    other = factories.make_program("Autumn", funded=1, funded_by=adam)
    stranger = factories.make_member("Stan", other, Role.MANAGER)
    key, _secret = make_key(program, manu)
    client = factories.signed_in(stranger)

    assert list(client.get(LIST).context["rows"]) == []
    for act in ("", "edit/", "rotate/", "revoke/"):
        assert client.get(f"{LIST}{key.pk}/{act}").status_code == 404


def test_the_journal_tells_what_was_done_to_a_key(as_manu, program, manu, manager):
    key, _secret = make_key(program, manu)
    keys.revoke(key, actor=manager)

    page = as_manu.get(f"{LIST}{key.pk}/")

    assert "Key created" in page.text
    assert "Key revoked" in page.text
    assert Entry.objects.filter(subject_type="apikey").count() == 2
