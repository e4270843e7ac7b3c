"""What the outbox does for programs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from portal.actors import WORKER, Actor, ActorKind, Channel
from portal.outbox.handlers import GiveUp, Later, Retry, handles
from portal.outbox.schedule import every
from portal.provider import connection
from portal.provider.errors import Denied, Malformed, NotFound, Unavailable
from programs import catalogue
from programs.sheets import (
    adding,
    checking,
    discarding,
    finishing,
    intake,
    mappings,
    reopening,
    repairs,
    splitting,
)

every(catalogue.REFRESH_TOPIC, timedelta(weeks=1))

# The provider may name any time; a person who presses Refresh waits no longer.
_LONGEST_WAIT_SECONDS: Final = 3600.0


@handles(catalogue.REFRESH_TOPIC)
def refresh_catalogue(payload: Mapping[str, Any]) -> None:
    """Read the whole catalogue and apply it."""
    try:
        snapshot = catalogue.snapshot(connection.client())
        catalogue.apply(snapshot, actor=_asker(payload))
    except Unavailable as error:
        raise Retry(
            _("The provider does not answer now: %(reason)s.") % {"reason": error},
            after=_bounded(error.retry_after),
        ) from error
    except Malformed as error:
        raise Retry(
            _("The provider's catalogue cannot be read: %(reason)s.")
            % {"reason": error}
        ) from error
    except catalogue.EmptyCatalogue as error:
        raise Retry(
            _("The provider's catalogue came back empty, so nothing was changed.")
        ) from error
    except (Denied, NotFound) as error:
        raise GiveUp(
            _(
                "The provider refuses to show its catalogue: %(reason)s. "
                "Check its address and our credentials in the settings."
            )
            % {"reason": error}
        ) from error
    except catalogue.Outdated:
        return  # somebody else read it later and was quicker


@handles(intake.READ_TOPIC, given_up=splitting.give_up)
def read_sheet(payload: Mapping[str, Any]) -> Later | None:
    """Read a list's file into blocks of rows, in as many turns as it takes."""
    return None if splitting.split(payload["sheet"]) else Later(0)


@handles(discarding.DISCARD_TOPIC)
def discard_sheet(payload: Mapping[str, Any]) -> Later | None:
    """Take away what a list no longer needs."""
    return None if discarding.discard(payload["sheet"]) else Later(0)


@handles(mappings.CHECK_TOPIC)
def check_block(payload: Mapping[str, Any]) -> None:
    """Check the rows of one block of a list."""
    checking.check_block(payload["block"])


@handles(checking.FINISH_TOPIC)
def finish_sheet(payload: Mapping[str, Any]) -> None:
    """Compare the rows of a list whose blocks are all checked."""
    finishing.finish(payload["sheet"])


@handles(repairs.REPAIR_TOPIC, given_up=repairs.given_up)
def repair_rows(payload: Mapping[str, Any]) -> None:
    """Go on with an act on many rows of a list."""
    repairs.go_on(payload)


@handles(reopening.REOPEN_TOPIC, given_up=splitting.give_up)
def reopen_sheet(payload: Mapping[str, Any]) -> Later | None:
    """Go on making a list's rows what they were before its columns were known."""
    return None if reopening.go_on(payload["sheet"]) else Later(0)


@handles(adding.ADD_TOPIC, given_up=adding.given_up)
def add_people(payload: Mapping[str, Any]) -> None:
    """Go on adding the people of a list to its address book."""
    adding.fill_some(payload, actor=_asker(payload))


def _asker(payload: Mapping[str, Any]) -> Actor:
    if "asked_by" not in payload:
        return WORKER
    return Actor(ActorKind.PERSON, str(payload["asked_by"]), Channel.WORKER)


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(seconds, _LONGEST_WAIT_SECONDS)
