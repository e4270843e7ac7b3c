"""The filters of the rewards of one order."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from orders.bulk import outliers
from orders.models import Reward
from orders.parcel_states import SHIPMENT_STATES
from orders.states import REWARD_STATES, RewardStatus
from portal.web.numbers import whole_number

_MOST_WORDS = 10
_FLAGGED, _LOST, _KEPT, _UNADDRESSED = "flagged", "lost", "kept", "unaddressed"
_OF_ALL = [
    (_LOST, gettext_lazy("Failed or cancelled")),
    (_FLAGGED, gettext_lazy("With a warning")),
]
_OF_PARCELS = [
    (_KEPT, gettext_lazy("Address kept as typed")),
    (_UNADDRESSED, gettext_lazy("Without an address")),
]


class RewardFilter(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(
            attrs={"placeholder": gettext_lazy("Name, e-mail, mobile, your id or row")}
        ),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("All statuses")),
            *((word.value, state.label) for word, state in REWARD_STATES.items()),
            *_OF_ALL,
        ],
    )

    def __init__(self, *args: Any, is_postal: bool = False, **kwargs: Any) -> None:
        """`is_postal` asks where parcels are instead of what became of rewards."""
        super().__init__(*args, **kwargs)
        self._by = "shipment__status" if is_postal else "status"
        if is_postal:
            field = self.fields["status"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (see above)
            field.choices = [
                ("", gettext_lazy("All statuses")),
                *((word.value, state.label) for word, state in SHIPMENT_STATES.items()),
                *_OF_ALL,
                *_OF_PARCELS,
            ]

    def apply(self, rewards: QuerySet[Reward]) -> QuerySet[Reward]:
        """The rewards that match; a filter that makes no sense is left out."""
        if not self.is_valid():
            return rewards
        status = self.cleaned_data["status"]
        if status == _FLAGGED:
            rewards = outliers.flagged_in(rewards)
        elif status == _LOST:
            gone = [RewardStatus.FAILED, RewardStatus.CANCELLED]
            rewards = rewards.filter(status__in=gone)
        elif status == _KEPT:
            rewards = outliers.kept_in(rewards)
        elif status == _UNADDRESSED:
            rewards = rewards.filter(shipment__line1="")
        elif status:
            rewards = rewards.filter(**{self._by: status})
        for word in self.cleaned_data["q"].lower().split()[:_MOST_WORDS]:
            rewards = rewards.filter(_matching(word))
        return rewards


def _matching(word: str) -> Q:
    digits = "".join(letter for letter in word if letter.isdigit())
    found = Q(recipient__search_text__contains=word) | Q(email__contains=word)
    found |= Q(external_id__iexact=word)
    if len(digits) >= 4:
        found |= Q(phone__contains=digits)
    number = whole_number(word)
    if number is not None and number < 2**31:
        found |= Q(row__number=number)
    return found
