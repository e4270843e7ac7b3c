"""Fourteen files as other systems write them: what their columns are taken for."""

from pathlib import Path

import pytest

from programs.models import Sheet
from programs.sheets import mappings
from tests import factories
from tests.programs import posting
from tests.programs.sheets import lists

FILES = Path(__file__).with_name("headers")
# By file: the columns that mean one of our fields. The others mean none.
MEANT = {
    "hr_export.csv": {
        "Employee #": "external_id",
        "Last Name": "last_name",
        "First Name": "first_name",
        "Work Email": "email",
        "Mobile Phone": "phone",
    },
    "survey_tool.csv": {
        "RecipientLastName": "last_name",
        "RecipientFirstName": "first_name",
        "RecipientEmail": "email",
        "ExternalReference": "external_id",
        "UserLanguage": "language",
    },
    "crm.csv": {
        "Record ID - Contact": "external_id",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Email": "email",
        "Mobile Phone Number": "phone",
        "Preferred language": "language",
    },
    "marketing_tool.csv": {
        "Email Address": "email",
        "FNAME": "first_name",
        "LNAME": "last_name",
        "Phone": "phone",
    },
    "ticket_shop.csv": {
        "Order #": "external_id",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Email": "email",
        "Cell Phone": "phone",
    },
    "payroll_german.csv": {
        "Personalnr.": "external_id",
        "Vorname": "first_name",
        "Name": "last_name",
        "E-Mail dienstlich": "email",
        "Mobil": "phone",
        "Gutscheinart": "product",
        "Gutscheinbetrag (USD)": "value",
        "Grußtext": "message",
        "Korrespondenzsprache": "language",
    },
    "loyalty_spanish.csv": {
        "Número de socio": "external_id",
        "Nombre": "first_name",
        "Apellidos": "last_name",
        "Correo electrónico": "email",
        "Teléfono móvil": "phone",
        "Tarjeta regalo": "product",
        "Importe": "value",
        "Fecha de consentimiento": "consent_on",
        "Origen del consentimiento": "consent_source",
        "Idioma": "language",
    },
    "event_check_in_french.csv": {
        "N° de billet": "external_id",
        "Nom": "last_name",
        "Prénom": "first_name",
        "Adresse e-mail": "email",
        "Téléphone portable": "phone",
        "Carte cadeau": "product",
        "Montant (USD)": "value",
        "Message personnalisé": "message",
        "Date d’envoi": "deliver_at",
    },
    "help_desk.csv": {
        "Ticket ID": "external_id",
        "Requester": "name",
        "Requester email": "email",
        "Voucher": "product",
        "Voucher amount": "value",
    },
    "ecommerce.csv": {
        "Email": "email",
        "Billing Name": "name",
        "Phone": "phone",
        "Id": "external_id",
    },
    "learning_platform.csv": {
        "First name": "first_name",
        "Surname": "last_name",
        "Email address": "email",
        "ID number": "external_id",
    },
    "prize_winners.csv": {
        "Winner": "name",
        "Winner's e-mail or mobile": "email",
        "Card": "product",
        "Amount ($)": "value",
        "Qty": "quantity",
        "To": "to_name",
        "From": "from_name",
        "Personal message": "message",
        "Send on": "deliver_at",
        "Reference": "external_id",
    },
    "event_swag.csv": {
        "Full Name": "name",
        "Work Email": "email",
        "Gift card": "product",
        "Reward value": "value",
    },
    "mailing_german.csv": {
        "Kundennr.": "external_id",
        "Vorname": "first_name",
        "Nachname": "last_name",
        "E-Mail-Adresse": "email",
        "Gutschein": "product",
        "Gutscheinwert": "value",
    },
}
# The same in a program that posts cards: columns that say where people live. Others
# find no use for them.
POSTED = {
    "marketing_tool.csv": {"Address": "address"},
    "ecommerce.csv": {
        "Billing Street": "line1",
        "Billing City": "city",
        "Billing Zip": "postal_code",
        # Its cells are names of methods that are on offer here.
        "Shipping Method": "shipping_method",
    },
    "event_swag.csv": {
        "Shipping Address": "line1",
        "Shipping Address 2": "line2",
        "Shipping City": "city",
        "State/Province": "state",
        "Zip/Postal Code": "postal_code",
        "Country/Region": "country",
        "Shipping Method": "shipping_method",
        "Needed by": "needed_by",
    },
    "mailing_german.csv": {
        "Straße und Hausnr.": "line1",
        "Adresszusatz": "line2",
        "PLZ": "postal_code",
        "Ort": "city",
        "Bundesland": "state",
        "Land": "country",
        "Versandart": "way",
        "Benötigt bis": "needed_by",
    },
}
# Everything they need is in a column, so that nobody has to look at them.
COMPLETE = {
    "payroll_german.csv",
    "loyalty_spanish.csv",
    "event_check_in_french.csv",
    "help_desk.csv",
    "prize_winners.csv",
    "event_swag.csv",
    "mailing_german.csv",
}


@pytest.fixture
def products(cvs):
    factories.make_product("AMZ", values=[10, 25, 50], name="Amazon.com")
    factories.make_product("TGT", values=[10, 25, 50], name="Target")


def found_in(sheet: Sheet) -> dict[str, str]:
    mapping = mappings.proposal_of(sheet).mapping
    return {sheet.columns[column]: str(field) for field, column in mapping.items()}


@pytest.fixture
def posting_program(program):
    program.delivery_types = ["DigitalDelivery", "PhysicalShipment"]
    program.save()
    posting.make_method("STANDARD")
    return program


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize("posts", [False, True])
def test_nine_of_ten_columns_are_found_and_none_is_mistaken(request, manu, posts):
    program = request.getfixturevalue("posting_program" if posts else "program")
    right, meant, mistaken = 0, 0, []
    for file, plain in MEANT.items():
        expected = plain | POSTED.get(file, {}) if posts else plain
        content = (FILES / file).read_bytes()
        found = found_in(lists.read(program, manu, content, name=file))
        right += len(found.items() & expected.items())
        meant += len(expected)
        mistaken += [(file, *pair) for pair in found.items() - expected.items()]

    assert mistaken == []
    assert meant > 70
    assert right >= 0.9 * meant


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize("file", sorted(MEANT))
@pytest.mark.parametrize("posts", [False, True])
def test_a_file_with_all_that_is_needed_is_checked_at_once(request, file, posts, manu):
    program = request.getfixturevalue("posting_program" if posts else "program")
    sheet = lists.read(program, manu, (FILES / file).read_bytes(), name=file)

    expected = "checking" if file in COMPLETE else "mapping"
    assert sheet.status == expected


def test_all_fourteen_are_here():
    assert {path.name for path in FILES.iterdir()} == set(MEANT)
    assert len(MEANT) == 14
