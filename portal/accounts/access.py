"""What a signed-in person may do, read once per request."""

from collections import defaultdict

from portal.accounts.models import User
from portal.permissions import NOBODY, Access, Role


def access_of(user: User) -> Access:
    """The person's roles; one query. A deactivated person has none."""
    if not user.is_active:
        return NOBODY
    programs: dict[int, set[Role]] = defaultdict(set)
    for program_id, role in user.memberships.values_list("program_id", "role"):
        programs[program_id].add(Role(role))
    organisation = {Role(user.organisation_role)} if user.organisation_role else set()
    return Access(
        organisation=frozenset(organisation),
        programs={i: frozenset(roles) for i, roles in programs.items()},
    )
