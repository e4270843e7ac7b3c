"""Whole addresses as people copy them, and everything else they copy."""

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from programs.addresses import checking, rules
from programs.addresses.characters import tidy
from programs.addresses.checking import Outcome
from programs.addresses.fields import LINES, Address, Field
from programs.addresses.pasting import MOST_PASTED, paste
from programs.addresses.printing import label_lines
from tests.programs.addresses.places import PLACES

# The text; the country of the form; what each field gets; and what finds no place.
PASTED = [
    (
        "Dana Rivera\n11 West 53rd Street, Apt 4B\nNew York, NY 10019-5497\nUSA",
        "US",
        "US|Dana Rivera|11 West 53rd Street, Apt 4B|||New York|NY|10019-5497",
        (),
    ),
    (
        "Dana Rivera, 11 West 53rd Street, Apt 4B, New York, NY 10019",
        "DE",
        "US|Dana Rivera|11 West 53rd Street|Apt 4B||New York|NY|10019",
        (),
    ),
    (
        "\tDana Rivera\t11 W 53rd St\tNew York\tNew York\t10019 ",
        "US",
        "US|Dana Rivera|11 W 53rd St|||New York|NY|10019",
        (),
    ),
    (
        "1600 Pennsylvania Avenue NW, Washington, D.C. 20500, United States",
        "GB",
        "US||1600 Pennsylvania Avenue NW|||Washington|DC|20500",
        (),
    ),
    (
        "11 west 53rd street, new york, ny 10019",
        "US",
        "US||11 west 53rd street|||new york|NY|10019",
        (),
    ),
    (
        "Ship to:\nDana Rivera\n111 S Michigan Ave\nChicago, Illinois, 60603\n"
        "Tel: +1 202 555 0123\n(202) 555-0123\nE-mail: dana@example.com",
        "US",
        "US|Dana Rivera|111 S Michigan Ave|||Chicago|IL|60603",
        (
            *("Ship to:", "Tel: +1 202 555 0123", "(202) 555-0123"),
            "E-mail: dana@example.com",
        ),
    ),
    (
        "Dana Rivera <dana@example.com>\n1 City Hall Square\nBoston MA",
        "US",
        "US|Dana Rivera|1 City Hall Square|||Boston|MA|",
        ("<dana@example.com>",),
    ),
    (
        "Dana Rivera, 5 Peachtree St, Atlanta, Georgia",
        "US",
        "US|Dana Rivera|5 Peachtree St|||Atlanta|GA|",
        (),
    ),
    (
        "5 Old Santa Fe Trail, Santa Fe, New Mexico 87501",
        "GB",
        "US||5 Old Santa Fe Trail|||Santa Fe|NM|87501",
        (),
    ),
    (
        "Dana Rivera\n20 W 34th St\nNew York 10001",
        "US",
        "US|Dana Rivera|20 W 34th St|||New York||10001",
        (),
    ),
    # Where the street ends and the city begins is not to be seen.
    (
        "11 West 53rd Street New York NY 10019",
        "US",
        "US||11 West 53rd Street New York||||NY|10019",
        (),
    ),
    (
        "Dana Rivera\nAcme\nBuilding 7\nFloor 3\nc/o Lee\n5 Main St\nReno, NV 89501",
        "US",
        "US|Dana Rivera|Acme, Building 7|Floor 3, c/o Lee|5 Main St|Reno|NV|89501",
        (),
    ),
    (
        "PO Box 123\nSan Juan PR 00909",
        "US",
        "US||PO Box 123|||San Juan|PR|00909",
        (),
    ),
    (
        "100 Queens Park, Toronto, ON M5S2C6, CA",
        "US",
        "CA||100 Queens Park|||Toronto|ON|M5S 2C6",
        (),
    ),
    (
        "Dana Rivera\n275 rue Notre-Dame Est\nMontréal (Québec) H2Y 1C6\nCANADA",
        "US",
        "CA|Dana Rivera|275 rue Notre-Dame Est|||Montréal|QC|H2Y 1C6",
        (),
    ),
    (
        "British Museum, Great Russell Street, London WC1B 3DG, UK",
        "US",
        "GB|British Museum|Great Russell Street|||London||WC1B 3DG",
        (),
    ),
    (
        "Dana Rivera\nFlat 2\n12 High Street\nWOKING\nSurrey\nGU21 6XX\nEngland",
        "US",
        "GB|Dana Rivera|Flat 2|12 High Street||WOKING||GU21 6XX",
        ("Surrey",),
    ),
    (
        "Dana Rivera\nThe Old Rectory\nChurch Lane\nYork YO1 7HH",
        "US",
        "GB|Dana Rivera|The Old Rectory|Church Lane||York||YO1 7HH",
        (),
    ),
    (
        "Deutscher Bundestag\nPlatz der Republik 1\n11011 Berlin",
        "DE",
        "DE|Deutscher Bundestag|Platz der Republik 1|||Berlin||11011",
        (),
    ),
    (
        "Herrn\nDana Rivera\nc/o Lee\nHauptstr. 12 a\n80331 München",
        "DE",
        "DE|Herrn Dana Rivera|c/o Lee|Hauptstr. 12 a||München||80331",
        (),
    ),
    (
        "Deutscher Bundestag, Platz der Republik 1, D-11011 Berlin",
        "US",
        "DE|Deutscher Bundestag|Platz der Republik 1|||Berlin||11011",
        (),
    ),
    (
        "Platz der Republik 1 11011 Berlin Deutschland",
        "US",
        "DE||Platz der Republik 1|||Berlin||11011",
        (),
    ),
    # Five digits before a city: of which country is not guessed.
    (
        "Deutscher Bundestag\nPlatz der Republik 1\n11011 Berlin",
        "US",
        "|Deutscher Bundestag|Platz der Republik 1|||Berlin||11011",
        (),
    ),
    (
        "Musée du Louvre\n75058 PARIS CEDEX 01",
        "US",
        "FR||Musée du Louvre|||PARIS CEDEX 01||75058",
        (),
    ),
    (
        "Musée Matisse, 164 avenue des Arènes de Cimiez, 06000 Nice, Frankreich",
        "US",
        "FR|Musée Matisse|164 avenue des Arènes de Cimiez|||Nice||06000",
        (),
    ),
    (
        "Galleria degli Uffizi, Piazzale degli Uffizi, 6, 50122 Firenze FI, Italia",
        "US",
        "IT|Galleria degli Uffizi|Piazzale degli Uffizi, 6|||Firenze|FI|50122",
        (),
    ),
    (
        "Museo del Prado\nCalle de Ruiz de Alarcón, 23\n28014 Madrid\nEspaña",
        "US",
        "ES|Museo del Prado|Calle de Ruiz de Alarcón, 23|||Madrid||28014",
        (),
    ),
    (
        "Av. Paulista, 1578 - Bela Vista, São Paulo - SP, 01310-200, Brazil",
        "US",
        "BR||Av. Paulista, 1578 - Bela Vista|||São Paulo|SP|01310-200",
        (),
    ),
    (
        "Dana Rivera, 13-9 Uenokoen, Taito-ku, Tokyo 110-8712, Japan",
        "US",
        "JP|Dana Rivera|13-9 Uenokoen|||Taito-ku|13|110-8712",
        (),
    ),
    (
        "Dana Rivera, Kildare Street, Dublin 2, D02 FH48, Ireland",
        "US",
        "IE|Dana Rivera|Kildare Street|||Dublin 2||D02 FH48",
        (),
    ),
    (
        "Dana Rivera, 159 Mahatma Gandhi Road, Mumbai 400023, Maharashtra, India",
        "US",
        "IN|Dana Rivera|159 Mahatma Gandhi Road|||Mumbai|MH|400023",
        (),
    ),
    (
        "Dana Rivera, 93 Stamford Road, Singapore 178897",
        "US",
        "SG|Dana Rivera|93 Stamford Road|||Singapore||178897",
        (),
    ),
    (
        "Dana Rivera, Bennelong Point, Sydney NSW 2000, Australia",
        "US",
        "AU|Dana Rivera|Bennelong Point|||Sydney|NSW|2000",
        (),
    ),
    ("Dana Rivera\n5 Main St\nReno", "US", "US|Dana Rivera|5 Main St|||Reno||", ()),
    ("Dana Rivera", "US", "US|Dana Rivera||||||", ()),
    ("Buckingham Palace", "GB", "GB||Buckingham Palace|||||", ()),
    ("", "US", "US|||||||", ()),
]


@pytest.mark.parametrize(("text", "country", "fields", "leftover"), sorted(PASTED))
def test_a_pasted_address_fills_its_fields(text, country, fields, leftover):
    pasted = paste(text, country=country)

    assert "|".join(pasted.address[part] for part in Field) == fields
    assert pasted.leftover == leftover
    assert pasted.country == fields.partition("|")[0]


@pytest.mark.parametrize("name", sorted(PLACES))
def test_a_printed_address_is_read_back(name):
    place = PLACES[name]
    printed = "\n".join(label_lines(place, home=""))

    read = paste(printed, country="US").address

    assert checking.judge(read).by_post in {Outcome.CONFIRMED, Outcome.SUGGESTED}
    for part in (*LINES, Field.COUNTRY, Field.CITY, Field.POSTAL_CODE):
        assert read[part].casefold() == place[part].casefold(), part


def test_what_is_far_too_much_is_handed_back_unread():
    text = "Dana Rivera\n5 Main St\nReno, NV 89501\n"
    pasted = paste(text.ljust(MOST_PASTED) + "and a novel", country="US")

    assert pasted.address.postal_code == "89501"
    assert pasted.leftover == ("and a novel",)


def test_lines_too_long_to_share_one_are_handed_back():
    lines = [f"{number} {'Long' * 20}" for number in range(5)]
    pasted = paste("\n".join([*lines, "Reno, NV 89501"]), country="US")

    assert pasted.address.lines == tuple(lines[:3])
    assert pasted.leftover == tuple(lines[3:])


def test_nothing_pasted_is_in_a_repr():
    shown = repr(paste("Dana Rivera\n5 Main St\nReno\nTel: 2025550123", country="US"))

    assert "Dana" not in shown
    assert "Reno" not in shown
    assert "2025550123" not in shown


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *("Dana Rivera", "5 Main St", "Apt", "Flat 2", "PO Box 1", "#4"),
                *("New York", "NY", "new york", "Georgia", "Georgia 3030", "DE", "CA"),
                *("10001", "10001-1234", "M5S 2C6", "m5s-2c6", "SW1A1AA", "D-11011"),
                *("75058 Paris CEDEX 01", "11011 Berlin", "98000 Monaco", "L-2450"),
                *("Surrey", "Dublin 2", "Singapore 178897", "Roma (RM)", "Singapore"),
                *("USA", "UK", "U.S.A.", "Deutschland", "New Mexico", "de France"),
                *("dana@example.com", "Tel: 2025550123", "(202) 555-0123", "To:"),
                *("東京都", "〒110-8712", "\u0661\u0662\u0663\u0664\u0665", "-", "()"),
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=9,
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.builds(str.join, st.sampled_from([", ", "\n", " ", ",\n", "; "]), PIECES),
)
HOMES = st.sampled_from(["US", "CA", "GB", "DE", "FR", "IT", "SG", "JP", "", "XX"])


def letters(text):
    return Counter(character for character in tidy(text) if character.isalnum())


@given(TEXTS, HOMES)
@example("\x1c", "US")
@example("-, USA", "US")
@example("IL 62701", "US")
@example("e\u0301, \u0301, 10001 \u0301", "US")
def test_whatever_is_pasted_nothing_is_lost(text, home):
    pasted = paste(text, country=home)

    placed = [pasted.split[part] for part in Field]
    assert letters(" , ".join([*placed, *pasted.leftover])) == letters(text)
    assert pasted.country in {"", *rules.countries()}
    assert isinstance(pasted.address, Address)
