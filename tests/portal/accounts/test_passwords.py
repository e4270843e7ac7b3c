"""A new password: who set it is in the journal, and old sessions end."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from portal.audit.actions import Action
from portal.audit.models import Entry
from tests import factories

OLD, NEW = "correct horse battery", "a longer staple of words"


@pytest.fixture(autouse=True)
def _forget_attempts():
    """Attempts are counted in the cache, which tests share."""
    cache.clear()
    yield
    cache.clear()


def change(client, old=OLD):
    typed = {"oldpassword": old, "password1": NEW, "password2": NEW}
    return client.post(reverse("account_change_password"), typed)


def test_a_changed_password_is_journalled_without_it(manu, as_manu):
    response = change(as_manu)

    entry = Entry.objects.get(action=Action.PASSWORD_CHANGED)
    assert response.status_code == 302
    assert (entry.subject_type, entry.subject_id) == ("user", str(manu.pk))
    assert entry.actor_id == str(manu.pk)
    assert entry.request_id == response["X-Request-Id"]
    assert entry.data == {}
    manu.refresh_from_db()
    assert manu.check_password(NEW)


def test_a_refused_password_is_no_act(as_manu):
    change(as_manu, old="wrong")

    assert not Entry.objects.filter(action=Action.PASSWORD_CHANGED).exists()


def test_a_changed_password_ends_every_other_session(manu, as_manu):
    elsewhere = factories.signed_in(manu)

    change(as_manu)

    assert as_manu.get(reverse("home")).status_code == 200
    assert elsewhere.get(reverse("home"))["Location"].startswith("/sign-in/")


def test_a_password_reset_by_mail_is_journalled_and_ends_sessions(
    client, manu, as_manu
):
    client.post(reverse("account_reset_password"), {"email": manu.email})
    link = re.search(r"/password/reset/key/\S+", str(mail.outbox[0].body))
    assert link
    form = client.get(link[0], follow=True)

    typed = {"password1": NEW, "password2": NEW}
    client.post(form.redirect_chain[-1][0], typed)

    entry = Entry.objects.get(action=Action.PASSWORD_CHANGED)
    assert (entry.subject_id, entry.actor_id) == (str(manu.pk), str(manu.pk))
    assert as_manu.get(reverse("home"))["Location"].startswith("/sign-in/")
