"""The pages of a list with rows by post."""

import re

import pytest

from programs.models import Program
from programs.sheets.fields import Field
from tests.programs import posting
from tests.programs.sheets import lists
from tests.programs.sheets.checked import check, row
from tests.programs.sheets.postal.posted import LIBRARY, ROSA, WHOLE, errors, make_sheet

# Verbs commit for themselves, as they do in production.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cvs")]
HTMX = {"HX-Request": "true"}
CONTENT = lists.lines(
    ("Name", "E-mail", "Street", "City", "State", "ZIP", "Gift card", "Worth"),
    *(
        (name, mail, "476 5th Ave", "New York", "NY", "10018", "CVS", 10)
        for name, mail in (("Alba Ashgrove", "a@example.com"), ("Bruno Birkwell", ""))
    ),
)


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def unmapped(program, manu):
    posting.make_method("STANDARD", days=(5, 8))
    return lists.read(program, manu, CONTENT)


def test_a_row_says_where_it_is_posted_to(as_manu, program, manu):
    sheet = make_sheet(program, manu, ROSA, {**WHOLE, "name": "Eli Fox"})

    page = text(as_manu.get(f"/bulk/{sheet.pk}/rows/"))

    assert page.count("By post: 476 5th Ave, New York NY 10018, US") == 2


def test_a_part_of_the_address_is_corrected_in_its_row(as_manu, program, manu):
    whole = "476 5th Ave, New York, NY 94105"
    sheet = make_sheet(program, manu, {**WHOLE, "address": whole})
    url = f"/bulk/{sheet.pk}/rows/2/"
    page = text(as_manu.get(f"/bulk/{sheet.pk}/rows/"))
    # What was read of the whole address stands in the cell of its part.
    assert re.search(r'id="fix-2-postal_code" name="value" value="94105"', page)

    typed = {"field": "postal_code", "value": "10018", "shown": "2"}
    answer = text(as_manu.post(url, typed, headers=HTMX))

    assert "Row 2 is ready." in answer
    assert errors(sheet) == []


def test_a_suggestion_is_taken_with_one_press(as_manu, program, manu):
    sheet = make_sheet(program, manu, {**ROSA, "state": "New Yrok"})
    page = text(as_manu.get(f"/bulk/{sheet.pk}/rows/"))
    assert "Use 1 suggested address" in page
    assert "This is probably meant: 476 5th Ave, New York NY 10018, US." in page
    assert ": New Yrok → NY" in page

    as_manu.post(
        f"/bulk/{sheet.pk}/repair/", {"kind": "address_suggested", "act": "repair"}
    )

    assert row(sheet, 2).status == "ready"


def test_people_are_asked_for_their_address_with_one_press(as_manu, program, manu):
    cells = {"name": "Rosa Example", "email": "rosa@example.com", "way": "post"}
    sheet = make_sheet(program, manu, cells)
    assert "Ask 1 person for their address" in text(
        as_manu.get(f"/bulk/{sheet.pk}/rows/")
    )

    as_manu.post(f"/bulk/{sheet.pk}/repair/", {"kind": "address_none", "act": "accept"})

    assert row(sheet, 2).status == "ready"
    assert "By post" in text(as_manu.get(f"/bulk/{sheet.pk}/rows/?show=ready"))


def test_the_rows_own_page_has_the_address_in_its_parts(as_manu, program, manu):
    whole = "476 5th Ave, New York, NY 94105"
    sheet = make_sheet(program, manu, {**WHOLE, "address": whole})
    url = f"/bulk/{sheet.pk}/rows/2/"
    page = text(as_manu.get(url))
    assert 'name="line1" value="476 5th Ave"' in page
    shown = re.findall(r'name="(\w+)" value="([^"]*)"', page)

    fields = {name: value for name, value in shown if name in list(Field)}
    typed = fields | {"address": whole, "postal_code": "10018"}
    as_manu.post(url, typed)

    assert row(sheet, 2).fixes == {"postal_code": "10018"}
    assert errors(sheet) == []


def test_addresses_that_are_not_used_are_said_once(as_manu, program, manu):
    rows = [
        {**LIBRARY, "name": f"P {n}", "email": f"p{n}@example.com"} for n in range(3)
    ]
    sheet = make_sheet(program, manu, *rows)

    page = text(as_manu.get(f"/bulk/{sheet.pk}/rows/?show=ready"))

    assert page.count("This list has postal addresses") == 1
    assert "1 warning" not in page
    said = make_sheet(program, manu, *rows, answers={"way": "digital"})
    assert "This list has postal" not in text(as_manu.get(f"/bulk/{said.pk}/rows/"))
    posted = make_sheet(program, manu, ROSA)
    assert "This list has postal" not in text(as_manu.get(f"/bulk/{posted.pk}/rows/"))


def test_how_rows_go_is_asked_for_beside_their_addresses(as_manu, unmapped):
    page = text(as_manu.get(f"/bulk/{unmapped.pk}/map/"))

    found = page.partition("Found in your list")[2].partition("If you like")[0]
    assert "How it goes for the whole list" in found
    assert "E-mail or SMS, else post" in found
    # What can be posted by, with its price.
    assert "Standard · $4.95" in page


def test_the_answers_of_the_whole_list_are_of_the_post(as_manu, unmapped):
    columns = {
        f"column_{field}": n
        for n, field in enumerate(("name", "email", "line1", "city", "state"))
    }
    typed = columns | {
        "version": unmapped.version,
        "column_postal_code": 5,
        "column_product": 6,
        "column_value": 7,
        "answer_way": "post",
        "answer_country": "US",
        "answer_shipping_method": "STANDARD",
        "answer_needed_by": "2126-12-18",
    }

    response = as_manu.post(f"/bulk/{unmapped.pk}/map/", typed)

    assert response.status_code == 303
    unmapped.refresh_from_db()
    sheet = check(unmapped)
    assert [row(sheet, n).is_postal for n in (2, 3)] == [True, True]
    assert [row(sheet, n).status for n in (2, 3)] == ["ready", "ready"]
    assert sheet.answers["shipping_method"] == "STANDARD"


@pytest.mark.parametrize(
    "answer",
    [
        {"answer_way": "balloon"},
        {"answer_country": "Atlantis"},
        {"answer_shipping_method": "ZEPPELIN"},
        {"answer_card_carrier": "VELVET"},
        {"answer_needed_by": "soon"},
    ],
)
def test_what_is_no_answer_is_refused_at_its_field(as_manu, unmapped, answer):
    typed = {"version": unmapped.version, "column_email": 1, "column_value": 7}

    response = as_manu.post(f"/bulk/{unmapped.pk}/map/", typed | answer)

    assert response.status_code == 422
    (field,) = answer
    assert field in response.context["form"].errors


def test_a_program_that_posts_nothing_says_so_of_the_columns(
    as_manu, unmapped, program
):
    Program.objects.filter(pk=program.pk).update(delivery_types=["DigitalDelivery"])

    page = text(as_manu.get(f"/bulk/{unmapped.pk}/map/"))

    assert page.count("Not used: this program posts nothing") == 4
    assert "column_line1" not in page


def test_a_row_of_a_program_that_posts_nothing_has_no_address(as_manu, program, manu):
    Program.objects.filter(pk=program.pk).update(delivery_types=["DigitalDelivery"])
    program.refresh_from_db()
    sheet = make_sheet(program, manu, {"name": "Rosa", "email": "r@example.com"})

    page = text(as_manu.get(f"/bulk/{sheet.pk}/rows/2/"))

    assert 'name="line1"' not in page
    assert 'name="email"' in page
