"""One column at a time: by its name, by what is in it, and when it is left alone."""

import pytest

from programs.sheets import matching
from programs.sheets.proposals import Proposal

PRODUCTS = ["CVS", "AMZ", "Amazon.com"]
EMAILS = ["a@example.com", "b@example.com", "c@example.com"]
PHONES = ["+1 202-555-0123", "+1 202-555-0145", "(202) 555-0167"]


def proposed(
    *columns: tuple[str, list[str]], purpose: str = "rewards"
) -> tuple[Proposal, dict[str, str]]:
    """What a file with these columns gives; and the fields by the columns' names."""
    names = [name for name, _samples in columns]
    samples = [values for _name, values in columns]
    proposal = matching.propose(names, samples, purpose=purpose, products=PRODUCTS)
    found = {names[column]: str(field) for field, column in proposal.mapping.items()}
    return proposal, found


@pytest.mark.parametrize(
    ("name", "samples", "field"),
    [
        ("E-MAIL (required)", EMAILS, "email"),
        ("What is your email address?", EMAILS, "email"),
        ("contact", ["a@example.com", "+1 202-555-0123"], "email"),
        ("contact", PHONES, "phone"),
        ("contact", ["Alba Ashgrove", "Bruno Birkwell"], "name"),
        ("Cell #", PHONES, "phone"),
        ("Tél. portable", PHONES, "phone"),
        ("Handy-Nr.", PHONES, "phone"),
        ("Name des Empfängers", ["Alba Ashgrove"], "name"),
        ("firstName", ["Alba"], "first_name"),
        ("Reward", ["CVS", "Amazon.com"], "product"),
        ("Reward", ["$10.00", "$25.00"], "value"),
        ("Gift Card", ["25", "50"], "value"),
        ("Wert (€)", ["25,00"], "value"),
        ("Delivery date (YYYY-MM-DD)", ["2026-12-01"], "deliver_at"),
        ("Fecha de envío", ["01/12/2026"], "deliver_at"),
        ("SMS consent date", ["2026-01-14"], "consent_on"),
    ],
)
def test_a_column_is_found_by_its_name(name, samples, field):
    proposal, found = proposed((name, samples))

    assert found == {name: field}
    assert proposal.how == {field: "name"}


@pytest.mark.parametrize(
    ("name", "samples"),
    [
        ("Email opt-in", ["yes", "no"]),
        ("Email", ["yes", "no", "yes"]),
        ("Manager email", EMAILS),
        ("E-mail (manager)", EMAILS),
        ("Company name", ["Example Inc"]),
        ("User name", ["jdoe", "asmith"]),
        ("Mobile", ["yes", "no"]),
        ("Order total", ["25.00", "50.00"]),
        ("Salary", ["4200.00", "3900.00"]),
        ("Product", ["Blue mug", "Red mug"]),
        ("Quantity", ["1", "2"]),
        ("Date", ["2026-12-01"]),
        ("Consent", ["yes", "no"]),
        ("Row", ["1", "2", "3"]),
        ("Case", ["2025550123", "2025550124", "2025550125"]),
        ("Account number", ["2025550123", "2025550187", "2025550125"]),
        ("Notes", ["Call back on Monday"]),
    ],
)
def test_a_column_that_means_something_else_is_left_alone(name, samples):
    proposal, found = proposed((name, samples))

    assert found == {}
    assert proposal.ambiguous == {}


def test_two_that_fit_equally_well_are_for_a_person_to_choose_from():
    columns = (("E-mail private", EMAILS), ("E-mail work", EMAILS))

    proposal, found = proposed(*columns, ("Reward", ["$25"]), ("Card", ["CVS"]))

    assert proposal.ambiguous == {"email": [0, 1]}
    assert found == {"Reward": "value", "Card": "product"}
    assert proposal.missing == []
    assert not proposal.is_sure


def test_a_repeated_name_fits_as_well_as_the_first():
    proposal, _found = proposed(("E-mail", EMAILS), ("E-mail (2)", EMAILS))

    assert proposal.ambiguous == {"email": [0, 1]}


@pytest.mark.parametrize(
    ("better", "worse", "values"),
    [
        ("E-mail", "Work e-mail", EMAILS),
        ("Primary e-mail", "Secondary e-mail", EMAILS),
        ("Recipient e-mail", "E-mail", EMAILS),
        ("Mobile", "Phone", PHONES),
        ("Customer ID", "Order ID", ["C-1", "C-7"]),
    ],
)
def test_the_better_name_wins(better, worse, values):
    _proposal, found = proposed((worse, values), (better, values))

    assert list(found) == [better]


def test_an_empty_column_loses_against_one_with_something_in_it():
    _proposal, found = proposed(("Mobile", []), ("Cell phone", PHONES))

    assert list(found) == ["Cell phone"]


@pytest.mark.parametrize(
    ("first", "second", "fields"),
    [
        ("Vorname", "Name", ["first_name", "last_name"]),
        ("Prénom", "Nom", ["first_name", "last_name"]),
        ("Nombre", "Apellidos", ["first_name", "last_name"]),
    ],
)
def test_half_a_name_beside_the_other_half(first, second, fields):
    _proposal, found = proposed((first, ["Alba"]), (second, ["Ashgrove"]))

    assert [found[first], found[second]] == fields


def test_a_whole_name_beside_the_first_name_stays_whole():
    _proposal, found = proposed(("First name", ["Alba"]), ("Name", ["Alba Ashgrove"]))

    assert found == {"First name": "first_name", "Name": "name"}


def test_unknown_names_are_judged_by_their_content():
    proposal, found = proposed(
        ("Column1", EMAILS), ("Reach", PHONES), ("Choice", ["CVS", "Amazon.com", "cvs"])
    )

    assert found == {"Column1": "email", "Reach": "phone", "Choice": "product"}
    assert set(proposal.how.values()) == {"content"}


def test_a_file_without_names_is_never_sure_of_money():
    proposal, found = proposed(
        ("Column A", ["1", "2", "3", "4"]),
        ("Column B", ["Alba Ashgrove", "Bruno Birkwell"]),
        ("Column C", EMAILS),
        ("Column D", ["CVS", "CVS"]),
        ("Column E", ["25", "10", "15"]),
    )

    assert found == {
        "Column B": "name",
        "Column C": "email",
        "Column D": "product",
        "Column E": "value",
    }
    assert not proposal.is_sure


def test_what_is_needed_and_not_there_is_missing():
    proposal, _found = proposed(("Name", ["Alba Ashgrove"]))

    assert proposal.missing == ["email", "product", "value"]


def test_a_number_is_a_way_to_reach_people_too():
    proposal, _found = proposed(("Mobile", PHONES), ("Value", ["5"]), ("Card", ["CVS"]))

    assert proposal.is_sure


def test_an_address_book_knows_no_rewards():
    proposal, found = proposed(
        ("E-mail", EMAILS), ("Value", ["25"]), ("Card", ["CVS"]), purpose="recipients"
    )

    assert found == {"E-mail": "email"}
    assert proposal.is_sure
