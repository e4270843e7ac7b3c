import pytest

from portal.web.numbers import whole_number


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)]
)
def test_ascii_digits_are_a_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", " 1", "1 ", "-1", "+1", "1.0", "1e9", "1_0", "\x00"),
        *("9" * 19, "9" * 5000, "\u00b2", "\u0661", "\uff11"),
    ],
)
def test_anything_else_is_none(text):
    assert whole_number(text) is None
