"""Two versions side by side."""

from dataclasses import replace

from programs.addresses.comparing import difference
from programs.addresses.fields import Field
from tests.programs.addresses.places import PLACES

MOMA = PLACES["Museum of Modern Art"]


def shown(pieces):
    return [(piece.text, piece.is_changed) for piece in pieces]


def test_the_words_that_differ_are_marked_on_both_sides():
    rows = {
        row.field: row
        for row in difference(MOMA, replace(MOMA, line1="11 W 53rd Street Apt 4B"))
    }

    line = rows[Field.LINE1]
    assert shown(line.before) == [
        ("11", False),
        ("West", True),
        ("53rd Street", False),
    ]
    assert shown(line.after) == [
        ("11", False),
        ("W", True),
        ("53rd Street", False),
        ("Apt 4B", True),
    ]
    assert [field for field, row in rows.items() if row.is_changed] == [Field.LINE1]


def test_every_filled_field_is_shown_and_no_other():
    rows = difference(MOMA, replace(MOMA, state="", line2="Floor 2"))

    assert [row.field for row in rows] == [
        Field.COUNTRY,
        Field.NAME,
        Field.LINE1,
        Field.LINE2,
        Field.CITY,
        Field.STATE,
        Field.POSTAL_CODE,
    ]
    added, gone = rows[3], rows[5]
    assert shown(added.before) == []
    assert shown(added.after) == [("Floor 2", True)]
    assert shown(gone.before) == [("NY", True)]


def test_the_same_twice_has_nothing_marked():
    assert not any(row.is_changed for row in difference(MOMA, MOMA))
