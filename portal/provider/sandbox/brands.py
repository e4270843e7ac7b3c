"""The shelves of the fictional catalogue. Every brand but CVS is made up.

CVS stands here because it is the product of GiftCard Partners' own examples.
"""

from dataclasses import dataclass
from decimal import Decimal

DIGITAL = "DigitalDelivery"
LINKS = "Links"
PHYSICAL = "PhysicalShipment"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Products alike in everything but their name. `values` as in Denominations.

    `id` is for a shelf of one product whose id is not made from its name.
    """

    about: str
    names: tuple[str, ...]
    values: tuple[str, ...]
    denomination_type: str = "Fixed"
    type: str = "Digital"
    delivery_types: tuple[str, ...] = (DIGITAL, LINKS)
    currency: str = "USD"
    fee: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    terms: str = "<p>Treat this card like cash. No expiry.</p>"
    needs_carrier: bool = False
    id: str = ""


# A catalogue is somebody else's HTML: whoever shows it must survive this.
_HOSTILE_TERMS = (
    "<p>Valid at <b>participating</b> locations."
    '<script>document.title = "owned"</script></p>'
    "<p onclick=\"alert('owned')\">Not redeemable for <i>cash</i>.</p>"
    '<img src="x" onerror="alert(1)"><a href="javascript:alert(1)">Full terms</a>'
)

SHELVES = (
    Shelf(
        "Health, beauty and everyday essentials.",
        ("CVS Pharmacy",),
        values=("10", "15", "25", "50", "100"),
        delivery_types=(DIGITAL, LINKS, PHYSICAL),
        discount=Decimal(2),
        id="CVS",
    ),
    Shelf(
        "Choose where to spend it.",
        ("Anywhere Choice Link",),
        values=("10", "25", "50", "100"),
        delivery_types=(LINKS,),
    ),
    Shelf(
        "<b>Flowers</b> &amp; plants, delivered.",
        ("Petal & Thorn Florist",),
        values=("20", "200"),
        denomination_type="Variable",
        discount=Decimal(7),
        terms=_HOSTILE_TERMS,
    ),
    Shelf(
        "A metal card in a presentation box.",
        ("Grand Meridian Hotels",),
        values=("100", "250", "500"),
        type="Physical",
        delivery_types=(PHYSICAL,),
        fee=Decimal("3.95"),
        needs_carrier=True,
    ),
    Shelf(
        "Codes are offered too, to accounts approved for them.",
        ("Kite & Anchor Travel",),
        values=("50", "1000"),
        denomination_type="VariableNoCents",
        delivery_types=(DIGITAL, LINKS, "Codes"),
        discount=Decimal(11),
    ),
    Shelf(
        "A cup, a pastry and a table by the window.",
        (
            "Harbor Bean Coffee",
            "Juniper & Rye Bakery",
            "Lantern Street Tea",
            "Morning Ledger Cafe",
            "Paper Crane Patisserie",
            "Quarry Lane Espresso",
            "Saffron Kettle",
            "Tumbledown Donuts",
        ),
        values=("5", "10", "15", "20", "25", "50"),
        discount=Decimal(5),
    ),
    Shelf(
        "Groceries and everyday things, in store and online.",
        (
            "Alder & Fig Market",
            "Brightwater Grocers",
            "Corner Cupboard",
            "Fennel Farms",
            "Greenlatch Organics",
            "Highmeadow Foods",
            "Larder Loop",
            "Old Mill Provisions",
        ),
        values=("5", "250"),
        denomination_type="Variable",
        discount=Decimal("1.5"),
    ),
    Shelf(
        "A night at the pictures, popcorn not included.",
        (
            "Aurora Picture House",
            "Balcony Cinemas",
            "Comet Drive-In",
            "Foxglove Theatre",
            "Marquee Nine",
            "Velvet Row Screens",
        ),
        values=("10", "200"),
        denomination_type="VariableNoCents",
        discount=Decimal(8),
    ),
    Shelf(
        "Tools, paint and the screws you forgot last time.",
        (
            "Anvil & Ash Hardware",
            "Bramble Garden Supply",
            "Copperleaf Home",
            "Dovetail Workshop",
            "Ironwood Tools",
            "Plumb Line Builders",
            "Sunday Shed",
        ),
        values=("25", "50", "100", "200"),
        delivery_types=(DIGITAL, LINKS, PHYSICAL),
        discount=Decimal(3),
    ),
    Shelf(
        "Books, music and games for long evenings.",
        (
            "Attic Records",
            "Bookmark & Vine",
            "Cardinal Games",
            "Dogear Books",
            "Inkwell Stationers",
            "Pixel Orchard",
            "Second Chapter",
            "Tin Drum Music",
        ),
        values=("10", "500"),
        denomination_type="Variable",
        fee=Decimal("0.50"),
        discount=Decimal(6),
    ),
    Shelf(
        "Clothes and shoes that last.",
        (
            "Cobble & Stitch",
            "Driftwool",
            "Larkspur Clothing",
            "Northpier Outfitters",
            "Threadbare Lane",
            "Wren & Linden",
        ),
        values=("25", "50", "75", "100", "150"),
        discount=Decimal(10),
    ),
    Shelf(
        "A plastic card in a folder, sent by post.",
        (
            "Crossroads Fuel",
            "Evergreen Auto Care",
            "Milestone Tires",
            "Redbrick Diner",
            "Silver Oak Steakhouse",
            "Waypoint Motor Lodge",
        ),
        values=("25", "50", "100"),
        type="Physical",
        delivery_types=(PHYSICAL,),
        fee=Decimal("1.25"),
    ),
    Shelf(
        "Shops across the euro area.",
        ("Blauwal Märkte", "Café Mirabelle", "Librería Sol", "Pasticceria Lume"),
        values=("5", "150"),
        denomination_type="Variable",
        currency="EUR",
        discount=Decimal(4),
    ),
    Shelf(
        "Shops across Canada.",
        ("Loonie Lane", "Maple & Pine", "Portage Outfitters", "Tundra Roasters"),
        values=("10", "25", "50", "100"),
        currency="CAD",
        discount=Decimal(2),
    ),
    Shelf(
        "Shops across the United Kingdom.",
        ("Bramley & Crust", "Chalk Downs Books", "Heather Row", "Teasel Tea Rooms"),
        values=("5", "100"),
        denomination_type="VariableNoCents",
        currency="GBP",
        discount=Decimal(3),
    ),
)
