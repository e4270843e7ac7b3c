"""What stands beside a radio that needs more than a word."""

from dataclasses import dataclass

from django.utils.functional import Promise

from portal.money import Money


@dataclass(frozen=True, slots=True)
class Option:
    """One choice as components/radio_cards.html shows it."""

    name: str | Promise
    detail: str | Promise = ""
    amount: Money | None = None
    badge: str = ""

    def __str__(self) -> str:
        return str(self.name)
