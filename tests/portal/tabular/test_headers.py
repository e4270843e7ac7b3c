"""Which rows name the columns, and what the columns are called."""

import pytest

from portal.tabular import headers
from tests.portal.tabular import lists


@pytest.mark.parametrize(
    "text",
    [
        "name,email\nAnn,ann@example.com\n",
        "First,Last\nAnn,Lee\n",
        "Who,E-mail,2026\nAnn,ann@example.com,15\n",
        "E-mail\nann@example.com\n",
        "name,amount\nAnn,$15.00\nBob,\n",
        "How likely are you to recommend us to somebody you know on a scale of 0 to 10 "
        "where 10 is best?,E-mail\n9,ann@example.com\n",
    ],
)
def test_names_of_columns_are_no_row(text):
    table = lists.table(text)

    assert table.header == text.splitlines()[0].split(",")
    assert next(iter(table))[0] == 2


@pytest.mark.parametrize(
    "text",
    [
        "Ann,ann@example.com\nBob,bob@example.com\n",
        "ann@example.com\n",
        "Ann,+1 202-555-0101\nBob,+1 202-555-0102\n",
        "Ann,15\nBob,20\n",
        "Ann,2026-01-31\nBob,2026-02-28\n",
    ],
)
def test_a_first_row_of_data_is_a_row(text):
    table = lists.table(text)

    assert table.header is None
    assert next(iter(table))[0] == 1


def test_every_column_has_a_name_of_its_own():
    text = " E-mail ,e-mail,,First\n name,E-mail (2),,\na@example.com,b,c,d,e,f,\n"

    table = lists.table(text.replace("First\n name", '"First\n name"'))

    assert table.header == [
        "E-mail",
        "e-mail (2)",
        "Column C",
        "First name",
        "E-mail (2) (2)",
        "Column F",
    ]
    assert len(table.notes) == 1
    assert "“Column C”" in table.notes[0]


def test_an_empty_column_at_the_end_is_none():
    table = lists.table("name,email,,\nAnn,ann@example.com,,\n")

    assert table.header == ["name", "email"]
    assert table.notes == []
    assert list(table) == [(2, ["Ann", "ann@example.com"])]


def test_columns_have_the_letters_of_a_spreadsheet():
    names, _ = headers.named([""] * 703)

    assert [names[n] for n in (0, 25, 26, 701, 702)] == [
        "Column A",
        "Column Z",
        "Column AA",
        "Column ZZ",
        "Column AAA",
    ]


def test_a_title_above_the_names_is_noted_and_not_read():
    text = "Bonus 2026\n\nExported by,Payroll,,\nName,E-mail,Value,Note\n"

    table = lists.table(text + "Ann,ann@example.com,15,a\nBob,bob@example.com,20,b\n")

    assert table.header == ["Name", "E-mail", "Value", "Note"]
    assert table.notes == ["The list begins in row 4; what is above it is not read."]
    assert [number for number, _ in table] == [5, 6]


def test_a_short_row_with_an_address_is_no_title():
    text = "ann@example.com,,\nBob,Lee,20\nCai,Wu,30\n"

    assert lists.table(text).sample[0] == (1, ["ann@example.com", "", ""])
