"""People in several address books: whoever manages only one cannot change them."""

import pytest
from django.urls import reverse

from portal.permissions import NOBODY, Access, Permission, Role
from programs import recipients
from programs.models import Membership, Recipient
from tests import factories

SENTENCE = "Also in a program you do not manage; ask its manager."


def page_of(name, *people):
    return reverse(f"programs:{name}", args=[person.pk for person in people])


@pytest.fixture
def autumn(db):
    """A program Manu does not manage."""
    return factories.make_program("Autumn")


@pytest.fixture
def dana(program):
    return factories.make_recipient("Dana", program, email="dana@example.com")


@pytest.fixture
def pulled(autumn, program, manager):
    """Somebody of Autumn whom Manu put into his address book, by their number."""
    known = factories.make_recipient(
        "Pat", autumn, email="pat@example.com", phone="+12025550147"
    )
    return recipients.find_or_add(
        program, name="x", email=None, phone=known.phone, actor=manager
    )


def test_somebody_pulled_in_is_seen_but_not_edited(as_manu, pulled):
    page = as_manu.get(page_of("recipient_detail", pulled))

    assert SENTENCE in page.text
    assert page_of("recipient_edit", pulled) not in page.text
    assert page_of("recipient_merge_pick", pulled) not in page.text
    typed = {"name": "Mallory", "email": "m@example.com", "version": pulled.version}
    assert as_manu.get(page_of("recipient_edit", pulled)).status_code == 404
    assert as_manu.post(page_of("recipient_edit", pulled), typed).status_code == 404
    pulled.refresh_from_db()
    assert (pulled.name, pulled.phone) == ("Pat", "+12025550147")


def test_both_records_of_a_merge_need_every_manager(as_manu, pulled, dana):
    for pair in ((dana, pulled), (pulled, dana)):
        versions = {"keep_version": pair[0].version, "other_version": pair[1].version}
        merge = page_of("recipient_merge", *pair)

        assert as_manu.get(merge).status_code == 404
        assert as_manu.post(merge, versions).status_code == 404
    assert as_manu.get(page_of("recipient_merge_pick", pulled)).status_code == 404
    assert Recipient.objects.filter(merged_into=None).count() == 2


def test_no_merge_is_offered_with_somebody_shared(as_manu, pulled, dana):
    pulled.name = dana.name
    pulled.save(update_fields=["name"])
    merge = page_of("recipient_merge", dana, pulled)
    pick = page_of("recipient_merge_pick", dana)
    typed = {"name": "Dana", "email": pulled.email, "version": dana.version}
    taken = as_manu.post(page_of("recipient_edit", dana), typed)

    assert merge not in as_manu.get(page_of("recipient_detail", dana)).text
    assert merge not in as_manu.get(pick).text
    assert merge not in as_manu.get(pick, {"q": "pat"}).text
    assert taken.status_code == 422
    assert merge not in taken.text
    assert "Ask the manager of that program" in taken.text


def test_adding_two_people_offers_no_merge_that_is_not_allowed(
    as_manu, program, pulled, dana
):
    typed = {
        "program": program.pk,
        "name": "Dana",
        "email": dana.email,
        "phone": pulled.phone,
    }

    answer = as_manu.post(reverse("programs:recipient_add"), typed)

    assert answer.status_code == 422
    assert page_of("recipient_merge", dana, pulled) not in answer.text


def test_consent_stays_for_whoever_can_reach_them(as_manu, pulled):
    for page in ("consent_grant", "consent_withdraw"):
        assert as_manu.get(page_of(page, pulled)).status_code == 200


def test_the_manager_of_every_program_edits_and_merges(
    as_manu, manu, autumn, pulled, dana
):
    Membership.objects.create(program=autumn, user=manu, role=Role.MANAGER)

    page = as_manu.get(page_of("recipient_detail", pulled))

    assert SENTENCE not in page.text
    assert page_of("recipient_edit", pulled) in page.text
    assert as_manu.get(page_of("recipient_edit", pulled)).status_code == 200
    assert as_manu.get(page_of("recipient_merge", dana, pulled)).status_code == 200


def test_another_role_in_the_other_program_is_not_enough(as_manu, manu, autumn, pulled):
    Membership.objects.create(program=autumn, user=manu, role=Role.APPROVER)

    assert as_manu.get(page_of("recipient_edit", pulled)).status_code == 404


def test_an_auditor_is_told_nothing_about_editing(as_audra, pulled):
    assert SENTENCE not in as_audra.get(page_of("recipient_detail", pulled)).text


def test_editable_is_reachable_and_in_no_program_outside(program, pulled, dana):
    managing = Access(programs={program.pk: frozenset({Role.MANAGER})})

    editable = Recipient.objects.editable(managing)
    reachable = Recipient.objects.reachable(managing, Permission.RECIPIENTS_MANAGE)

    assert set(editable) == {dana}
    assert set(reachable) == {dana, pulled}
    assert not Recipient.objects.editable(NOBODY).exists()
