"""Workbooks: what their cells say as text, and which sheet is read."""

from datetime import date, datetime, time

import pytest

from tests.portal.tabular import lists


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("00123", "00123"),
        (" two\nlines ", " two\nlines "),
        (12025550123, "12025550123"),
        (15, "15"),
        (-15.5, "-15.5"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (0.0000001, "0.0000001"),
        (10**20, "1" + "0" * 20),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 9, 30), "2026-01-31 09:30:00"),  # noqa: DTZ001  as typed
        (time(9, 30), "09:30:00"),
    ],
)
def test_a_cell_reads_as_its_sheet_shows_it(value, text):
    formats = {
        datetime: "yyyy-mm-dd hh:mm",
        date: "yyyy-mm-dd",
        time: "hh:mm",
    }

    def draw(book):
        page = book.add_worksheet()
        page.write_row(0, 0, ["name", "cell"])
        page.write(1, 0, "Ann")
        style = formats.get(type(value))
        page.write(1, 1, value, book.add_format({"num_format": style} if style else {}))

    assert lists.rows(lists.workbook(draw)) == [(2, ["Ann", text])]


def test_a_formula_is_its_last_result_and_an_error_its_text():
    def draw(book):
        page = book.add_worksheet()
        page.write_row("C3", ["name", "sum", "text", "wrong", "missing"])
        page.write("C4", "Ann")
        page.write_formula("D4", "=10+5", None, 15)
        page.write_formula("E4", '="a"&"b"', None, "ab")
        page.write_formula("F4", "=1/0", None, "#DIV/0!")
        page.write_formula("G4", "=NA()", None, "#N/A")

    assert lists.rows(lists.workbook(draw)) == [
        (4, ["Ann", "15", "ab", "#DIV/0!", "#N/A"])
    ]


def test_rows_have_the_numbers_of_their_sheet():
    content = lists.sheet([], ["name", "n"], [], ["Ann", 1], [None, None], ["Bob", 2])

    assert lists.rows(content) == [(4, ["Ann", "1"]), (6, ["Bob", "2"])]


def test_columns_have_the_letters_of_their_sheet():
    def draw(book):
        page = book.add_worksheet()
        page.write("C1", "name")
        page.write_row("C2", ["Ann", "x"])
        page.write("E1", "email")

    assert lists.table(lists.workbook(draw)).header == ["name", "Column D", "email"]


def test_the_first_visible_sheet_with_anything_in_it_is_read():
    def draw(book):
        book.add_worksheet("Cover")
        hidden = book.add_worksheet("Secret")
        hidden.write_row(0, 0, ["not", "this"])
        hidden.hide()
        people = book.add_worksheet("People")
        people.write_row(0, 0, ["name", "n"])
        people.write_row(1, 0, ["Ann", 1])
        book.add_worksheet("More").write_row(0, 0, ["nor", "this"])

    table = lists.table(lists.workbook(draw))

    assert list(table) == [(2, ["Ann", "1"])]
    assert table.notes == ["The workbook has 3 sheets. Only “People” is read."]


def test_a_single_sheet_needs_no_note():
    assert lists.table(lists.sheet("ab", "cd")).notes == []


def test_shared_strings_are_read_as_inline_ones_are():
    lines = [["name", "n"], *([f"Person {n}", str(n)] for n in range(500))]

    def draw(book):
        page = book.add_worksheet()
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)

    for options in ({}, {"constant_memory": True}):
        assert lists.cells(lists.workbook(draw, **options)) == lines[1:]


def test_a_workbook_and_its_csv_are_the_same_list():
    lines = [["name", "e-mail", "n"], ["Ann, Lee", "ann@example.com", "1"], ["Bob"]]
    text = 'name,e-mail,n\n"Ann, Lee",ann@example.com,1\nBob\n'

    from_workbook, from_text = lists.table(lists.sheet(*lines)), lists.table(text)

    assert from_workbook.header == from_text.header
    assert list(from_workbook) == list(from_text)
