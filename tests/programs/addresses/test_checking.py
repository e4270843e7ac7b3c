"""Limits, characters, and what else can be said of an address without asking."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from programs.addresses import checking, rules
from programs.addresses.checking import Outcome
from programs.addresses.fields import LINES, MOST, WANTED, Address, Field
from programs.addresses.normal import normalise
from programs.addresses.problems import MESSAGES, Kind
from tests.programs.addresses.places import PLACES

MOMA = PLACES["Museum of Modern Art"]

# Text of the kind that stands in addresses, and text of no kind at all.
TEXT = st.one_of(
    st.text(max_size=20),
    st.text("AaZz019 ,.-#'/\u00df\u0149\u0390\u200b\u3000\uff11\u0301", max_size=20),
    st.sampled_from(["NY", "ny.", "10001", "1001", "D-11011", "Apt", "M5S2C6", "PR"]),
)
COUNTRY = st.one_of(
    TEXT, st.sampled_from(["US", "ca", "Deutschland", "PR", "HK", "JP", "U.K.", "FR"])
)
ADDRESSES = st.builds(
    Address,
    country=COUNTRY,
    name=TEXT,
    line1=TEXT,
    line2=TEXT,
    line3=TEXT,
    city=TEXT,
    state=TEXT,
    postal_code=TEXT,
)


def kinds_at(address, part):
    problems = checking.judge(address).problems
    return [problem.kind for problem in problems if problem.field == part]


@pytest.mark.parametrize("part", sorted(set(MOST) - {Field.COUNTRY, Field.STATE}))
def test_what_is_longer_than_the_provider_takes_is_refused_by_its_name(part):
    full = replace(MOMA, line2="Floor 2", line3="Room 3")
    fits = replace(full, **{part: "1" * MOST[part]})
    too_long = replace(full, **{part: "1" * (MOST[part] + 1)})

    assert Kind.LONG not in kinds_at(fits, part)
    judged = checking.judge(too_long)
    assert Kind.LONG in kinds_at(too_long, part)
    assert not judged.is_sendable
    assert judged.outcome == Outcome.UNDELIVERABLE
    assert any(f"{MOST[part] + 1} characters" in said for said in judged.at(part))


@pytest.mark.parametrize("part", sorted(WANTED))
def test_what_the_provider_wants_is_never_empty(part):
    judged = checking.judge(replace(MOMA, **{part: ""}))

    assert judged.outcome in {Outcome.INCOMPLETE, Outcome.SUGGESTED}
    assert not judged.is_sendable


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11 West 53rd Street \U0001f600", Kind.PICTURE),
        ("11 West 53rd Street \u2764\ufe0f", Kind.PICTURE),
        ("11 West 53rd Street \u2192", Kind.PICTURE),
        ("11 West 53rd Street \U0001f468\u200d\U0001f469", Kind.PICTURE),
        ("11 West 53rd Street 1\ufe0f\u20e3", Kind.PICTURE),
        ("11 West 53rd\x00Street", Kind.CONTROL),
        ("11 West 53rd\x07Street", Kind.CONTROL),
        ("11 West 53rd\ud800Street", Kind.CONTROL),
        ("11 West 53rd\ue000Street", Kind.CONTROL),
    ],
)
def test_what_no_label_can_show_is_refused(text, kind):
    judged = checking.judge(replace(MOMA, line1=text))

    assert [problem.kind for problem in judged.problems] == [kind]
    assert not judged.is_sendable


@pytest.mark.parametrize(
    "text",
    [
        "11 Rue de l\u2019Église n\u00ba 3",
        "11 Šafárikovo nám.",
        "11 Đường Lê Lợi",
        "11 Łódź \u2013 Ærø",
        "11 Ka\u02bbahumanu \u00b7 \u00ab A \u00bb",
        "11 Str. \u201eA\u201c \u00bd",
    ],
)
def test_latin_letters_of_any_language_pass_without_a_word(text):
    judged = checking.judge(replace(MOMA, line1=text))

    assert judged.outcome == Outcome.CONFIRMED
    assert not judged.notes


@pytest.mark.parametrize("name", ["Иван", "東京国立博物館", "Αθήνα", "متحف", "박물관"])
def test_letters_of_another_script_are_pointed_out_and_may_go(name):
    judged = checking.judge(replace(MOMA, name=name))

    assert judged.outcome == Outcome.CONFIRMED
    assert [(note.kind, note.field) for note in judged.notes] == [
        (Kind.SCRIPT, Field.NAME)
    ]
    assert "Latin" in judged.at(Field.NAME)[0]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("350 5th Ave Apt", "Apt"),
        ("350 5th Ave, Apt.", "Apt."),
        ("350 5th Ave Apt #", "Apt"),
        ("350 5th Ave #", "#"),
        ("350 5th Ave Unit ___", "Unit"),
        ("350 5th Ave Suite ?", "Suite"),
        ("Apartment No., 350 5th Ave", "Apartment"),
        ("Flat, 12 High Street", "Flat"),
        ("12 rue de la Paix appt", "appt"),
    ],
)
def test_an_apartment_without_its_number_is_incomplete(line, word):
    judged = checking.judge(replace(MOMA, line1=line))

    assert judged.outcome == Outcome.INCOMPLETE
    assert judged.is_sendable
    assert f"“{word}”" in judged.at(Field.LINE1)[0]


@pytest.mark.parametrize(
    "line",
    [
        "350 5th Ave Apt 4B",
        "350 5th Ave #4",
        "350 5th Ave Suite A",
        "Flat 2, 12 High Street",
        "Ground Floor Flat, 12 High Street",
        "12 High Street, Garden Flat",
        "350 5th Ave 2nd Floor Suite",
        "350 Flatbush Avenue",
        "1 Apt Lane",
        "One Unity Plaza",
    ],
)
def test_an_apartment_with_its_number_or_none_is_fine(line):
    assert checking.judge(replace(MOMA, line1=line)).outcome == Outcome.CONFIRMED


@pytest.mark.parametrize(
    ("line", "is_box"),
    [
        ("PO Box 123", True),
        ("P.O. Box 123", True),
        ("p o box 123", True),
        ("Post Office Box 123", True),
        ("POB 123", True),
        ("Postfach 10 20 30", True),
        ("BP 123", True),
        ("CS 60009", True),
        ("Boîte postale 12", True),
        ("Apartado de correos 12", True),
        ("Box 12", True),
        ("12 Boxwood Lane", False),
        ("12 Poboda Street", False),
        ("12 Box Hill", False),
    ],
)
def test_a_box_is_only_pointed_out(line, is_box):
    judged = checking.judge(replace(MOMA, line1=line))

    assert judged.outcome == Outcome.CONFIRMED
    assert [note.kind for note in judged.notes] == [Kind.BOX] * is_box


@pytest.mark.parametrize(
    ("line", "country", "is_missing"),
    [
        ("General Delivery", "US", False),
        ("Main Street", "US", True),
        ("One Liberty Plaza", "US", False),
        ("PSC 3 Box 100", "US", False),
        ("Buckingham Palace", "GB", False),
        ("Le Bourg", "FR", False),
    ],
)
def test_a_house_number_is_missing_only_where_houses_have_them(
    line, country, is_missing
):
    address = replace(MOMA, line1=line, country=country)

    assert (Kind.NUMBER in kinds_at(address, Field.LINE1)) == is_missing


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"country": " usa "}, {"country": "US"}),
        ({"country": "Vereinigte Staaten"}, {"country": "US"}),
        ({"country": "ＵＳ"}, {"country": "US"}),
        ({"state": "new york"}, {"state": "NY"}),
        ({"state": "N.Y."}, {"state": "NY"}),
        ({"state": "zzz"}, {"state": "ZZZ"}),
        ({"line1": " 11  West\u00a053rd\u200b Street, "}, {"line1": MOMA.line1}),
        ({"line1": "", "line3": "11 W 53rd"}, {"line1": "11 W 53rd", "line3": ""}),
        ({"city": "Sa\u0303o Paulo"}, {"city": "São Paulo"}),
        ({"postal_code": "100195497"}, {"postal_code": "10019-5497"}),
        ({"postal_code": "10019 5497"}, {"postal_code": "10019-5497"}),
        ({"country": "CA", "postal_code": "m5s-2c6"}, {"postal_code": "M5S 2C6"}),
        ({"country": "GB", "postal_code": "sw1a1aa"}, {"postal_code": "SW1A 1AA"}),
        ({"country": "GB", "postal_code": "M1 1AE"}, {"postal_code": "M1 1AE"}),
        ({"country": "DE", "postal_code": "D - 10117"}, {"postal_code": "10117"}),
        ({"country": "CH", "postal_code": "CH-8001"}, {"postal_code": "8001"}),
        ({"country": "NL", "postal_code": "1071xx"}, {"postal_code": "1071 XX"}),
        ({"country": "SE", "postal_code": "11148"}, {"postal_code": "111 48"}),
        ({"country": "LV", "postal_code": "1073"}, {"postal_code": "LV-1073"}),
        ({"country": "LV", "postal_code": "LV-1073"}, {"postal_code": "LV-1073"}),
        ({"country": "PL", "postal_code": "00950"}, {"postal_code": "00-950"}),
        ({"country": "BR", "postal_code": "01310200"}, {"postal_code": "01310-200"}),
        ({"country": "JP", "postal_code": "1108712"}, {"postal_code": "110-8712"}),
        ({"country": "SG", "city": ""}, {"city": "Singapore"}),
    ],
)
def test_an_address_is_stored_in_one_form(typed, stored):
    normal = normalise(replace(MOMA, **typed))

    assert {part: normal[Field(part)] for part in stored} == stored


def test_a_contradiction_names_both_sides_and_corrects_neither():
    judged = checking.judge(replace(MOMA, state="CA"))

    assert judged.suggestion is None
    assert judged.is_sendable
    assert judged.at(Field.POSTAL_CODE) == [
        "10019-5497 is in New York, not in California. Correct one of the two."
    ]


def test_one_guess_is_never_built_on_another():
    judged = checking.judge(replace(MOMA, state="", postal_code="2201"))

    assert judged.suggestion is None
    assert judged.by_post == Outcome.UNDELIVERABLE


def test_a_suggestion_may_leave_something_to_add():
    judged = checking.judge(replace(MOMA, state="", line1=""))

    assert judged.suggestion == replace(MOMA, line1="")
    assert judged.outcome == Outcome.INCOMPLETE
    assert [problem.field for problem in judged.left] == [Field.LINE1]


def test_only_what_the_provider_takes_can_be_sent_all_the_same():
    nowhere = replace(MOMA, postal_code="ABC")
    overridable = checking.judge(replace(nowhere, state="ZZ"))
    refused = checking.judge(replace(nowhere, state="Zealand"))

    assert overridable.outcome == refused.outcome == Outcome.UNDELIVERABLE
    assert overridable.is_sendable
    assert not refused.is_sendable


def test_the_address_of_nobody_is_in_a_repr():
    judged = checking.judge(replace(MOMA, state="CA", postal_code="1OO19"))

    shown = repr(judged)
    assert "53rd" not in shown
    assert "Modern" not in shown
    assert "10019" not in shown
    assert "1OO19" not in shown


def test_the_rules_of_a_country_are_read_once():
    checking.judge(MOMA)
    before = rules.of.cache_info().misses

    for number in range(100):
        checking.judge(replace(MOMA, line1=f"{number} Main St", state="New York"))

    assert rules.of.cache_info().misses == before


def test_every_kind_has_words():
    assert set(MESSAGES) == set(Kind)


@given(ADDRESSES)
@example(Address(country="US", state="\u00df\u00df", postal_code="\u0390"))
@example(Address(country="DE", state="\u0149", postal_code="D-D-1"))
@example(Address(country="", postal_code="A\u200b\u0300"))
def test_the_stored_form_stays_as_it_is(address):
    normal = normalise(address)

    assert normalise(normal) == normal


@given(ADDRESSES)
def test_any_address_is_judged_in_words(address):
    judged = checking.judge(address)

    assert all(problem.message for problem in (*judged.problems, *judged.left))
    assert all(note.message for note in judged.notes)
    if judged.outcome == Outcome.CONFIRMED:
        assert judged.is_sendable
        assert all(judged.address[part] for part in WANTED)
        assert rules.is_two_letters(judged.address.state)
        assert all(len(judged.address[part]) <= MOST[part] for part in (*LINES, *MOST))


@given(ADDRESSES)
def test_a_suggestion_holds_what_it_promises(address):
    judged = checking.judge(address)

    if judged.suggestion:
        again = checking.judge(judged.suggestion)
        assert again.address == judged.suggestion
        assert again.problems == judged.left
    if judged.outcome == Outcome.SUGGESTED:
        assert again.outcome == Outcome.CONFIRMED
