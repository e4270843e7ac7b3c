"""What came of one attempt: the provider's answer in our words.

A 409 travels with the orders it named, since only comparing them tells whether one is
ours.
"""

from dataclasses import dataclass
from typing import assert_never

from django.utils.translation import gettext as _

from orders.models import Attempt
from portal.money import Money
from portal.provider.types import (
    Created,
    InsufficientFunds,
    ProviderOrder,
    Refused,
    Unknown,
)

Word = Attempt.Outcome


@dataclass(frozen=True, slots=True)
class Named:
    """A 409, with the orders it named as the provider shows them."""

    orders: tuple[ProviderOrder, ...]


Answer = Created | Named | Refused | InsufficientFunds | Unknown


def word_of(answer: Answer) -> Word:
    """The word the attempt is recorded with."""
    match answer:
        case Created():
            return Word.CREATED
        case Named():
            return Word.DUPLICATE
        case Refused():
            return Word.REFUSED
        case InsufficientFunds():
            return Word.INSUFFICIENT_FUNDS
        case Unknown():
            return Word.UNKNOWN
        case _:
            assert_never(answer)


def detail_of(answer: Answer) -> str:
    """One sentence or a list of ids, without personal data."""
    match answer:
        case Created(order):
            detail = order.id
        case Named(orders):
            detail = ", ".join(order.id for order in orders)
        case Refused(errors):
            # Messages may quote what was sent; the paths say which field it was.
            fields = ", ".join(error.path for error in errors) or "?"
            detail = _("The provider refused: %(fields)s.") % {"fields": fields}
        case InsufficientFunds(available, cost):
            detail = _(
                "The provider account holds %(available)s; this costs %(cost)s. Have "
                "funds added there, then try again."
            ) % {
                "available": "?" if available is None else available,
                "cost": "?" if cost is None else cost,
            }
        case Unknown(denied=True):
            detail = _(
                "The provider refuses the portal's credentials. An administrator has "
                "to renew them; then it goes on by itself."
            )
        case Unknown(reason):
            detail = reason
        case _:
            assert_never(answer)
    return detail[:250]


def balance_of(answer: Answer, currency: str) -> int | None:
    """What a 422 says the account holds, in minor units; None from anything else."""
    if isinstance(answer, InsufficientFunds) and answer.available_balance is not None:
        return Money.rounded(answer.available_balance, currency).minor
    return None
