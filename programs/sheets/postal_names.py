"""What files call the fields of a card in the post, as `names` has all others."""

from typing import Final

from programs.sheets.fields import Field
from programs.sheets.names import listed

# By field, the surer names first; those of one line are equally sure.
NAMES: Final[dict[Field, tuple[str, ...]]] = {
    Field.WAY: (
        "how it goes, delivery type, delivery way, way of delivery, send via, send "
        "by, sent by, post or email, email or post, way, versandweg, versandart, "
        "zustellart, versand per, mode d envoi, type d envoi, envoyer par, forma de "
        "envio, tipo de envio, enviar por",
        "delivery method, delivery, delivery channel, fulfillment, fulfilment, mode "
        "de livraison, metodo de entrega",
    ),
    Field.ADDRESS: (
        "full address, whole address, complete address, address block, address label, "
        "postal address, mailing address, shipping address, delivery address, ship to "
        "address, ship to, vollstandige adresse, vollstandige anschrift, "
        "postanschrift, postadresse, lieferadresse, lieferanschrift, versandadresse, "
        "adresse complete, adresse postale, adresse de livraison, adresse d "
        "expedition, direccion completa, direccion postal, direccion de envio, "
        "direccion de entrega",
        "address, addr, street and city, anschrift, adresse, wohnadresse, direccion, "
        "domicilio, domicile",
    ),
    Field.LINE1: (
        "address line 1, address 1, address line, addr 1, addr line 1, address line "
        "one, street address, street address 1, street, street 1, street line 1, "
        "street name and number, street and number, street number and name, strasse, "
        "strasse und hausnummer, strasse und hausnr, strasse hausnummer, strasse nr, "
        "strasse hnr, str, adresszeile 1, anschrift 1, adresse 1, rue, voie, numero "
        "et rue, numero et voie, rue et numero, adresse ligne 1, ligne d adresse 1, "
        "calle, calle y numero, direccion 1, linea de direccion 1, direccion linea 1",
    ),
    Field.LINE2: (
        "address line 2, address 2, addr 2, addr line 2, address line two, street "
        "address 2, street 2, street line 2, apartment, apt, apt suite, apt or suite, "
        "apt suite unit, apartment number, apt number, suite, unit, unit number, "
        "adresszusatz, adresszeile 2, zusatz, anschrift 2, adresse 2, complement d "
        "adresse, complement adresse, complement, adresse ligne 2, ligne d adresse 2, "
        "appartement, direccion 2, linea de direccion 2, direccion linea 2, piso, "
        "piso y puerta, complemento",
    ),
    Field.LINE3: (
        "address line 3, address 3, addr 3, addr line 3, street 3, street line 3, "
        "adresszeile 3, adresse 3, adresse ligne 3, direccion 3, direccion linea 3",
    ),
    Field.CITY: (
        "city, town, city town, town city, city or town, post town, suburb, "
        "municipality, ort, stadt, wohnort, postort, ville, commune, localite, "
        "ciudad, poblacion, localidad, municipio",
    ),
    Field.STATE: (
        "state, state code, state province, state or province, province, province "
        "state, prov, state region, state province region, province code, us state, "
        "bundesland, kanton, canton, provincia, departement, estado, estado provincia",
    ),
    Field.POSTAL_CODE: (
        "zip, zip code, zipcode, zip 5, postal code, postalcode, postcode, post code, "
        "zip postal code, zip or postal code, postal zip code, postal code zip, zip "
        "postcode, postal, pin code, eircode, plz, postleitzahl, code postal, cp, c p, "
        "codigo postal, cod postal",
    ),
    Field.COUNTRY: (
        "country, country code, country name, country region, country iso, land, "
        "landercode, landerkennzeichen, pays, code pays, pais, codigo de pais",
    ),
    Field.SHIPPING_METHOD: (
        "shipping method, shipping service, shipping option, shipping speed, shipping "
        "type, shipping method id, delivery service, delivery option, delivery "
        "method, versandmethode, versandart, versandservice, mode d expedition, "
        "methode d expedition, mode de livraison, metodo de envio, servicio de envio",
        "shipping, versand, expedition, envio",
    ),
    Field.CARD_CARRIER: (
        "card carrier, card carrier id, carrier card, card holder sheet, carrier "
        "sheet, kartentrager, kartentraeger, porte carte, support de carte, porta "
        "tarjeta, soporte de tarjeta",
    ),
    Field.NEEDED_BY: (
        "needed by, need by, needed on, need by date, needed by date, date needed, "
        "required by, in hands date, in hand date, arrive by, arrives by, arrival by, "
        "must arrive by, deliver by, delivered by, benotigt bis, gebraucht bis, "
        "ankunft bis, zustellung bis, necessaire pour le, requis pour le, a livrer "
        "avant le, avant le, necesario para, entregar antes de, debe llegar el",
    ),
}
# Before the parts of an address: where it is that a card is posted to.
POSTED_TO: Final = listed(
    "shipping ship to mailing mail delivery postal home residential liefer lieferung "
    "versand livraison expedition envio entrega"
)
# The same, where there is nothing nearer.
ELSEWHERE: Final = listed(
    "billing work office business primary permanent current default user private "
    "privat personal facturation facturacion rechnung"
)
