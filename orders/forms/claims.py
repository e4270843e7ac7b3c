"""The filters of the links of one batch."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from orders.claims import finding
from orders.models.claim import ClaimQuerySet
from orders.states import CLAIM_STATES, ClaimStatus

_ASSIGNED, _ANONYMOUS = "assigned", "anonymous"


class ClaimFilter(forms.Form):
    """`q` comes from a form of its own, which keeps links out of the address."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("All statuses")),
            *((word.value, state.label) for word, state in CLAIM_STATES.items()),
        ],
    )
    given = forms.ChoiceField(
        label=gettext_lazy("Assigned"),
        required=False,
        choices=[
            ("", gettext_lazy("To anybody or nobody")),
            (_ASSIGNED, gettext_lazy("To a person")),
            (_ANONYMOUS, gettext_lazy("To nobody")),
        ],
    )
    q = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    handout = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, may_see_recipients: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._may_see_recipients = may_see_recipients

    def apply(self, claims: ClaimQuerySet) -> ClaimQuerySet:
        """The links that match; a filter that makes no sense is left out."""
        self.is_valid()
        wanted = self.cleaned_data
        if status := wanted.get("status"):
            claims = claims.with_status(ClaimStatus(status))
        if given := wanted.get("given"):
            claims = claims.filter(recipient__isnull=given == _ANONYMOUS)
        if handout := wanted.get("handout"):
            claims = claims.filter(handouts=handout)
        return finding.matching(
            wanted.get("q", ""), claims, by_person=self._may_see_recipients
        )
