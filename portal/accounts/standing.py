"""Who somebody is here, in words for the pages about people."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.permissions import Role


@dataclass(frozen=True, slots=True)
class State:
    """For components/status.html."""

    label: str | Promise
    tone: str
    icon: str
    meaning: str | Promise


ACTIVE: Final = State(_("Active"), "ok", "check-circle", _("Can sign in."))
DEACTIVATED: Final = State(
    _("Deactivated"),
    "neutral",
    "no-symbol",
    _("Cannot sign in. What they did stays in the journal."),
)


@dataclass(frozen=True, slots=True)
class ProgramRoles:
    """What one person is in one program."""

    program: str
    roles: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One person with everything they are."""

    user: User
    state: State
    organisation_role: str | Promise
    programs: list[ProgramRoles]


def standing_of(user: User) -> Standing:
    """What this person is; no query where memberships are prefetched with programs."""
    memberships = sorted(
        user.memberships.all(), key=lambda m: (m.program.name, m.program_id, m.role)
    )
    grouped = groupby(memberships, key=lambda m: (m.program_id, m.program.name))
    role = user.organisation_role
    return Standing(
        user=user,
        state=ACTIVE if user.is_active else DEACTIVATED,
        organisation_role=Role(role).label if role else "",
        programs=[
            ProgramRoles(name, _words(m.role for m in group))
            for (_id, name), group in grouped
        ],
    )


def _words(roles: Iterable[str]) -> str:
    return ", ".join(str(Role(role).label) for role in roles)
