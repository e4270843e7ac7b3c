"""How our records are called in the journal, and what the menu counts."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from orders.award_states import AwardStatus
from orders.models import (
    Award,
    Claim,
    Endpoint,
    Event,
    LinkBatch,
    Order,
    Placement,
    Rule,
    RuleVersion,
    Shipment,
)
from orders.states import OrderStatus
from portal.audit import naming
from portal.audit.naming import Name
from portal.permissions import Permission
from portal.web.http import StaffRequest


def register() -> None:
    """Teach the journal's pages our names."""
    naming.register("order", _orders)
    naming.register("placement", _placements)
    naming.register("linkbatch", _batches)
    naming.register("claim", _claims)
    naming.register("shipment", _shipments)
    naming.register("event", _events)
    naming.register("award", _awards)
    naming.register("rule", _rules)
    naming.register("ruleversion", _versions)
    naming.register("endpoint", _endpoints)


def waiting_for(request: StaffRequest) -> int:
    """Orders this person may decide on: those they had no hand in."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_APPROVE)
    waiting = orders.with_status(OrderStatus.SUBMITTED)
    return waiting.exclude(contributors__user_id=request.user.pk).count()


def held_for(request: StaffRequest) -> int:
    """Held rewards this person may decide on: of rules and keys of somebody else."""
    access = request.access
    if not access.anywhere(Permission.AWARDS_DECIDE):
        return 0
    held = Award.objects.reachable(access, Permission.AWARDS_DECIDE)
    others = held.filter(status=AwardStatus.HELD).exclude(
        event__key__created_by=request.user.pk
    )
    return others.exclude(rule_version__hands__user_id=request.user.pk).count()


def _orders(ids: Collection[str]) -> Mapping[str, Name]:
    found = Order.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    return {str(order.pk): _name(order.po_number, order.reference) for order in found}


def _placements(ids: Collection[str]) -> Mapping[str, Name]:
    found = Placement.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    return {
        str(placement.pk): _name(placement.po_number, placement.order.reference)
        for placement in found.select_related("order")
    }


def _batches(ids: Collection[str]) -> Mapping[str, Name]:
    found = LinkBatch.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    return {
        str(batch.pk): Name(
            batch.label, reverse("orders:links_detail", args=[batch.order.reference])
        )
        for batch in found.select_related("order")
    }


def _claims(ids: Collection[str]) -> Mapping[str, Name]:
    found = Claim.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    named = found.select_related("batch__order").defer("secret_ciphertext")
    return {
        str(claim.pk): Name(
            claim.code,
            reverse(
                "orders:link_detail", args=[claim.batch.order.reference, claim.code]
            ),
        )
        for claim in named
    }


def _shipments(ids: Collection[str]) -> Mapping[str, Name]:
    found = Shipment.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    return {
        str(parcel.pk): Name(
            parcel.number, reverse("orders:shipment_detail", args=[parcel.pk])
        )
        for parcel in found.only("reward_id")
    }


def _events(ids: Collection[str]) -> Mapping[str, Name]:
    found = Event.objects.filter(pk__in=ids).values_list("pk", "event_id")
    return {
        str(pk): Name(name, reverse("orders:event_detail", args=[pk]))
        for pk, name in found
    }


def _awards(ids: Collection[str]) -> Mapping[str, Name]:
    found = Award.objects.filter(pk__in=ids).only("public_id", "event_id")
    return {
        str(award.pk): Name(
            str(award), reverse("orders:event_detail", args=[award.event_id])
        )
        for award in found
    }


def _rules(ids: Collection[str]) -> Mapping[str, Name]:
    found = Rule.objects.filter(pk__in=ids).values_list("pk", "name")
    return {str(pk): Name(name, _rule_page(pk)) for pk, name in found}


def _rule_page(pk: int) -> str:
    return reverse("orders:rule_detail", args=[pk])


def _versions(ids: Collection[str]) -> Mapping[str, Name]:
    found = RuleVersion.objects.filter(pk__in=ids).select_related("rule")
    return {
        str(version.pk): Name(str(version), _rule_page(version.rule_id))
        for version in found
    }


def _endpoints(ids: Collection[str]) -> Mapping[str, Name]:
    # Without a link: most who read the journal may not open it.
    found = Endpoint.objects.filter(pk__in=ids).values_list("pk", "label")
    return {str(pk): Name(label) for pk, label in found}


def _name(po_number: str, reference: str) -> Name:
    return Name(po_number, reverse("orders:order_detail", args=[reference]))
