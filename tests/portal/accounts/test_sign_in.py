import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from portal.accounts import people
from portal.accounts.models import actor_of
from portal.audit.actions import Action
from portal.audit.models import Entry

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _forget_attempts():
    """Sign-ins are counted per address in the cache, which tests share."""
    cache.clear()
    yield
    cache.clear()


def sign_in(client, email: str, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_signing_in_is_journalled_with_its_request(client, manu):
    response = sign_in(client, "Manu@Example.com")

    entry = Entry.objects.get(action=Action.SIGNED_IN)
    assert response.status_code == 302
    assert (entry.subject_type, entry.subject_id) == ("user", str(manu.pk))
    assert entry.actor_id == str(manu.pk)
    assert entry.request_id == response["X-Request-Id"]
    assert entry.data == {}


@pytest.mark.parametrize(
    ("email", "password"),
    [("manu@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("", "")],
)
def test_a_failed_sign_in_is_none(client, manu, email, password):
    sign_in(client, email, password)

    assert "_auth_user_id" not in client.session
    assert not Entry.objects.filter(action=Action.SIGNED_IN).exists()


def test_a_deactivated_person_cannot_sign_in(client, manu, adam):
    people.deactivate(manu, actor=actor_of(adam))

    sign_in(client, "manu@example.com")

    assert "_auth_user_id" not in client.session
    assert not Entry.objects.filter(action=Action.SIGNED_IN).exists()


def test_guessing_passwords_is_stopped(client, manu):
    answers = [sign_in(client, "manu@example.com", f"guess {n}") for n in range(8)]

    assert "Too many failed" in answers[-1].content.decode()
    assert sign_in(client, "manu@example.com").status_code == 200
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client, db):
    response = client.post(
        reverse("account_signup"),
        {"email": "me@example.com", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert response.status_code == 200
    assert "closed" in response.templates[0].name


def test_a_forgotten_password_is_reset_by_mail(client, manu):
    client.post(reverse("account_reset_password"), {"email": "manu@example.com"})

    assert mail.outbox[0].to == ["manu@example.com"]
    assert "/password/reset/key/" in mail.outbox[0].body
