"""Every address of the portal, and where it leads in the tests' world."""

from collections.abc import Callable, Iterator, Mapping

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from orders.models import AddressRequest, Award, Event, Shipment
from portal import crypto
from portal.audit.models import Entry
from programs import preferences
from programs.models import Holiday, ShippingMethod
from tests.orders.claims.made import secret_of
from tests.world import Side, World

Arguments = dict[str, object]


def routes() -> Mapping[str, URLPattern]:
    """The URLconf, flat: by the name `reverse` knows."""
    return dict(_named(get_resolver(), ""))


def address(route: str, thing: str, world: World, side: Side) -> str:
    """The path of a route to this thing, on this side of the world."""
    return reverse(route, kwargs=THINGS[thing](world, side))


def _named(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            namespace = f"{each.namespace}:" if each.namespace else ""
            yield from _named(each, prefix + namespace)
        else:
            assert each.name, f"{each} has no name"
            yield prefix + each.name, each


def _order(state: str) -> Callable[[World, Side], Arguments]:
    return lambda world, side: {"reference": side.orders[state].reference}


def _sheet(state: str) -> Callable[[World, Side], Arguments]:
    return lambda world, side: {"pk": side.sheets[state].pk}


def _row(world: World, side: Side) -> Arguments:
    row = side.sheets["checked"].rows.filter(status="problem").earliest("number")
    return {"pk": row.sheet_id, "number": row.number}


def _entry(world: World, side: Side) -> Arguments:
    entries = Entry.objects.filter(program_id=side.program.pk)
    return {"sequence": entries.latest("sequence").sequence}


def _hook(world: World, side: Side) -> Arguments:
    """The token is known to the provider alone; it stands in the frozen body."""
    placement = side.orders["completed"].placements.get()
    body = crypto.decrypt(placement.body_ciphertext)
    return {"token": body.rpartition("/hooks/")[2].partition("/")[0]}


def _link(world: World, side: Side) -> Arguments:
    order = side.orders["links"]
    claim = order.links.claims.earliest("pk")
    return {"reference": order.reference, "code": claim.code}


def _claim_token(world: World, side: Side) -> Arguments:
    claim = side.orders["links"].links.claims.earliest("pk")
    return {"token": secret_of(claim).token}


def _address_token(world: World, side: Side) -> Arguments:
    asked = AddressRequest.objects.get(
        shipment__reward__order=side.orders["collecting"]
    )
    return {"token": crypto.decrypt(asked.token_ciphertext)}


def _parcel(world: World, side: Side) -> Arguments:
    return {"pk": Shipment.objects.get(reward__order=side.orders["postal"]).pk}


def _rule(name: str) -> Callable[[World, Side], Arguments]:
    return lambda world, side: {
        "pk": side.program.rules.get(name=f"{side.name} {name}").pk
    }


def _event(side: Side) -> Event:
    return Event.objects.get(event_id=f"{side.name}-evt-1")


def _earned(world: World, side: Side) -> Arguments:
    return {"reward_id": str(Award.objects.filter(event=_event(side)).earliest("pk"))}


def _held(world: World, side: Side) -> Arguments:
    held = Award.objects.filter(program=side.program, status="held")
    return {"pk": held.earliest("pk").pk}


def _postal(world: World, side: Side) -> Arguments:
    recipient = side.recipients[0]
    return {"pk": recipient.pk, "address": recipient.addresses.earliest("pk").pk}


def _member(world: World, side: Side) -> Arguments:
    membership = side.program.memberships.order_by("pk").last()
    assert membership is not None
    return {"pk": side.program.pk, "membership_pk": membership.pk}


def _delivery(world: World, side: Side) -> Arguments:
    endpoint = side.program.endpoints.earliest("pk")
    return {"pk": endpoint.pk, "delivery": endpoint.deliveries.earliest("pk").pk}


# What a route leads to, by the word the tables of the tests use.
THINGS: Mapping[str, Callable[[World, Side], Arguments]] = {
    "-": lambda world, side: {},
    "program": lambda world, side: {"pk": side.program.pk},
    "member": _member,
    "api-key": lambda world, side: {"pk": side.program.api_keys.earliest("pk").pk},
    "product": lambda world, side: {"pk": world.product.pk},
    "method": lambda world, side: {"pk": ShippingMethod.objects.earliest("pk").pk},
    "holiday": lambda world, side: {"pk": Holiday.objects.earliest("pk").pk},
    "recipient": lambda world, side: {"pk": side.recipients[0].pk},
    "postal": _postal,
    "pair": lambda world, side: {
        "pk": side.recipients[0].pk,
        "other": side.recipients[1].pk,
    },
    "draft": _order("draft"),
    "submitted": _order("submitted"),
    "approved": _order("approved"),
    "attention": _order("attention"),
    "completed": _order("completed"),
    "reading": _sheet("reading"),
    "mapping": _sheet("mapping"),
    "list": _sheet("checked"),
    "people": _sheet("people"),
    "row": _row,
    "bulk": _order("bulk"),
    "bulk-submitted": _order("bulk submitted"),
    "bulk-sending": _order("bulk sending"),
    "bulk-failed": _order("bulk failed"),
    "bulk-result": lambda world, side: {
        "reference": side.orders["bulk failed"].reference,
        "kind": "csv",
    },
    "bulk-post": _order("bulk post"),
    "bulk-post-open": _order("bulk post open"),
    "bulk-post-submitted": _order("bulk post submitted"),
    "bulk-post-sending": _order("bulk post sending"),
    "bulk-both": lambda world, side: {"pk": side.orders["bulk post"].sheet_id},
    "links-draft": _order("links draft"),
    "links-submitted": _order("links submitted"),
    "links": _order("links"),
    "link": _link,
    "claim-token": _claim_token,
    "postal-draft": _order("postal draft"),
    "postal-submitted": _order("postal submitted"),
    "postal-order": _order("postal"),
    "collecting": _order("collecting"),
    "address-token": _address_token,
    "parcel": _parcel,
    "called": lambda world, side: {"event_id": _event(side).event_id},
    "earned": _earned,
    "rule": _rule("referral"),
    "rule-change": _rule("change"),
    "rule-draft": _rule("draft"),
    "event": lambda world, side: {"pk": _event(side).pk},
    "held": _held,
    "triggered": _order("triggered"),
    "collected": _order("collected"),
    "collected-draft": _order("collected draft"),
    "endpoint": lambda world, side: {"pk": side.program.endpoints.earliest("pk").pk},
    "delivery": _delivery,
    "entry": _entry,
    "message": lambda world, side: {"pk": world.message.pk},
    "person": lambda world, side: {"pk": side.manager.pk},
    "invitation": lambda world, side: {"pk": world.invitation.pk},
    "invited": lambda world, side: {
        "token": crypto.decrypt(world.invitation.token_ciphertext)
    },
    "token": lambda world, side: {
        "token": preferences.page_url(side.recipients[0]).rsplit("/", 1)[1]
    },
    "hook": _hook,
    "key": lambda world, side: {
        "uidb36": user_pk_to_url_str(world.otto),
        "key": default_token_generator.make_token(world.otto),
    },
}
# Things that belong to a program; the others to the organisation or to nobody.
OF_A_PROGRAM = frozenset(
    {
        "program",
        "member",
        "api-key",
        "recipient",
        "postal",
        "pair",
        "draft",
        "submitted",
        "approved",
        "attention",
        "completed",
        "reading",
        "mapping",
        "list",
        "people",
        "row",
        "bulk",
        "bulk-submitted",
        "bulk-sending",
        "bulk-failed",
        "bulk-result",
        "bulk-post",
        "bulk-post-open",
        "bulk-post-submitted",
        "bulk-post-sending",
        "bulk-both",
        "links-draft",
        "links-submitted",
        "links",
        "link",
        "postal-draft",
        "postal-submitted",
        "postal-order",
        "collecting",
        "parcel",
        "rule",
        "rule-change",
        "rule-draft",
        "event",
        "held",
        "triggered",
        "collected",
        "collected-draft",
        "endpoint",
        "delivery",
        "entry",
    }
)
