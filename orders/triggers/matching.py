"""Which rules an event matches, and why the others do not: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from orders.award_states import RuleStatus
from orders.models import RuleVersion
from orders.triggers import conditions
from orders.triggers.calls import EventCall
from orders.triggers.conditions import Groups

PAUSED: Final = "rule-paused"
BEFORE_START: Final = "before-start"
AFTER_END: Final = "after-end"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule made of an event; `attribute` where one of them decided."""

    rule: int
    version: int
    code: str = ""
    attribute: str = ""

    @property
    def matched(self) -> bool:
        return not self.code

    def stored(self) -> dict[str, Any]:
        """As the event keeps it: ids, a code and an attribute's name."""
        return {
            "rule": self.rule,
            "version": self.version,
            "matched": self.matched,
            "code": self.code,
            "attribute": self.attribute,
        }


class Matcher:
    """One version, read once and asked of many events."""

    def __init__(self, version: RuleVersion, *, is_trial: bool = False) -> None:
        """`is_trial` asks what it would match if it were running."""
        self.version = version
        self._groups: Groups = conditions.of(version.conditions)
        self._is_paused = not is_trial and version.rule.status != RuleStatus.ACTIVE

    def finding(self, call: EventCall, day: date) -> Finding:
        """What it makes of an event of its type, which was on `day` here."""
        code, attribute = self._obstacle(call, day)
        return Finding(self.version.rule_id, self.version.pk, code, attribute)

    def _obstacle(self, call: EventCall, day: date) -> tuple[str, str]:
        if self._is_paused:
            return PAUSED, ""
        if self.version.starts_on and day < self.version.starts_on:
            return BEFORE_START, ""
        if self.version.ends_on and day > self.version.ends_on:
            return AFTER_END, ""
        if found := conditions.unmet(self._groups, call.attributes):
            condition, why = found
            return why.value, condition.attribute
        return "", ""


def findings(
    matchers: Iterable[Matcher], call: EventCall, day: date
) -> list[tuple[Matcher, Finding]]:
    """What every rule for its type makes of an event."""
    return [
        (each, each.finding(call, day))
        for each in matchers
        if each.version.event_type == call.type
    ]
