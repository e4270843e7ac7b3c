"""What prizes may be worth before a state wants them registered: dated settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.money import Money
from programs import dated
from programs.models import DatedSetting

# The amounts of the law are in it.
CURRENCY: Final = "USD"


@dataclass(frozen=True, slots=True)
class State:
    label: str | Promise
    setting: DatedSetting.Name


STATES: Final[Mapping[str, State]] = {
    "NY": State(_("New York"), DatedSetting.Name.PRIZES_NEW_YORK),
    "FL": State(_("Florida"), DatedSetting.Name.PRIZES_FLORIDA),
    "RI": State(_("Rhode Island, in shops"), DatedSetting.Name.PRIZES_RHODE_ISLAND),
}


def thresholds(day: date) -> Mapping[str, Money]:
    """By state, what all prizes together may be worth on a day without registering."""
    in_force: dict[str, int] = {}
    for row in dated.newest_first():
        if row.valid_from <= day:
            in_force.setdefault(row.name, row.value)
    return {
        code: Money.of_minor(in_force[state.setting], CURRENCY)
        for code, state in STATES.items()
        if state.setting in in_force
    }
