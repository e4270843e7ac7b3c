"""Who belongs to a program, and that nobody gives themselves a role."""

import pytest
from django.urls import reverse

from portal.accounts.models import User, actor_of
from portal.audit.models import Entry
from portal.permissions import Role
from programs import programs
from programs.models import Membership
from tests import factories


def roles_of(user: User) -> list[str]:
    return sorted(user.memberships.values_list("role", flat=True))


def test_a_role_is_given_and_journalled_without_names(program, otto, boss):
    programs.add_member(program, otto, Role.APPROVER, actor=boss)

    act = Entry.objects.latest("sequence")
    assert roles_of(otto) == ["approver"]
    assert (act.action, act.program_id) == ("member.added", program.pk)
    assert act.data == {"user": otto.pk, "role": "approver"}


def test_a_person_may_hold_several_roles_each_once(program, manu, boss):
    programs.add_member(program, manu, Role.AUDITOR, actor=boss)

    with pytest.raises(programs.AlreadyMember):
        programs.add_member(program, manu, Role.AUDITOR, actor=boss)
    assert roles_of(manu) == ["auditor", "manager"]


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_themselves_a_role(program, petra, role):
    with pytest.raises(programs.OwnRole):
        programs.add_member(program, petra, role, actor=actor_of(petra))

    assert roles_of(petra) == ["administrator"]


def test_nobody_takes_their_own_role_away(program, petra):
    membership = petra.memberships.get()

    with pytest.raises(programs.OwnRole):
        programs.remove_member(membership, actor=actor_of(petra))


def test_a_deactivated_person_gets_no_role(program, otto, boss):
    User.objects.filter(pk=otto.pk).update(is_active=False)

    with pytest.raises(programs.Deactivated):
        programs.add_member(program, otto, Role.MANAGER, actor=boss)


def test_a_role_is_taken_away_and_journalled(program, manu, boss):
    programs.remove_member(manu.memberships.get(), actor=boss)

    act = Entry.objects.latest("sequence")
    assert roles_of(manu) == []
    assert (act.action, act.subject_id) == ("member.removed", str(program.pk))
    assert act.data == {"user": manu.pk, "role": "manager"}


def test_a_role_is_taken_away_once(program, manu, boss):
    membership = manu.memberships.get()
    programs.remove_member(membership, actor=boss)

    with pytest.raises(Membership.DoesNotExist):
        programs.remove_member(membership, actor=boss)


def test_a_program_may_be_left_without_members(program, petra, boss):
    programs.remove_member(petra.memberships.get(), actor=boss)

    assert not program.memberships.exists()


def test_member_add_finds_the_person_by_address(as_petra, program, otto):
    url = reverse("programs:member_add", args=[program.pk])

    answer = as_petra.post(url, {"email": " OTTO@example.com", "role": "manager"})

    assert answer.status_code == 303
    assert roles_of(otto) == ["manager"]


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (
            {"email": "nobody@example.com", "role": "manager"},
            "email",
            "Nobody signs in",
        ),
        ({"email": "petra@example.com", "role": "manager"}, "email", "their own roles"),
        ({"email": "manu@example.com", "role": "manager"}, "role", "this role already"),
        ({"email": "manu@example.com", "role": "owner"}, "role", "not one of"),
        ({"email": "manu", "role": "auditor"}, "email", "valid email"),
        ({"email": "manu@example.com"}, "role", "required"),
    ],
)
def test_member_add_names_the_problem_at_the_field(
    as_petra, manu, program, data, field, words
):
    url = reverse("programs:member_add", args=[program.pk])

    answer = as_petra.post(url, data)

    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert data["email"] in answer.text


def test_member_remove_asks_first(as_petra, program, manu):
    membership = manu.memberships.get()
    url = reverse("programs:member_remove", args=[program.pk, membership.pk])

    question = as_petra.get(url)

    assert "Manu will no longer be Manager" in question.text
    assert roles_of(manu) == ["manager"]
    assert as_petra.post(url).status_code == 303
    assert roles_of(manu) == []


def test_member_remove_of_your_own_role_is_refused(as_petra, program, petra):
    membership = petra.memberships.get()
    url = reverse("programs:member_remove", args=[program.pk, membership.pk])

    answer = as_petra.post(url)

    assert answer.status_code == 422
    assert "Nobody changes their own roles." in answer.text


def test_member_remove_of_another_program_is_not_found(as_petra, program):
    other = factories.make_program("Other")
    membership = factories.make_member("Olga", other, Role.MANAGER).memberships.get()

    for program_pk in (program.pk, other.pk):
        url = reverse("programs:member_remove", args=[program_pk, membership.pk])
        assert as_petra.post(url).status_code == 404
    assert Membership.objects.filter(pk=membership.pk).exists()


@pytest.mark.parametrize("role", ["manu", "ada", "audra", "otto"])
def test_member_pages_are_not_found_by_others(request, program, manu, role):
    client = factories.signed_in(request.getfixturevalue(role))
    membership = manu.memberships.get()

    for url in (
        reverse("programs:member_add", args=[program.pk]),
        reverse("programs:member_remove", args=[program.pk, membership.pk]),
    ):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
