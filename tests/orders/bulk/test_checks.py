"""What a list's rows are checked for, beyond their people."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders import drafts
from orders.bulk import amounts, delivery, merging
from portal.accounts.models import actor_of
from programs.sheets import checking
from tests import factories
from tests.orders.bulk import lists

FIELDS = ["email", "product", "value", "quantity", "message", "deliver_at", "from_name"]


@pytest.fixture
def sheet(program, cvs, manu):
    mapping = {field: index for index, field in enumerate(FIELDS)}
    return lists.make_sheet(program, cvs, manu, rows=0, mapping=mapping, columns=FIELDS)


def checked(sheet, *rows):
    """The lines of rows that have a good e-mail, product and value unless told."""
    good = {"product": "CVS", "value": "10"}
    cells = [
        [{"email": f"p{n}@example.com", **good, **row}.get(f, "") for f in FIELDS]
        for n, row in enumerate(rows)
    ]
    lines = checking.unread(sheet, list(enumerate(cells, 2)))
    checking.run(sheet, lines)
    return lines


def kinds_of(line):
    return [p.kind for p in line.problems if p.kind != "name_missing"]


def test_a_good_row_has_product_value_and_quantity(sheet, cvs):
    (line,) = checked(sheet, {"product": " cvs ", "value": "$10.00", "quantity": "2"})

    assert kinds_of(line) == []
    assert (line.product_id, line.value_minor, line.quantity) == (cvs.pk, 1000, 2)
    assert line.fingerprint


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"product": "Nonesuch"}, "product_unknown"),
        ({"product": ""}, "product_missing"),
        ({"value": "ten"}, "value_unreadable"),
        ({"value": ""}, "value_missing"),
        ({"value": "€10"}, "value_unreadable"),
        ({"value": "5"}, "value_too_low"),
        ({"value": "12"}, "value_not_sold"),
        ({"quantity": "two"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1.5"}, "quantity"),
        ({"deliver_at": "soon"}, "deliver_at"),
        ({"deliver_at": "2001-01-31"}, "deliver_past"),
        ({"message": "x" * 401}, "message_long"),
        ({"message": "Hi {first nam}"}, "merge_unknown"),
        ({"message": "Hi {first name}"}, "merge_missing"),
        ({"message": "{product}" + "x" * 398}, "message_long"),
        ({"from_name": "x" * 151}, "too_long"),
    ],
)
def test_what_is_wrong_is_named(sheet, row, kind):
    (line,) = checked(sheet, row)

    assert kinds_of(line) == [kind]
    assert not line.is_ready


def test_a_value_that_is_not_sold_can_be_rounded_down(sheet):
    (line,) = checked(sheet, {"value": "24.50"})

    assert [p.suggestion for p in line.problems if p.kind == "value_not_sold"] == ["15"]


def test_two_products_of_one_name_need_an_id(sheet):
    factories.make_product("A1", values=[10], name="Twin")
    factories.make_product("A2", values=[10], name="Twin")

    twin, first = checked(sheet, {"product": "Twin"}, {"product": "a1"})

    assert kinds_of(twin) == ["product_ambiguous"]
    assert kinds_of(first) == []


def test_the_cap_of_one_reward_counts_its_quantity(sheet, program):
    program.reward_cap_minor = 2000
    program.save()
    sheet.refresh_from_db()

    within, above = checked(sheet, {"quantity": "2"}, {"quantity": "3"})

    assert kinds_of(within) == []
    assert kinds_of(above) == ["reward_cap"]


def test_what_a_person_was_given_before_counts(sheet, program, cvs, manu):
    program.recipient_cap_minor = 2000
    program.save()
    sheet.refresh_from_db()
    factories.make_submitted(program, cvs, manu, email="p0@example.com")

    known, stranger = checked(sheet, {}, {})

    assert kinds_of(known) == ["recipient_cap", "repeat"]
    assert kinds_of(stranger) == []


def test_somebody_rewarded_lately_is_only_warned_of(sheet, program, cvs, manu):
    factories.make_submitted(program, cvs, manu, email="p0@example.com")

    (line,) = checked(sheet, {})

    assert kinds_of(line) == ["repeat"]
    assert line.is_ready


def test_a_draft_is_nothing_that_was_given(sheet, program, cvs, manu):
    factories.make_draft(program, cvs, manu, email="p0@example.com")

    (line,) = checked(sheet, {})

    assert kinds_of(line) == []


def test_checking_takes_few_queries_for_many_rows(
    sheet, program, django_assert_max_num_queries
):
    program.recipient_cap_minor = 5000
    program.save()
    sheet.refresh_from_db()

    with django_assert_max_num_queries(14):
        checked(sheet, *[{"message": "For {name}, {value}"}] * 300)


def test_the_order_made_of_a_checked_list_is_submitted(sheet, cvs, manu):
    made = lists.make_sheet(sheet.program, cvs, manu, rows=3)
    order = lists.make_order(made, manu)

    drafts.submit(order, version=order.version, actor=actor_of(manu))

    assert order.rewards.count() == 3


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("10", 1000),
        ("$10", 1000),
        ("10.5", 1050),
        ("10,00", 1000),
        ("10.00 USD", 1000),
        ("usd 10", 1000),
        ("US$10", None),
        ("1,250.50", 125050),
        ("1.250,50", 125050),
        ("1,250", 125000),
        ("1,250,000", 125000000),
        ("1 250,00", 125000),
        ("1.250", None),
        ("0,125", None),
        ("10.005", None),
        ("1,25,0", None),
        ("-10", None),
        ("0", None),
        ("1e3", None),
        ("٣", None),
        ("", None),
        ("NaN", None),
    ],
)
def test_amounts_are_exact_or_refused(text, minor):
    assert amounts.minor_units(text, "USD") == minor


@given(st.text(max_size=30))
def test_no_text_makes_an_amount_that_is_not_positive(text):
    minor = amounts.minor_units(text, "USD")

    assert minor is None or minor > 0


@given(st.decimals(min_value="0.01", max_value=10**9, places=2))
def test_an_amount_reads_back_as_written(amount):
    for written in (f"{amount:f}", f"${amount:,.2f}", f"{amount:,.2f} USD"):
        assert amounts.minor_units(written, "USD") == int(amount * Decimal(100))


def test_data_put_into_a_message_is_never_a_template():
    template = merging.template("Hi {Name}, {name}{{name}}")

    filled = template.filled({"name": "{value}"})

    assert filled == "Hi {value}, {value}{{value}}"


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Maria Lopez", ("Maria", "Lopez")),
        ("Lopez, Maria", ("Maria", "Lopez")),
        ("Maria", ("Maria", "")),
        ("", ("", "")),
    ],
)
def test_first_and_last_names_come_out_of_the_whole(whole, parts):
    assert merging.names(whole, {}) == parts


@pytest.mark.parametrize(
    ("text", "region", "moment"),
    [
        ("2030-12-24", "US", datetime(2030, 12, 24, 14, tzinfo=UTC)),
        ("2030-12-24 00:00:00", "US", datetime(2030, 12, 24, 14, tzinfo=UTC)),
        ("12/24/2030", "US", datetime(2030, 12, 24, 14, tzinfo=UTC)),
        ("24.12.2030", "DE", datetime(2030, 12, 24, 14, tzinfo=UTC)),
        ("3/4/2030 2:30 PM", "US", datetime(2030, 3, 4, 19, 30, tzinfo=UTC)),
        ("2030-12-24T08:00:00Z", "US", datetime(2030, 12, 24, 8, tzinfo=UTC)),
        ("2030-12-24 08:00+02:00", "US", datetime(2030, 12, 24, 6, tzinfo=UTC)),
        ("", "US", None),
    ],
)
def test_delivery_is_read_as_it_is_usually_written(text, region, moment):
    assert delivery.moment(text, region) == moment


@pytest.mark.parametrize("text", ["soon", "2030-13-01", "2030-12-24 25:00", "1:00"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(delivery.Unreadable):
        delivery.moment(text, "US")


def test_today_means_at_once(time_machine):
    time_machine.move_to(datetime(2030, 12, 24, 18, tzinfo=UTC))

    assert delivery.moment("2030-12-24", "US") is None
