"""People of whom nothing is known but a name and where they live."""

import re

import pytest

from programs import address_book, merging, recipients
from programs.addresses.fields import Address
from programs.models import Recipient
from tests import factories

HALL = Address(
    country="US",
    name="Pat Example",
    line1="1 City Hall Square",
    city="Boston",
    state="MA",
    postal_code="02201",
)


@pytest.fixture
def program(program):
    program.delivery_types = ["DigitalDelivery", "PhysicalShipment"]
    program.save()
    return program


@pytest.fixture
def pat(program, manager) -> Recipient:
    pat = Recipient.objects.create(
        name="Pat Example", search_text="pat example", is_by_post_only=True
    )
    pat.programs.add(program)
    address_book.add(pat, HALL, actor=manager)
    return pat


def words(page):
    text = re.sub(r"<(script|svg).*?</\1>|<[^>]+>", " ", page.content.decode())
    return " ".join(text.split())


def edit(client, person, **answers):
    form = {"name": person.name, "email": "", "phone": "", "version": person.version}
    return client.post(f"/recipients/{person.pk}/edit/", form | answers)


def test_are_on_every_page_about_people(as_manu, pat, program):
    twin = factories.make_recipient("Pat Example", program, email="pat@example.com")

    listed = words(as_manu.get("/recipients/?q=pat"))
    shown = words(as_manu.get(f"/recipients/{pat.pk}/"))
    picked = words(as_manu.get(f"/recipients/{twin.pk}/merge/"))
    beside = words(as_manu.get(f"/recipients/{twin.pk}/merge/{pat.pk}/"))

    assert "Pat Example – –" in listed
    assert "Known by name and postal address only." in shown
    assert "Perhaps the same person" in shown
    assert "Record consent" not in shown
    assert "Pat Example known by post" in picked
    assert "None" not in listed + shown + picked + beside


def test_are_sent_to_by_post(as_manu, pat, program):
    reachable = factories.make_recipient("Riley", program, email="riley@example.com")

    by_post = as_manu.get(f"/recipients/{pat.pk}/").content.decode()
    by_mail = as_manu.get(f"/recipients/{reachable.pk}/").content.decode()

    assert f"/send/physical/?recipient={pat.pk}" in by_post
    assert "/send/digital/" not in by_post
    assert f"/send/digital/?recipient={reachable.pk}" in by_mail
    assert f"/send/physical/?recipient={reachable.pk}" in by_mail


def test_are_not_offered_the_post_where_no_program_of_theirs_posts(as_manu, program):
    program.delivery_types = ["DigitalDelivery"]
    program.save()
    riley = factories.make_recipient("Riley", program, email="riley@example.com")

    page = as_manu.get(f"/recipients/{riley.pk}/").content.decode()

    assert "/send/physical/" not in page


def test_need_no_contact_to_be_edited(as_manu, pat):
    page = edit(as_manu, pat, name="Patricia Example")

    assert page.status_code == 303
    pat.refresh_from_db()
    assert (pat.name, pat.email, pat.phone) == ("Patricia Example", None, None)


def test_may_be_given_one(as_manu, pat):
    page = edit(as_manu, pat, email="pat@example.com")

    assert page.status_code == 303
    pat.refresh_from_db()
    assert pat.email == "pat@example.com"
    assert "Record consent" in words(as_manu.get(f"/recipients/{pat.pk}/"))


def test_stale_edits_are_told_apart(as_manu, pat):
    stale = edit(as_manu, pat, version=99)

    assert stale.status_code == 409
    assert "None" not in words(stale)


def test_others_still_need_a_contact(as_manu, program):
    riley = factories.make_recipient("Riley", program, email="riley@example.com")

    page = edit(as_manu, riley)
    added = as_manu.post("/recipients/add/", {"name": "Pat", "program": program.pk})

    assert page.status_code == added.status_code == 422
    for each in (page, added):
        assert "Enter an e-mail address or a mobile number." in words(each)


@pytest.mark.parametrize("keeps_post", [True, False])
def test_become_one_with_their_other_record(program, manager, pat, keeps_post):
    other = factories.make_recipient("Pat Example", program, email="pat@example.com")
    keep, gone = (pat, other) if keeps_post else (other, pat)

    living = merging.merge(keep, gone, take=merging.Take(), actor=manager)

    assert living.email == "pat@example.com"
    assert living.addresses.get().line1 == "1 City Hall Square"
    assert recipients.known(email="pat@example.com", phone="") == living


def test_two_of_them_become_one(program, manager, pat):
    other = Recipient.objects.create(name="P. Example", is_by_post_only=True)

    living = merging.merge(pat, other, take=merging.Take(), actor=manager)

    assert (living.email, living.phone) == (None, None)
