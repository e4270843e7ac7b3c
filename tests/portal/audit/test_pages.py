from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from portal.accounts import people
from portal.accounts.models import actor_of
from portal.actors import PROVIDER, WORKER, Actor, ActorKind, Channel, command
from portal.audit import journal, naming
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.audit.naming import Name
from portal.audit.reading import title_of
from portal.permissions import Role
from tests import factories
from tests.portal.audit.tampering import tamper

LIST = "/audit/"


def titles(response) -> list[str]:
    return [line.title for line in response.context["lines"]]


# Reading


def test_entry_list_shows_who_did_what(as_audra, program):
    page = as_audra.get(LIST)

    (line,) = page.context["lines"]
    assert line.title == "Budget funded"
    assert line.actor.text == "Adam"
    assert line.channel == "Portal"
    assert line.entry.program_id == program.pk


def test_a_program_s_auditor_reads_of_that_program_only(as_audra, program, elsewhere):
    foreign = Entry.objects.get(program_id=elsewhere.pk)

    page = as_audra.get(LIST)

    assert {line.entry.program_id for line in page.context["lines"]} == {program.pk}
    url = reverse("audit:entry_detail", args=[foreign.sequence])
    assert as_audra.get(url).status_code == 404


def test_acts_outside_programs_are_for_the_organisation(as_audra, as_adam, otto, adam):
    people.deactivate(otto, actor=actor_of(adam))

    assert "Person deactivated" not in titles(as_audra.get(LIST))
    assert "Person deactivated" in titles(as_adam.get(LIST))


@pytest.mark.parametrize("name", ["manu", "ada", "otto"])
@pytest.mark.parametrize("url", [LIST, "/audit/verify/", "/audit/1/"])
def test_the_journal_is_closed_to_others(request, program, name, url):
    client = factories.signed_in(request.getfixturevalue(name))

    assert client.get(url).status_code == 404
    assert client.post("/audit/verify/").status_code == 404


def test_somebody_deactivated_is_marked(as_adam, adam, otto):
    ana = factories.make_user("Ana", organisation_role=Role.ADMINISTRATOR)
    people.deactivate(otto, actor=actor_of(ana))
    people.deactivate(ana, actor=actor_of(adam))

    newest, before = as_adam.get(LIST).context["lines"][:2]

    assert newest.actor.text == "Adam"
    assert newest.subject.text == before.actor.text == "Ana (deactivated)"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("actor", "shown"),
    [
        (WORKER, "Laurel"),
        (PROVIDER, "The provider"),
        (command("seed"), "Command seed"),
        (Actor(ActorKind.RECIPIENT, "5", Channel.WEB), "A recipient"),
        (Actor(ActorKind.PERSON, "999", Channel.WEB), "User 999"),
    ],
)
def test_actors_who_are_no_people_have_names_too(as_adam, otto, actor, shown):
    journal.record(Action.CATALOGUE_REFRESHED, otto, actor=actor)

    assert as_adam.get(LIST).context["lines"][0].actor.text == shown


def test_registered_names_and_links_are_shown(as_audra, program):
    naming.register("program", lambda ids: {i: Name("Spring!", "/p/") for i in ids})

    page = as_audra.get(LIST).content.decode()

    assert '<a href="/p/">Spring!</a>' in page


def test_every_action_reads_as_words():
    for action in Action:
        title = title_of(action)
        assert title[0].isupper()
        assert not set("._") & set(title)


# One entry


def test_entry_detail_shows_digests_data_and_neighbours(as_adam, program, elsewhere):
    first, second = Entry.objects.order_by("sequence")

    page = as_adam.get(reverse("audit:entry_detail", args=[second.sequence]))

    body = page.content.decode()
    assert second.digest in body
    assert first.digest in body
    assert "&quot;amount&quot;: 1000" in body
    assert (page.context["previous"], page.context["next"]) == (first.sequence, None)


def test_neighbours_of_other_programs_are_not_shown(as_audra, program, elsewhere):
    ours = Entry.objects.get(program_id=program.pk)

    page = as_audra.get(reverse("audit:entry_detail", args=[ours.sequence]))

    assert page.context["next"] is None


def test_acts_of_one_request_are_shown_together(as_adam, otto, adam):
    request = Actor(ActorKind.PERSON, str(adam.pk), Channel.WEB, "b" * 32)
    journal.record(Action.PROGRAM_EDITED, otto, actor=request)
    journal.record(Action.SIGNED_IN, otto, actor=actor_of(otto))
    last = journal.record(Action.MEMBER_ADDED, otto, actor=request)

    page = as_adam.get(reverse("audit:entry_detail", args=[last.sequence]))

    assert [line.title for line in page.context["group"]] == ["Program edited"]


def test_a_changed_entry_says_so(as_adam, program):
    tamper("UPDATE audit_entry SET actor_id = 'nobody' WHERE sequence = 1")

    page = as_adam.get(reverse("audit:entry_detail", args=[1])).content.decode()

    assert "This entry was changed" in page


@pytest.mark.parametrize("sequence", ["0", "999", "9" * 30])
def test_entries_that_do_not_exist_are_not_found(as_adam, sequence):
    assert as_adam.get(f"/audit/{sequence}/").status_code == 404


# Verifying


def test_entry_verify_answers_in_a_sentence(as_audra, program):
    page = as_audra.post(reverse("audit:entry_verify")).content.decode()

    head = Entry.objects.order_by("-sequence")[0].digest
    assert f"1 entry checked. Chain unbroken. Head {head}." in page


def test_entry_verify_names_the_first_bad_entry(as_adam, program, elsewhere):
    tamper("UPDATE audit_entry SET actor_id = 'nobody' WHERE sequence = 2")

    page = as_adam.post(reverse("audit:entry_verify")).content.decode()

    assert "Entry 2 is bad" in page
    assert "The 1 entry before it is sound." in page


def test_looking_at_the_page_verifies_nothing(as_adam, program):
    assert as_adam.get(reverse("audit:entry_verify")).context["verdict"] is None


def test_old_entries_keep_their_time(as_adam, otto):
    then = timezone.now() - timedelta(days=900)
    with travel(then, tick=False):
        journal.record(Action.SIGNED_IN, otto, actor=actor_of(otto))

    (line,) = as_adam.get(LIST).context["lines"]

    assert line.entry.at == then
