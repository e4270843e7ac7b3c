"""Who may do what: one vocabulary, one table, two decorators.

Every view says `@requires(...)` or `@public`; the Gate in portal.accounts enforces it
and refuses a view that says neither. Which objects a permission reaches is for the
querysets: they take the same `Access` and leave out the rest, so outsiders get 404.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

V = TypeVar("V", bound=Callable[..., Any])


PUBLIC: Final = "public"


class Permission(StrEnum):
    """One thing a person may be allowed to do."""

    HOME_VIEW = "home.view"
    PROGRAMS_VIEW = "programs.view"
    PROGRAMS_CREATE = "programs.create"
    PROGRAMS_MANAGE = "programs.manage"
    MEMBERS_MANAGE = "members.manage"
    BUDGET_MANAGE = "budget.manage"
    CATALOGUE_VIEW = "catalogue.view"
    CATALOGUE_REFRESH = "catalogue.refresh"
    # How long the post takes, and the days it does not work on.
    SHIPPING_MANAGE = "shipping.manage"
    RECIPIENTS_VIEW = "recipients.view"
    RECIPIENTS_MANAGE = "recipients.manage"
    # Keeping a postal address that the rules of its post doubt.
    ADDRESSES_OVERRIDE = "addresses.override"
    CONSENT_RECORD = "consent.record"
    WORDINGS_MANAGE = "wordings.manage"
    ORDERS_VIEW = "orders.view"
    ORDERS_CREATE = "orders.create"
    ORDERS_APPROVE = "orders.approve"
    # Taking links out of the portal: exports, printed codes, single links, mails.
    LINKS_HAND_OUT = "links.hand_out"
    # Who has which, and until when: assign, void, extend, issue anew.
    LINKS_MANAGE = "links.manage"
    # What became of parcels: tracking numbers, delivered, returned; and printing.
    SHIPMENTS_MANAGE = "shipments.manage"
    # Other systems: their keys, and the addresses of those that are told.
    KEYS_VIEW = "keys.view"
    KEYS_MANAGE = "keys.manage"
    # A key that got out has to be stopped by whoever sees it first.
    KEYS_REVOKE = "keys.revoke"
    ENDPOINTS_MANAGE = "endpoints.manage"
    # What events trigger, and what they triggered.
    RULES_VIEW = "rules.view"
    RULES_MANAGE = "rules.manage"
    RULES_APPROVE = "rules.approve"
    EVENTS_VIEW = "events.view"
    EVENTS_REPLAY = "events.replay"
    EVENTS_EXPORT = "events.export"
    # Releasing or blocking what is held.
    AWARDS_DECIDE = "awards.decide"
    # Rules of law with a date: thresholds of prizes and the like.
    LAW_MANAGE = "law.manage"
    JOURNAL_VIEW = "journal.view"
    PEOPLE_MANAGE = "people.manage"
    OUTBOX_MANAGE = "outbox.manage"


class Role(models.TextChoices):
    """What a person is in a program or, where marked so, in the organisation."""

    ADMINISTRATOR = "administrator", _("Administrator")
    MANAGER = "manager", _("Manager")
    APPROVER = "approver", _("Approver")
    AUDITOR = "auditor", _("Auditor")


_EVERYBODY = frozenset(
    {
        Permission.HOME_VIEW,
        Permission.PROGRAMS_VIEW,
        Permission.CATALOGUE_VIEW,
        Permission.ORDERS_VIEW,
        Permission.RULES_VIEW,
        Permission.EVENTS_VIEW,
    }
)

# The one role table. An administrator sets a program up and can neither send nor
# approve; nobody can do both to the same order (approvals refuse a contributor).
ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: _EVERYBODY
    | {
        Permission.PROGRAMS_MANAGE,
        Permission.MEMBERS_MANAGE,
        Permission.BUDGET_MANAGE,
        Permission.RECIPIENTS_VIEW,
        Permission.JOURNAL_VIEW,
        Permission.KEYS_VIEW,
        Permission.KEYS_REVOKE,
        Permission.ENDPOINTS_MANAGE,
    },
    Role.MANAGER: _EVERYBODY
    | {
        Permission.CATALOGUE_REFRESH,
        Permission.RECIPIENTS_VIEW,
        Permission.RECIPIENTS_MANAGE,
        Permission.ADDRESSES_OVERRIDE,
        Permission.CONSENT_RECORD,
        Permission.ORDERS_CREATE,
        Permission.LINKS_HAND_OUT,
        Permission.LINKS_MANAGE,
        Permission.SHIPMENTS_MANAGE,
        Permission.KEYS_VIEW,
        Permission.KEYS_MANAGE,
        Permission.KEYS_REVOKE,
        Permission.ENDPOINTS_MANAGE,
        Permission.RULES_MANAGE,
        Permission.EVENTS_REPLAY,
        Permission.EVENTS_EXPORT,
    },
    Role.APPROVER: _EVERYBODY
    | {
        Permission.ORDERS_APPROVE,
        Permission.RULES_APPROVE,
        Permission.AWARDS_DECIDE,
    },
    Role.AUDITOR: _EVERYBODY
    | {
        Permission.RECIPIENTS_VIEW,
        Permission.JOURNAL_VIEW,
        Permission.KEYS_VIEW,
        Permission.EVENTS_EXPORT,
    },
}

# What the two organisation-wide roles may do beyond their role in every program.
ORGANISATION_ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: ROLES[Role.ADMINISTRATOR]
    | {
        Permission.PROGRAMS_CREATE,
        Permission.CATALOGUE_REFRESH,
        Permission.SHIPPING_MANAGE,
        Permission.LAW_MANAGE,
        Permission.WORDINGS_MANAGE,
        Permission.PEOPLE_MANAGE,
        Permission.OUTBOX_MANAGE,
    },
    Role.AUDITOR: ROLES[Role.AUDITOR],
}


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do, and where."""

    organisation: frozenset[Role] = frozenset()
    programs: Mapping[int, frozenset[Role]] = field(default_factory=dict)

    def everywhere(self, permission: Permission) -> bool:
        """Whether an organisation-wide role grants it in every program."""
        return any(permission in ORGANISATION_ROLES[r] for r in self.organisation)

    def allows(self, permission: Permission, program_id: int) -> bool:
        """Whether it is granted in this program."""
        roles = self.programs.get(program_id, frozenset())
        return self.everywhere(permission) or any(permission in ROLES[r] for r in roles)

    def anywhere(self, permission: Permission) -> bool:
        """Whether it is granted in at least one program, or everywhere."""
        return self.everywhere(permission) or any(
            permission in ROLES[r] for roles in self.programs.values() for r in roles
        )

    def program_ids(self, permission: Permission) -> frozenset[int] | None:
        """The programs it is granted in; None means all of them."""
        if self.everywhere(permission):
            return None
        return frozenset(i for i in self.programs if self.allows(permission, i))


NOBODY = Access()


def requires(permission: Permission) -> Callable[[V], V]:
    """Let in only people who hold `permission` somewhere; 404 for all others.

    The view narrows to the object with a queryset's `reachable(access, permission)`.
    """

    def mark(view: V) -> V:
        view.access_rule = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: V) -> V:
    """Let in everybody, signed in or not."""
    view.access_rule = PUBLIC  # type: ignore[attr-defined]
    return view


def rule_of(view: Callable[..., Any]) -> str | None:
    """The rule a view was marked with, or None if it was forgotten."""
    return getattr(view, "access_rule", None)
