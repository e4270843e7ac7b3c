"""The small vocabulary of conditions: what holds, what does not; none ever raises."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.triggers import conditions, sampling
from orders.triggers.conditions import Condition, Op, Unmet

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.text(),
    st.dates().map(str),
)
TYPED = st.one_of(
    st.text(), st.integers().map(str), st.decimals().map(str), st.dates().map(str)
)
CONDITIONS = st.builds(
    Condition, attribute=st.sampled_from("abc"), op=st.sampled_from(Op), value=TYPED
)
GROUPS = st.lists(st.lists(CONDITIONS, min_size=1, max_size=3).map(tuple)).map(tuple)


@given(GROUPS, st.dictionaries(st.sampled_from("abc"), SCALARS))
def test_no_condition_ever_raises(groups, attributes):
    found = conditions.unmet(groups, attributes)

    assert found is None or found[1] in Unmet
    assert conditions.of(conditions.stored(groups)) == groups
    assert isinstance(conditions.sentence(groups), str)


@given(GROUPS)
def test_a_sample_is_always_made(groups):
    assert set(sampling.attributes(groups)) <= set("abc")


@pytest.mark.parametrize(
    ("given", "op", "typed", "why"),
    [
        (50, "ge", "50", None),
        (Decimal("49.99"), "ge", "50", Unmet.FAILED),
        ("50.00", "ge", "50", None),
        (50, "gt", "50", Unmet.FAILED),
        (51, "gt", "50", None),
        (50, "le", "50", None),
        (50, "lt", "50", Unmet.FAILED),
        (-1, "lt", "0", None),
        ("fifty", "ge", "50", Unmet.NOT_COMPARABLE),
        (True, "ge", "0", Unmet.NOT_COMPARABLE),
        (Decimal("NaN"), "ge", "0", Unmet.NOT_COMPARABLE),
        ("2026-03-02", "ge", "2026-03-01", None),
        ("2026-03-01T23:59:00Z", "le", "2026-03-01", None),
        ("2026-02-28", "ge", "2026-03-01", Unmet.FAILED),
        ("US", "eq", "us ", None),
        ("50.0", "eq", "50", None),
        ("CA", "eq", "US", Unmet.FAILED),
        ("CA", "ne", "US", None),
        ("US", "ne", "US", Unmet.FAILED),
        (True, "eq", "True", None),
        (1, "eq", "true", Unmet.FAILED),
        ("CA", "in", "US, CA", None),
        (7, "in", "5,6, 7.0", None),
        ("MX", "in", "US, CA", Unmet.FAILED),
        ("", "in", "US,", Unmet.MISSING),
        ("x", "exists", "", None),
        (False, "exists", "", None),
        (0, "exists", "", None),
        ("", "exists", "", Unmet.MISSING),
        (None, "exists", "", Unmet.MISSING),
        (None, "ne", "US", Unmet.MISSING),
    ],
)
def test_what_holds(given, op, typed, why):
    attributes = {"it": given}

    assert conditions.holds(Condition("it", Op(op), typed), attributes) == why


def test_an_attribute_that_is_not_there_is_missing():
    assert conditions.holds(Condition("it", Op.EQUAL, "1"), {}) == Unmet.MISSING


def test_and_binds_tighter_than_or():
    rich, near, vip = (
        Condition("purchase", Op.AT_LEAST, "50"),
        Condition("country", Op.IN, "US, CA"),
        Condition("vip", Op.EXISTS),
    )
    groups = ((rich, near), (vip,))

    assert conditions.unmet(groups, {"purchase": 60, "country": "US"}) is None
    assert conditions.unmet(groups, {"vip": "yes"}) is None
    assert conditions.unmet(groups, {"purchase": 60}) == (vip, Unmet.MISSING)
    assert conditions.unmet((), {}) is None
    assert (
        conditions.sentence(groups)
        == "purchase ≥ 50 and country is one of US, CA, or vip is there"
    )


@pytest.mark.parametrize(
    "group",
    [
        [("purchase", "ge", "50")],
        [("purchase", "gt", "50"), ("purchase", "lt", "51")],
        [("purchase", "lt", "0"), ("country", "in", "US, CA")],
        [("country", "ne", "US")],
        [("day", "gt", "2026-03-01")],
        [("vip", "exists", ""), ("vip", "ne", "yes")],
        [("vip", "eq", "true")],
        [("points", "ne", "10"), ("points", "ge", "10")],
    ],
)
def test_a_sample_meets_the_conditions_it_is_made_from(group):
    groups = (tuple(Condition(name, Op(op), typed) for name, op, typed in group),)

    assert conditions.unmet(groups, sampling.attributes(groups)) is None


def test_where_one_group_cannot_be_met_the_sample_meets_another():
    never = (Condition("a", Op.MORE, "5"), Condition("a", Op.LESS, "5"))
    groups = (never, (Condition("b", Op.EQUAL, "x"),))

    assert sampling.attributes(groups) == {"b": "x"}
