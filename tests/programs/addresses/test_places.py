"""Addresses that exist are right, and each of them broken is found out."""

from dataclasses import replace

import pytest

from programs.addresses import checking, comparing, countries, rules
from programs.addresses.checking import Outcome
from programs.addresses.fields import Field
from programs.addresses.problems import Kind
from tests.programs.addresses.places import PLACES

CONFIRMED, SUGGESTED, INCOMPLETE, UNDELIVERABLE = Outcome

# Whose state is two letters, as the provider wants it.
SENDABLE = {
    "Art Institute of Chicago",
    "Boston City Hall",
    "Canadian Museum of History",
    "Colosseo",
    "Empire State Building",
    "Galleria degli Uffizi",
    "Hôtel de ville",
    "Museo de Arte de Puerto Rico",
    "Museu de Arte de São Paulo",
    "Museu do Amanhã",
    "Museum of Modern Art",
    "National Gallery of Art",
    "Royal Ontario Museum",
    "San Francisco City Hall",
    "South Australian Museum",
    "Teatre-Museu Dalí",
    "Vancouver Art Gallery",
}
# The place, what is done to it, what the post makes of it, and at which field.
BROKEN = [
    ("Albertinum", {"postal_code": "1067"}, SUGGESTED, Field.POSTAL_CODE),
    ("Albertinum", {"line1": "Tzschirnerplatz"}, INCOMPLETE, Field.LINE1),
    ("Art Institute of Chicago", {"state": "Ilinois"}, SUGGESTED, Field.STATE),
    (
        *("Art Institute of Chicago", {"line1": "S Michigan Ave"}),
        *(INCOMPLETE, Field.LINE1),
    ),
    ("Boston City Hall", {"postal_code": "2201"}, SUGGESTED, Field.POSTAL_CODE),
    ("Boston City Hall", {"line2": "Suite"}, INCOMPLETE, Field.LINE2),
    ("British Museum", {"postal_code": "WC1B 3D"}, UNDELIVERABLE, Field.POSTAL_CODE),
    ("British Museum", {"postal_code": "WCIB 3DG"}, SUGGESTED, Field.POSTAL_CODE),
    (
        *("Canadian Museum of History", {"state": "ON", "postal_code": "J8X 4C8"}),
        *(UNDELIVERABLE, Field.POSTAL_CODE),
    ),
    (
        "Canadian Museum of History",
        {"postal_code": "KlA OM8"},
        SUGGESTED,
        "postal_code",
    ),
    ("Colosseo", {"postal_code": "184"}, SUGGESTED, Field.POSTAL_CODE),
    ("Colosseo", {"state": "MI"}, UNDELIVERABLE, Field.POSTAL_CODE),
    ("Deutscher Bundestag", {"city": ""}, INCOMPLETE, Field.CITY),
    (
        *("Deutscher Bundestag", {"postal_code": "110110"}),
        *(UNDELIVERABLE, Field.POSTAL_CODE),
    ),
    (
        *("Empire State Building", {"line2": "Apt #"}),
        *(INCOMPLETE, Field.LINE2),
    ),
    (
        *("Empire State Building", {"state": "CA"}),
        *(UNDELIVERABLE, Field.POSTAL_CODE),
    ),
    ("Empire State Building", {"postal_code": "1O118"}, SUGGESTED, Field.POSTAL_CODE),
    ("Galleria degli Uffizi", {"state": ""}, SUGGESTED, Field.STATE),
    ("Hamburger Kunsthalle", {"postal_code": ""}, INCOMPLETE, Field.POSTAL_CODE),
    ("Hôtel de ville", {"postal_code": "H2Y 1CG6"}, UNDELIVERABLE, Field.POSTAL_CODE),
    ("Hôtel de ville", {"state": "Paris"}, SUGGESTED, Field.STATE),
    ("Kunsthaus Zürich", {"postal_code": "80001"}, UNDELIVERABLE, Field.POSTAL_CODE),
    ("Museo de Arte de Puerto Rico", {"postal_code": "909"}, SUGGESTED, "postal_code"),
    (
        *("Museo de Arte de Puerto Rico", {"country": "PR", "state": ""}),
        *(CONFIRMED, Field.COUNTRY),
    ),
    ("Museo del Prado", {"postal_code": "08014"}, UNDELIVERABLE, Field.POSTAL_CODE),
    ("Museu de Arte de São Paulo", {"state": "XX"}, SUGGESTED, Field.STATE),
    ("Museu do Amanhã", {"state": "SP"}, UNDELIVERABLE, Field.POSTAL_CODE),
    ("Museum of Modern Art", {"line1": ""}, INCOMPLETE, Field.LINE1),
    ("Museum of Modern Art", {"country": "Narnia"}, UNDELIVERABLE, Field.COUNTRY),
    ("Museum of Modern Art", {"state": "ON"}, SUGGESTED, Field.STATE),
    (
        *("Museum of Modern Art", {"state": "ON", "postal_code": "M5S 2C6"}),
        *(UNDELIVERABLE, Field.STATE),
    ),
    ("Musée Matisse", {"postal_code": "6000"}, SUGGESTED, Field.POSTAL_CODE),
    ("Musée d’Orsay", {"postal_code": "750070"}, UNDELIVERABLE, "postal_code"),
    ("National Gallery of Art", {"state": ""}, SUGGESTED, Field.STATE),
    (
        *("National Gallery of Art", {"postal_code": "99999"}),
        *(UNDELIVERABLE, Field.POSTAL_CODE),
    ),
    ("National Museum Cardiff", {"name": ""}, INCOMPLETE, Field.NAME),
    (
        *("National Museum of Ireland", {"postal_code": "D02"}),
        *(UNDELIVERABLE, Field.POSTAL_CODE),
    ),
    (
        *("National Museum of Scotland", {"line1": "Flat, Chambers Street"}),
        *(INCOMPLETE, Field.LINE1),
    ),
    (
        *("National Museum of Singapore", {"postal_code": "S17889"}),
        *(UNDELIVERABLE, Field.POSTAL_CODE),
    ),
    ("Rijksmuseum", {"line1": "Museumstraat"}, INCOMPLETE, Field.LINE1),
    ("Rijksmuseum", {"postal_code": "0071 XX"}, UNDELIVERABLE, Field.POSTAL_CODE),
    (
        *("Royal Ontario Museum", {"postal_code": "M5S 2CG"}),
        *(UNDELIVERABLE, Field.POSTAL_CODE),
    ),
    ("San Francisco City Hall", {"city": ""}, INCOMPLETE, Field.CITY),
    ("South Australian Museum", {"state": "WA"}, UNDELIVERABLE, Field.POSTAL_CODE),
    ("Sydney Opera House", {"postal_code": "200"}, UNDELIVERABLE, "postal_code"),
    ("Teatre-Museu Dalí", {"state": ""}, SUGGESTED, Field.STATE),
    ("Tokyo National Museum", {"state": "Tokio"}, SUGGESTED, Field.STATE),
    ("Vancouver Art Gallery", {"line1": "Hornby Street"}, INCOMPLETE, Field.LINE1),
]


def test_the_table_has_thirty_places_in_twelve_countries():
    assert len(PLACES) >= 30
    assert len({place.country for place in PLACES.values()}) >= 12
    assert {name for name, *_rest in BROKEN} == set(PLACES)


@pytest.mark.parametrize("name", sorted(PLACES))
def test_a_real_address_is_right_by_its_post(name):
    judged = checking.judge(PLACES[name])

    assert judged.by_post == Outcome.CONFIRMED
    assert judged.address == PLACES[name]
    assert judged.is_sendable == (name in SENDABLE)
    assert judged.outcome == (CONFIRMED if judged.is_sendable else UNDELIVERABLE)


@pytest.mark.parametrize(
    ("name", "change", "by_post", "at"), sorted(BROKEN, key=lambda row: str(row))
)
def test_a_broken_one_is_found_out_at_its_field(name, change, by_post, at):
    judged = checking.judge(replace(PLACES[name], **change))

    assert judged.by_post == by_post
    assert at in {problem.field for problem in judged.problems}
    assert judged.at(Field(at))


@pytest.mark.parametrize(
    ("name", "change"),
    sorted(
        (
            (name, change)
            for name, change, outcome, _at in BROKEN
            if outcome == SUGGESTED and change.get("state") not in {"ON", "XX"}
        ),
        key=str,
    ),
)
def test_what_is_suggested_is_the_place_itself(name, change):
    judged = checking.judge(replace(PLACES[name], **change))

    assert judged.suggestion == PLACES[name]
    marked = comparing.difference(judged.address, judged.suggestion)
    assert {row.field for row in marked if row.is_changed} == set(change)


@pytest.mark.parametrize("name", sorted(set(PLACES) - SENDABLE))
def test_an_address_the_provider_cannot_take_says_so_and_what_else_to_do(name):
    judged = checking.judge(PLACES[name])

    (said,) = judged.at(Field.STATE)
    assert "by e-mail or as a link" in said


@pytest.mark.parametrize("country", sorted({p.country for p in PLACES.values()}))
def test_a_country_without_states_is_sent_with_what_the_provider_wants_there(country):
    name, place = next((n, p) for n, p in PLACES.items() if p.country == country)
    if rules.of(country).states:
        assert Kind.UNUSED not in {p.kind for p in checking.judge(place).problems}
        return

    judged = checking.judge(replace(place, state="zz"))

    assert judged.outcome == CONFIRMED, name
    assert judged.address.state == "ZZ"
    refused = checking.judge(replace(place, state="None"))
    assert [problem.kind for problem in refused.problems] == [Kind.STATE_LETTERS]
    assert countries.name_of(country) in checking.judge(place).at(Field.STATE)[0]
