"""What the outbox does for programs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from portal.actors import WORKER, Actor, ActorKind, Channel
from portal.outbox.handlers import GiveUp, Retry, handles
from portal.outbox.schedule import every
from portal.provider import connection
from portal.provider.errors import Denied, Malformed, NotFound, Unavailable
from programs import catalogue

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


def _asker(payload: Mapping[str, Any]) -> Actor:
    if "asked_by" not in payload:
        return WORKER
    return Actor(ActorKind.PERSON, str(payload["asked_by"]), Channel.WORKER)


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(seconds, _LONGEST_WAIT_SECONDS)
