"""What the promotion guard asks: answers without which a promotion does not start."""

from typing import Any, Final

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy

from orders.forms.cards import ONE_LINE
from orders.triggers import law
from portal.web.fields import MoneyField

_MOST_TEXT: Final = 10_000
_ANSWERS: Final = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


class _Words(forms.CharField):
    """Text of several lines; a line break counts as one character, as browsers do."""

    def to_python(self, value: object) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def words_field(label: Any, hint: Any, most: int = _MOST_TEXT) -> forms.CharField:
    """A text that may be long, and may be left out."""
    return _Words(
        label=label,
        required=False,
        help_text=hint,
        validators=[
            MaxLengthValidator(
                most,
                gettext_lazy(
                    "Use at most %(limit_value)d characters; this has %(show_value)d."
                ),
            )
        ],
        widget=forms.Textarea({"rows": 3}),
    )


def _question(label: Any, hint: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=_ANSWERS,
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
        help_text=hint,
        widget=forms.RadioSelect,
    )


class PromotionForm(forms.Form):
    """A draft may leave all of it open."""

    eligibility = words_field(
        gettext_lazy("Who may take part"),
        gettext_lazy("Age, place, customers: as people read it."),
    )
    terms = words_field(
        gettext_lazy("Terms"),
        gettext_lazy("Kept with every reward, as they were when it was earned."),
    )
    by_chance = _question(
        gettext_lazy("Does chance decide who wins?"),
        gettext_lazy("A draw, a wheel, a scratch card."),
    )
    prizes = MoneyField(
        label=gettext_lazy("Value of all prizes"),
        required=False,
        help_text=gettext_lazy("Only where chance decides."),
    )
    states = forms.MultipleChoiceField(
        label=gettext_lazy("Prizes may be won in"),
        choices=[(code, state.label) for code, state in law.STATES.items()],
        initial=list(law.STATES),
        required=False,
        help_text=gettext_lazy(
            "States that want large prizes registered. Leave one out here, and in the "
            "text above, and nothing has to be registered there."
        ),
        widget=forms.CheckboxSelectMultiple,
    )
    registration = forms.CharField(
        label=gettext_lazy("Number of the registration"),
        max_length=200,
        required=False,
        validators=[ONE_LINE],
    )
    asks_review = _question(
        gettext_lazy("Is a review or a post asked for?"),
        gettext_lazy("Then whoever writes it has to tell that it was rewarded."),
    )
    disclosure = words_field(
        gettext_lazy("Disclosure"),
        gettext_lazy("The words that a reviewer is asked to add."),
    )
