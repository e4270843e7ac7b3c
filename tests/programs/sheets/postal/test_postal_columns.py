"""Columns with addresses: found by name and content where a program posts cards."""

import pytest

from programs.models import Program, RememberedMapping
from programs.sheets import mappings, matching
from programs.sheets.proposals import Proposal
from tests.programs import posting
from tests.programs.sheets import lists

pytestmark = pytest.mark.django_db
WHOLE = ["476 5th Ave, New York, NY 10018", "100 Larkin St, San Francisco, CA 94102"]
STREETS = ["476 5th Ave", "100 Larkin St", "1000 4th Ave"]
CITIES = ["New York", "San Francisco", "Seattle"]
ZIPS = ["10018", "94102", "98104"]
EMAILS = ["a@example.com", "b@example.com", "c@example.com"]
NAMES = ["Alba Ashgrove", "Bruno Birkwell"]


def proposed(*columns: tuple[str, list[str]], posts: bool = True) -> Proposal:
    return matching.propose(
        [name for name, _samples in columns],
        [samples for _name, samples in columns],
        purpose="rewards",
        products=["CVS"],
        posts=posts,
        methods=["STANDARD", "Standard"],
    )


def found_in(proposal: Proposal) -> list[str]:
    """The fields, in the order of the columns."""
    return sorted(proposal.mapping, key=proposal.mapping.__getitem__)


@pytest.mark.parametrize(
    ("name", "samples", "field"),
    [
        ("How it goes", ["By post", "E-mail"], "way"),
        ("Versandart", ["Post", "E-Mail"], "way"),
        ("Versandart", ["Standard", ""], "shipping_method"),
        ("Mode de livraison", ["par la poste"], "way"),
        ("Address", WHOLE, "address"),
        ("Anschrift", WHOLE, "address"),
        ("Adresse de livraison", WHOLE, "address"),
        ("Dirección de envío", WHOLE, "address"),
        ("Mailing address", WHOLE, "address"),
        ("Street", STREETS, "line1"),
        ("Address line 1", STREETS, "line1"),
        ("Address1", STREETS, "line1"),
        ("Straße und Hausnummer", STREETS, "line1"),
        ("Calle y número", STREETS, "line1"),
        ("N° et rue", STREETS, "line1"),
        ("Apt / Suite", ["4B"], "line2"),
        ("Adresszusatz", ["2. Stock"], "line2"),
        ("Complément d’adresse", ["Bât. B"], "line2"),
        ("Shipping City", CITIES, "city"),
        ("Wohnort", CITIES, "city"),
        ("Ville", CITIES, "city"),
        ("Población", CITIES, "city"),
        ("Mailing State/Province", ["NY", "California"], "state"),
        ("Bundesland", ["NY"], "state"),
        ("Provincia", ["Madrid"], "state"),
        ("ZIP", ZIPS, "postal_code"),
        ("Zip/Postal code", ZIPS, "postal_code"),
        ("PLZ", ZIPS, "postal_code"),
        ("Code postal", ZIPS, "postal_code"),
        ("C.P.", ZIPS, "postal_code"),
        ("Country", ["USA", "Canada"], "country"),
        ("Land", ["Deutschland"], "country"),
        ("Pays", ["France"], "country"),
        ("País", ["España"], "country"),
        ("Shipping method", ["Standard"], "shipping_method"),
        ("Card carrier", ["Folder"], "card_carrier"),
        ("Needed by", ["2026-12-18"], "needed_by"),
        ("In-hands date", ["2026-12-18"], "needed_by"),
        ("Benötigt bis", ["18.12.2026"], "needed_by"),
        ("Fecha límite", ["18/12/2026"], None),
    ],
)
def test_a_column_is_found_by_its_name_and_only_where_cards_are_posted(
    name, samples, field
):
    assert found_in(proposed((name, samples))) == ([field] if field else [])
    assert found_in(proposed((name, samples), posts=False)) == []


@pytest.mark.parametrize(
    ("name", "samples"),
    [
        ("Address", EMAILS),
        ("IP Address", ["192.0.2.1"]),
        ("State", ["open", "closed"]),
        ("Country", ["yes", "maybe"]),
        ("Company address", WHOLE),
        ("Manager city", CITIES),
        ("Zip", ["yes"]),
        ("Delivery method", ["Truck"]),
        ("Shipping method", ["Freight"]),
        ("Region", ["EMEA"]),
        ("City", ["123", "456"]),
    ],
)
def test_a_column_that_means_something_else_is_left_alone(name, samples):
    assert "address" not in found_in(proposed((name, samples)))
    assert not {"state", "country", "city", "way", "postal_code"} & {
        *found_in(proposed((name, samples)))
    }
    assert "shipping_method" not in found_in(proposed((name, samples)))


def test_an_address_beside_its_city_is_the_street():
    columns = (("Address", STREETS), ("City", CITIES), ("Zip", ZIPS))

    assert found_in(proposed(*columns)) == ["line1", "city", "postal_code"]


def test_parts_go_before_the_whole():
    columns = (("Address", WHOLE), ("Street", STREETS), ("City", CITIES))

    assert found_in(proposed(*columns)) == ["line1", "city"]


@pytest.mark.parametrize("other", ["Billing ", "Work "])
def test_where_it_is_posted_goes_before_another_address(other):
    columns = ((f"{other}city", CITIES), ("Shipping city", CITIES))

    assert proposed(*columns).mapping == {"city": 1}
    assert found_in(proposed((f"{other}city", CITIES))) == ["city"]


def test_columns_without_names_are_found_by_what_is_in_them():
    named = (f"Column {letter}" for letter in "ABCDE")
    samples = (NAMES, STREETS, ["NY", "CA", "WA"], ZIPS, ["US", "USA"])

    proposal = proposed(*zip(named, samples, strict=True))

    assert found_in(proposal) == ["name", "line1", "state", "postal_code", "country"]
    assert set(proposal.how.values()) == {"content"}


def test_whole_addresses_are_found_by_what_is_in_them():
    assert found_in(proposed(("Column A", WHOLE))) == ["address"]


GIFT = (("Gift card", ["CVS"]), ("Value", ["$10"]))


def test_a_list_of_addresses_alone_needs_no_contact():
    columns = (("Name", NAMES), ("Address", WHOLE), *GIFT)

    assert proposed(*columns).is_sure
    assert proposed(*columns, posts=False).missing == ["email"]


def test_two_addresses_are_no_question_where_people_can_be_written_to():
    two = (("Mailing address", WHOLE), ("Shipping address", WHOLE))

    with_mail = proposed(("E-mail", EMAILS), *two, *GIFT)

    assert with_mail.is_sure
    assert "address" not in with_mail.mapping
    assert not proposed(("Name", NAMES), *two, *GIFT).is_sure
    with_way = proposed(("E-mail", EMAILS), ("Way", ["By post"]), *two, *GIFT)
    assert not with_way.is_sure


CONTENT = lists.lines(
    ("Name", "Street", "City", "State", "ZIP", "Gift card", "Value"),
    ("Alba Ashgrove", "476 5th Ave", "New York", "NY", "10018", "CVS", 10),
)


@pytest.mark.usefixtures("cvs")
def test_a_list_of_addresses_is_checked_at_once(program, manu):
    posting.make_method("STANDARD")

    sheet = lists.read(program, manu, CONTENT)

    assert sheet.status == "checking"
    assert {"line1", "city", "state", "postal_code"} <= sheet.mapping.keys()


@pytest.mark.usefixtures("cvs")
def test_what_was_remembered_of_addresses_is_of_no_use_without_the_post(
    program, manu, manager
):
    sheet = lists.read(program, manu, CONTENT.replace("Value", "Worth"))
    mapping = {"name": 0, "line1": 1, "postal_code": 4, "product": 5, "value": 6}
    answers = {"way": "post", "needed_by": "2026-12-18"}
    mappings.accept(
        sheet, mapping=mapping, answers=answers, version=sheet.version, actor=manager
    )
    kept = RememberedMapping.objects.get()
    # A day is one list's own, and asked for again.
    assert kept.answers == {"way": "post", "needed_by": ""}

    Program.objects.filter(pk=program.pk).update(delivery_types=["DigitalDelivery"])
    program.refresh_from_db()
    again = lists.read(program, manu, CONTENT.replace("Value", "Worth"))

    assert again.status == "mapping"
    assert again.mapping == {"name": 0, "product": 5, "value": 6}
    assert again.answers == {}


@pytest.mark.usefixtures("cvs")
@pytest.mark.parametrize(
    ("types", "refused"),
    [
        (["DigitalDelivery", "PhysicalShipment"], set()),
        (["DigitalDelivery"], {"email", "line1", "way"}),
    ],
)
def test_fields_of_the_post_are_accepted_where_cards_are_posted(
    program, manu, types, refused
):
    sheet = lists.read(program, manu, CONTENT.replace("Value", "Worth"))
    Program.objects.filter(pk=program.pk).update(delivery_types=types)
    sheet.refresh_from_db()
    mapping = {"name": 0, "line1": 1, "product": 5, "value": 6}

    assert set(mappings.refusals(sheet, mapping, {"way": "post"})) == refused
