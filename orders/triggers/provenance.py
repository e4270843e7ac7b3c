"""Where a triggered order comes from: the rules, the event or the key behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from orders import splitting
from orders.models import Award, Order, RuleGift, RuleVersion
from orders.triggers import sentences, texts
from portal.money import Money


@dataclass(frozen=True, slots=True)
class Provenance:
    """The versions whose terms hold for its rewards, and the first of those.

    No reward is left of an order that came to nothing before it was submitted.
    """

    order: Order
    versions: Sequence[RuleVersion]
    award: Award | None

    @property
    def name(self) -> str:
        """Who asks: in a sentence in place of a person."""
        if self.versions:
            return _("The rule “%(name)s”") % {"name": self.versions[0].rule.name}
        if self.award is not None:
            return _("The key “%(name)s”") % {"name": self.award.event.key.name}
        return _("Another system")

    @property
    def rules(self) -> list[tuple[RuleVersion, str]]:
        """Each version with its sentence."""
        return [(each, sentences.sentence(texts.of(each))) for each in self.versions]

    @property
    def together(self) -> Money | None:
        """What the approval rule looks at, where that is more than this order."""
        counted = splitting.counted(self.order)
        return counted if self.order.estimate < counted else None


def of(order: Order) -> Provenance | None:
    """None for what a person asked for; three queries at most."""
    if order.origin == Order.Origin.PERSON:
        return None
    awards = Award.objects.filter(reward__order=order).select_related("event__key")
    gifts = RuleGift.objects.select_related("product")
    versions = (
        RuleVersion.objects.filter(pk__in=awards.values("rule_version"))
        .select_related("rule__program")
        .prefetch_related(Prefetch("gifts", gifts))
        .order_by("rule", "number")
    )
    return Provenance(order, list(versions), awards.order_by("pk").first())
