"""The filters of the rewards of one order."""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from orders.bulk import outliers
from orders.models import Reward
from orders.states import REWARD_STATES, RewardStatus
from portal.web.numbers import whole_number

_MOST_WORDS = 10
_FLAGGED, _LOST = "flagged", "lost"


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
            (_LOST, gettext_lazy("Failed or cancelled")),
            (_FLAGGED, gettext_lazy("With a warning")),
        ],
    )

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
        elif status:
            rewards = rewards.filter(status=status)
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
