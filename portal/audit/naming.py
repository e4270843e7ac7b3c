"""What the journal's ids are called today.

Entries hold ids only. The apps that own the records stand above this package, so each
registers how to name and find its own in AppConfig.ready(); asking `django.apps` for
their models would be the same upward import in disguise. What nobody can name stays
"Order 12".
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from portal.web.numbers import whole_number


@dataclass(frozen=True, slots=True)
class Name:
    """What a record is called, and its page if it has one."""

    text: str
    url: str = ""


Subject = tuple[str, str]
Namer = Callable[[Collection[str]], Mapping[str, Name]]
Finder = Callable[[str], Iterable[object]]

_namers: dict[str, Namer] = {}
_finders: dict[str, Finder] = {}


def register(subject_type: str, namer: Namer, finder: Finder | None = None) -> None:
    """Name subjects of this type, several ids at a time.

    `finder` gives the ids (a bounded number) of those whose name contains some words.
    """
    _namers[subject_type] = namer
    if finder:
        _finders[subject_type] = finder


def names_of(subjects: Iterable[Subject]) -> dict[Subject, Name]:
    """A name for each (type, id); one query per type at most."""
    ids: dict[str, set[str]] = defaultdict(set)
    for subject_type, subject_id in subjects:
        ids[subject_type].add(subject_id)
    return {
        (subject_type, subject_id): name
        for subject_type, wanted in ids.items()
        for subject_id, name in _name(subject_type, wanted).items()
    }


def find(words: str, *, only: str | None = None) -> dict[str, list[str]]:
    """Ids by type of what `words` may mean, of one type or of all that can be found."""
    types = [only] if only else list(_finders)
    return {
        subject_type: [str(i) for i in _finders[subject_type](words)]
        for subject_type in types
        if subject_type in _finders
    }


def _name(subject_type: str, ids: Collection[str]) -> dict[str, Name]:
    plain = {i: Name(f"{subject_type.capitalize()} {i}") for i in ids}
    namer = _namers.get(subject_type)
    # A tampered entry may hold anything, and its page is where that has to show.
    keys = [i for i in ids if whole_number(i) is not None]
    return {**plain, **namer(keys)} if namer else plain
