"""What the page of one person shows, within what the viewer may see.

Their rewards and links are reached through the model's reverse relations: `orders`
stands above this package and is not imported.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.audit.naming import names_of
from portal.permissions import Permission
from portal.web import paging
from portal.web.http import StaffRequest
from programs import consent_history, consent_words, merging
from programs.consent_history import Channel, History
from programs.models import ConsentEntry, Program, Recipient, Wording
from programs.states import State
from programs.views.addresses import labels

_REWARDS = 20


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel as the page tells it."""

    label: str
    state: State
    sentence: str
    wording: Wording | None


def recipient_page(request: StaffRequest, recipient: Recipient) -> dict[str, object]:
    """The context of the page; at most twelve queries with the shell's."""
    access = request.access
    books = list(recipient.programs.order_by("name"))
    programs = [b for b in books if access.allows(Permission.RECIPIENTS_VIEW, b.pk)]
    history = consent_history.of(recipient)
    managed = [access.allows(Permission.RECIPIENTS_MANAGE, book.pk) for book in books]
    may_manage = any(managed)
    editable = Recipient.objects.editable(access)
    # What `editable` asks the database, where the address books are read already.
    may_edit = may_manage and all(managed)
    return {
        "recipient": recipient,
        "programs": programs,
        "channels": [_line(history, channel, programs) for channel in Channel],
        "addresses": labels(recipient),
        "events": _events(history),
        "rewards": _rewards(request, history),
        "reward_columns": _columns(_("Order"), _("Ordered")),
        "links": _links(request, history),
        "link_columns": _columns(_("Batch")),
        "may_edit": may_edit,
        "is_shared": may_manage and not may_edit,
        **_ways_to_send(recipient, books if may_manage else []),
        "may_record": any(
            access.allows(Permission.CONSENT_RECORD, program.pk) for program in programs
        ),
        "lookalikes": merging.lookalikes(recipient, editable) if may_edit else [],
    }


def _ways_to_send(recipient: Recipient, books: Sequence[Program]) -> dict[str, object]:
    """The forms of a new reward, filled in for this person; by their names alone."""
    if not books:
        return {}
    asked = f"?recipient={recipient.pk}"
    by_post = reverse("orders:postal_create") + asked
    post = {"label": _("Send by post"), "url": by_post, "icon": "truck"}
    if not (recipient.email or recipient.phone):
        return {"send_url": by_post, "send_label": post["label"], "send_icon": "truck"}
    posts = any(Program.DeliveryType.PHYSICAL in book.delivery_types for book in books)
    return {
        "send_url": reverse("orders:order_create") + asked,
        "send_label": _("Send a reward"),
        "send_icon": "gift",
        "actions": [post] if posts else [],
    }


def _line(
    history: History, channel: Channel, programs: Sequence[Program]
) -> ChannelLine:
    standing = history.standing(channel)
    label = str(channel.label)
    if standing.contact:
        label = consent_words.target(channel, standing.contact)
    return ChannelLine(
        label=label,
        state=consent_words.state_of(standing),
        sentence=consent_words.sentence(standing, programs),
        wording=standing.grant.wording if standing.grant else None,
    )


def _events(history: History) -> list[dict[str, object]]:
    """The person's entries for the timeline, newest first."""
    names = names_of(("user", e.actor_id) for e in history.own if _by_staff(e))
    current = {
        consent_history.digest_of(contact)
        for contact in (history.recipient.email, history.recipient.phone)
        if contact
    }
    return [
        {
            "at": entry.at,
            "title": consent_words.title(entry),
            "actor": names[("user", entry.actor_id)].text if _by_staff(entry) else "",
            "detail": consent_words.detail(
                entry, is_for_current=entry.contact_digest in current
            ),
            "tone": "ok" if _is_grant(entry) else "err",
            "icon": "check-circle" if _is_grant(entry) else "no-symbol",
        }
        for entry in history.own
    ]


def _rewards(request: StaffRequest, history: History) -> object:
    """Rewards of this person, merged records included, in visible programs."""
    rewards = history.recipient.rewards.model._default_manager.filter(
        recipient__in=history.family
    ).select_related("order__program", "product")
    ids = request.access.program_ids(Permission.ORDERS_VIEW)
    if ids is not None:
        rewards = rewards.filter(order__program__in=ids)
    return paging.keyset(rewards, request.GET, order=("-id",), size=_REWARDS)


def _columns(first: str, *more: str) -> list[dict[str, object]]:
    """The headings over what was given: its card, and what became of it."""
    after: list[dict[str, object]] = [{"label": label} for label in more]
    return [
        {"label": first},
        {"label": _("Program")},
        {"label": _("Product")},
        {"label": _("Value"), "numeric": True},
        *after,
        {"label": _("Status")},
    ]


def _links(request: StaffRequest, history: History) -> object:
    """The newest claim links assigned to this person, likewise."""
    links = history.recipient.claims.model._default_manager.filter(
        recipient__in=history.family
    ).select_related("batch__order__program", "reward__product", "reward__order")
    ids = request.access.program_ids(Permission.ORDERS_VIEW)
    if ids is not None:
        links = links.filter(batch__order__program__in=ids)
    return list(links.defer("secret_ciphertext").order_by("-pk")[:_REWARDS])


def _by_staff(entry: ConsentEntry) -> bool:
    return entry.actor_kind == "person"


def _is_grant(entry: ConsentEntry) -> bool:
    return entry.decision == ConsentEntry.Decision.GRANTED
