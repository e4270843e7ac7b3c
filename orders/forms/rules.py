"""The form of a rule: it reads as a sentence, then asks what the guard asks."""

from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.eligibility import Problem
from orders.forms import rule_conditions
from orders.forms.cards import ONE_LINE
from orders.forms.promotion import PromotionForm, words_field
from orders.models import RuleVersion, Side, Way
from orders.triggers import readiness
from orders.triggers.accepting import REVERSED
from orders.triggers.texts import GiftText, RuleText
from portal.permissions import Access, Permission
from portal.web.fields import MoneyField
from portal.web.numbers import whole_number
from programs import catalogue, sentences
from programs.models import Product, Program

# Of each side: the fields of its product, value and way.
GIFTS: Final = {
    Side.PERSON: ("product", "value", "way"),
    Side.ADVOCATE: ("advocate_product", "advocate_value", "advocate_way"),
}


def _product(label: Any, empty: Any) -> forms.Field:
    return forms.ModelChoiceField(
        Product.objects.none(), label=label, required=False, empty_label=empty
    )


def _value() -> MoneyField:
    return MoneyField(
        label=gettext_lazy("Worth"),
        required=False,
        help_text=gettext_lazy("Of one card."),
    )


def _way(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Way.choices, initial=Way.EMAIL)


def _number(label: Any, most: int, hint: Any = "", least: int = 1) -> forms.Field:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        help_text=hint,
        widget=forms.NumberInput({"class": "w-10"}),
    )


def _day(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
    )


class RuleForm(PromotionForm):
    """`text` is what it says, once it is valid."""

    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=None
    )
    event_type = forms.CharField(
        label=gettext_lazy("When this event arrives"),
        max_length=100,
        validators=[rule_conditions.NAME],
        help_text=gettext_lazy("Its type, such as referral.completed."),
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "list": "event-types"}
        ),
    )
    product = _product(gettext_lazy("Send"), gettext_lazy("Nothing"))
    value = _value()
    way = _way(gettext_lazy("By"))
    advocate_product = _product(gettext_lazy("Send"), gettext_lazy("Nothing"))
    advocate_value = _value()
    advocate_way = _way(gettext_lazy("By"))
    per_person = _number(gettext_lazy("Most rewards per person"), 10_000)
    per_person_days = _number(
        gettext_lazy("Counted over how many days"),
        3650,
        gettext_lazy("Over the whole promotion, if left empty."),
    )
    most_in_all = _number(
        gettext_lazy("Most rewards in all"),
        100_000_000,
        gettext_lazy("To each side. No cap, if left empty."),
    )
    starts_on = _day(gettext_lazy("First day"))
    ends_on = _day(gettext_lazy("Last day"))
    timing = forms.ChoiceField(
        label=gettext_lazy("Order them"),
        choices=RuleVersion.Timing.choices,
        initial=RuleVersion.Timing.AT_ONCE,
    )
    verification_days = _number(
        gettext_lazy("Days of verification"),
        365,
        gettext_lazy("So long a reversal still buys nothing. 0 sends at once."),
        least=0,
    )
    from_name = forms.CharField(
        label=gettext_lazy("From name"),
        max_length=150,
        required=False,
        validators=[ONE_LINE],
    )
    message = words_field(
        gettext_lazy("Message"), gettext_lazy("The program’s, if left empty."), 400
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the rule"),
        max_length=100,
        required=False,
        validators=[ONE_LINE],
        help_text=gettext_lazy("Called after its event, if left empty."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    text: RuleText

    def __init__(
        self, *args: Any, access: Access, program: Program | None = None, **kwargs: Any
    ) -> None:
        """`program` is the one of a stored rule, which stays in it."""
        super().__init__(*args, **kwargs)
        self.fields.update(rule_conditions.fields())
        self.order_fields(self.field_order)
        reachable = Program.objects.reachable(access, Permission.RULES_MANAGE)
        among = reachable.active() if program is None else reachable
        self._choose("program", among.order_by("name"))
        if program is not None:
            self.fields["program"].disabled = True
        self.current_program = program or self._current(among)
        if self.current_program is not None:
            self._fit(self.current_program)

    # In the order of the page, for what is said above it when something is wrong.
    field_order = (
        *("program", "event_type", *rule_conditions.names()),
        *(name for names in GIFTS.values() for name in names),
        *("per_person", "per_person_days", "most_in_all", "starts_on", "ends_on"),
        *("timing", "verification_days", "from_name", "message", "name"),
        *PromotionForm.base_fields,
    )

    @property
    def conditions(self) -> list[dict[str, forms.BoundField]]:
        """The rows of conditions, for the template."""
        return rule_conditions.rows(self)

    def typed(self) -> dict[str, Any]:
        """What the fields hold, right or wrong, to begin another form with."""
        return {name: self[name].value() for name in self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        groups = rule_conditions.clean(self)
        gifts = self._gifts(cleaned)
        self._refuse_contradictions(cleaned)
        if not self.errors:
            plain = {name: cleaned[name] for name in _PLAIN}
            plain["verification_days"] = cleaned["verification_days"] or 0
            self.text = RuleText(
                program=cleaned["program"],
                groups=groups,
                gifts=tuple(gifts),
                states=tuple(cleaned["states"]),
                **plain,
            )
            self.refuse(readiness.gift_problems(self.text))
        return cleaned

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Show each problem at its field."""
        for problem in problems:
            self.add_error(problem.field, problem.message)

    def _refuse_contradictions(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("event_type", "").endswith(REVERSED):
            said = _(
                "Such an event takes another one back. Enter the type it reverses."
            )
            self.add_error("event_type", said)
        if cleaned.get("per_person_days") and not cleaned.get("per_person"):
            said = _("Enter the most per person that these days count for, or no days.")
            self.add_error("per_person", said)
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            said = _("Choose a last day on or after the first day.")
            self.add_error("ends_on", said)

    def _gifts(self, cleaned: dict[str, Any]) -> Iterable[GiftText]:
        gifts = []
        for side, (product, value, way) in GIFTS.items():
            if cleaned.get(product) is None:
                continue
            if cleaned.get(value):
                gifts.append(
                    GiftText(
                        side=side,
                        product=cleaned[product],
                        value=cleaned[value],
                        way=Way(cleaned.get(way) or Way.EMAIL),
                    )
                )
            elif value not in self.errors:
                self.add_error(value, _("Enter what the card is worth."))
        if not gifts and not self.errors:
            said = _("Choose what at least one of the two is sent.")
            self.add_error("product", said)
        return gifts

    def _fit(self, program: Program) -> None:
        """What the program sends, its currency and its words."""
        offered = catalogue.offered_in(program).order_by("name")
        for product, value, _way_name in GIFTS.values():
            self._choose(product, offered)
            cast(MoneyField, self.fields[value]).currency = program.currency
        cast(MoneyField, self.fields["prizes"]).currency = program.currency
        self.fields["from_name"].help_text = _("%(name)s, if left empty.") % {
            "name": program.from_name
        }
        for product, value, _way_name in GIFTS.values():
            chosen = whole_number(str(self[product].value() or ""))
            found = offered.filter(pk=chosen).first() if chosen else None
            if found is not None:
                self.fields[value].help_text = sentences.sold_values(found)

    def _choose(self, name: str, queryset: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (declared above)
        field.queryset = queryset

    def _current(self, among: Any) -> Program | None:
        chosen = whole_number(str(self["program"].value() or ""))
        found: Program | None = among.filter(pk=chosen).first() if chosen else None
        return found or among.order_by("name").first()


# Answers that a text holds as they are typed.
_PLAIN: Final = (
    *("event_type", "timing", "per_person", "per_person_days", "most_in_all"),
    *("starts_on", "ends_on", "from_name", "message", "eligibility", "terms"),
    *("by_chance", "prizes", "registration", "asks_review", "disclosure"),
)
