"""The kinds of problems a row's product and its way can have."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from programs.sheets import kinds
from programs.sheets.kinds import Kind

_OFFERS: Final = {
    "product_missing": Kind(
        label=_("Rows without a product"), message=_("Enter a product.")
    ),
    "product_unknown": Kind(
        label=_("Products that this program does not offer"),
        message=_(
            "“%(typed)s” is not offered in this program. Choose another product."
        ),
    ),
    "product_ambiguous": Kind(
        label=_("Names that several products have"),
        message=_("Several products are called “%(typed)s”. Enter the product's id."),
    ),
    "product_not_posted": Kind(
        label=_("Products that cannot be posted"),
        message=_(
            "“%(typed)s” cannot be sent by post here. Choose another product, or send "
            "it by e-mail or SMS."
        ),
    ),
    "product_only_posted": Kind(
        label=_("Products that can only be posted"),
        message=_(
            "“%(typed)s” can only be sent by post here. Choose another product, or "
            "send it by post."
        ),
    ),
    "way_unknown": Kind(
        label=_("Rows that do not say clearly how they go"),
        message=_("“%(typed)s” can mean anything. Write by post or by e-mail."),
    ),
    "way_no_post": Kind(
        label=_("Rows by post in a program that posts nothing"),
        message=_("This program posts nothing. Write by e-mail, or leave it empty."),
        repair=kinds.Repair.CLEAR,
        repair_label=_("By e-mail or SMS instead"),
    ),
    "way_only_post": Kind(
        label=_("Rows by e-mail or SMS in a program that only posts"),
        message=_("This program only posts cards. Write by post, or leave it empty."),
        repair=kinds.Repair.CLEAR,
        repair_label=_("By post instead"),
    ),
}


def register() -> None:
    """Make them known."""
    kinds.register(_OFFERS)
