"""What files call our fields: words that mean one, and words that only go with them.

Those of cards in the post are in `postal_names`.

Languages: English, German, French, Spanish. Names are compared as `words` gives them.
"""

import re
import unicodedata
from typing import Final

from programs.sheets.fields import Field


def listed(text: str) -> frozenset[str]:
    """The words of a text, to look others up in."""
    return frozenset(text.split())


# By field, the surer names first; those of one line are equally sure.
NAMES: Final[dict[Field, tuple[str, ...]]] = {
    Field.EMAIL: (
        "email, emails, mail, email addr, email address, mail address, emailaddr, "
        "email id, mail id, email adresse, mailadresse, emailadresse, courriel, "
        "adresse email, adresse mail, adresse courriel, adresse electronique, adresse "
        "de courriel, correo, correo electronico, direccion de correo, direccion de "
        "email, direccion de correo electronico",
        "contact, contact info, contact details, email or mobile, email or phone, "
        "mobile or email, phone or email, email phone, email mobile, email mobil, "
        "email oder mobil, email oder handy, email oder telefon, email ou portable, "
        "email ou telephone, email o movil, email o telefono, mail or phone, kontakt, "
        "kontaktdaten, contacto, email username, login email, username",
    ),
    Field.PHONE: (
        "mobile cell, cell mobile, phone mobile, mobile or cell, cell or mobile, tel "
        "mobil, mobile, mobile number, mobile no, mobile phone, mobile phone number, "
        "cell, cell phone, cell number, cell phone number, cellphone, cellular, sms, "
        "sms number, text number, handy, handynummer, handy nr, handynr, mobil, "
        "mobilnummer, mobiltelefon, mobilfunk, mobilfunknummer, telefon mobil, "
        "portable, telephone portable, numero de portable, tel portable, tel mobile, "
        "numero mobile, telephone mobile, gsm, movil, telefono movil, numero movil, "
        "celular, telefono celular, numero de celular",
        "phone, phone number, phone no, telephone, telephone number, tel, tel no, tel "
        "nr, phonenumber, telefon, telefonnummer, telefonnr, rufnummer, numero de "
        "telephone, no de telephone, telefono, numero de telefono",
        "contact, contact number, contact info, contact phone, kontakt, contacto",
    ),
    Field.NAME: (
        "name, full name, fullname, complete name, first and last name, first name "
        "last name, name first last, last name first name, display name, "
        "vollstandiger name, vor und nachname, vorname nachname, nachname vorname, "
        "vorname und nachname, vorname name, name vorname, nom complet, nom et "
        "prenom, prenom et nom, nom prenom, prenom nom, nombre completo, nombre y "
        "apellido, nombre y apellidos, nombre apellidos, nom, nombre",
        "shipping name, ship to name, delivery name",
        "empfangername, empfaengername, recipient, empfanger, empfaenger, "
        "destinataire, destinatario, beneficiaire, beneficiario, employee, customer, "
        "requester, respondent, billing name, attendee, participant, winner, guest, "
        "teilnehmer, mitarbeiter, kunde, contact, kontakt, contacto",
    ),
    Field.FIRST_NAME: (
        "first name, firstname, first, fname, given name, givenname, forename, "
        "preferred first name, christian name, vorname, rufname, prenom, primer "
        "nombre, nombre de pila, nombres",
    ),
    Field.LAST_NAME: (
        "last name, lastname, last, lname, surname, family name, familyname, "
        "nachname, familienname, zuname, nom de famille, nom famille, apellido, "
        "apellidos, primer apellido",
    ),
    Field.PRODUCT: (
        "gift card choice, reward choice, gift choice, gift card, giftcard, gift card "
        "name, gift card brand, gift card product, gift card type, reward product, "
        "reward name, reward type, reward brand, card, card brand, card name, card "
        "type, gutschein, geschenkkarte, gutscheinkarte, gutscheinart, carte cadeau, "
        "cheque cadeau, bon d achat, tarjeta regalo, tarjeta de regalo, voucher, "
        "voucher type, evoucher",
        "brand, merchant, retailer, product, product id, product name, product code, "
        "reward, gift, incentive, incentive type, prize, produkt, produktname, marke, "
        "handler, pramie, praemie, geschenk, produit, marque, enseigne, recompense, "
        "cadeau, producto, marca, recompensa, premio, regalo",
    ),
    Field.VALUE: (
        "reward value, reward amount, award value, award amount, bonus amount, gift "
        "card value, gift card amount, giftcard value, giftcard amount, gift value, "
        "gift amount, card value, card amount, face value, denomination, voucher "
        "value, voucher amount, incentive amount, incentive value, prize value, "
        "gutscheinwert, gutscheinbetrag, kartenwert, wert des gutscheins, wert "
        "gutschein, pramienwert, montant de la carte, montant carte cadeau, valeur de "
        "la carte, valeur du cadeau, montant du cadeau, valor de la tarjeta, importe "
        "de la tarjeta, valor del regalo, importe del regalo, importe recompensa, "
        "montant recompense",
        "value, amount, amt, wert, betrag, montant, valeur, valor, importe, monto, "
        "cantidad a regalar",
        "reward, gift card, giftcard, gift, voucher, incentive, prize, gutschein, "
        "geschenkkarte, carte cadeau, cadeau, recompense, tarjeta regalo, recompensa, "
        "premio, regalo, pramie, praemie",
    ),
    Field.QUANTITY: (
        "number of cards, card count, cards, card quantity, gift card quantity, "
        "reward quantity, number of rewards, number of gift cards, anzahl karten, "
        "anzahl gutscheine, nombre de cartes, numero de tarjetas, cantidad de "
        "tarjetas",
        "quantity, qty, quantite, qte, anzahl, menge, stuckzahl, cantidad, cant",
    ),
    Field.TO_NAME: (
        "to, to name, card to, gift to, addressed to, name on card, name on gift "
        "card, an, fur, a l attention de, pour, para",
    ),
    Field.FROM_NAME: (
        "from, from name, card from, gift from, sender, sender name, signed by, "
        "absender, absendername, von, expediteur, nom de l expediteur, de la part de, "
        "remitente, nombre del remitente, de parte de",
    ),
    Field.MESSAGE: (
        "personal note, gift note, message, personal message, gift message, card "
        "message, custom message, message text, greeting, nachricht, personliche "
        "nachricht, grusstext, gruss, botschaft, message personnel, message "
        "personnalise, mensaje, mensaje personal, mensaje de regalo",
    ),
    Field.DELIVER_AT: (
        "delivery date, deliver on, deliver at, deliver date, delivery, delivery "
        "time, date of delivery, send date, send on, send at, send time, date to "
        "send, scheduled for, scheduled date, schedule date, scheduled send, "
        "versanddatum, sendedatum, senden am, versand am, zustelldatum, zustellung "
        "am, date d envoi, date envoi, envoyer le, date de livraison, fecha de envio, "
        "fecha envio, enviar el, fecha de entrega",
    ),
    Field.EXTERNAL_ID: (
        "external id, your id, external reference, our id, our reference, client id, "
        "ext id, external identifier, unique id, unique identifier, externe id",
        "customer id, customer number, customer no, employee id, employee number, "
        "employee no, emp id, empl id, worker id, staff id, staff number, person id, "
        "id number, id no, member id, member number, member no, membership number, "
        "membership id, loyalty number, loyalty id, contact id, user id, userid, "
        "subscriber id, participant id, panelist id, respondent id, student id, "
        "learner id, attendee id, recipient id, lead id, patient id, payroll number, "
        "payroll id, personnel number, personalnummer, personalnr, personal nr, "
        "mitarbeiternummer, mitarbeiter id, mitarbeiter nr, kundennummer, kundennr, "
        "kunden nr, kunden id, mitgliedsnummer, teilnehmer id, teilnehmernummer, "
        "matricule, numero client, no client, id client, code client, numero d "
        "adherent, numero adherent, numero de cliente, id cliente, id de cliente, "
        "codigo de cliente, numero de empleado, id empleado, id de empleado",
        "response id, responseid, ticket id, ticket number, ticket no, case id, case "
        "number, order id, order number, order no, booking reference, booking id, "
        "booking number, registration id, registration number, transaction id, "
        "bestellnummer, auftragsnummer, ticketnummer, numero de commande, no "
        "commande, numero de pedido, pedido",
        "id, uuid, guid, record id, reference, ref, ref no, reference number, "
        "identifier, referenz, identifiant, identificador, referencia, key, order",
    ),
    Field.CONSENT_SOURCE: (
        "consent source, source of consent, sms consent source, consent method, "
        "consent given via, consent channel, sms opt in source, opt in source, quelle "
        "der einwilligung, einwilligung quelle, einwilligungsquelle, source du "
        "consentement, origine du consentement, origen del consentimiento, fuente del "
        "consentimiento",
    ),
    Field.CONSENT_ON: (
        "consent date, date of consent, sms consent date, consent given on, consented "
        "on, consented at, consent on, consent at, consent time, consent timestamp, "
        "sms opt in date, sms opt in at, opt in date, einwilligung am, einwilligung "
        "datum, datum der einwilligung, einwilligungsdatum, date du consentement, "
        "date de consentement, consentement le, fecha de consentimiento, fecha del "
        "consentimiento, fecha consentimiento",
    ),
    Field.LANGUAGE: (
        "language, lang, locale, preferred language, language code, user language, "
        "sprache, korrespondenzsprache, bevorzugte sprache, langue, langue preferee, "
        "idioma, idioma preferido, lengua",
    ),
}
# Say nothing at all.
ARTICLES: Final = listed("of the a an de del la le el les los l d du des der")
# Say whose it is, and in such lists it is the recipient's.
SUBJECTS: Final = ARTICLES | listed(
    "your their customer customers client contact employee employees attendee "
    "participant participants member buyer purchaser respondent subscriber student "
    "learner guest panelist worker requester winner primary main default current "
    "preferred valid required optional field enter please what is in s 1 usd eur gbp "
    "cad aud chf kunde kunden teilnehmer mitarbeiter cliente participante empleado "
    "salarie adherent pflichtfeld obligatoire obligatorio"
)
# Leave no doubt whose it is, where others are named too.
RECIPIENTS: Final = listed(
    "recipient recipients recipientes empfanger empfangers destinataire destinatario "
    "beneficiary beneficiaire beneficiario giftee"
)
# One of several: it fits if nothing fits better.
QUALIFIERS: Final = listed(
    "private privat private personal perso personnel personnelle home work business "
    "office corporate professional dienstlich geschaftlich pro professionnel "
    "professionnelle trabajo laboral particular casa school university alternate "
    "alternative alternativ alt secondary second other additional backup old new 2 3 "
    "zweite sekundar secundario shipping billing user"
)
# Somebody else.
OTHERS: Final = listed(
    "manager supervisor boss vorgesetzter vorgesetzte chef responsable jefe sender "
    "from absender expediteur remitente owner agent sales rep assigned assignee "
    "created modified updated by reply cc bcc parent emergency notfall urgence "
    "emergencia company firma host organizer organiser referrer referred partner "
    "spouse teacher instructor friend"
)
# Numbers of things, and of machines.
RECORDS: Final = listed(
    "id number code account iban zip postcode sku barcode ssn key status fax"
)
_CAMEL: Final = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)"
)
# What makes a repeated name its own, put there by the reader.
_REPEATED: Final = re.compile(r"\s\(\d+\)$")
_SAME: Final = (
    (re.compile(r"\be mail"), "email"),
    (re.compile(r"\b(?:no|nr|n|num|numero|nummer)\b"), "number"),
)


def words(name: str) -> str:
    """A column's name in plain small letters: "E-Mail-Adresse *" is "email adresse"."""
    name = _CAMEL.sub(" ", _REPEATED.sub("", name)).casefold()
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("#", " no "))
    letters = (
        character if character.isalnum() else " "
        for character in plain
        if not unicodedata.combining(character)
    )
    text = " ".join("".join(letters).split())
    for spelling, usual in _SAME:
        text = spelling.sub(usual, text)
    return text
