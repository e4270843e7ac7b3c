"""What a version of a rule says: as it is asked for, stored, hashed and compared."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from orders import content
from orders.models import RuleGift, RuleVersion, Side, Way
from orders.triggers import conditions
from orders.triggers.conditions import Groups
from portal.money import Money
from programs.models import Product, Program

Timing = RuleVersion.Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftText:
    """What one side is sent."""

    side: Side
    product: Product
    value: Money
    way: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """All of it; a draft may leave open what the promotion guard asks."""

    program: Program
    event_type: str
    gifts: tuple[GiftText, ...]
    groups: Groups = ()
    timing: str = Timing.AT_ONCE
    verification_days: int = 0
    per_person: int | None = None
    per_person_days: int | None = None
    most_in_all: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    from_name: str = ""
    message: str = ""
    eligibility: str = ""
    terms: str = ""
    by_chance: bool | None = None
    prizes: Money | None = None
    states: tuple[str, ...] = ()
    registration: str = ""
    asks_review: bool | None = None
    disclosure: str = ""

    @property
    def once(self) -> Money:
        """Face value of what one event sends, to both sides together."""
        return sum((gift.value for gift in self.gifts), start=self.program.money(0))

    @property
    def most(self) -> Money | None:
        """Face value of all it can ever send; None without a cap in all."""
        return None if self.most_in_all is None else self.once * self.most_in_all


# Fields that a version stores as they are.
_PLAIN: Final = (
    "event_type",
    "timing",
    "verification_days",
    "per_person",
    "per_person_days",
    "most_in_all",
    "starts_on",
    "ends_on",
    "from_name",
    "message",
    "eligibility",
    "terms",
    "by_chance",
    "registration",
    "asks_review",
    "disclosure",
)


def of(version: RuleVersion) -> RuleText:
    """What a stored version says; its rule, program and gifts come loaded."""
    return RuleText(
        program=version.rule.program,
        gifts=tuple(
            GiftText(
                side=Side(gift.side),
                product=gift.product,
                value=version.rule.program.money(gift.value_minor),
                way=Way(gift.way),
            )
            for gift in sorted(version.gifts.all(), key=lambda gift: gift.pk)
        ),
        groups=conditions.of(version.conditions),
        prizes=version.prizes,
        states=tuple(version.states),
        **{name: getattr(version, name) for name in _PLAIN},
    )


def write(version: RuleVersion, text: RuleText) -> None:
    """Store it in a version, within the verb that locked its rule."""
    for name in _PLAIN:
        setattr(version, name, getattr(text, name))
    version.conditions = conditions.stored(text.groups)
    version.prizes_minor = None if text.prizes is None else text.prizes.minor
    version.states = list(text.states)
    version.save()
    version.gifts.all().delete()
    RuleGift.objects.bulk_create(
        RuleGift(
            version=version,
            side=gift.side,
            product=gift.product,
            value_minor=gift.value.minor,
            way=gift.way,
        )
        for gift in text.gifts
    )


def facts(text: RuleText) -> Mapping[str, str]:
    """Everything that is decided on, in no language."""
    told = {name: _plain(getattr(text, name)) for name in _PLAIN}
    gifts = {
        gift.side.value: [gift.product.provider_id, str(gift.value), gift.way.value]
        for gift in text.gifts
    }
    return {
        "program": str(text.program.pk),
        **told,
        "conditions": json.dumps(conditions.stored(text.groups)),
        "prizes": _plain(text.prizes),
        "states": ",".join(text.states),
        **{side.value: json.dumps(gifts.get(side.value, [])) for side in Side},
    }


def hash_of(text: RuleText) -> str:
    """What an approval is bound to: any change of anything is another hash."""
    return content.hash_of(dict(facts(text)))


def differences(before: RuleText, after: RuleText) -> list[str]:
    """The names of the facts in which two texts differ."""
    was = facts(before)
    return [name for name, value in facts(after).items() if value != was[name]]


def _plain(value: object) -> str:
    return "" if value is None else str(value)
