"""Which links of a batch leave the portal: the same for every way out."""

from typing import Any, Final, Literal, TypedDict
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.forms.link_export import ChoiceForm
from orders.models import LinkBatch
from orders.models.claim import is_status
from orders.states import CLAIM_STATES, ClaimStatus
from orders.views.link_reach import may_see_recipients
from portal.web.http import StaffRequest

# What a good link can be.
_GOOD: Final = tuple(
    status
    for status in ClaimStatus
    if status not in {ClaimStatus.VOID, ClaimStatus.NEEDS_ATTENTION}
)


class Tab(TypedDict):
    """One choice of components/tabs.html."""

    label: str
    url: str
    is_current: bool
    count: int


def named(request: StaffRequest, batch: LinkBatch) -> ChoiceForm:
    """The links the address names, in the words of the batch's own page."""
    sees = may_see_recipients(request, batch)
    return ChoiceForm(request.GET, batch=batch, may_see_recipients=sees)


def page(request: StaffRequest, form: ChoiceForm) -> dict[str, object]:
    """What every form of chosen links shows: the choice, and how many they are."""
    sees = may_see_recipients(request, form.batch)
    values = {name: form[name].value() for name in ChoiceForm.base_fields}
    picked = ChoiceForm(values, batch=form.batch, may_see_recipients=sees).chosen()
    status = picked.pop("status", "")
    within = ChoiceForm(picked, batch=form.batch, may_see_recipients=sees)
    tabs = _tabs(request, within, status)
    words = _("Filtered as on the page of the batch")
    everything = f"{request.path}?{urlencode({'status': status})}"
    return {
        "batch": form.batch,
        "form": form,
        "tabs": tabs,
        "chips": [{"label": words, "remove_url": everything}] if picked else [],
        "count": sum(tab["count"] for tab in tabs if tab["is_current"]),
    }


def nothing_left() -> str:
    """Why nothing was handed out: it changed while the page was open."""
    return _("None of these links can leave. Choose others.")


def _tabs(request: HttpRequest, within: ChoiceForm, chosen: str) -> list[Tab]:
    """All of these links, then those of each status there is; one query counts them."""
    now = timezone.now()
    counts: dict[str, Any] = within.claims().aggregate(
        all=Count("pk"),
        **{s.name: Count("pk", filter=is_status(s, now)) for s in _GOOD},
    )
    choices: list[ClaimStatus | Literal[""]] = ["", *_GOOD]
    return [
        Tab(
            label=str(CLAIM_STATES[status].label) if status else _("All good links"),
            url=f"{request.path}?{urlencode({**within.chosen(), 'status': status})}",
            is_current=status == chosen,
            count=counts[status.name if status else "all"],
        )
        for status in choices
        if not status or status == chosen or counts[status.name]
    ]
