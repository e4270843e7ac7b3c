from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import invitations
from portal.accounts.models import Invitation, User, actor_of
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.outbox.models import Message
from tests import factories
from tests.portal.accounts.inviting import CHOSEN, TYPED, invite, mailed_path

# Inviting


def test_invitation_create_mails_a_link(as_adam):
    response = as_adam.post(reverse("invitation_create"), TYPED)

    assert response.status_code == 303
    path = mailed_path()
    assert mail.outbox[0].to == ["nora@example.com"]
    assert "Adam invites you" in mail.outbox[0].body
    assert isinstance(mail.outbox[0], EmailMultiAlternatives)
    assert path in str(mail.outbox[0].alternatives[0][0])


def test_the_link_is_nowhere_but_in_the_mail(as_adam):
    as_adam.post(reverse("invitation_create"), TYPED)
    token = mailed_path().strip("/").rpartition("/")[2]

    stored = Invitation.objects.get()
    page = as_adam.get(reverse("person_list")).content.decode()

    assert token not in page
    assert token not in f"{stored.token_digest} {stored.token_ciphertext}"
    assert token not in str(list(Message.objects.values()))
    assert token not in str(list(Entry.objects.values()))


def test_inviting_is_journalled_without_personal_data(as_adam, adam):
    as_adam.post(
        reverse("invitation_create"), {**TYPED, "organisation_role": "auditor"}
    )

    entry = Entry.objects.get(action=Action.PERSON_INVITED)

    assert entry.actor_id == str(adam.pk)
    assert entry.data == {"role": "auditor"}
    assert Message.objects.get().payload == {"invitation": Invitation.objects.get().pk}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "no address"),
        ("email", "x" * 145 + "@example.com"),
        ("email", "a\x00b@example.com"),
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 101),
        ("organisation_role", "manager"),
    ],
)
def test_invitation_create_refuses_bad_input_and_keeps_the_rest(as_adam, field, value):
    response = as_adam.post(reverse("invitation_create"), {**TYPED, field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Invitation.objects.exists()
    other = "name" if field == "email" else "email"
    assert TYPED[other] in response.content.decode()


def test_somebody_who_is_here_is_not_invited(as_adam, manu):
    typed = {**TYPED, "email": "MANU@example.com"}

    response = as_adam.post(reverse("invitation_create"), typed)

    assert response.status_code == 422
    assert "is here" in response.content.decode()


def test_an_address_is_invited_once_at_a_time(as_adam, adam):
    invite(adam)

    response = as_adam.post(
        reverse("invitation_create"), {**TYPED, "email": "Nora@Example.com"}
    )

    assert response.status_code == 422
    assert "invited already" in response.content.decode()
    assert Invitation.objects.count() == 1


def test_what_was_typed_survives_an_expired_sign_in(as_adam, adam):
    as_adam.get(reverse("person_list"))
    as_adam.session.flush()
    as_adam.cookies.pop("sessionid", None)
    as_adam.post(reverse("invitation_create"), TYPED)
    as_adam.post(
        reverse("account_login"),
        {"login": "adam@example.com", "password": "correct horse battery"},
    )

    page = as_adam.get(reverse("invitation_create")).content.decode()

    assert "nora@example.com" in page
    assert not Invitation.objects.exists()


# Sending again and revoking


def test_sending_again_replaces_the_link(as_adam, adam, client):
    invitation = invite(adam)
    old = mailed_path()

    as_adam.post(reverse("invitation_resend", args=[invitation.pk]))
    new = mailed_path()

    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert len(mail.outbox) == 2


def test_sending_again_revives_an_expired_invitation(as_adam, adam, client):
    invitation = invite(adam)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    as_adam.post(reverse("invitation_resend", args=[invitation.pk]))

    assert client.get(mailed_path()).status_code == 200


def test_a_revoked_link_opens_nothing(as_adam, adam, client):
    invitation = invite(adam)
    path = mailed_path()

    as_adam.post(reverse("invitation_revoke", args=[invitation.pk]))

    assert client.get(path).status_code == 404
    assert client.post(path, CHOSEN).status_code == 404
    assert not User.objects.filter(email="nora@example.com").exists()
    assert Entry.objects.filter(action=Action.INVITATION_REVOKED).count() == 1


def test_revoking_twice_is_one_act(as_adam, adam):
    url = reverse("invitation_revoke", args=[invite(adam).pk])

    as_adam.post(url)
    as_adam.post(url)
    page = as_adam.get(reverse("person_list")).content.decode()

    assert "accepted or revoked meanwhile" in page
    assert Entry.objects.filter(action=Action.INVITATION_REVOKED).count() == 1


def test_a_revoked_invitation_is_not_mailed(adam):
    invitation = invite(adam)
    invitations.revoke(invitation, actor=actor_of(adam))

    dispatch.drain()

    assert mail.outbox == []
    assert Message.objects.get().status == Message.Status.DONE


def test_a_revoked_address_can_be_invited_anew(adam):
    invitations.revoke(invite(adam), actor=actor_of(adam))

    invite(adam)

    assert Invitation.objects.count() == 2


def test_a_lost_key_leaves_the_mail_stuck_with_its_reason(adam, settings):
    invite(adam)
    settings.ENCRYPTION_KEYS = ["b3RoZXItLWtleS1vZi10aGlydHktdHdvLWJ5dGVzLS0="]

    dispatch.drain()

    message = Message.objects.get()
    assert message.status == Message.Status.STUCK
    assert "ENCRYPTION_KEYS" in message.problem


def test_a_mail_server_that_is_away_is_tried_again(adam, settings):
    invite(adam)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    dispatch.drain()

    message = Message.objects.get()
    assert message.status == Message.Status.WAITING
    assert message.failures == 1
    assert "ConnectionRefusedError" in message.problem
    assert "nora" not in message.problem


@pytest.mark.parametrize("name", ["manu", "audra", "otto"])
def test_only_administrators_touch_invitations(request, adam, name):
    invitation = invite(adam)
    client: Client = factories.signed_in(request.getfixturevalue(name))

    for url_name in ("invitation_resend", "invitation_revoke"):
        url = reverse(url_name, args=[invitation.pk])
        assert client.post(url).status_code == 404
