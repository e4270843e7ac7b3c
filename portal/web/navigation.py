"""The main menu: each app enters its pages, each person sees those they may open.

A page of a section is a tab of that section's pages instead; the menu's entry with the
section's name is marked on all of them.

A registry, because the shell sits below the apps whose pages it lists.
"""

from collections.abc import Callable, Iterable, Mapping
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
    # Whose tabs it leads to.
    section: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as one person sees it on one page."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool
    count: int


_entries: dict[str, Entry] = {}
# Tabs by section, then as the entries above.
_tabs: dict[str, dict[str, Entry]] = {}


def register(
    label: str | Promise,
    url_name: str,
    *,
    position: int,
    icon: str,
    permission: Permission,
    count: Callable[[StaffRequest], int] | None = None,
    section: str = "",
) -> None:
    """Enter a page; call it in AppConfig.ready(). Lower positions come first."""
    _entries[url_name] = Entry(
        position, label, url_name, icon, permission, count, section
    )


def register_tab(
    section: str,
    label: str | Promise,
    url_name: str,
    *,
    position: int,
    permission: Permission,
    count: Callable[[StaffRequest], int] | None = None,
) -> None:
    """Enter a page among the tabs of a section, likewise."""
    tabs = _tabs.setdefault(section, {})
    tabs[url_name] = Entry(position, label, url_name, "", permission, count)


def menu(request: StaffRequest) -> list[Item]:
    """What this person may open, in order, with the page they are on marked."""
    urls = _open_to(request, _entries)
    pages = {
        page: entry
        for entry, url in urls.items()
        for page in (url, *_open_to(request, _tabs.get(entry.section, {})).values())
    }
    here = _here(request, pages)
    current = pages[here] if here is not None else None
    return [_item(request, entry, url, entry == current) for entry, url in urls.items()]


def tabs(request: StaffRequest, section: str) -> list[Item]:
    """The tabs of a section, likewise."""
    urls = _open_to(request, _tabs.get(section, {}))
    here = _here(request, urls.values())
    return [_item(request, entry, url, url == here) for entry, url in urls.items()]


def _open_to(request: StaffRequest, entries: Mapping[str, Entry]) -> dict[Entry, str]:
    """Those this person may open, in order, with their addresses."""
    return {
        entry: url
        for entry in sorted(entries.values(), key=lambda entry: entry.position)
        if request.access.anywhere(entry.permission)
        and (url := _url(entry.url_name)) is not None
    }


def _here(request: StaffRequest, urls: Iterable[str]) -> str | None:
    """The address that leads closest to the page somebody is on."""
    leading = (url for url in urls if _leads_to(url, request.path))
    return max(leading, key=len, default=None)


def _item(request: StaffRequest, entry: Entry, url: str, is_current: bool) -> Item:
    count = entry.count(request) if entry.count else 0
    return Item(entry.label, url, entry.icon, is_current, count)


def _url(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _leads_to(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
