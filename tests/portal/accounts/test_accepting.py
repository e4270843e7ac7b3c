import threading
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from portal.accounts import invitations
from portal.accounts.models import Invitation, User, actor_of
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.permissions import Role
from tests import factories
from tests.portal.accounts.inviting import CHOSEN, invite, mailed_path


def test_accepting_makes_a_user_who_can_sign_in(adam, client):
    invite(adam, organisation_role=Role.AUDITOR)
    path = mailed_path()

    response = client.post(path, CHOSEN)

    user = User.objects.get(email="nora@example.com")
    assert response.status_code == 302
    assert response["Location"] == reverse("account_login")
    assert user.name == "Nora Newman"
    assert user.organisation_role == Role.AUDITOR
    assert user.check_password(CHOSEN["password"])
    entry = Entry.objects.get(action=Action.INVITATION_ACCEPTED)
    assert entry.actor_id == str(user.pk)
    assert entry.data == {"user": user.pk, "role": "auditor"}


def test_looking_at_the_link_uses_nothing_up(adam, client):
    invite(adam)
    path = mailed_path()

    for _ in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200

    assert Invitation.objects.get().accepted_at is None


def test_a_link_works_once(adam, client):
    invite(adam)
    path = mailed_path()
    client.post(path, CHOSEN)

    again = client.post(path, {**CHOSEN, "name": "Thief"})

    assert again.status_code == 404
    assert User.objects.get(email="nora@example.com").name == "Nora Newman"


def test_a_link_stops_after_its_day(adam, client, settings):
    invite(adam)
    path = mailed_path()

    with travel(timezone.now() + timedelta(days=settings.INVITATION_DAYS, seconds=1)):
        late = client.post(path, CHOSEN)

    assert late.status_code == 404
    assert not User.objects.filter(email="nora@example.com").exists()


def test_unknown_used_revoked_and_expired_links_look_alike(adam, client):
    used, revoked, expired = (
        invite(adam, email=f"{word}@example.com")
        for word in ("used", "revoked", "expired")
    )
    paths = [
        invitations.link_of(i).partition(":8000")[2] for i in (used, revoked, expired)
    ]
    client.post(paths[0], CHOSEN)
    client.get(reverse("account_login"))  # takes the message of the success
    invitations.revoke(revoked, actor=actor_of(adam))
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now())

    answers = [
        client.get(path)
        for path in [*paths, reverse("invitation_accept", args=["A" * 32])]
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"password": ""}, "password"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "qwerty123456", "again": "qwerty123456"}, "password"),
        ({"password": "nora@example.com", "again": "nora@example.com"}, "password"),
        ({"again": "seven red kettles"}, "again"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused(adam, client, changed, field):
    invite(adam)

    response = client.post(mailed_path(), {**CHOSEN, **changed})

    assert response.status_code == 422
    assert next(iter(response.context["form"].errors)) == field
    assert CHOSEN["password"] not in response.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_spaces_belong_to_a_password(adam, client):
    invite(adam)
    spaced = " seven green kettles "

    client.post(mailed_path(), {**CHOSEN, "password": spaced, "again": spaced})

    user = User.objects.get(email="nora@example.com")
    assert user.check_password(spaced)
    assert not user.check_password(spaced.strip())


def test_somebody_with_the_address_who_came_another_way_is_left_alone(adam, client):
    invite(adam)
    path = mailed_path()
    factories.make_user("Nora")

    assert client.post(path, CHOSEN).status_code == 404
    assert User.objects.filter(email="nora@example.com").count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_twice_at_once_makes_one_user():
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    token = invitations.link_of(invite(adam)).strip("/").rpartition("/")[2]
    start, refused = threading.Barrier(2), []

    def accept(name: str) -> None:
        hashed = make_password(CHOSEN["password"])
        start.wait()
        try:
            invitations.accept(token, name=name, hashed_password=hashed)
        except invitations.NotOpen:
            refused.append(name)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[n]) for n in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert User.objects.get(email="nora@example.com").name not in refused
    assert Entry.objects.filter(action=Action.INVITATION_ACCEPTED).count() == 1
