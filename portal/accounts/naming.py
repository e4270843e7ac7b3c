"""What the journal calls a person."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.audit.naming import Name

_MOST_FOUND = 100


def names(ids: Collection[str]) -> Mapping[str, Name]:
    """The names of these people, and whether they are still active."""
    people = User.objects.filter(pk__in=ids).only("name", "email", "is_active")
    return {str(person.pk): Name(_name(person)) for person in people}


def find(words: str) -> Iterable[int]:
    """Ids of people whose name or e-mail contains these words."""
    found = User.objects.filter(Q(name__icontains=words) | Q(email__icontains=words))
    return found.values_list("pk", flat=True)[:_MOST_FOUND]


def _name(person: User) -> str:
    if person.is_active:
        return str(person)
    return _("%(name)s (deactivated)") % {"name": person}
