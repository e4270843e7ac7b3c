"""Bringing stored rows of the catalogue up to what was read, in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeVar

from django.utils import timezone

from portal.audit.journal import Json
from programs.models import Branding, CardCarrier, Product, ShippingMethod

# Fields whose old and new values the journal keeps; of others it keeps the name.
_PRICED: Final = frozenset(
    {
        "currency",
        "fee_minor",
        "discount_percent",
        "denomination_type",
        "denominations",
        "cost_minor",
    }
)
_NOT_COPIED: Final = frozenset({"id", "provider_id", "retired_at", "updated_at"})
_BATCH: Final = 200

Row = TypeVar("Row", Product, ShippingMethod, Branding, CardCarrier)


@dataclass(slots=True)
class Outcome:
    """What became of one kind of row, by the provider's ids."""

    added: list[str] = field(default_factory=list)
    changed: list[Json] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)

    def words(self) -> dict[str, Json]:
        """For the journal."""
        return {
            "added": len(self.added),
            "changed": self.changed,
            "returned": [*self.returned],
            "retired": [*self.retired],
        }


def lock() -> None:
    """Make readings queue: whoever changes the catalogue holds all its products."""
    list(Product.objects.select_for_update().order_by("pk").values_list("pk"))


def bring_up_to_date(model: type[Row], read: dict[str, Row]) -> Outcome:
    """Add, change and un-retire what was read, by id; retire what was not.

    An empty reading retires nothing.
    """
    stored = {row.provider_id: row for row in model._default_manager.all()}
    outcome = Outcome()
    write: list[Row] = []
    copied = [f.name for f in model._meta.concrete_fields if f.name not in _NOT_COPIED]
    for id, row in read.items():
        old = stored.get(id)
        if old is None:
            outcome.added.append(id)
            write.append(row)
            continue
        names = _differing(old, row, copied)
        if names:
            outcome.changed.append(_change(old, row, names))
        if old.retired_at is not None:
            outcome.returned.append(id)
        if names or old.retired_at is not None:
            write.append(row)
    _write(model, write)
    if read:
        outcome.retired = _retire(model, [stored[id] for id in stored.keys() - read])
    return outcome


def _differing(old: Row, new: Row, names: Sequence[str]) -> list[str]:
    differing = [n for n in names if getattr(old, n) != getattr(new, n)]
    # The raw copy changes with every field; alone it is something we do not read.
    return [n for n in differing if n != "raw"] or differing


def _change(old: Row, new: Row, names: Sequence[str]) -> dict[str, Json]:
    priced = [name for name in names if name in _PRICED]
    return {
        "id": new.provider_id,
        "fields": [*names],
        "before": {name: _word(getattr(old, name)) for name in priced},
        "after": {name: _word(getattr(new, name)) for name in priced},
    }


def _word(value: Json | Decimal) -> Json:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _write(model: type[Row], rows: Sequence[Row]) -> None:
    names = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    model._default_manager.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["provider_id"],
        update_fields=[name for name in names if name != "provider_id"],
    )


def _retire(model: type[Row], rows: Sequence[Row]) -> list[str]:
    """Mark those not retired before; their ids in order."""
    offered = sorted(row.provider_id for row in rows if row.retired_at is None)
    gone = model._default_manager.filter(provider_id__in=offered)
    gone.update(retired_at=timezone.now())
    return offered
