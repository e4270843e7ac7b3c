"""Rules of law: what holds today, what will, what held; and another row of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.money import Money
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from programs import arrival, dated
from programs.forms.dated import DatedForm
from programs.models import DatedSetting

_CREATE = "programs/dated_create.html"


@dataclass(frozen=True, slots=True)
class _Line:
    """One row; `is_current` is what holds today, `is_to_come` what will."""

    setting: DatedSetting
    value: Money
    is_current: bool
    is_to_come: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    label: str
    lines: list[_Line]


@requires(Permission.LAW_MANAGE)
@require_safe
def dated_list(request: StaffRequest) -> HttpResponse:
    """Every rule with its rows, newest first."""
    today = arrival.local_day(timezone.now())
    rows = dated.newest_first()
    rules = [
        _Rule(
            name, str(label), list(_lines([r for r in rows if r.name == name], today))
        )
        for name, label in DatedSetting.Name.choices
    ]
    return render(request, "programs/dated_list.html", {"rules": rules})


@requires(Permission.LAW_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def dated_create(request: StaffRequest) -> HttpResponse:
    """A form for what holds from some day on."""
    is_sent = request.method == "POST"
    data = request.POST if is_sent else typed_before(request)
    form = DatedForm(data, initial={"name": request.GET.get("name", "")})
    if not is_sent:
        return render(request, _CREATE, {"form": form})
    if form.is_valid():
        facts = dict(form.cleaned_data) | {"value": form.cleaned_data["value"].minor}
        try:
            added = dated.add(**facts, actor=request.actor)
        except dated.AlreadyThere:
            form.add_error(None, _("This row is there already. Nothing was added."))
        else:
            words = {
                "rule": added.get_name_display(),
                "value": _money(added),
                "day": format_date(added.valid_from, "j M Y"),
            }
            said = _("%(rule)s: %(value)s from %(day)s on.") % words
            messages.success(request, said)
            return see_other(request, "programs:dated_list")
    return invalid(request, _CREATE, {"form": form})


def _lines(rows: list[DatedSetting], today: date) -> Iterator[_Line]:
    """The rows of one rule, newest first."""
    current = next((row for row in rows if row.valid_from <= today), None)
    for row in rows:
        is_to_come = row.valid_from > today
        yield _Line(row, _money(row), row is current, is_to_come)


def _money(setting: DatedSetting) -> Money:
    return Money.of_minor(setting.value, dated.CURRENCY)
