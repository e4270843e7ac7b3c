"""The portal's template tags: icons, money, times, charts. They only format."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_mini, heroicon_outline

from portal.money import Money
from portal.web import navigation
from portal.web.templatetags import charts

register = template.Library()

_TONES = {"success": "ok", "warning": "warn", "error": "err", "debug": "neutral"}
_TONE_ICONS = {
    "ok": "check-circle",
    "warn": "exclamation-triangle",
    "err": "exclamation-circle",
    "info": "information-circle",
    "violet": "scale",
    "neutral": "information-circle",
}


@register.simple_tag
def icon(name: str, variant: str = "outline") -> str:
    """Draw a heroicon, hidden from screen readers; "mini" is the solid 20 px one."""
    draw = heroicon_mini if variant == "mini" else heroicon_outline
    return draw(name, size=20, **{"class": "icon", "aria-hidden": "true"})


@register.filter
def money(value: Money | str | None) -> str:
    """Write money with its symbol, $15.00; only what is absent stays empty."""
    return str(value) if isinstance(value, Money) else ""


@register.simple_tag
def when(moment: datetime.datetime | datetime.date | None) -> SafeString | str:
    """Mark up a moment in the active time zone, or a plain date as it stands."""
    if not moment:
        return ""
    if not isinstance(moment, datetime.datetime):
        return format_html(
            '<time datetime="{}">{}</time>',
            moment.isoformat(),
            format_date(moment, "j M Y"),
        )
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        format_date(local, "j M Y, H:i"),
        _zone(local),
    )


def _zone(local: datetime.datetime) -> str:
    """Name the zone; many zones have no letters, only an offset such as -03."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in {"+", "-"} else name


@register.filter
def percent_of(part: Money | Decimal | int, whole: Money | Decimal | int) -> int:
    """Give the percent without its fraction; of nothing it is 0."""
    total = _number(whole)
    return int(_number(part) * 100 / total) if total > 0 else 0


@register.filter
def number(value: Money | Decimal | int | None) -> str:
    """Write a plain number for an attribute, whatever the reader's language."""
    return f"{_number(value):f}" if value is not None else "0"


def _number(value: Money | Decimal | int | str | None) -> Decimal:
    if isinstance(value, Money):
        return value.amount
    # An absent template variable arrives as None or as an empty string.
    return Decimal(value or 0)


@register.filter
def tone(level: str) -> str:
    """Turn a message level of Django into one of the portal's tones."""
    return _TONES.get(level, level or "info")


@register.filter
def tone_icon(name: str) -> str:
    """Name the icon that goes with a tone."""
    return _TONE_ICONS.get(name, "information-circle")


@register.filter
def target(field: BoundField) -> str:
    """Give the id an error link jumps to: a group of choices has none of its own."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def drawn(choice: BoundWidget) -> SafeString:
    """Draw one of many radios; the templates of the widget take ten times as long."""
    told = choice.data
    return format_html(
        '<input type="{}" name="{}" value="{}"{}>',
        told["type"],
        told["name"],
        told["value"],
        flatatt(told["attrs"]),
    )


@register.filter
def affix(field: BoundField) -> str:
    """Give the sign a widget wants before its input, such as $ for money."""
    return str(getattr(field.field.widget, "prefix", ""))


@register.inclusion_tag("components/tabs.html", takes_context=True)
def section_tabs(
    context: template.Context, section: str, label: str
) -> Mapping[str, object]:
    """Draw the tabs that lead through the pages of a section of the menu."""
    found = navigation.tabs(context["request"], section)
    shown = [
        {
            "label": tab.label,
            "url": tab.url,
            "is_current": tab.is_current,
            "count": tab.count or None,
        }
        for tab in found
    ]
    return {"tabs": shown, "label": label}


@register.inclusion_tag("components/chart_bar.html")
def bar_chart(
    points: Sequence[charts.Point], title: str, description: str = ""
) -> Mapping[str, object]:
    """Draw one bar per point, with the figures in a table for every reader."""
    return {
        "bars": charts.bars(points),
        "title": title,
        "description": description,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
    }
