"""The recipient's own page: stopping messages without an account.

Reading it changes nothing, however often a mail scanner does. The token in the path is
the only credential; no cookie plays a part, so a forged form has nothing to ride on.
"""

from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal import actors
from portal.actors import Actor, ActorKind
from portal.permissions import public
from portal.web.http import Request, invalid, see_other, unseen
from portal.web.numbers import whole_number
from programs import (
    consent,
    consent_history,
    consent_words,
    recipients,
    wordings,
)
from programs import (
    preferences as pages,
)
from programs.consent_history import Channel, Purpose, Standing
from programs.models import ConsentEntry, Recipient, Wording
from programs.states import State

Source = ConsentEntry.Source
STOP_ALL = "all"


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel, told to the person themselves."""

    channel: Channel
    target: str
    state: State
    standing: Standing
    may_resume: bool


@public
@csrf_exempt  # no-referrer makes browsers send "Origin: null", which Django refuses
@require_http_methods(["GET", "HEAD", "POST"])
@unseen
def preferences(request: Request, token: str) -> HttpResponse:
    """What this person gets, and one button each to stop or resume it."""
    recipient = pages.holder(token)
    if recipient is None:
        return _unknown(request)
    if request.method != "POST":
        return render(request, "programs/preferences.html", _page(recipient, request))
    actor = _as_recipient(recipient, request)
    if _stop(recipient, request.POST.get("stop", ""), actor):
        return _done(request, token)
    try:
        if _resume(recipient, request, actor):
            return _done(request, token)
    except (consent.Refused, recipients.Stale):
        recipient.refresh_from_db()
    context = {**_page(recipient, request), "nothing_done": True}
    return invalid(request, "programs/preferences.html", context, status=409)


@public
@csrf_exempt  # mail programs post it without any page of ours (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@unseen
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """A mail program's one click: stop everything, answer 200 and nothing."""
    if request.method != "POST":
        return redirect("programs:preferences", token=token)
    recipient = pages.holder(token)
    if recipient is None:
        return _unknown(request)
    actor = _as_recipient(recipient, request)
    consent.withdraw_all(recipient, source=Source.PREFERENCES, actor=actor)
    return HttpResponse()


def _unknown(request: Request) -> HttpResponse:
    context = {"organisation": settings.ORGANISATION}
    return render(request, "programs/preferences_unknown.html", context, status=404)


def _as_recipient(recipient: Recipient, request: Request) -> Actor:
    return Actor(
        ActorKind.RECIPIENT, str(recipient.pk), actors.Channel.WEB, request.request_id
    )


def _stop(recipient: Recipient, what: str, actor: Actor) -> bool:
    """Whether it was one of our buttons, now or before."""
    if what == STOP_ALL:
        consent.withdraw_all(recipient, source=Source.PREFERENCES, actor=actor)
    elif what in Channel.values:
        consent.withdraw(
            recipient, Channel(what), source=Source.PREFERENCES, actor=actor
        )
    else:
        return False
    return True


def _resume(recipient: Recipient, request: Request, actor: Actor) -> bool:
    """Agree again to the very words and contact that were on the screen."""
    what, wording = request.POST.get("resume", ""), wordings.current()
    if what not in Channel.values or request.POST.get("wording") != str(wording.pk):
        return False
    version = whole_number(request.POST.get("version", ""))
    standing = consent_history.of(recipient).standing(Channel(what))
    if standing.grant:
        return True
    if not _may_resume(standing) or version is None:
        return False
    consent.grant(
        recipient,
        Channel(what),
        purpose=Purpose.REWARDS,
        wording=wording,
        source=Source.PREFERENCES,
        given_on=timezone.localdate(),
        actor=actor,
        version=version,
    )
    return True


def _may_resume(standing: Standing) -> bool:
    """Only what was stopped here: what was stopped elsewhere is undone there."""
    stopped = standing.withdrawal
    return stopped is not None and stopped.source == Source.PREFERENCES


def _done(request: Request, token: str) -> HttpResponse:
    return see_other(request, f"{pages.path(token)}?saved=1")


def _page(recipient: Recipient, request: Request) -> dict[str, object]:
    history = consent_history.of(recipient)
    lines = [_line(history.standing(channel)) for channel in Channel]
    wording: Wording = wordings.current()
    return {
        "organisation": settings.ORGANISATION,
        "zone": settings.DEFAULT_TIME_ZONE,
        "recipient": recipient,
        "lines": [line for line in lines if line.standing.contact],
        "all_stopped": all(line.standing.withdrawal for line in lines),
        "wording": wording,
        "saved": "saved" in request.GET,
    }


def _line(standing: Standing) -> ChannelLine:
    target = ""
    if standing.contact:
        target = consent_words.masked_target(standing.channel, standing.contact)
    return ChannelLine(
        channel=standing.channel,
        target=target,
        state=_told(consent_words.state_of(standing), standing),
        standing=standing,
        may_resume=_may_resume(standing),
    )


def _told(state: State, standing: Standing) -> State:
    """The status as one says it to the person."""
    if standing.withdrawal:
        return replace(state, meaning=_("You get nothing this way."))
    return replace(state, meaning=_("You agreed to these messages."))
