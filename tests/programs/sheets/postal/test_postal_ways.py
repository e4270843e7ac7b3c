"""Which rows of a list go by post: what says so, and what decides if nothing does."""

import pytest

from programs import consent
from programs.consent import Channel, Source
from programs.models import Program
from programs.sheets import postal
from programs.sheets.postal import Way
from tests import factories
from tests.programs.sheets.checked import row
from tests.programs.sheets.postal import posted
from tests.programs.sheets.postal.posted import LIBRARY, ROSA, errors, make_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cvs")]
MAIL = {"email": "rosa@example.com"}
MOBILE = {"phone": "+1 202-555-0123"}


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ("By post", Way.POST),
        ("post", Way.POST),
        ("Per Post", Way.POST),
        ("par la poste", Way.POST),
        ("Correo postal", Way.POST),
        ("PhysicalShipment", Way.POST),
        ("E-mail", Way.DIGITAL),
        ("by e-mail or SMS", Way.DIGITAL),
        ("DigitalDelivery", Way.DIGITAL),
        ("mail", None),
        ("yes", None),
        ("", None),
    ],
)
def test_a_cell_says_which_way_its_row_goes(said, way):
    assert postal.way_of(said) is way


@pytest.mark.parametrize(
    ("cells", "is_postal"),
    [
        ({**ROSA}, True),
        ({**ROSA, "email": "n/a"}, True),
        ({"name": "Rosa Example", "address": "476 5th Ave, New York NY 10018"}, True),
        # An address is known of many people who get their card by e-mail.
        ({**ROSA, **MAIL}, False),
        ({**ROSA, **MOBILE}, False),
        # A slip in a contact is to be corrected, and no wish to have a card posted.
        ({**ROSA, "email": "rosa@"}, False),
        ({**ROSA, "phone": "555-01"}, False),
        # Where somebody lives is more than a town.
        ({"name": "Rosa Example", "city": "New York", "state": "NY"}, False),
        ({"name": "Rosa Example"}, False),
        ({**ROSA, **MAIL, "way": "By post"}, True),
        ({**ROSA, **MAIL, "way": "e-mail"}, False),
        ({**ROSA, "way": "e-mail"}, False),
        ({**MAIL, "way": "post"}, True),
    ],
)
def test_a_row_goes_as_it_says_or_as_it_can(program, manu, cells, is_postal):
    sheet = make_sheet(program, manu, cells)

    assert row(sheet, 2).is_postal is is_postal


def test_an_answer_for_the_whole_list_counts_where_no_row_says(program, manu):
    rows = ({**ROSA, **MAIL}, {**ROSA, "email": "e@example.com", "way": "e-mail"})

    sheet = make_sheet(program, manu, *rows, answers={"way": "post"})

    assert [row(sheet, n).is_postal for n in (2, 3)] == [True, False]
    assert [errors(sheet, n) for n in (2, 3)] == [[], []]


def test_what_can_only_be_posted_is_posted(program, manu):
    posted.make_card("PLASTIC", delivery_types=["PhysicalShipment"])
    rows = ({**ROSA, **MAIL, "product": "PLASTIC"}, {**ROSA, **MAIL, "product": "CVS"})

    sheet = make_sheet(program, manu, *rows)

    assert [row(sheet, n).is_postal for n in (2, 3)] == [True, False]


def test_one_name_may_be_two_products_one_for_each_way(program, manu):
    screen, plastic = (
        posted.make_card(way, name="Target", delivery_types=[way])
        for way in posted.BOTH
    )
    rows = ({**MAIL, "product": "target"}, {**ROSA, "product": "target"})

    sheet = make_sheet(program, manu, *rows)

    assert row(sheet, 2).product == screen
    assert row(sheet, 3).product == plastic
    assert errors(sheet, 3) == []


@pytest.mark.parametrize(
    ("way", "types", "kind"),
    [
        ("By post", ["DigitalDelivery"], "product_not_posted"),
        ("E-mail", ["PhysicalShipment"], "product_only_posted"),
        ("By post", ["Links"], "product_unknown"),
    ],
)
def test_a_product_that_cannot_go_that_way_is_told(program, manu, way, types, kind):
    posted.make_card("ODD", delivery_types=types)

    sheet = make_sheet(program, manu, {**ROSA, **MAIL, "product": "ODD", "way": way})

    assert errors(sheet) == [kind]
    assert all("%(" not in message for message in posted.messages(sheet))


def test_a_word_that_says_nothing_is_asked_about(program, manu):
    sheet = make_sheet(program, manu, {**ROSA, **MAIL, "way": "mail"})

    assert errors(sheet) == ["way_unknown"]
    assert "“mail”" in posted.messages(sheet)[0]


def test_a_program_that_posts_nothing_has_no_rows_by_post(program, manu):
    Program.objects.filter(pk=program.pk).update(delivery_types=["DigitalDelivery"])
    program.refresh_from_db()
    rows = ({**ROSA, "way": ""}, {**ROSA, **MAIL, "way": "post"})

    sheet = make_sheet(program, manu, *rows)

    assert [row(sheet, n).is_postal for n in (2, 3)] == [False, False]
    assert errors(sheet, 2) == ["no_contact"]
    assert errors(sheet, 3) == ["way_no_post"]


def test_a_program_that_only_posts_posts_every_row(program, manu):
    Program.objects.filter(pk=program.pk).update(delivery_types=["PhysicalShipment"])
    program.refresh_from_db()
    rows = ({**ROSA, **MAIL, "way": ""}, {**ROSA, "name": "Eli", "way": "e-mail"})

    sheet = make_sheet(program, manu, *rows)

    assert [row(sheet, n).is_postal for n in (2, 3)] == [True, True]
    assert errors(sheet, 2) == []
    assert errors(sheet, 3) == ["way_only_post"]


def test_nobody_has_to_agree_to_a_card_in_the_post(program, manu, manager):
    rosa = factories.make_recipient("Rosa", program, email="rosa@example.com")
    consent.withdraw(rosa, Channel.EMAIL, source=Source.REPLY, actor=manager)
    rows = ({**ROSA, **MAIL, "way": "post"}, {"name": "Eli", **LIBRARY, **MOBILE})

    sheet = make_sheet(program, manu, *rows)

    assert errors(sheet, 2) == []
    assert row(sheet, 2).recipient == rosa
    assert errors(sheet, 3) == ["sms_only_consent"]


@pytest.mark.parametrize(
    ("contacts", "kind"),
    [
        ({"email": "rosa@"}, "bad_email"),
        ({"email": "rosa@gamil.com"}, "email_typo:gmail.com"),
        ({"phone": "555-0123"}, "bad_phone"),
    ],
)
def test_a_slip_in_a_contact_keeps_no_parcel_back(program, manu, contacts, kind):
    sheet = make_sheet(program, manu, {**ROSA, **contacts, "way": "post"})

    assert errors(sheet) == []
    assert posted.warnings(sheet) == [kind]


def test_contacts_of_two_people_keep_a_parcel_back_too(program, manu):
    factories.make_recipient("Dana", program, email="dana@example.com")
    factories.make_recipient("Eli", program, phone="+12025550123")

    sheet = make_sheet(
        program, manu, {**ROSA, **MOBILE, "email": "dana@example.com", "way": "post"}
    )

    assert errors(sheet) == ["two_people"]
