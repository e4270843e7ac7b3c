import threading

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from portal.accounts import people
from portal.accounts.models import User, actor_of
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.permissions import Role
from programs.models import Membership
from tests import factories


def last_entry() -> Entry:
    entry = Entry.objects.order_by("-sequence").first()
    assert entry is not None
    return entry


@pytest.fixture
def ana(db):
    return factories.make_user("Ana", organisation_role=Role.ADMINISTRATOR)


# The list


def test_person_list_shows_what_everybody_is(as_adam, manu, program):
    Membership.objects.create(program=program, user=manu, role=Role.APPROVER)

    page = as_adam.get(reverse("person_list")).content.decode()

    assert "manu@example.com" in page
    assert "Spring: Approver, Manager" in page


def test_person_list_finds_part_of_a_name_or_address(as_adam, manu, ada):
    found = as_adam.get(reverse("person_list"), {"q": " MANU@ex "}).context["page"]

    assert [user.name for user in found.rows] == ["Manu"]


def test_person_list_says_when_nobody_matches(as_adam):
    page = as_adam.get(reverse("person_list"), {"q": "zzz"}).content.decode()

    assert "Nobody matches" in page


def test_person_list_keeps_deactivated_people_apart(as_adam, adam, manu):
    people.deactivate(manu, actor=actor_of(adam))

    active = as_adam.get(reverse("person_list")).context["page"].rows
    gone = as_adam.get(reverse("person_list"), {"state": "deactivated"})

    assert manu not in active
    assert gone.context["page"].rows == [manu]


@pytest.mark.parametrize("bad", [{"q": "x" * 400}, {"q": "a\x00b"}, {"state": "odd"}])
def test_person_list_survives_bad_filters(as_adam, bad):
    assert as_adam.get(reverse("person_list"), bad).status_code == 200


def test_person_list_sends_htmx_the_rows_alone(as_adam):
    page = as_adam.get(reverse("person_list"), headers={"HX-Request": "true"})

    assert "<html" not in page.content.decode()
    assert 'id="live"' in page.content.decode()


def test_person_list_costs_the_same_with_many_people(
    as_adam, program, django_assert_max_num_queries
):
    for number in range(120):
        factories.make_member(f"Person{number:03}", program, Role.MANAGER)

    with django_assert_max_num_queries(12):
        as_adam.get(reverse("person_list"))


# Roles


def test_person_change_role_makes_an_auditor(as_adam, otto):
    response = as_adam.post(
        reverse("person_change_role", args=[otto.pk]),
        {"organisation_role": Role.AUDITOR},
    )

    otto.refresh_from_db()
    assert response.status_code == 303
    assert otto.organisation_role == Role.AUDITOR
    assert last_entry().action == Action.PERSON_ROLE_CHANGED
    assert last_entry().data == {"from": "", "to": "auditor"}


@pytest.mark.parametrize("role", ["manager", "approver", "king"])
def test_person_change_role_refuses_roles_that_belong_to_programs(as_adam, otto, role):
    response = as_adam.post(
        reverse("person_change_role", args=[otto.pk]), {"organisation_role": role}
    )

    otto.refresh_from_db()
    assert response.status_code == 422
    assert otto.organisation_role == ""


def test_nobody_changes_their_own_role(as_adam, adam, ana):
    response = as_adam.post(
        reverse("person_change_role", args=[adam.pk]), {"organisation_role": ""}
    )

    adam.refresh_from_db()
    assert response.status_code == 422
    assert "your own role" in response.content.decode()
    assert adam.organisation_role == Role.ADMINISTRATOR


def test_saving_the_same_role_again_is_no_act(as_adam, otto):
    before = Entry.objects.count()

    as_adam.post(
        reverse("person_change_role", args=[otto.pk]), {"organisation_role": ""}
    )

    assert Entry.objects.count() == before


def test_the_last_active_administrator_cannot_be_demoted(adam, otto):
    with pytest.raises(people.LastAdministrator):
        people.change_role(adam, Role.AUDITOR, actor=actor_of(otto))


def test_the_last_active_administrator_cannot_be_deactivated(adam, ana, otto):
    people.deactivate(ana, actor=actor_of(adam))

    with pytest.raises(people.LastAdministrator):
        people.deactivate(adam, actor=actor_of(otto))


def test_a_deactivated_administrator_can_be_demoted(adam, ana):
    people.deactivate(ana, actor=actor_of(adam))

    people.change_role(ana, "", actor=actor_of(adam))

    ana.refresh_from_db()
    assert ana.organisation_role == ""


# Deactivating


def test_deactivating_ends_all_sessions_at_once(as_adam, manu):
    laptop, phone = factories.signed_in(manu), factories.signed_in(manu)

    response = as_adam.post(reverse("person_deactivate", args=[manu.pk]))

    assert response.status_code == 303
    for client in (laptop, phone):
        assert client.get(reverse("account_settings")).status_code == 302
    assert last_entry().action == Action.PERSON_DEACTIVATED
    assert last_entry().data == {"sessions_ended": 2}
    assert Session.objects.count() == 1


def test_reactivating_does_not_revive_old_sessions(as_adam, manu):
    laptop = factories.signed_in(manu)
    as_adam.post(reverse("person_deactivate", args=[manu.pk]))

    as_adam.post(reverse("person_reactivate", args=[manu.pk]))

    manu.refresh_from_db()
    assert manu.is_active
    assert laptop.get(reverse("account_settings")).status_code == 302
    assert last_entry().action == Action.PERSON_REACTIVATED


def test_nobody_deactivates_themselves(as_adam, adam, ana):
    response = as_adam.post(reverse("person_deactivate", args=[adam.pk]))

    adam.refresh_from_db()
    assert response.status_code == 422
    assert adam.is_active


def test_one_s_own_page_offers_no_buttons(as_adam, adam):
    page = as_adam.get(reverse("person_detail", args=[adam.pk])).content.decode()

    assert reverse("person_deactivate", args=[adam.pk]) not in page
    assert "You cannot change your own role" in page


def test_deactivating_twice_is_one_act(as_adam, manu):
    as_adam.post(reverse("person_deactivate", args=[manu.pk]))
    before = Entry.objects.count()

    as_adam.post(reverse("person_deactivate", args=[manu.pk]))

    assert Entry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_demote_each_other_leave_one():
    both = [
        factories.make_user(name, organisation_role=Role.ADMINISTRATOR)
        for name in ("Adam", "Ana")
    ]
    start, refused = threading.Barrier(2), []

    def demote(actor: User, victim: User) -> None:
        start.wait()
        try:
            people.change_role(victim, "", actor=actor_of(actor))
        except people.LastAdministrator:
            refused.append(victim)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=demote, args=pair) for pair in (both, both[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    left = User.objects.filter(organisation_role=Role.ADMINISTRATOR)
    assert list(left) == refused


# Who may


@pytest.mark.parametrize("name", ["manu", "ada", "audra", "otto"])
@pytest.mark.parametrize(
    ("method", "url_name"),
    [
        ("get", "person_list"),
        ("get", "person_detail"),
        ("post", "person_change_role"),
        ("post", "person_deactivate"),
        ("post", "person_reactivate"),
        ("get", "invitation_create"),
    ],
)
def test_people_are_the_administrators_concern(request, adam, name, method, url_name):
    client = factories.signed_in(request.getfixturevalue(name))
    with_person = url_name.startswith("person_") and url_name != "person_list"
    url = reverse(url_name, args=[adam.pk] if with_person else [])

    assert getattr(client, method)(url).status_code == 404


def test_an_administrator_of_one_program_does_not_manage_people(program):
    local = factories.make_member("Lena", program, Role.ADMINISTRATOR)

    assert factories.signed_in(local).get(reverse("person_list")).status_code == 404
