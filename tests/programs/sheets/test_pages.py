"""The pages of a list: what they show, and what their buttons do."""

import csv
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.permissions import Role
from programs.models import Recipient, Sheet, SheetRow
from tests import factories
from tests.programs import posting
from tests.programs.sheets import lists
from tests.programs.sheets.checked import check, row, work

# Verbs commit for themselves, as they do in production.
pytestmark = pytest.mark.django_db(transaction=True)

GIFTS = lists.lines(
    ("Name", "E-mail", "Gift", "Value"),
    ("Ann", "ann@example.com", "CVS", 15),
    ("Bea", "bea@gamil.com", "CVS", 15),
    ("Cem", "cem at example", "CVS", 15),
    ("Dan", "dan@gamil.com", "CVS", 15),
    ("Ann again", "ann@example.com", "CVS", 25),
)
ODD = lists.lines(
    ("Name", "E-mail home", "E-mail work", "Shoe size"),
    ("Ann", "ann@example.com", "a@example.org", 38),
)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def sheet(program, cvs, manu):
    return check(lists.read(program, manu, GIFTS))


@pytest.fixture
def odd(program, cvs, manu):
    return lists.read(program, manu, ODD)


def text(response):
    return " ".join(response.content.decode().split())


def brought(program, **typed):
    return {"program": program.pk, "form_key": str(uuid.uuid4()), **typed}


def columns(sheet, **chosen):
    return {"version": sheet.version, **chosen}


def test_a_file_is_a_list_at_once_and_read_later(as_manu, program, cvs):
    file = SimpleUploadedFile("people.csv", GIFTS.encode())

    response = as_manu.post("/bulk/new/", brought(program, file=file))

    sheet = Sheet.objects.get()
    assert response.status_code == 303
    assert response.url == f"/bulk/{sheet.pk}/"
    assert (sheet.name, sheet.status) == ("people.csv", "reading")
    assert "0 rows read so far" in text(as_manu.get(response.url))


def test_more_cells_than_a_form_holds_are_to_come_as_a_file(as_manu, program):
    cells = "E-mail\n" + "person@example.com\n" * 70_000

    answer = as_manu.post("/bulk/new/", brought(program, pasted=cells))

    assert answer.status_code == 413
    assert "bring a long list as a file" in answer.content.decode()
    assert not Sheet.objects.exists()


def test_pasted_cells_are_a_list_too(as_manu, program, cvs):
    cells = GIFTS.replace(",", "\t")

    as_manu.post("/bulk/new/", brought(program, pasted=cells))
    work()

    sheet = Sheet.objects.get()
    assert (sheet.status, sheet.rows_total) == ("checked", 5)


def test_the_same_form_twice_is_one_list(as_manu, program):
    typed = brought(program, pasted=GIFTS)

    as_manu.post("/bulk/new/", typed)
    as_manu.post("/bulk/new/", typed)

    assert Sheet.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Choose a file, or paste cells below."),
        ({"pasted": "x", "file": SimpleUploadedFile("a.csv", b"y")}, "bring two lists"),
        ({"file": SimpleUploadedFile("a.csv", b"")}, "empty"),
    ],
)
def test_what_is_no_list_is_said_at_once(as_manu, program, typed, says):
    response = as_manu.post("/bulk/new/", brought(program, **typed))

    assert response.status_code == 422
    assert says in text(response)
    assert not Sheet.objects.exists()


def test_a_resting_program_takes_people_but_no_rewards(as_manu, program):
    program.status = "paused"
    program.save(update_fields=["status"])

    assert "No active program" in text(as_manu.get("/bulk/new/"))
    assert "Upload" in text(as_manu.get("/recipients/import/"))


def test_a_list_of_another_program_is_not_found(sheet):
    other = factories.make_program("Autumn")
    client = factories.signed_in(factories.make_member("Mia", other, Role.MANAGER))

    for path in ("", "map/", "rows/", "rows/3/", "problems.csv", "corrections/"):
        assert client.get(f"/bulk/{sheet.pk}/{path}").status_code == 404


def test_the_sample_file_fits_by_itself(as_manu, program, manu):
    factories.make_product("CVS Pharmacy", values=[10, 25])
    sample = as_manu.get("/bulk/sample.csv").getvalue()

    sheet = check(lists.read(program, manu, sample))

    problems = sheet.problems.filter(is_error=True)
    assert list(problems.values_list("kind", "field")) == []
    assert sheet.rows_total == 2


def test_the_sample_for_cards_by_post_fits_by_itself(as_manu, program, manu):
    posting.make_shipping()
    program.delivery_types = ["DigitalDelivery", "PhysicalShipment"]
    program.save()
    factories.make_product(
        "CVS Pharmacy", values=[10, 25], delivery_types=program.delivery_types
    )
    sample = as_manu.get("/bulk/sample.csv?for=post").getvalue()

    sheet = check(lists.read(program, manu, sample))

    problems = sheet.problems.filter(is_error=True)
    assert list(problems.values_list("kind", "field")) == []
    assert sheet.rows.filter(is_postal=True, status="ready").count() == 2


def test_what_cannot_be_read_says_why_and_how_to_go_on(as_manu, program, manu):
    sheet = lists.read(program, manu, b"%PDF-1.7 ...", name="people.pdf")

    page = text(as_manu.get(f"/bulk/{sheet.pk}/"))

    assert sheet.problem
    assert sheet.problem in page
    assert 'href="/bulk/new/"' in page


def test_progress_stops_asking_when_there_is_something_to_do(as_manu, program, manu):
    sheet = lists.upload(program, manu, ODD)
    page = f"/bulk/{sheet.pk}/"
    moving = as_manu.get(page, headers=HTMX)

    work()
    arrived = as_manu.get(page, headers=HTMX)

    assert "every 1s" in text(moving)
    assert arrived["HX-Redirect"] == f"/bulk/{sheet.pk}/map/"
    assert as_manu.get(page).url == f"/bulk/{sheet.pk}/map/"


def test_columns_that_are_not_sure_are_asked_for_first(as_manu, odd):
    page = text(as_manu.get(f"/bulk/{odd.pk}/map/"))

    needed = page.partition("Needed from you")[2].partition("Found in your list")[0]
    assert "More than one fits: E-mail home, E-mail work" in needed
    assert "Product for the whole list" in needed
    assert "1 column is ignored" in page or "columns are ignored" in page


def test_a_column_that_is_chosen_shows_what_is_in_it(as_manu, odd):
    page = f"/bulk/{odd.pk}/map/"

    for column, shown in (("2", "a@example.org"), ("", ""), ("99", ""), ("x", "")):
        response = as_manu.get(page, {"column_email": column}, headers=HTMX)
        assert text(response) == shown


def test_missing_columns_are_refused_at_their_field(as_manu, odd):
    typed = columns(odd, column_email=1, answer_value="15")

    response = as_manu.post(f"/bulk/{odd.pk}/map/", typed)

    assert response.status_code == 422
    assert "Choose a column, or one product for the whole list." in text(response)
    assert 'value="15"' in text(response)


def test_columns_and_answers_begin_the_check(as_manu, odd):
    typed = columns(
        odd, column_email=2, column_name=0, answer_product="CVS", answer_value="15"
    )

    response = as_manu.post(f"/bulk/{odd.pk}/map/", typed)
    work()

    assert response.status_code == 303
    only = row(odd, 2)
    assert (only.email, only.status) == ("a@example.org", "ready")
    assert (str(only.product), only.value_minor) == ("CVS", 1500)


def test_two_people_saying_what_the_columns_are_do_no_harm(as_manu, odd):
    typed = columns(odd, column_email=1, answer_product="CVS", answer_value="15")
    as_manu.post(f"/bulk/{odd.pk}/map/", typed)

    again = as_manu.post(f"/bulk/{odd.pk}/map/", typed | {"column_email": 2})

    odd.refresh_from_db()
    assert again.status_code == 302
    assert odd.mapping["email"] == 1


def test_problem_rows_come_first_with_their_numbers(as_manu, sheet):
    page = text(as_manu.get(f"/bulk/{sheet.pk}/rows/"))

    assert [int(n) for n in re.findall(r'<tr id="row-(\d+)"', page)] == [3, 4, 5, 6]
    assert "Continue with 1 row" in page
    assert "4 rows stay here as a draft." in page
    assert "Change 2 to gmail.com" in page
    assert "This person is in row 2 already." in page


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?show=ready", [2]),
        ("?show=all", [2, 3, 4, 5, 6]),
        ("?show=excluded", []),
        ("?show=nonsense%0D", [3, 4, 5, 6]),
        ("?kind=email_typo:gmail.com", [3, 5]),
        ("?kind=" + "x" * 99, []),
    ],
)
def test_the_counts_lead_to_their_rows(as_manu, sheet, query, numbers):
    page = text(as_manu.get(f"/bulk/{sheet.pk}/rows/{query}"))

    assert [int(n) for n in re.findall(r'<tr id="row-(\d+)"', page)] == numbers


def test_one_press_repairs_all_of_a_kind(as_manu, sheet):
    typed = {"kind": "email_typo:gmail.com", "act": "repair"}

    page = as_manu.post(f"/bulk/{sheet.pk}/repair/", typed, follow=True)

    assert "2 rows changed." in text(page)
    assert row(sheet, 3).email == "bea@gmail.com"
    assert row(sheet, 5).status == SheetRow.Status.READY


def test_a_kind_can_be_kept_left_out_and_taken_in_again(as_manu, sheet):
    repair = f"/bulk/{sheet.pk}/repair/"
    typo, double = "email_typo:gmail.com", "duplicate"

    as_manu.post(repair, {"kind": typo, "act": "accept"})
    as_manu.post(repair, {"kind": double, "act": "exclude"})
    assert row(sheet, 3).status == SheetRow.Status.READY
    assert row(sheet, 6).status == SheetRow.Status.EXCLUDED

    as_manu.post(repair, {"kind": double, "act": "include"})
    assert row(sheet, 6).status == SheetRow.Status.PROBLEM

    late = as_manu.post(repair, {"kind": typo, "act": "repair"}, follow=True)
    assert "No row is left to change." in text(late)


def test_a_cell_is_corrected_where_it_stands(as_manu, sheet):
    typed = {"field": "email", "value": "cem@example.com", "shown": "3,4,5,6"}

    answer = text(as_manu.post(f"/bulk/{sheet.pk}/rows/4/", typed, headers=HTMX))

    assert row(sheet, 4).email == "cem@example.com"
    assert "Row 4 is ready. 3 problems left." in answer
    assert "Continue with 2 rows" in answer
    assert '<tr id="row-4"' in answer
    assert '<tr id="row-3"' not in answer


def test_other_rows_of_the_page_change_with_it(as_manu, sheet):
    typed = {"field": "email", "value": "new@example.com", "shown": "3,4,5,6"}

    answer = text(as_manu.post(f"/bulk/{sheet.pk}/rows/2/", typed, headers=HTMX))

    assert row(sheet, 6).status == SheetRow.Status.READY
    assert '<tr id="row-6" hx-swap-oob="true">' in answer


def test_a_cell_that_is_still_wrong_keeps_what_was_typed(as_manu, sheet):
    typed = {"field": "email", "value": "cem@example", "show": "problems"}

    answer = text(as_manu.post(f"/bulk/{sheet.pk}/rows/4/", typed, headers=HTMX))

    assert "Row 4 still has a problem." in answer
    assert 'value="cem@example"' in answer


def test_buttons_of_a_row_do_the_same_without_javascript(as_manu, sheet):
    page = f"/bulk/{sheet.pk}/rows/"

    for number, typed, status in (
        (3, {"field": "email", "suggested": "bea@gmail.com"}, "ready"),
        (5, {"keep": "email_typo:gmail.com"}, "ready"),
        (4, {"act": "exclude"}, "excluded"),
        (4, {"act": "include"}, "problem"),
    ):
        answer = as_manu.post(f"{page}{number}/", typed | {"show": "all"})
        assert answer.url == f"{page}?show=all"
        assert row(sheet, number).status == status


def test_a_row_has_a_page_of_its_own(as_manu, sheet):
    page = f"/bulk/{sheet.pk}/rows/4/"
    shown = text(as_manu.get(page))
    typed = {"email": "cem@example.com", "name": "Cem", "value": "25", "product": "CVS"}

    wrong = as_manu.post(page, typed | {"email": "cem"})
    right = as_manu.post(page, typed)

    assert "cem at example" in shown
    assert wrong.url == page
    assert right.url == f"/bulk/{sheet.pk}/rows/?show=problems"
    assert row(sheet, 4).fixes == {"email": "cem@example.com", "value": "25"}


def test_a_cell_too_long_for_any_field_loses_nothing(as_manu, sheet):
    typed = {"field": "email", "value": "x" * 1001}

    answer = as_manu.post(f"/bulk/{sheet.pk}/rows/4/", typed)

    assert answer.status_code == 422
    assert "x" * 1001 in text(answer)
    assert row(sheet, 4).fixes == {}


def test_rows_that_were_used_stay_as_they_are(as_manu, sheet):
    SheetRow.objects.filter(number=2).update(status=SheetRow.Status.TAKEN)
    page = f"/bulk/{sheet.pk}/rows/2/"

    answer = as_manu.post(page, {"act": "exclude"}, follow=True)

    assert "used already" in text(answer)
    assert "Save row" not in text(as_manu.get(page))


def test_problem_rows_go_out_and_come_back_corrected(as_manu, sheet):
    out = as_manu.get(f"/bulk/{sheet.pk}/problems.csv")
    header, *rows = csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig")))
    for cells in rows:
        cells[2] = cells[2].replace("gamil", "gmail")
    rows.append(["77", *rows[0][1:]])
    back = lists.lines(header, *([f'"{c}"' for c in cells] for cells in rows))

    file = SimpleUploadedFile("corrected.csv", back.encode())
    page = as_manu.post(f"/bulk/{sheet.pk}/corrections/", {"file": file}, follow=True)

    assert "people-problems.csv" in out["Content-Disposition"]
    assert header[0] == "Row"
    assert "2 rows corrected." in text(page)
    assert "Not in this list: 77." in text(page)
    assert row(sheet, 3).email == "bea@gmail.com"


def test_corrections_without_row_numbers_are_refused(as_manu, sheet):
    file = SimpleUploadedFile("corrected.csv", GIFTS.encode())

    answer = as_manu.post(f"/bulk/{sheet.pk}/corrections/", {"file": file})

    assert answer.status_code == 422
    assert "keep the column" in text(answer)


def test_people_are_added_and_the_rest_stays(as_manu, program, manu):
    people = lists.lines(("Name", "E-mail"), ("Ann", "ann@example.com"), ("Bo", "bo"))
    sheet = check(lists.read(program, manu, people, purpose="recipients"))
    rows = f"/bulk/{sheet.pk}/rows/"
    assert "Add 1 person" in text(as_manu.get(rows))

    as_manu.post(f"/bulk/{sheet.pk}/add/", {"version": sheet.version})
    moving = as_manu.get(f"/bulk/{sheet.pk}/")
    work()

    assert "0 of 1 people added." in text(moving)
    assert Recipient.objects.get().email == "ann@example.com"
    assert "Used" in text(as_manu.get(rows))


def test_people_are_added_only_as_the_page_shows_them(as_manu, program, manu):
    people = lists.lines(("Name", "E-mail"), ("Ann", "ann@example.com"))
    sheet = check(lists.read(program, manu, people, purpose="recipients"))

    page = as_manu.post(f"/bulk/{sheet.pk}/add/", {"version": 99}, follow=True)

    assert "changed meanwhile" in text(page)
    assert row(sheet, 2).status == SheetRow.Status.READY


def test_a_list_is_given_up_after_a_question(as_manu, sheet):
    page = f"/bulk/{sheet.pk}/cancel/"
    stale = as_manu.post(page, {"version": sheet.version + 7})
    done = as_manu.post(page, {"version": sheet.version}, follow=True)
    work()

    assert stale.status_code == 409
    assert "The list is cancelled." in text(done)
    assert not sheet.rows.exists()
    assert "Upload another file" in text(as_manu.get(f"/bulk/{sheet.pk}/"))
