"""The main menu: each app enters its pages, each person sees those they may open.

A registry, because the shell sits below the apps whose pages it lists.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from portal.permissions import Permission
from portal.web.http import StaffRequest


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu; `count` is asked only for people who may open it."""

    position: int
    label: str | Promise
    url_name: str
    icon: str
    permission: Permission
    count: Callable[[StaffRequest], int] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as one person sees it on one page."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool
    count: int


_entries: dict[str, Entry] = {}


def register(
    label: str | Promise,
    url_name: str,
    *,
    position: int,
    icon: str,
    permission: Permission,
    count: Callable[[StaffRequest], int] | None = None,
) -> None:
    """Enter a page; call it in AppConfig.ready(). Lower positions come first."""
    _entries[url_name] = Entry(position, label, url_name, icon, permission, count)


def menu(request: StaffRequest) -> list[Item]:
    """What this person may open, in order, with the page they are on marked."""
    urls = {
        entry: url
        for entry in sorted(_entries.values(), key=lambda entry: entry.position)
        if request.access.anywhere(entry.permission)
        and (url := _url(entry.url_name)) is not None
    }
    here = max(
        (url for url in urls.values() if _leads_to(url, request.path)),
        key=len,
        default=None,
    )
    return [
        Item(
            label=entry.label,
            url=url,
            icon=entry.icon,
            is_current=url == here,
            count=entry.count(request) if entry.count else 0,
        )
        for entry, url in urls.items()
    ]


def _url(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _leads_to(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
