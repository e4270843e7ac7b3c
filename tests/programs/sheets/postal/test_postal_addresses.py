"""The address of a row by post: read from its columns or whole, judged part by part."""

import pytest

from programs.addresses.checking import Outcome, judge
from programs.sheets import fixing, kinds, postal, repairs
from tests import factories
from tests.programs.sheets.checked import row
from tests.programs.sheets.postal import posted
from tests.programs.sheets.postal.posted import LIBRARY, ROSA, WHOLE, errors, make_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cvs")]

LIBRARY_TOWN = {part: text for part, text in LIBRARY.items() if part != "line1"}


def read(program, values, name="Rosa Example"):
    return postal.one_line(postal.address_of(values, program, name))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (LIBRARY, "476 5th Ave, New York NY 10018, US"),
        ({**LIBRARY, "state": "New York"}, "476 5th Ave, New York NY 10018, US"),
        (
            {**LIBRARY, "line2": "Room 300"},
            "476 5th Ave, Room 300, New York NY 10018, US",
        ),
        (
            {"address": "476 5th Ave, New York, NY 10018"},
            "476 5th Ave, New York NY 10018, US",
        ),
        (
            {"address": "Rosa Example\n476 5th Ave\nNew York, NY 10018\nUSA"},
            "476 5th Ave, New York NY 10018, US",
        ),
        # Parts of its own go before what the whole address says.
        (
            {"address": "476 5th Ave, New York, NY 10017", "postal_code": "10018"},
            "476 5th Ave, New York NY 10018, US",
        ),
        # A line may be taken away.
        (
            {"address": "476 5th Ave, Room 300, New York, NY 10018", "line2": ""},
            "476 5th Ave, New York NY 10018, US",
        ),
        # A street in the column of whole addresses, and the rest beside it.
        (
            {"address": "476 5th Ave", **LIBRARY_TOWN},
            "476 5th Ave, New York NY 10018, US",
        ),
        (
            {
                "address": "Springfield Road 5, Hall Green",
                "city": "Birmingham",
                "postal_code": "B11 3DS",
                "country": "United Kingdom",
            },
            "Springfield Road 5, Hall Green, Birmingham B11 3DS, GB",
        ),
        (
            {"line1": "Unter den Linden 77", "city": "Berlin", "postal_code": "10117"}
            | {"country": "Deutschland"},
            "Unter den Linden 77, Berlin 10117, DE",
        ),
        (
            {"address": "Unter den Linden 77, 10117 Berlin", "country": "DE"},
            "Unter den Linden 77, Berlin 10117, DE",
        ),
        # A company is no other name for the person.
        (
            {"address": "Example Inc., 476 5th Ave, New York, NY 10018"},
            "Example Inc., 476 5th Ave, New York NY 10018, US",
        ),
    ],
)
def test_a_row_has_one_address_however_it_is_written(program, values, line):
    assert read(program, values) == line


def test_a_list_has_the_country_of_its_program_unless_it_says_more(program):
    program.phone_region = "CA"
    values = {"line1": "1 Example St", "city": "Toronto", "postal_code": "M5V 3L9"}

    assert read(program, values).endswith("CA")


def test_the_name_may_stand_in_front_of_the_whole_address(program, manu):
    whole = "Rosa Example\n476 5th Ave\nNew York, NY 10018"

    sheet = make_sheet(program, manu, {"address": whole})

    assert errors(sheet) == posted.warnings(sheet) == []
    assert row(sheet, 2).name == "Rosa Example"


GOOD = [ROSA, WHOLE, {**ROSA, "country": "USA"}, {**ROSA, "country": "us"}]
# What is wrong with a good address if these are changed; and where.
WRONG = [
    ({"line1": ""}, "no_contact", "email"),
    ({"line1": "", "line2": "Room 300", "city": ""}, "address_missing", "city"),
    ({"city": ""}, "address_missing", "city"),
    ({"postal_code": "", "state": ""}, "address_missing", "state"),
    ({"line2": "Apt"}, "address_unit", "line2"),
    ({"line1": "Fifth Avenue"}, "address_number", "line1"),
    ({"state": "Bavaria", "postal_code": "?1"}, "address_state", "state"),
    ({"postal_code": "abc"}, "address_postcode", "postal_code"),
    ({"postal_code": "94105"}, "address_contradiction", "postal_code"),
    ({"country": "Atlantis"}, "address_country", "country"),
    ({"line1": "476 5th Ave \U0001f389"}, "address_picture", "line1"),
    ({"line1": "476 5th Ave\x07"}, "address_control", "line1"),
    ({"line1": "4" * 101}, "address_long", "line1"),
    ({"name": ""}, "address_missing", "name"),
]


@pytest.mark.parametrize("cells", GOOD)
def test_a_good_address_is_ready(program, manu, cells):
    sheet = make_sheet(program, manu, cells)

    assert errors(sheet) == posted.warnings(sheet) == []
    found = row(sheet, 2)
    assert (found.status, found.is_postal) == ("ready", True)


@pytest.mark.parametrize(("change", "kind", "field"), WRONG)
def test_what_is_wrong_is_told_at_its_field(program, manu, change, kind, field):
    sheet = make_sheet(program, manu, {**ROSA, **change})

    problem = sheet.problems.filter(is_error=True).earliest("pk")
    assert (problem.kind, problem.field) == (kind, field)
    assert row(sheet, 2).status == "problem"
    for message in posted.messages(sheet):
        assert message
        assert "%(" not in message
    assert kinds.label(kind) != kinds.label("nonesuch")


@pytest.mark.parametrize(
    ("cells", "suggested"),
    [
        ({**LIBRARY, "state": "New Yrok"}, {"state": "NY"}),
        ({**LIBRARY, "state": ""}, {"state": "NY"}),
        ({**LIBRARY, "postal_code": "1OO18"}, {"postal_code": "10018"}),
        (
            {"line1": "1 Calle Example", "city": "San Juan", "postal_code": "00901"}
            | {"country": "Puerto Rico"},
            {"country": "US", "state": "PR"},
        ),
    ],
)
def test_the_one_likely_correction_is_suggested(program, manu, cells, suggested):
    sheet = make_sheet(program, manu, {"name": "Rosa Example", **cells})

    found = sheet.problems.filter(is_error=True)
    assert {problem.kind for problem in found} == {"address_suggested"}
    assert {p.field: p.suggestion for p in found} == suggested
    values = {**cells, **suggested}
    address = postal.address_of(values, program, "Rosa Example")
    assert judge(address).outcome is Outcome.CONFIRMED
    assert postal.one_line(address) in posted.messages(sheet)[0]


@pytest.mark.parametrize("state", ["New York", "N.Y.", "ny"])
def test_a_state_may_be_spelt_out(program, manu, state):
    sheet = make_sheet(program, manu, {**ROSA, "state": state})

    assert errors(sheet) == posted.warnings(sheet) == []


def test_a_country_whose_addresses_have_no_state_says_what_the_provider_wants(
    program, manu
):
    cells = {
        "name": "Rosa Example",
        "line1": "Unter den Linden 77",
        "city": "Berlin",
        "postal_code": "10117",
        "country": "Germany",
    }

    sheet = make_sheet(program, manu, cells)

    assert errors(sheet) == ["address_unused"]
    assert "Germany" in posted.messages(sheet)[0]


def test_what_found_no_place_is_told_and_may_be_left_out(program, manu, manager):
    whole = "476 5th Ave\nNew York, NY 10018\nrosa@example.com"
    sheet = make_sheet(program, manu, {**WHOLE, "address": whole})
    assert errors(sheet) == ["address_unread"]
    assert "rosa@example.com" in posted.messages(sheet)[0]

    fixed = fixing.accept(row(sheet, 2), kind="address_unread", actor=manager)

    assert fixed.row.status == "ready"


def test_a_post_office_box_is_only_worth_knowing(program, manu):
    sheet = make_sheet(program, manu, {**ROSA, "line1": "PO Box 4100"})

    assert errors(sheet) == []
    assert posted.warnings(sheet) == ["address_box"]


def test_without_an_address_whoever_has_an_e_mail_can_be_asked(program, manu, manager):
    nowhere = {"name": "Rosa Example", "city": "New York", "way": "post"}
    rows = ({**nowhere, "email": "rosa@example.com"}, nowhere)
    sheet = make_sheet(program, manu, *rows)
    assert errors(sheet, 2) == ["address_none"]
    assert errors(sheet, 3) == ["address_nobody"]
    assert kinds.accept_label("address_none", 2) == "Ask 2 people for their address"

    assert repairs.apply(sheet, "address_none", actor=manager, choice="accept") == 1

    asked = row(sheet, 2)
    assert asked.status == "ready"
    assert postal.is_asked(asked.fixes)
    with pytest.raises(repairs.NothingToDo):
        repairs.apply(sheet, "address_nobody", actor=manager, choice="accept")


def test_a_known_person_needs_no_name_in_the_row(program, manu):
    factories.make_recipient("Dana Bell", program, email="dana@example.com")
    cells = {**LIBRARY, "email": "dana@example.com", "way": "post"}

    sheet = make_sheet(program, manu, cells)

    assert errors(sheet) == []
    assert row(sheet, 2).name == "Dana Bell"
