import pytest
from django.urls import reverse

from portal.accounts.models import User
from portal.permissions import Permission, Role
from portal.web import navigation
from tests import factories


def labels(response) -> list[str]:
    return [str(item.label) for item in response.context["nav"]]


def test_an_administrator_sees_the_pages_of_the_organisation(as_adam):
    shown = labels(as_adam.get(reverse("person_list")))

    assert [x for x in shown if x in {"Journal", "People", "Stuck messages"}] == [
        "Journal",
        "People",
        "Stuck messages",
    ]


def test_an_auditor_of_a_program_sees_the_journal_but_not_people(as_audra):
    shown = labels(as_audra.get(reverse("audit:entry_list")))

    assert "Journal" in shown
    assert "People" not in shown
    assert "Stuck messages" not in shown


@pytest.mark.parametrize(
    "url", ["/settings/people/", "/settings/people/invite/", "/settings/people/?q=a"]
)
def test_the_page_one_is_on_is_marked(as_adam, url):
    nav = as_adam.get(url).context["nav"]

    assert [str(item.label) for item in nav if item.is_current] == ["People"]


def test_the_number_of_stuck_messages_stands_beside_their_page(as_adam):
    from portal.outbox.models import Message

    Message.objects.create(
        topic="x", key="x:1", status="stuck", not_before="2026-01-01T00:00Z"
    )

    nav = as_adam.get(reverse("person_list")).context["nav"]

    assert {str(i.label): i.count for i in nav}["Stuck messages"] == 1


def test_a_page_that_does_not_exist_is_left_out(as_adam, monkeypatch):
    monkeypatch.setattr(navigation, "_entries", dict(navigation._entries))
    navigation.register(
        "Nowhere",
        "no-such-page",
        position=1,
        icon="x-mark",
        permission=Permission.HOME_VIEW,
    )

    assert "Nowhere" not in labels(as_adam.get(reverse("person_list")))


def test_the_shell_names_the_person_and_says_that_this_is_a_test(as_adam):
    shell = as_adam.get(reverse("person_list")).context["shell"]

    assert (shell.user_name, shell.user_email) == ("Adam", "adam@example.com")
    assert shell.test_mode is True
    assert shell.organisation == "Example Rewards"


def test_real_providers_are_no_test(as_adam, settings):
    settings.PROVIDER_BASE_URL = "https://provider.example.com"

    assert as_adam.get(reverse("person_list")).context["shell"].test_mode is False


def test_the_shell_is_quiet_before_sign_in(client, db):
    response = client.get(reverse("account_login"))

    assert response.context["shell"].user_email == ""
    assert list(response.context["nav"]) == []


def test_the_page_for_an_unknown_address_works_for_people_too(as_otto):
    assert as_otto.get("/no/such/page/").status_code == 404


def test_the_frame_costs_few_queries(django_assert_max_num_queries, adam):
    for number in range(30):
        factories.make_user(f"Person{number}", organisation_role=Role.AUDITOR)
    client = factories.signed_in(adam)

    with django_assert_max_num_queries(9):
        client.get(reverse("person_list"))
    assert User.objects.count() == 31
