"""The pages about people: who sees whom, and what they answer."""

from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.actors import ActorKind
from programs import consent, recipients, wordings
from programs.models import Program, Recipient
from tests import factories

LIST = reverse("programs:recipient_list")
ADD = reverse("programs:recipient_add")
CANARY = "Canary Quillfeather"


def add(program, actor, name="Dana Rivera", email=None, phone=None):
    return recipients.add(program, name=name, email=email, phone=phone, actor=actor)


def page_of(recipient, name="recipient_detail"):
    return reverse(f"programs:{name}", args=[recipient.pk])


@pytest.fixture
def dana(program, manager):
    return add(program, manager, email="dana@example.com", phone="+12025550123")


@pytest.fixture
def autumn(program):
    """A program Manu has no part in."""
    return factories.make_program("Autumn")


@pytest.fixture
def hidden(autumn, manager):
    """Somebody in Autumn's address book only."""
    return add(autumn, manager, CANARY, "canary@example.com", "+12025550199")


def find(program, actor, name="Dana R.", email=None, phone=None):
    return recipients.find_or_add(
        program, name=name, email=email, phone=phone, actor=actor
    )


def edit(recipient, actor, **changes):
    now = {"name": recipient.name, "email": recipient.email, "phone": recipient.phone}
    version = changes.pop("version", recipient.version)
    return recipients.edit(
        recipient, **{**now, **changes}, version=version, actor=actor
    )


def test_recipient_list_shows_people_of_own_programs_only(as_manu, dana, hidden):
    body = as_manu.get(LIST).content.decode()

    assert "Dana Rivera" in body
    assert "+1 202-555-0123" in body
    assert CANARY not in body
    assert "Autumn" not in body


def test_recipient_list_names_no_program_the_viewer_cannot_see(
    as_manu, manager, dana, autumn
):
    find(autumn, manager, email=dana.email)

    assert "Autumn" not in as_manu.get(LIST).content.decode()
    assert "Autumn" not in as_manu.get(page_of(dana)).content.decode()


def test_recipient_list_answers_htmx_with_the_rows_and_how_many(as_manu, dana):
    answer = as_manu.get(LIST, {"q": "dana"}, headers={"HX-Request": "true"})

    body = answer.content.decode()
    assert "<html" not in body
    assert 'id="rows"' in body
    assert "1 person" in body


def test_recipient_list_tells_nobody_yet_from_nobody_matches(as_manu, program):
    assert "Nobody here yet" in as_manu.get(LIST).content.decode()
    assert "Nobody matches" in as_manu.get(LIST, {"q": "zz"}).content.decode()


def test_recipient_list_costs_at_most_12_queries(
    as_manu, program, manager, django_assert_max_num_queries
):
    for number in range(120):
        recipient = factories.make_recipient(
            f"Person {number:03}", program, email=f"p{number}@example.com"
        )
    first = as_manu.get(LIST)

    with django_assert_max_num_queries(12):
        as_manu.get(LIST)
    with django_assert_max_num_queries(12):
        second = as_manu.get(LIST + first.context["page"].older_url)

    assert "Person 050" in second.content.decode()
    assert recipient.name not in second.content.decode()


def test_recipient_detail_costs_at_most_12_queries(
    as_manu, manager, dana, django_assert_max_num_queries
):
    for _ in range(3):
        consent.withdraw_all(dana, source=consent.Source.SPOKEN, actor=manager)
        grant_sms(dana, manager)
    as_manu.get(page_of(dana))

    with django_assert_max_num_queries(12):
        as_manu.get(page_of(dana))


def grant_sms(recipient, actor):
    """As the recipient, who may agree again on the same day."""
    consent.grant(
        recipient,
        consent.Channel.SMS,
        purpose=consent.Purpose.REWARDS,
        wording=wordings.current(),
        source=consent.Source.PREFERENCES,
        given_on=timezone.localdate(),
        actor=replace(actor, kind=ActorKind.RECIPIENT),
    )


def test_recipient_add_reads_contacts_as_they_are_typed(as_manu, program):
    typed = {
        "program": program.pk,
        "name": "  Dana   Rivera ",
        "email": "mailto:Dana@Example.com",
        "phone": "(202) 555-0123",
    }

    answer = as_manu.post(ADD, typed)

    dana = Recipient.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, page_of(dana))
    assert (dana.name, dana.email, dana.phone) == (
        "Dana Rivera",
        "dana@example.com",
        "+12025550123",
    )


def test_recipient_add_reads_numbers_as_in_the_programs_country(as_manu, program):
    Program.objects.filter(pk=program.pk).update(phone_region="GB")

    as_manu.post(ADD, {"program": program.pk, "name": "Jo", "phone": "07400 123456"})

    assert Recipient.objects.get().phone == "+447400123456"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": "Dana"}, "Enter an e-mail address or a mobile number."),
        ({"name": "Dana", "email": "dana@"}, "Check the e-mail address."),
        ({"name": "Dana", "phone": "555"}, "No phone has this number."),
        ({"email": "dana@example.com"}, "This field is required."),
    ],
)
def test_recipient_add_keeps_what_was_typed_beside_the_problem(
    as_manu, program, typed, message
):
    answer = as_manu.post(ADD, {"program": program.pk, **typed})

    body = answer.content.decode()
    assert answer.status_code == 422
    assert message in body
    assert "<title>Error:" in body
    for value in typed.values():
        assert f'value="{value}"' in body
    assert not Recipient.objects.exists()


def test_recipient_add_says_when_somebody_was_known_otherwise(as_manu, program, dana):
    typed = {"program": program.pk, "name": "Daniel", "email": dana.email}

    body = as_manu.post(ADD, typed, follow=True).content.decode()

    assert "keep what is on record" in body


def test_recipient_add_offers_to_merge_two_people(as_manu, program, manager, dana):
    sam = add(program, manager, "Sam", "sam@example.com")
    typed = {
        "program": program.pk,
        "name": "Sam",
        "email": sam.email,
        "phone": dana.phone,
    }

    answer = as_manu.post(ADD, typed)

    assert answer.status_code == 422
    merge = reverse("programs:recipient_merge", args=[dana.pk, sam.pk])
    assert merge in answer.content.decode()


def test_recipient_add_never_names_people_of_other_programs(
    as_manu, program, dana, hidden
):
    typed = {
        "program": program.pk,
        "name": "Dana",
        "email": dana.email,
        "phone": hidden.phone,
    }

    answer = as_manu.post(ADD, typed)

    assert answer.status_code == 422
    assert CANARY not in answer.content.decode()


def test_recipient_add_refuses_a_program_of_others(as_manu, autumn):
    typed = {"program": autumn.pk, "name": "Dana", "email": "dana@example.com"}

    answer = as_manu.post(ADD, typed)

    assert answer.status_code == 422
    assert not Recipient.objects.exists()


def form_of(recipient, **changes):
    form = {
        "name": recipient.name,
        "email": recipient.email or "",
        "phone": recipient.phone or "",
        "version": recipient.version,
    }
    return {**form, **changes}


def test_recipient_edit_saves(as_manu, dana):
    answer = as_manu.post(page_of(dana, "recipient_edit"), form_of(dana, name="Dan"))

    dana.refresh_from_db()
    assert (answer.status_code, dana.name) == (303, "Dan")


def test_recipient_edit_loses_nothing_when_somebody_else_was_faster(
    as_manu, manager, dana
):
    stale = form_of(dana, name="Dana of mine")
    edit(dana, manager, name="Dana of theirs")
    url = page_of(dana, "recipient_edit")

    conflict = as_manu.post(url, stale)

    body = conflict.content.decode()
    assert conflict.status_code == 409
    assert "Dana of theirs" in body
    assert 'value="Dana of mine"' in body
    dana.refresh_from_db()
    assert dana.name == "Dana of theirs"

    again = as_manu.post(url, form_of(dana, name="Dana of mine"))
    assert again.status_code == 303


def test_recipient_edit_says_whose_contact_it_is_if_one_may_know(
    as_manu, program, manager, dana, hidden
):
    sam = add(program, manager, "Sam", "sam@example.com")
    url = page_of(dana, "recipient_edit")

    known = as_manu.post(url, form_of(dana, email=sam.email))
    unknown = as_manu.post(url, form_of(dana, email=hidden.email))

    assert "Sam has this already." in known.content.decode()
    assert unknown.status_code == 422
    assert CANARY not in unknown.content.decode()
    assert "a program you do not manage" in unknown.content.decode()
