"""What may be given, and to whom."""

from programs.models.address import PostalAddress
from programs.models.budget import BudgetEntry
from programs.models.catalogue import (
    Branding,
    CardCarrier,
    CatalogueRefresh,
    Product,
    ShippingMethod,
)
from programs.models.consent import ConsentEntry, Wording
from programs.models.dated import DatedSetting
from programs.models.key import ApiKey, KeySecret
from programs.models.membership import Membership
from programs.models.program import Program
from programs.models.recipient import Recipient
from programs.models.sheet import (
    RememberedMapping,
    RowProblem,
    Sheet,
    SheetBlock,
    SheetChunk,
    SheetRow,
)
from programs.models.shipping import Holiday, TransitTime

__all__ = [
    "ApiKey",
    "Branding",
    "BudgetEntry",
    "CardCarrier",
    "CatalogueRefresh",
    "ConsentEntry",
    "DatedSetting",
    "Holiday",
    "KeySecret",
    "Membership",
    "PostalAddress",
    "Product",
    "Program",
    "Recipient",
    "RememberedMapping",
    "RowProblem",
    "Sheet",
    "SheetBlock",
    "SheetChunk",
    "SheetRow",
    "ShippingMethod",
    "TransitTime",
    "Wording",
]
