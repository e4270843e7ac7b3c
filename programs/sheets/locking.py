"""A list held for one verb, if it still is what the person saw."""

from django.utils.translation import gettext as _

from programs.models import Sheet

Status = Sheet.Status


class Stale(Exception):
    """Somebody changed the list since the page was opened; nothing was changed."""


class WrongStatus(Exception):
    """The list's status does not allow it; the text says so to the person."""


def lock(sheet: Sheet, *allowed: Sheet.Status, version: int | None = None) -> Sheet:
    """The list, locked until the transaction ends.

    Raises Stale if it is no longer at `version`, WrongStatus unless it is in one of the
    `allowed` ones.
    """
    locked = (
        Sheet.objects.select_for_update(of=("self",))
        .select_related("program")
        .get(pk=sheet.pk)
    )
    if allowed and locked.status not in allowed:
        raise WrongStatus(_refusal(Status(locked.status)))
    if version is not None and locked.version != version:
        raise Stale
    return locked


def _refusal(status: Sheet.Status) -> str:
    match status:
        case Status.READING:
            return _("This list is still being read. Wait until that is done.")
        case Status.MAPPING:
            return _("Say first what the columns of this list mean.")
        case Status.CHECKING:
            return _("This list is still being checked. Wait until that is done.")
        case Status.CHECKED:
            return _("This list is checked already. Go back to its rows.")
        case Status.FILLING:
            return _("Rows of this list are just being used. Wait until that is done.")
        case Status.REFUSED:
            return _("This list could not be read. Upload a corrected file.")
        case Status.CANCELLED:
            return _("This list was cancelled. Upload the file again to use it.")
