"""What rows by post are checked for beyond their address: values, caps, repeats."""

from decimal import Decimal

import pytest

from programs.models import Program
from programs.sheets import checking
from tests import factories
from tests.orders.bulk import lists
from tests.orders.shipments import posted

FIELDS = ["name", "email", "product", "value", "quantity", "message", "way"]
PLACE = ["line1", "city", "state", "postal_code"]
BOTH = ["DigitalDelivery", "PhysicalShipment"]
LIBRARY = {"city": "New York", "state": "NY", "postal_code": "10018"}


@pytest.fixture
def program(db, adam):
    return factories.make_program(
        "Spring", funded=1000, funded_by=adam, delivery_types=BOTH
    )


@pytest.fixture
def cvs(db):
    return factories.make_product("CVS", values=[10, 15, 50], delivery_types=BOTH)


@pytest.fixture
def sheet(program, cvs, manu):
    posted.standard()
    columns = [*FIELDS, *PLACE]
    mapping = {field: index for index, field in enumerate(columns)}
    return lists.make_sheet(
        program, cvs, manu, rows=0, mapping=mapping, columns=columns
    )


def checked(sheet, *rows):
    """The lines of rows by post, each to an address of its own unless told."""
    cells = []
    for n, row in enumerate(rows):
        good = {"name": f"Person {n}", "product": "CVS", "value": "10", **LIBRARY}
        told = {**good, "line1": f"{n} 5th Ave", **row}
        cells.append([told.get(field, "") for field in sheet.columns])
    lines = checking.unread(sheet, list(enumerate(cells, 2)))
    checking.run(sheet, lines)
    return lines


def kinds_of(line):
    return [problem.kind for problem in line.problems]


def test_a_good_row_by_post_has_product_value_and_quantity(sheet, cvs):
    (line,) = checked(sheet, {"value": "$10.00", "quantity": "2"})

    assert kinds_of(line) == []
    assert line.is_postal
    assert (line.product_id, line.value_minor, line.quantity) == (cvs.pk, 1000, 2)
    assert line.fingerprint


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"product": "Nonesuch"}, "product_unknown"),
        ({"product": ""}, "product_missing"),
        ({"value": "ten"}, "value_unreadable"),
        ({"value": ""}, "value_missing"),
        ({"value": "12"}, "value_not_sold"),
        ({"value": "5"}, "value_too_low"),
        ({"quantity": "two"}, "quantity"),
        ({"message": "x" * 401}, "message_long"),
        ({"message": "Hi {first nam}"}, "merge_unknown"),
    ],
)
def test_the_rules_of_every_reward_hold_for_the_post(sheet, row, kind):
    (line,) = checked(sheet, row)

    assert kinds_of(line) == [kind]
    assert not line.is_ready


def test_the_caps_count_what_is_posted(sheet, program, cvs, manu):
    program.reward_cap_minor, program.recipient_cap_minor = 2000, 2000
    program.save()
    sheet.refresh_from_db()
    factories.make_submitted(
        program, cvs, manu, email="p0@example.com", value=Decimal(15)
    )

    known, stranger, many = checked(
        sheet,
        {"email": "p0@example.com", "way": "By post"},
        {},
        {"quantity": "3"},
    )

    assert kinds_of(known) == ["recipient_cap", "repeat"]
    assert kinds_of(stranger) == []
    assert kinds_of(many) == ["reward_cap", "recipient_cap"]


def test_somebody_posted_to_lately_is_known_by_the_address(sheet, program, cvs, manu):
    program.recipient_cap_minor = 5500
    program.save()
    sheet.refresh_from_db()
    posted.make_submitted(program, cvs, manu)

    known, housemate = checked(
        sheet,
        {"name": "Rosa Example", "line1": "476 5th Ave"},
        {"name": "Otto Example", "line1": "476 5th Ave"},
    )

    assert kinds_of(known) == ["recipient_cap", "repeat"]
    assert {problem.field for problem in known.problems} == {"value", "name"}
    assert kinds_of(housemate) == []


def test_checking_takes_few_queries_for_many_rows_by_post(
    sheet, program, django_assert_max_num_queries
):
    program.recipient_cap_minor = 5000
    program.save()
    sheet.refresh_from_db()

    with django_assert_max_num_queries(16):
        checked(sheet, *[{"message": "For {name}, {value}"}] * 300)


def test_a_list_by_mail_asks_the_database_nothing_more_for_the_post(
    sheet, program, django_assert_num_queries
):
    def queries(posts):
        types = BOTH if posts else BOTH[:1]
        Program.objects.filter(pk=program.pk).update(delivery_types=types)
        sheet.refresh_from_db()
        assert sheet.program.delivery_types == types
        rows = [{"email": f"p{n}@example.com", "line1": ""} for n in range(20)]
        with django_assert_num_queries(5):
            return [kinds_of(line) for line in checked(sheet, *rows)]

    assert queries(posts=True) == queries(posts=False) == [[]] * 20
