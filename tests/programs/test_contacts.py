import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from programs import contacts
from programs.contacts import BadContact, Email, Phone

NBSP, ZWSP, BOM, SHY = "\u00a0", "\u200b", "\ufeff", "\u00ad"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("dana@example.com", "dana@example.com"),
        ("  Dana@Example.COM \n", "dana@example.com"),
        ("mailto:dana@example.com", "dana@example.com"),
        ("MAILTO:dana%40example.com?subject=Hello", "dana@example.com"),
        ("Dana Rivera <dana@example.com>", "dana@example.com"),
        ("Dana <mailto:dana@example.com>;", "dana@example.com"),
        ('"dana@example.com",', "dana@example.com"),
        ("dana@example.com.", "dana@example.com"),
        ("dana @ example . com", "dana@example.com"),
        ("dana＠example．com", "dana@example.com"),
        ("ｄａｎａ@example.com", "dana@example.com"),
        (f"da{ZWSP}na@{SHY}example.com{BOM}", "dana@example.com"),
        (f"{NBSP}dana@example.com{NBSP}", "dana@example.com"),
        ("dana\u2013rivera@example.com", "dana-rivera@example.com"),
        ("o\u2019brien@example.com", "o'brien@example.com"),
        ("dana+gift@example.com", "dana+gift@example.com"),
        ("dana@bücher.example.com", "dana@xn--bcher-kva.example.com"),
        ("dana@XN--bcher-kva.example.com", "dana@xn--bcher-kva.example.com"),
    ],
)
def test_an_address_is_stored_in_one_form(typed, stored):
    assert contacts.normal_email(typed) == stored


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("", "Enter an e-mail address."),
        (" \u200b ", "Enter an e-mail address."),
        ("dana", "whole e-mail address"),
        ("dana@", "Check the e-mail address"),
        ("@example.com", "Check the e-mail address"),
        ("dana@example", "Check the e-mail address"),
        ("dana@example..com", "Check the e-mail address"),
        ("dana@exam_ple.com", "Check the e-mail address"),
        ("dana@[127.0.0.1]", "Check the e-mail address"),
        ("dána@example.com", "Check the e-mail address"),
        ("dana rivera@example.com", "space"),
        ("a@example.com, b@example.com", "one e-mail address only"),
        ("a@example.com b@example.com", "one e-mail address only"),
        (f"{'d' * 64}@{'e' * 60}.{'f' * 60}.example.com", "150 characters"),
        ("dana\x00@\ud800", "Check the e-mail address"),
    ],
)
def test_a_bad_address_is_refused_with_a_remedy(typed, remedy):
    with pytest.raises(BadContact, match=remedy):
        contacts.normal_email(typed)


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("+12025550123", "US", "+12025550123"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("202.555.0123", "US", "+12025550123"),
        ("202\u2011555\u20110123", "US", "+12025550123"),
        ("202\u2212555\u22120123", "US", "+12025550123"),
        ("1 202 555 0123", "US", "+12025550123"),
        ("２０２５５５０１２３", "US", "+12025550123"),
        ("٢٠٢٥٥٥٠١٢٣", "US", "+12025550123"),
        ("（202）555－0123", "US", "+12025550123"),
        (f"202{ZWSP}555{NBSP}0123{BOM}", "US", "+12025550123"),
        ("tel:+1-202-555-0123", "GB", "+12025550123"),
        ("SMS:+12025550123", "GB", "+12025550123"),
        ("07400 123456", "GB", "+447400123456"),
        ("+44 (0)7400 123456", "US", "+447400123456"),
        ("011 44 7400 123456", "US", "+447400123456"),
        ("00 44 7400 123456", "FR", "+447400123456"),
        ("0039 312 345 6789", "GB", "+393123456789"),
    ],
)
def test_a_number_is_stored_in_one_form(typed, region, stored):
    assert contacts.normal_phone(typed, region) == stored


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("", "Enter a mobile number."),
        ("555", "No phone has this number"),
        ("555-0123", "No phone has this number"),
        ("+15555555555", "No phone has this number"),
        ("+1 202 555 01234", "No phone has this number"),
        ("+999 123456789", "start with \\+"),
        ("+", "start with \\+"),
        ("2025550123 ext. 4", "digits, without words"),
        ("2025550123 #4", "extension"),
        ("call Dana", "digits, without words"),
        ("1-800-FLOWERS", "digits, without words"),
        ("2025550123/2025550124", "Check the mobile number"),
        ("9" * 400, "Check the mobile number"),
    ],
)
def test_a_bad_number_is_refused_with_a_remedy(typed, remedy):
    with pytest.raises(BadContact, match=remedy):
        contacts.normal_phone(typed, "US")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("dana@example.com", Email("dana@example.com")),
        ("mailto:dana@example.com", Email("dana@example.com")),
        ("2025550123@example.com", Email("2025550123@example.com")),
        ("(202) 555-0123", Phone("+12025550123")),
    ],
)
def test_one_field_takes_either(typed, found):
    assert contacts.detect(typed, "US") == found


@pytest.mark.parametrize("typed", ["", "Dana", "dana at example dot com", "+", "@"])
def test_one_field_says_what_it_takes(typed):
    with pytest.raises(BadContact, match="e-mail"):
        contacts.detect(typed, "US")


def test_a_masked_contact_tells_its_owner_and_nobody_else():
    assert contacts.masked("dana@example.com") == "d•••@example.com"
    assert contacts.masked("+12025550123") == "••• 0123"


def test_a_number_is_shown_as_people_write_it():
    assert contacts.readable("+12025550123") == "+1 202-555-0123"


# Text of the kind people paste, and text of no kind at all.
PASTED = st.text(
    "dana@example.com+120-5 <>()\u2011\u200b\uff10;:?%ß\u0130", max_size=30
)


@given(st.one_of(st.text(), PASTED, st.emails()))
@example("a@ß.example.com")
@example("a@\u2100.example.com")
@example("a@xn--a.example.com")
def test_a_stored_address_stays_as_it_is(text):
    try:
        stored = contacts.normal_email(text)
    except BadContact:
        return

    assert contacts.normal_email(stored) == stored
    assert stored.isascii()
    assert len(stored) <= contacts.MOST_EMAIL


@given(st.one_of(st.text(), PASTED, st.from_regex(r"\+?[0-9 ()-]{6,16}")))
def test_a_stored_number_stays_as_it_is(text):
    try:
        stored = contacts.normal_phone(text, "US")
    except BadContact:
        return

    assert contacts.normal_phone(stored, "GB") == stored
    assert stored[0] == "+"
    assert stored[1:].isdecimal()


@given(st.one_of(st.text(), PASTED))
def test_whatever_is_typed_is_understood_or_refused_in_words(text):
    try:
        said: object = contacts.detect(text, "US")
    except BadContact as refusal:
        said = str(refusal)

    assert said
