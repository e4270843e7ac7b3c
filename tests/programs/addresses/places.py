"""Addresses of museums, city halls and parliaments, as they print them themselves.

All are right by the rules of their post. What the provider makes of them stands with
each country: it wants a state of two letters and a postcode everywhere.
"""

from typing import Final

from programs.addresses.fields import Address


def _place(country: str, name: str, line1: str, city: str, **more: str) -> Address:
    return Address(country=country, name=name, line1=line1, city=city, **more)


PLACES: Final = {
    place.name: place
    for place in (
        # United States: the ZIP code has to lie in the state, and the provider takes
        # all of them. Territories are states of the country to its post.
        _place(
            *("US", "Museum of Modern Art", "11 West 53rd Street", "New York"),
            state="NY",
            postal_code="10019-5497",
        ),
        _place(
            *("US", "Empire State Building", "350 5th Ave", "New York"),
            state="NY",
            postal_code="10118",
        ),
        _place(
            *("US", "Art Institute of Chicago", "111 S Michigan Ave", "Chicago"),
            state="IL",
            postal_code="60603",
        ),
        _place(
            *("US", "Boston City Hall", "1 City Hall Square", "Boston"),
            line2="Suite 500",
            state="MA",
            postal_code="02201",
        ),
        _place(
            *("US", "San Francisco City Hall", "1 Dr Carlton B Goodlett Pl"),
            city="San Francisco",
            state="CA",
            postal_code="94102",
        ),
        _place(
            *("US", "National Gallery of Art", "6th St and Constitution Ave NW"),
            city="Washington",
            state="DC",
            postal_code="20565",
        ),
        _place(
            *("US", "Museo de Arte de Puerto Rico", "299 Ave José de Diego"),
            city="San Juan",
            state="PR",
            postal_code="00909",
        ),
        # Canada: provinces have two letters, which the first of the postcode tells.
        _place(
            *("CA", "Royal Ontario Museum", "100 Queens Park", "Toronto"),
            state="ON",
            postal_code="M5S 2C6",
        ),
        _place(
            *("CA", "Vancouver Art Gallery", "750 Hornby Street", "Vancouver"),
            state="BC",
            postal_code="V6Z 2H7",
        ),
        # In Quebec with a postcode of Ottawa, as some federal houses are.
        _place(
            *("CA", "Canadian Museum of History", "100 Laurier Street", "Gatineau"),
            state="QC",
            postal_code="K1A 0M8",
        ),
        _place(
            *("CA", "Hôtel de ville", "275 rue Notre-Dame Est", "Montréal"),
            state="QC",
            postal_code="H2Y 1C6",
        ),
        # United Kingdom: no state, so the provider takes none of them as they are. A
        # house may go by its name alone.
        _place(
            *("GB", "British Museum", "Great Russell Street", "London"),
            postal_code="WC1B 3DG",
        ),
        _place(
            *("GB", "National Museum of Scotland", "Chambers Street", "Edinburgh"),
            postal_code="EH1 1JF",
        ),
        _place(
            *("GB", "National Museum Cardiff", "Cathays Park", "Cardiff"),
            postal_code="CF10 3NP",
        ),
        # Germany: no state either, five digits, and large houses with one of their own.
        _place(
            *("DE", "Deutscher Bundestag", "Platz der Republik 1", "Berlin"),
            postal_code="11011",
        ),
        _place(
            *("DE", "Albertinum", "Tzschirnerplatz 2", "Dresden"), postal_code="01067"
        ),
        _place(
            *("DE", "Hamburger Kunsthalle", "Glockengießerwall 5", "Hamburg"),
            postal_code="20095",
        ),
        # France: the same. A square needs no number.
        _place(
            *("FR", "Musée d’Orsay", "Esplanade Valéry Giscard d’Estaing", "Paris"),
            postal_code="75007",
        ),
        _place(
            *("FR", "Musée Matisse", "164 avenue des Arènes de Cimiez", "Nice"),
            postal_code="06000",
        ),
        # Italy: the province has two letters and belongs on the label; it can be told
        # from the postcode where somebody leaves it out.
        _place(
            *("IT", "Galleria degli Uffizi", "Piazzale degli Uffizi 6", "Firenze"),
            state="FI",
            postal_code="50122",
        ),
        _place(
            *("IT", "Colosseo", "Piazza del Colosseo 1", "Roma"),
            state="RM",
            postal_code="00184",
        ),
        # Spain: the code of a province has one letter or two, and only two can be sent.
        _place(
            *("ES", "Museo del Prado", "Calle de Ruiz de Alarcón 23", "Madrid"),
            state="M",
            postal_code="28014",
        ),
        _place(
            *("ES", "Teatre-Museu Dalí", "Plaça Gala i Salvador Dalí 5", "Figueres"),
            state="GI",
            postal_code="17600",
        ),
        # Netherlands: no state; four digits and two letters that name the street.
        _place(
            *("NL", "Rijksmuseum", "Museumstraat 1", "Amsterdam"),
            postal_code="1071 XX",
        ),
        # Australia: states of two letters or three, and only two can be sent. A point
        # or a terrace needs no number.
        _place(
            *("AU", "Sydney Opera House", "Bennelong Point", "Sydney"),
            state="NSW",
            postal_code="2000",
        ),
        _place(
            *("AU", "South Australian Museum", "North Terrace", "Adelaide"),
            state="SA",
            postal_code="5000",
        ),
        # Brazil: states of two letters, which the postcode has to lie in.
        _place(
            *("BR", "Museu de Arte de São Paulo", "Avenida Paulista 1578"),
            city="São Paulo",
            state="SP",
            postal_code="01310-200",
        ),
        _place(
            *("BR", "Museu do Amanhã", "Praça Mauá 1", "Rio de Janeiro"),
            state="RJ",
            postal_code="20081-240",
        ),
        # Japan: prefectures go by two digits here, which the provider does not take.
        _place(
            *("JP", "Tokyo National Museum", "13-9 Uenokoen", "Taito-ku"),
            state="13",
            postal_code="110-8712",
        ),
        # Switzerland: no state on a label; four digits.
        _place(
            *("CH", "Kunsthaus Zürich", "Heimplatz 1", "Zürich"), postal_code="8001"
        ),
        # Ireland: counties of one letter or two; the Eircode names the very house.
        _place(
            *("IE", "National Museum of Ireland", "Kildare Street", "Dublin 2"),
            state="D",
            postal_code="D02 FH48",
        ),
        # Singapore: no state, and the postcode names the house.
        _place(
            *("SG", "National Museum of Singapore", "93 Stamford Road", "Singapore"),
            postal_code="178897",
        ),
    )
}
