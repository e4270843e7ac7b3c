"""Text files: encodings, delimiters, quotes and row numbers."""

import csv
from io import StringIO

import pytest

from tests.portal.tabular import lists

LINES = [
    ["Name", "E-mail", "Message"],
    ["Zoë Müller", "zoe@example.com", "Thanks, Zoë; “well” done | and\tso on"],
    ["Renée", "renee@example.com", 'She said "yes"\nand left – €5'],
    ["Ann", "ann@example.com", ""],
]
ENCODINGS = {
    "utf-8": "",
    "utf-8-sig": "",
    "utf-16-le": "\ufeff",
    "utf-16-be": "\ufeff",
    "cp1252": "",
}


def written(delimiter: str, newline: str = "\r\n") -> str:
    text = StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(LINES)
    return text.getvalue()


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_and_delimiter_is_noticed(encoding, delimiter, newline):
    text = ENCODINGS[encoding] + written(delimiter, newline)

    table = lists.table(text.encode(encoding))

    assert (table.kind, table.encoding, table.delimiter) == ("csv", encoding, delimiter)
    assert table.header == LINES[0]
    assert list(table) == list(enumerate(LINES[1:], start=2))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_mark(encoding):
    text = "Имя;E-mail\r\nЗоя;zoya@example.com\r\nАнна;anna@example.com\r\n"

    table = lists.table(text.encode(encoding))

    assert table.encoding == encoding
    assert [cells for _, cells in table] == [
        ["Зоя", "zoya@example.com"],
        ["Анна", "anna@example.com"],
    ]


def test_an_accent_far_below_decides_the_encoding():
    plain = "name,email\r\n" + "Ann,ann@example.com\r\n" * 30_000
    accented = plain + "Zoë,zoe@example.com\r\n"

    for encoding in ("utf-8", "cp1252"):
        table = lists.table(accented.encode(encoding))

        assert table.encoding == encoding
        assert list(table)[-1] == (30_002, ["Zoë", "zoe@example.com"])


def test_letters_across_the_pieces_of_a_file_stay_whole():
    for shift in range(4):
        text = "x" * shift + "name,email\n" + "Zoë €,zoe@example.com\n" * 30_000

        assert {cells[0] for _, cells in lists.table(text)} == {"Zoë €"}


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("email;price\na@example.com;1,50\nb@example.com;2,50\n", ";"),
        ("a@example.com;1,50\nb@example.com;2,50\n", ";"),
        ("name,note\nAnn,one; two\nBob,three; four\n", ","),
        ("name,note,n\nAnn,a|b,1\nBob,c|d,2\n", ","),
        ('"a;b","c"\n"d;e","f"\n', ","),
        ('name\tnote\nAnn\t"one\ntwo, three"\nBob\tfour\n', "\t"),
        ("sep=|\nname|note\nAnn|a;b;c\n", "|"),
        ('"sep=;"\r\nname;note\r\nAnn;a,b\r\n', ";"),
        ("email\na@example.com\n", ","),
    ],
)
def test_the_delimiter_is_the_one_that_makes_even_rows(text, delimiter):
    assert lists.table(text).delimiter == delimiter


def test_a_line_that_names_the_delimiter_is_no_row():
    assert lists.rows("sep=;\r\nname;email\r\nAnn;ann@example.com\r\n") == [
        (2, ["Ann", "ann@example.com"])
    ]


def test_the_name_decides_where_the_content_does_not():
    assert lists.table("email\na@example.com\n", "people.tsv").delimiter == "\t"


def test_blanks_before_quotes_are_not_part_of_a_cell():
    text = 'name, email\n"Rivera, Dana", "dana@example.com"\n'

    assert lists.cells(text) == [["Rivera, Dana", "dana@example.com"]]


def test_rows_have_the_numbers_a_spreadsheet_shows():
    text = 'name,email\n\n"Ann\nLee",ann@example.com\n,\n , \nBob,bob@example.com\n'

    assert lists.rows(text) == [
        (3, ["Ann\nLee", "ann@example.com"]),
        (6, ["Bob", "bob@example.com"]),
    ]


def test_nothing_of_a_ragged_row_is_lost():
    text = "name,email\nAnn\nBob,bob@example.com,extra,\nCai,cai@example.com,,\n"

    assert lists.cells(text) == [
        ["Ann", ""],
        ["Bob", "bob@example.com", "extra"],
        ["Cai", "cai@example.com"],
    ]


def test_pasted_cells_are_a_list():
    pasted = 'Ann\tann@example.com\t"two\nlines"\r\nBob\tbob@example.com\t'

    table = lists.table(pasted, "")

    assert table.header is None
    assert table.width == 3
    assert list(table) == [
        (1, ["Ann", "ann@example.com", "two\nlines"]),
        (2, ["Bob", "bob@example.com", ""]),
    ]


def test_the_extension_does_not_matter():
    assert lists.table("name,n\nAnn,1\n", "people.xlsx").kind == "csv"
    assert lists.table(lists.sheet(["name", "n"], ["Ann", 1]), "a.csv").kind == "xlsx"


def test_the_sample_is_the_beginning_of_the_rows():
    text = "name,n\n" + "".join(f"Person,{n}\n" for n in range(200))

    table = lists.table(text)

    assert table.sample == list(table)[: len(table.sample)]
    assert len(table.sample) == 50
