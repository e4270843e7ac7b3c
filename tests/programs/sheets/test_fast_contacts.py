"""The short way of reading contacts says exactly what the long way says."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from programs import contacts, recipient_search
from programs.contacts import BadContact
from programs.sheets import fast_contacts

LOCAL = st.text("abzABZ019._+'-!#%&*/=?^`{|}~ü,@\" ", max_size=20)
DOMAIN = st.one_of(
    st.sampled_from(
        ["example.com", "Example.COM", "mail.example.org", "example", "a..b", "x.test"]
    ),
    st.text("abZ09.-_ü ", max_size=12),
)
DIGITS = st.text("0123456789", min_size=10, max_size=10)
NUMBER = st.builds(
    lambda code, digits, marks: (
        f"{code}{marks[0]}{digits[:3]}{marks[1]}{digits[3:6]}{marks[2]}{digits[6:]}"
    ),
    st.sampled_from(["", "1", "+1", "1-", "+1 ", "+44", "001"]),
    DIGITS,
    st.tuples(
        st.sampled_from(["", "(", " "]),
        st.sampled_from(["", ") ", "-", ".", ")"]),
        st.sampled_from(["", "-", " ", ".", "/"]),
    ),
)


def outcome(read, *arguments):
    try:
        return read(*arguments)
    except BadContact as problem:
        return str(problem)


@given(st.one_of(st.builds("{}@{}".format, LOCAL, DOMAIN), st.text(max_size=30)))
@example("K@example.com")
@example("a" * 65 + "@example.com")
@example("a@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 40 + ".com")
@example("dana@xn--bcher-kva.example.com")
@example("dana@1.2.3.4")
@example("dana@example.com\n")
def test_an_address_is_read_as_it_always_is(text):
    assert outcome(fast_contacts.email, text) == outcome(contacts.normal_email, text)


@given(st.one_of(NUMBER, DIGITS), st.sampled_from(["US", "CA", "GB", "DE", "JM"]))
@example("(202) 555-0123", "US")
@example("+12025550123", "GB")
@example("2025550123", "GB")
@example("3105550123", "US")
@example("8005550123", "US")
@example("5005550123", "US")
@example("+1 204 555 0123", "US")
@example("2025550123\n", "US")
@example("２０２5550123", "US")
def test_a_number_is_read_as_it_always_is(text, region):
    assert outcome(fast_contacts.phone, text, region) == outcome(
        contacts.normal_phone, text, region
    )


@pytest.mark.parametrize("area", range(200, 1000))
def test_every_area_code_is_read_as_it_always_is(area):
    for text in (f"{area}5550123", f"+1{area}2340123", f"+1{area}9990123"):
        assert outcome(fast_contacts.phone, text, "US") == outcome(
            contacts.normal_phone, text, "US"
        )


@given(st.text("abcXYZ éßİ'-\t\n\0１", max_size=30))
@example("JOSÉ")
def test_a_plain_name_is_folded_as_any_other(name):
    # A letter with an accent sends the whole name the long way.
    assert (
        recipient_search.fold(f"{name} é") == f"{recipient_search.fold(name)} e".strip()
    )


@given(DIGITS)
@example("2025550123")
@example("8765550123")
def test_a_north_american_number_is_found_by_its_home_form(digits):
    national = phonenumbers.format_number(
        phonenumbers.parse(f"+1{digits}"), PhoneNumberFormat.NATIONAL
    )
    typed = "".join(filter(str.isdecimal, national))
    assert typed in recipient_search.indexed("", None, f"+1{digits}")
