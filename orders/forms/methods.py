"""Picking a shipping method: what is on offer, and which is marked for whom."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from orders.forms.options import Option
from programs import sentences, shipping
from programs.arrival import Window
from programs.models import ShippingMethod
from programs.shipping import Choice

_DAY: Final = timedelta(days=1)


class MethodField(forms.ChoiceField):
    """Its radios may be narrowed to one company; the form says what is taken."""

    def valid_value(self, value: Any) -> bool:
        """Whatever it is: see `MethodPicker.method`."""
        return True


class MethodPicker:
    """The methods of one form, as they compare when it is shown.

    Until a person marks another one, the cheapest that meets the day it is needed by
    is marked; `suggested` is its id, and `has_moved` says that it is not the one that
    was marked on the screen before.
    """

    def __init__(
        self,
        currency: str,
        *,
        needed_by: date | None,
        company: str,
        chosen: str,
        suggested: str,
    ) -> None:
        """`company` leaves its methods; `chosen` and `suggested` are of the screen."""
        self._needed_by = needed_by
        self._all = shipping.choices(currency, needed_by=needed_by)
        named = {choice.method.carrier for choice in self._all}
        self.companies = sorted(named - {""})
        self.offered: Sequence[Choice] = self._all
        if company in self.companies:
            self.offered = shipping.choices(
                currency, needed_by=needed_by, company=company
            )
        best = shipping.preselected(self.offered)
        self.suggested = str(best.method.pk) if best else ""
        is_theirs = bool(chosen) and chosen != suggested
        is_here = any(chosen == str(each.method.pk) for each in self.offered)
        self.marked = chosen if is_theirs and is_here else self.suggested
        self.has_moved = bool(chosen) and not is_theirs and self.marked != chosen
        # What somebody chose before is no longer on offer at all.
        self.is_gone = bool(chosen) and self.method(chosen) is None

    @property
    def marked_name(self) -> str:
        """The marked method's name."""
        return next(
            (
                each.method.name
                for each in self.offered
                if str(each.method.pk) == self.marked
            ),
            "",
        )

    def method(self, chosen: str) -> ShippingMethod | None:
        """The method on offer with this id, whether the company's filter shows it."""
        found = (each.method for each in self._all if str(each.method.pk) == chosen)
        return next(found, None)

    def options(self) -> list[tuple[str, Option]]:
        """The radios, cheapest first."""
        now = localtime()
        # Hundreds of methods arrive in a few windows, and words take their time.
        windows = {each.window for each in self.offered if each.window}
        words = {window: arrival_words(window, now) for window in windows}
        return [
            (
                str(each.method.pk),
                Option(
                    name=each.method.name,
                    detail=self._detail(each, words),
                    amount=each.cost,
                    badge=self._badge(each),
                ),
            )
            for each in self.offered
        ]

    def _detail(self, choice: Choice, words: dict[Window, str]) -> str:
        parts = [choice.method.carrier]
        if choice.window is None:
            parts.append(_("Nobody entered how long it takes"))
        else:
            parts.append(words[choice.window])
            parts.append(_("Tracked") if choice.is_tracked else _("Not tracked"))
        if self._needed_by and not choice.meets_needed_by:
            parts.append(_("May be too late"))
        return " · ".join(filter(None, parts))

    def _badge(self, choice: Choice) -> str:
        if len(self.offered) < 2:
            return ""
        badges = [_("Cheapest")] if choice.is_cheapest else []
        badges += [_("Fastest")] if choice.is_fastest else []
        return ", ".join(badges)


def day_of(typed: str) -> date | None:
    """The day that was typed, if it is one."""
    try:
        day: date | None = forms.DateField(required=False).clean(typed)
    except ValidationError:
        return None
    return day


def arrival_words(window: Window, now: datetime) -> str:
    """When it arrives, as an estimate, and until when that holds; `now` is local."""
    return _("Estimate: arrives %(days)s if approved by %(cut_off)s") % {
        "days": sentences.arrival(window),
        "cut_off": _moment(window.ordered_by, now),
    }


def _moment(moment: datetime, now: datetime) -> str:
    local = localtime(moment)
    hour = date_format(local, "P")
    if local.date() == now.date():
        return _("%(hour)s today") % {"hour": hour}
    if local.date() == now.date() + _DAY:
        return _("%(hour)s tomorrow") % {"hour": hour}
    return f"{hour}, {date_format(local, 'D j M')}"
