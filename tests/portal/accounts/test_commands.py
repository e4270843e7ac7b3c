import getpass
import io
import re

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.accounts.models import User
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.permissions import Role


def create(**options) -> str:
    out = io.StringIO()
    given = {"email": "first@example.com", "name": "First", **options}
    call_command("createadministrator", stdout=out, **given)
    return out.getvalue()


def test_createadministrator_prints_a_link_that_sets_the_password(client, db):
    path = create(link=True).partition("http://127.0.0.1:8000")[2].strip()

    form_url = client.get(path)["Location"]
    typed = {"password1": "seven green kettles", "password2": "seven green kettles"}
    client.post(form_url, typed)

    user = User.objects.get()
    assert user.organisation_role == Role.ADMINISTRATOR
    assert user.check_password("seven green kettles")
    assert (
        client.post(
            reverse("account_login"),
            {"login": "first@example.com", "password": "seven green kettles"},
        ).status_code
        == 302
    )


def test_createadministrator_is_journalled_without_personal_data(db):
    create(link=True)

    entry = Entry.objects.get(action=Action.PERSON_CREATED)
    assert (entry.actor_kind, entry.actor_id) == ("command", "createadministrator")
    assert entry.data == {"role": "administrator"}


def test_createadministrator_asks_for_the_password_twice(db, monkeypatch):
    answer_prompts(monkeypatch, "seven green kettles", "seven green kettles")

    create()

    assert User.objects.get().check_password("seven green kettles")


@pytest.mark.parametrize(
    ("answers", "problem"),
    [(["short"], "too short"), (["seven green kettles", "six"], "differ")],
)
def test_createadministrator_refuses_a_bad_password(db, monkeypatch, answers, problem):
    answer_prompts(monkeypatch, *answers)

    with pytest.raises(CommandError, match=problem):
        create()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [{"email": "nonsense"}, {"email": "x" * 150 + "@example.com"}, {"name": "x" * 101}],
)
def test_createadministrator_refuses_bad_input(db, bad):
    with pytest.raises(CommandError):
        create(link=True, **bad)
    assert not User.objects.exists()


def test_createadministrator_refuses_a_taken_address(db):
    create(link=True)

    with pytest.raises(CommandError, match="is here"):
        create(link=True, email="FIRST@example.com")


def test_createadministrator_without_a_terminal_says_what_to_do(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with pytest.raises(CommandError, match="--link"):
        create()


def test_newkeys_prints_usable_lines_for_the_environment_file():
    out = io.StringIO()
    call_command("newkeys", stdout=out)

    lines = dict(re.findall(r"^(\w+)=(\S+)$", out.getvalue(), re.M))

    assert set(lines) == {"SECRET_KEY", "DIGEST_KEY", "ENCRYPTION_KEYS"}
    assert len(lines["SECRET_KEY"]) >= 50
    assert Fernet(lines["ENCRYPTION_KEYS"])
    assert lines["SECRET_KEY"] != lines["DIGEST_KEY"]


def answer_prompts(monkeypatch, *answers: str) -> None:
    """A terminal at which somebody types these."""
    left = list(answers)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: left.pop(0))
