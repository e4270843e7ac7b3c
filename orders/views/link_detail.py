"""One link: what it is, who has it, how it left, and what happened to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.claims import keeping
from orders.models import Claim, ClaimMail, Handout, LinkBatch
from orders.views.link_reach import link_of, may_see_recipients
from portal.audit import reading, timeline
from portal.audit.actions import Action
from portal.audit.timeline import Event
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest

_MOST_HANDOUTS: Final = 50
_VARIANTS: Final = {"link_show": "", "link_void": "danger"}


@requires(Permission.ORDERS_VIEW)
@require_safe
def link_detail(request: StaffRequest, reference: str, code: str) -> HttpResponse:
    """Everything about one link but the link itself."""
    claim = link_of(request, reference, code, Permission.ORDERS_VIEW)
    handouts = list(
        claim.handouts.select_related("made_by").order_by("-pk")[:_MOST_HANDOUTS]
    )
    mails = ClaimMail.objects.filter(claim=claim, handout__in=handouts)
    problems = dict(mails.values_list("handout", "problem"))
    context: dict[str, Any] = {
        "claim": claim,
        "batch": claim.batch,
        "is_portal": claim.batch.way == LinkBatch.Way.PORTAL,
        "handouts": [(each, problems.get(each.pk, "")) for each in handouts],
        "events": _events(claim, handouts),
        "acts": _acts(request, claim),
        "may_see_recipients": may_see_recipients(request, claim.batch),
    }
    return render(request, "orders/link_detail.html", context)


def _acts(request: StaffRequest, claim: Claim) -> list[Mapping[str, str]]:
    """What the person may do with the link as it is, as buttons."""
    batch = claim.batch
    program = batch.order.program
    takes_out = request.access.allows(Permission.LINKS_HAND_OUT, program.pk)
    manages = request.access.allows(Permission.LINKS_MANAGE, program.pk)
    is_good = not (claim.problem or claim.voided_at)
    is_open = keeping.is_unclaimed(claim)
    may_mail = program.mails_links and batch.way == LinkBatch.Way.PORTAL
    acts = (
        ("link_show", _("Show the link"), takes_out and is_good),
        ("link_assign", _("Assign"), manages and is_good and is_open),
        (
            "link_mail",
            _("Mail"),
            takes_out and may_mail and is_good and is_open and bool(claim.recipient_id),
        ),
        ("link_extend", _("Extend"), manages and is_open and bool(claim.expires_at)),
        ("link_reissue", _("Reissue"), manages and keeping.may_reissue(claim)),
        ("link_void", _("Void"), manages and is_open),
    )
    return [
        {
            "label": label,
            "url": reverse(f"orders:{name}", args=[batch.order.reference, claim.code]),
            "variant": _VARIANTS.get(name, "secondary"),
        }
        for name, label, may in acts
        if may
    ]


def _events(claim: Claim, handouts: Sequence[Handout]) -> list[Event]:
    """Acts on the link, its moments, and the handouts it was in; newest first."""
    acts = timeline.timeline([("claim", [claim.pk])])
    voided = reading.title_of(Action.CLAIM_VOIDED)
    is_told = any(act.title == voided for act in acts)
    moments = (
        (claim.created_at, _("Delivered by the provider"), "link"),
        (claim.opened_at, _("First opened"), "eye"),
        (claim.redeemed_at, _("Claimed, says the provider"), "check-circle"),
        (None if is_told else claim.voided_at, _("Voided with others"), "no-symbol"),
    )
    events = [
        *acts,
        *(_event(at, title, icon=icon) for at, title, icon in moments if at),
        *(_left(handout) for handout in handouts if not _is_act(handout)),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _is_act(handout: Handout) -> bool:
    """Whether the journal has it under this very link."""
    is_mail = handout.kind == Handout.Kind.MAIL and handout.count == 1
    return is_mail or handout.kind == Handout.Kind.COPY


def _left(handout: Handout) -> Event:
    who = handout.made_by.name if handout.made_by else ""
    title = _("Left as %(kind)s") % {"kind": handout.get_kind_display()}
    return _event(
        handout.made_at, title, icon="arrow-right-start-on-rectangle", actor=who
    )


def _event(at: datetime, title: str, *, icon: str, actor: str = "") -> Event:
    return Event(
        at=at,
        title=title,
        actor=actor,
        channel="",
        detail="",
        tone="neutral",
        icon=icon,
    )
