"""Whether a rule's text may start: the promotion guard, and what the program sells."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _

from orders import eligibility
from orders.eligibility import Gift, Problem
from orders.models import Side
from orders.triggers import guard, law
from orders.triggers.guard import Facts, Task
from orders.triggers.texts import GiftText, RuleText
from programs import catalogue


class NotReady(Exception):
    """The promotion may not start; `problems` says what is missing."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.field for problem in problems))
        self.problems = problems


def tasks(text: RuleText) -> list[Task]:
    """Everything that has to be so before it starts, done or not."""
    sold = tuple(gift_problems(text)) or tuple(_nothing(text))
    return [Task(_("What is sent is on sale"), sold), *guard.tasks(_facts(text))]


def problems(text: RuleText) -> list[Problem]:
    """All that keeps it from starting now."""
    return [problem for task in tasks(text) for problem in task.problems]


def require(text: RuleText) -> None:
    """Raise NotReady unless it may start."""
    if found := problems(text):
        raise NotReady(found)


def gift_problems(text: RuleText) -> Iterator[Problem]:
    """Whether the program may send all this, at the fields of each side."""
    products = [gift.product.pk for gift in text.gifts]
    offered = catalogue.offered_in(text.program).filter(pk__in=products)
    known = set(offered.values_list("pk", flat=True)) if products else set()
    for gift in text.gifts:
        prefix = "advocate_" if gift.side == Side.ADVOCATE else ""
        for problem in (
            *eligibility.product_problems(_wish(text, gift), offered=known),
            *eligibility.reward_cap_problems(text.program, gift.value),
        ):
            yield replace(problem, field=f"{prefix}{problem.field}")


def _wish(text: RuleText, gift: GiftText) -> Gift:
    return Gift(
        program=text.program,
        product=gift.product,
        value=gift.value.amount,
        quantity=1,
        recipient=None,
        email="",
        phone="",
        deliver_at=None,
    )


def _nothing(text: RuleText) -> Iterator[Problem]:
    if not text.gifts:
        yield Problem("product", _("Choose what at least one side is sent."))


def _facts(text: RuleText) -> Facts:
    today = timezone.localdate()
    thresholds = law.thresholds(text.starts_on or today) if text.by_chance else {}
    return Facts(text, thresholds, today)
