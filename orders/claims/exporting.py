"""The links of a handout, opened a portion at a time and never all at once.

Text as it is, so it has to go through `portal.tabular` into a file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.claims import sealing
from orders.claims.sealing import Secret
from orders.models import Claim, Handout, LinkBatch
from orders.models.claim import ClaimQuerySet
from portal.money import Money
from portal.tabular.writing import Cell

_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Facts:
    """What every link of a batch shares."""

    is_ours: bool
    label: str
    product: str
    value: Money
    reference: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: what it is called, and what of a claim it shows.

    `fields` are what has to be read of the claim for it, `is_personal` whether it says
    who has the link.
    """

    label: str | Promise
    cell: Callable[[Claim, Secret, Facts], Cell]
    fields: tuple[str, ...] = ()
    is_personal: bool = False


def address(facts: Facts, secret: Secret) -> str:
    """The link people are given: our own, or the provider's."""
    return secret.portal_url if facts.is_ours else secret.link


def _last_day(claim: Claim, secret: Secret, facts: Facts) -> str:
    """The last second of the offer, in the organisation's zone: its date is the day."""
    if claim.expires_at is None:
        return ""
    zone = ZoneInfo(settings.DEFAULT_TIME_ZONE)
    return (claim.expires_at - timedelta(seconds=1)).astimezone(zone).isoformat()


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""


_STATUS: Final = (
    *("problem", "voided_at", "claimed_at", "redeemed_at"),
    *("expires_at", "opened_at", "handed_out_at"),
)


def _person(field: str) -> tuple[str, ...]:
    """Of the record that was assigned, and of the one it may be merged into."""
    return (f"recipient__{field}", f"recipient__merged_into__{field}")


# In the order of the file.
COLUMNS: Final = {
    "number": Column(_("Number"), lambda c, s, f: c.number, ("number",)),
    "code": Column(_("Code"), lambda c, s, f: c.code, ("code",)),
    "link": Column(_("Link"), lambda c, s, f: address(f, s)),
    "answer": Column(_("Challenge answer"), lambda c, s, f: s.answer),
    "last_day": Column(_("Last day"), _last_day, ("expires_at",)),
    "label": Column(_("Label"), lambda c, s, f: f.label),
    "product": Column(_("Product"), lambda c, s, f: f.product),
    "value": Column(_("Value"), lambda c, s, f: f.value.amount),
    "currency": Column(_("Currency"), lambda c, s, f: f.value.currency),
    "status": Column(_("Status"), lambda c, s, f: str(c.state.label), _STATUS),
    "recipient": Column(
        _("Recipient"),
        lambda c, s, f: c.person.name if c.person else "",
        _person("name"),
        is_personal=True,
    ),
    "email": Column(
        _("E-mail"),
        lambda c, s, f: (c.person.email or "") if c.person else "",
        _person("email"),
        is_personal=True,
    ),
    "phone": Column(
        _("Mobile"),
        lambda c, s, f: (c.person.phone or "") if c.person else "",
        _person("phone"),
        is_personal=True,
    ),
    "reference": Column(_("Reference"), lambda c, s, f: f.reference),
    "opened": Column(
        _("First opened"), lambda c, s, f: _utc(c.opened_at), ("opened_at",)
    ),
    "claimed": Column(
        _("Claimed"),
        lambda c, s, f: _utc(c.claimed_at or c.redeemed_at),
        ("claimed_at", "redeemed_at"),
    ),
}


def always(batch: LinkBatch) -> tuple[str, ...]:
    """Columns no file of this batch goes without: what it is made for."""
    return ("link",) if batch.way == LinkBatch.Way.PORTAL else ("link", "answer")


def names(handout: Handout) -> list[str]:
    """What the handout's columns are called, in this language."""
    return [str(COLUMNS[name].label) for name in handout.columns]


def facts(batch: LinkBatch) -> Facts:
    """One query, for all links of the batch."""
    order = batch.order
    reward = order.rewards.select_related("product").order_by("pk")[0]
    return Facts(
        is_ours=batch.way == LinkBatch.Way.PORTAL,
        label=batch.label,
        product=reward.product.name,
        value=Money.of_minor(reward.value_minor, order.currency),
        reference=order.reference,
    )


def rows(handout: Handout) -> Iterator[list[Cell]]:
    """A row for each link, in the order they came, with the handout's columns."""
    chosen = [COLUMNS[name] for name in handout.columns]
    shared = facts(handout.batch)
    for claim, secret in opened(handout, *(f for c in chosen for f in c.fields)):
        yield [column.cell(claim, secret, shared) for column in chosen]


def opened(handout: Handout, *fields: str) -> Iterator[tuple[Claim, Secret]]:
    """Each link that is still the one handed out, with its secret."""
    found = _still(handout).only("secret_ciphertext", *fields)
    if any(field.startswith("recipient__") for field in fields):
        found = found.select_related("recipient__merged_into")
    for claim in found.iterator(chunk_size=_AT_ONCE):
        yield claim, sealing.unseal(claim.secret_ciphertext)


def _still(handout: Handout) -> ClaimQuerySet:
    """Leaves out what was voided or reissued since the handout was noted.

    A reissue begins anew, as a link nobody was given: to write the new link here would
    hand out what says of itself that it was not.
    """
    claims = Claim.objects.filter(handouts=handout, handed_out_at__isnull=False)
    return claims.good().order_by("pk")
