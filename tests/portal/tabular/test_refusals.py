"""Bad files: each gets a sentence that says what is wrong and what to do."""

import struct

import psutil
import pytest

from portal.tabular import Unreadable
from tests.portal.tabular import lists

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = OLE + bytes(2_000_000) + "EncryptedPackage".encode("utf-16-le") + bytes(99)
HEAD = "name,email\n"
ROW = "Ann,ann@example.com\n"


def refusal(content: bytes | str, name: str = "people.csv") -> str:
    with pytest.raises(Unreadable) as refused:
        list(lists.table(content, name))
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        (b"", "empty", "right one"),
        (b"\xef\xbb\xbf", "no rows", "Add one row"),
        ("\n\n \n", "no rows", "Add one row"),
        (HEAD, "no rows", "Add one row"),
        (HEAD + "\n,\n", "no rows", "Add one row"),
        (HEAD + "Ann,\0\n", "NUL", "CSV or XLSX"),
        (HEAD + ROW * 50_000 + "\0", "NUL", "CSV or XLSX"),
        (b"\xff\xfe\0\0a\0\0\0,\0\0\0", "NUL", "CSV or XLSX"),
        (HEAD + ROW + "Bob," + "x" * 32_768, "Row 3 ", "Correct that row"),
        (HEAD + ROW + "Bob," + "x" * 10_000_000, "Row 3 ", "Correct that row"),
        (HEAD + ROW + 'Bob,"' + "x\n" * 20_000, "Row 3 ", "Correct that row"),
        (HEAD + ROW + '"\n",' * 300_000, "Row 3 ", "Correct that row"),
        (HEAD + ROW + 'Bob,"b@example.com\nCai,c\n', "row 3 ", "never closed"),
        (HEAD + ROW + '"', "row 3 ", "never closed"),
        (HEAD + ROW + "," * 499 + "x\n" + "," * 500 + "x\n", "Row 4 ", "Remove"),
        (",".join(f"c{n}" for n in range(10_000)) + "\n1\n", "10,000", "Remove"),
        ("Zoë,é\n".encode() + b"\xe9\n", "encodings", "CSV UTF-8"),
        (b"\xef\xbb\xbfname\nZo\xeb\n", "encodings", "CSV UTF-8"),
        (b"name\n\x81\n", "encodings", "CSV UTF-8"),
        ("\ufeffname\nZoë\n".encode("utf-16-le") + b"x", "cut off", "CSV UTF-8"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document", "CSV or XLSX"),
        (b"{\\rtf1 text}", "a text document", "CSV or XLSX"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture", "CSV or XLSX"),
        (b"\x1f\x8b\x08\0", "a compressed archive", "CSV or XLSX"),
        (b"\r\n<HTML><table><tr>", "a web page", "CSV or XLSX"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "an XML document", "CSV or XLSX"),
        (OLE + bytes(4096), "old Office document", "CSV or XLSX"),
        (ENCRYPTED, "protected by a password", "without the password"),
        (lists.archive({"word/document.xml": "x"}), "a Word document", "CSV or XLSX"),
        (lists.archive({"ppt/presentation.xml": "x"}), "a presentation", "CSV or XLSX"),
        (lists.archive({"xl/workbook.bin": "x"}), "XLSB", "CSV or XLSX"),
        (lists.archive({"mimetype": "x", "content.xml": "x"}), "OpenDocument", "CSV"),
        (lists.archive({"Index/Document.iwa": "x"}), "Numbers", "CSV or XLSX"),
        (lists.archive({"people.csv": "x"}), "a ZIP archive", "CSV or XLSX"),
        (lists.archive({"xl/workbook.xml": "x"}), "damaged", "save it as CSV"),
        (b"PK\x03\x04 and no more", "damaged", "save it as CSV"),
    ],
)
def test_a_bad_file_is_told_what_to_do(content, problem, remedy):
    text = refusal(content)

    assert problem in text
    assert remedy in text
    assert 1 <= text.count(". ") + text.endswith(".") <= 2


def test_a_cell_of_the_most_a_spreadsheet_holds_is_read():
    text = HEAD + "Ann," + "x" * 32_767 + "\n"

    assert len(lists.cells(text)[0][1]) == 32_767


def test_as_many_columns_as_allowed_are_read():
    text = ",".join(f"c{n}" for n in range(500)) + ",,,\n1\n"

    assert lists.table(text).width == 500


def test_one_row_more_than_allowed_is_refused(settings):
    settings.LIST_MOST_ROWS = 3

    assert len(lists.cells(HEAD + ROW * 3)) == 3
    assert len(lists.cells(ROW * 3)) == 3
    assert "more than 3 rows" in refusal(HEAD + ROW * 4)
    assert "more than 3 rows" in refusal(lists.sheet("ab", *["cd"] * 4))


def test_a_larger_file_than_allowed_is_refused(settings):
    settings.LIST_MOST_MB = 1
    content = HEAD + ROW * 100_000

    assert "1 MB" in refusal(content)


def test_no_refusal_repeats_what_a_cell_says():
    secret = "dana@example.com"
    for text in (
        f'{HEAD}{secret},"{secret}',
        f"{HEAD}{secret}," + secret * 5_000,
        HEAD + f"{secret}," * 501,
        f"{HEAD}{secret},\0",
    ):
        assert secret not in refusal(text)


@pytest.mark.parametrize("size", [10, 100, 1000, 5000])
def test_half_a_workbook_is_damaged(size):
    content = lists.sheet(["name", "n"], ["Ann", 1])

    assert "damaged" in refusal(content[:size])


def test_a_workbook_with_a_damaged_sheet_is_refused():
    content = bytearray(lists.sheet(["name", "n"], *[["Ann", n] for n in range(99)]))
    start = content.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    content[start + 20 : start + 60] = bytes(40)

    assert "damaged" in refusal(bytes(content))


def test_a_workbook_without_sheets_of_data_is_refused():
    assert "no sheet with anything in it" in refusal(lists.sheet())


def test_a_workbook_that_unpacks_to_too_much_is_refused_unopened():
    bomb = lists.rewritten(lists.sheet("ab", "cd"), sheet1=bytes(80 * 1024**2))

    assert len(bomb) < 1024**2
    assert "too large" in refusal(bomb)


def test_a_bomb_that_lies_about_its_size_is_refused():
    cells = b'<row><c t="inlineStr"><is><t>some text of a cell</t></is></c></row>'
    xml = b"<worksheet><sheetData>%b</sheetData></worksheet>" % (cells * 1_000_000)
    bomb = bytearray(lists.rewritten(lists.sheet("ab", "cd"), sheet1=xml))
    # The size after unpacking, in the table of contents.
    entry = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(b"xl/worksheets/sheet1.xml"))
    assert struct.unpack_from("<I", bomb, entry + 24) == (len(xml),)
    struct.pack_into("<I", bomb, entry + 24, 1000)

    assert "damaged" in refusal(bytes(bomb))


def test_a_sheet_that_needs_too_much_memory_ends_only_its_own_process(settings):
    settings.LIST_WORKBOOK_MB = 256

    # Calamine holds a sheet as a rectangle; these two cells span 17 thousand million.
    def draw(book):
        page = book.add_worksheet()
        page.write(0, 0, "name")
        page.write(1_048_575, 16_383, "far")

    assert "too large" in refusal(lists.workbook(draw))


def test_closing_a_table_ends_what_reads_its_workbook():
    before = psutil.Process().children()
    # More than fits into a pipe, so that the process waits to be read.
    table = lists.table(lists.sheet("ab", *[["some text of a cell"] * 99] * 500))
    assert len(psutil.Process().children()) == len(before) + 1

    table.close()

    assert psutil.Process().children() == before


@pytest.mark.parametrize("ends", ["stops", "is refused", "has too many columns"])
def test_nothing_is_left_running_after_a_workbook(ends, settings):
    before = psutil.Process().children()
    settings.LIST_MOST_ROWS = 100 if ends == "is refused" else 1_000_000
    wide = ["some text of a cell"] * (501 if ends == "has too many columns" else 99)
    content = lists.sheet("ab", *[wide] * 500)

    if ends == "stops":
        for _row in lists.table(content):
            break
    else:
        refusal(content)

    assert psutil.Process().children() == before


def test_a_table_is_not_read_twice():
    table = lists.table(HEAD + ROW)
    list(table)

    with pytest.raises(ValueError, match="once"):
        list(table)
