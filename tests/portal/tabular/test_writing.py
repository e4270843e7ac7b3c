"""What the portal writes: no spreadsheet runs it, and the portal reads it back."""

import csv
import tempfile
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from portal import tabular
from portal.tabular.writing import Cell
from tests.portal.tabular import lists

RUN = "=+-@\t\r\n\0＝＋－＠"
# What neither format holds, or what ends a line differently in each.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
TRICKY = st.text(st.sampled_from("=+-@'\"\t ,;\n|0aé€_x"), max_size=8)
ROWS = st.lists(st.lists(TEXT | TRICKY, min_size=3, max_size=3), max_size=6)
COLUMNS = ["Name", "Text", "More"]
# The first row is at least as wide as the columns, and is data.
FIRST = ["Ann", "ann@example.com", "x"]


@pytest.mark.parametrize("before", ["", " ", "  ", '"', "'", "' \"", "\u00a0"])
@pytest.mark.parametrize("character", RUN)
def test_text_a_spreadsheet_would_run_is_made_safe(before, character):
    cell = f"{before}{character}cmd|' /C calc'!A0"

    assert tabular.safe(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["", "Ann", "00123", "a=b", "O'Brien", "'tis", '"x"', "15.00", "ann@x"]
)
def test_other_text_stays_as_it_is(cell):
    assert tabular.safe(cell) == cell


def test_csv_is_what_excel_expects():
    rows: list[list[Cell]] = [
        ["Zoë", "+12025550123", Decimal("-15.50")],
        ["=1+1", None, -3],
    ]

    content = b"".join(tabular.csv_lines(["Name", "Phone", "Value"], rows))

    assert content.decode() == (
        "\ufeffName,Phone,Value\r\nZoë,'+12025550123,-15.50\r\n'=1+1,,-3\r\n"
    )


def test_csv_comes_in_pieces():
    rows = ([f"Person {n}", "x" * 100] for n in range(5_000))

    pieces = list(tabular.csv_lines(["Name", "Text"], rows))

    assert len(pieces) > 5
    assert max(map(len, pieces)) < 100_000
    assert len(b"".join(pieces).splitlines()) == 5_001


def test_a_workbook_keeps_numbers_as_numbers_and_text_as_text():
    stream = BytesIO()
    long = Decimal("12345678901234567890.12")
    rows: list[list[Cell]] = [
        ["=1+1", "https://example.com", "00123", Decimal("-15.50"), 3, long, None]
    ]

    tabular.write_xlsx(stream, list("abcdefg"), rows)

    stream.seek(0)
    sheet = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0)
    assert sheet.to_python()[1] == [
        *("'=1+1", "https://example.com", "00123"),
        *(-15.5, 3.0, str(long), ""),
    ]


def test_a_workbook_in_memory_is_the_same_and_touches_no_file(monkeypatch):
    """xlsxwriter would keep rows in a file that a killed process leaves behind."""
    content = []
    for in_memory in (False, True):
        if in_memory:
            monkeypatch.setattr(tempfile, "mkstemp", None)
            monkeypatch.setattr(tempfile, "mkdtemp", None)
        stream = BytesIO()
        rows: list[list[Cell]] = [["=1+1", Decimal("1.50")], ["x", 2]]
        tabular.write_xlsx(stream, ["a", "b"], rows, in_memory=in_memory)
        stream.seek(0)
        sheet = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0)
        content.append(sheet.to_python())

    assert content[0] == content[1] == [["a", "b"], ["'=1+1", 1.5], ["x", 2.0]]


def test_what_a_workbook_cannot_hold_is_not_lost_silently():
    with pytest.raises(ValueError, match="row 2, column 1"):
        tabular.write_xlsx(BytesIO(), ["Text"], [["x" * 32_768]])


@settings(max_examples=300, deadline=None)
@given(ROWS)
@example([["'=1", "''=1", "'x"], ["a\rb", "\x1f", "x"], ["", " ", ""], ["\n", "", ""]])
@example([["", " ", ' "'], ["a, ", 'b, "c', "x"]])
def test_what_is_written_as_csv_is_read_back(rows):
    content = b"".join(tabular.csv_lines(COLUMNS, [FIRST, *rows]))

    table = lists.table(content)

    assert table.header == COLUMNS
    assert [cells for _, cells in table] == filled([FIRST, *rows])


@settings(max_examples=40, deadline=None)
@given(ROWS)
@example([["'=1", "''=1", "_x0041_"], ["\x01", " a ", "x"]])
def test_what_is_written_as_a_workbook_is_read_back(rows):
    stream = BytesIO()
    tabular.write_xlsx(stream, COLUMNS, [FIRST, *rows])

    table = lists.table(stream.getvalue())

    assert table.header == COLUMNS
    assert [cells for _, cells in table] == filled([FIRST, *rows])


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-16"]))
def test_no_row_is_lost(rows, delimiter, encoding):
    rows = [[*cells, "end"] for cells in rows]
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows([[*FIRST, "z"]] * 9 + rows)

    read = lists.rows(text.getvalue().encode(encoding))

    assert [number for number, _ in read] == list(range(1, 10 + len(rows)))


def filled(rows: list[list[str]]) -> list[list[str]]:
    """The rows with anything in them as they are written."""
    return [
        cells for cells in rows if any(tabular.safe(cell).strip() for cell in cells)
    ]
