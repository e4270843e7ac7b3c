"""Pages ask the database the same few questions however much there is."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders.claims import handing
from orders.models import Award, DeliveryAttempt, Event, Order, RefusedCall
from portal.accounts.models import actor_of
from portal.outbox.models import Message
from portal.permissions import Role
from programs.models import RowProblem, Sheet, SheetRow
from tests import factories
from tests.orders.claims import made
from tests.orders.shipments import posted
from tests.orders.triggers import ruled
from tests.orders.webhooks import made as hooks
from tests.programs import posting
from tests.world import Side, World, make_world

MOST = 12
# An approver sees sums, checks, samples and outliers of a list on one page.
MOST_IN_A_REVIEW = 25
MANY = 60
# Who looks at which page: M manager, A approver, U auditor, O of the organisation.
PAGES = (
    ("M", "/"),
    ("A", "/"),
    ("O", "/"),
    ("M", "/orders/"),
    ("M", "/orders/?q=person&status=submitted"),
    ("M", "/orders/{attention}/"),
    ("U", "/orders/{completed}/"),
    ("M", "/orders/{draft}/check/"),
    ("A", "/approvals/"),
    ("M", "/orders/{postal draft}/check/"),
    ("M", "/orders/{postal}/"),
    ("M", "/orders/{bulk}/"),
    ("U", "/orders/{bulk failed}/"),
    ("M", "/orders/{bulk}/check/?row=30"),
    ("M", "/orders/{bulk submitted}/rewards/"),
    ("M", "/orders/{bulk submitted}/rewards/?q=person&status=queued"),
    ("M", "/orders/{bulk failed}/placements/"),
    ("M", "/bulk/{both}/orders/"),
    ("M", "/orders/{bulk post}/check/?row=30"),
    ("M", "/orders/{bulk post sending}/"),
    ("M", "/orders/{bulk post submitted}/rewards/?q=person&status=queued"),
    ("M", "/orders/{postal draft}/collect/"),
    ("M", "/orders/{collecting}/"),
    ("M", "/developers/api/"),
    ("M", "/links/"),
    ("M", "/links/?q=fair&program={program}"),
    ("M", "/orders/{links draft}/check/"),
    ("M", "/orders/{links}/"),
    ("M", "/links/{links}/"),
    ("M", "/links/{links}/?q=rosa&status=created&given=assigned"),
    ("U", "/links/{links}/{code}/"),
    ("M", "/links/{links}/assign/?sheet={checked}"),
    ("M", "/links/{links}/export/?q=rosa&status=created"),
    ("M", "/links/{links}/qr/"),
    ("M", "/shipments/"),
    ("U", "/shipments/?status=late"),
    ("M", "/shipments/?q=person&program={program}&at_risk=on"),
    ("M", "/shipments/{parcel}/"),
    ("M", "/shipments/{parcel}/track/"),
    ("M", "/shipments/print/?status=shipped"),
    ("M", "/shipments/addresses/?order={postal}"),
    ("M", "/links/{links}/mail/"),
    ("M", "/links/{links}/{code}/assign/"),
    ("M", "/links/{links}/{code}/mail/"),
    ("M", "/recipients/"),
    ("M", "/recipients/?q=person"),
    ("M", "/recipients/{recipient}/"),
    ("M", "/recipients/{recipient}/addresses/add/"),
    ("M", "/bulk/"),
    ("M", "/bulk/new/"),
    ("M", "/bulk/{reading}/"),
    ("M", "/bulk/{mapping}/map/"),
    ("M", "/bulk/{checked}/rows/"),
    ("M", "/bulk/{checked}/rows/?show=all"),
    ("O", "/programs/"),
    ("O", "/programs/{program}/"),
    ("M", "/products/"),
    ("O", "/products/shipping/?retired=on"),
    ("O", "/products/shipping/holidays/?show=past"),
    ("M", "/developers/keys/"),
    ("O", "/developers/keys/?program={program}&mode=test&revoked=on"),
    ("M", "/developers/keys/{key}/"),
    ("M", "/developers/rules/"),
    ("A", "/developers/rules/?status=submitted"),
    ("M", "/developers/rules/{rule}/"),
    ("A", "/developers/rules/{rule change}/"),
    ("A", "/developers/rules/{rule change}/decide/"),
    ("M", "/developers/rules/{rule draft}/"),
    ("U", "/developers/rules/{rule}/dry-run/"),
    ("U", "/developers/rules/{rule}/dry-run/?of=live"),
    ("M", "/developers/events/"),
    ("A", "/developers/events/?status=reward-held&problem=same-person&mode=live"),
    ("U", "/developers/events/{event}/"),
    ("M", "/developers/events/{event}/replay/"),
    ("M", "/developers/events/refused/"),
    ("M", "/developers/events/replay/?program={program}&since={day}&mode=live"),
    ("A", "/developers/held/"),
    ("A", "/developers/held/{held}/"),
    ("U", "/developers/report/"),
    ("M", "/orders/{triggered}/"),
    ("M", "/orders/{collected}/"),
    ("M", "/orders/{collected}/rewards/"),
    ("M", "/orders/{collected draft}/check/?row=2"),
    ("M", "/developers/try/"),
    ("M", "/developers/webhooks/"),
    ("O", "/developers/webhooks/new/"),
    ("M", "/developers/webhooks/{endpoint}/"),
    ("M", "/developers/webhooks/{endpoint}/?status=failed&kind=order.approved"),
    ("M", "/developers/webhooks/{endpoint}/replay/?which=failed"),
    ("M", "/developers/webhooks/{endpoint}/deliveries/{delivery}/"),
    ("O", "/law/"),
    ("U", "/audit/"),
    ("O", "/audit/"),
    ("O", "/outbox/"),
    ("O", "/settings/people/"),
)


def test_no_page_asks_more_than_twelve_times(db, django_assert_max_num_queries):
    world = make_world()
    side = world.spring
    crowd(world, side)
    viewers = {
        "M": side.manager,
        "A": side.approver,
        "U": side.staff[Role.AUDITOR],
        "O": world.adam,
    }
    clients = {who: factories.signed_in(user) for who, user in viewers.items()}
    names = {state: order.reference for state, order in side.orders.items()}
    names |= {state: str(sheet.pk) for state, sheet in side.sheets.items()}
    names["both"] = str(side.orders["bulk post"].sheet_id)
    names["code"] = side.orders["links"].links.claims.earliest("pk").code
    parcel = side.orders["postal"].rewards.get().shipment
    names["parcel"] = str(parcel.pk)
    for rule in side.program.rules.filter(name__startswith=side.name):
        word = rule.name.rpartition(" ")[2]
        names["rule" if word == "referral" else f"rule {word}"] = str(rule.pk)
    endpoint = side.program.endpoints.earliest("pk")
    names["endpoint"] = str(endpoint.pk)
    names["delivery"] = str(endpoint.deliveries.earliest("pk").pk)
    event = Event.objects.get(event_id=f"{side.name}-evt-1")
    held = Award.objects.filter(program=side.program, status="held").earliest("pk")
    names |= {"event": str(event.pk), "held": str(held.pk), "day": "2026-01-01"}
    names["key"] = str(side.program.api_keys.earliest("pk").pk)
    things = {"recipient": side.recipients[0].pk, "program": side.program.pk}

    for who, path in PAGES:
        url = path.format(**names, **things)
        with django_assert_max_num_queries(MOST, info=f"{who} {path}"):
            page = clients[who].get(url)
        assert page.status_code == 200


@pytest.mark.parametrize("name", ["bulk submitted", "bulk post submitted", "collected"])
def test_a_list_is_reviewed_with_few_questions_however_long_it_is(
    db, django_assert_max_num_queries, name
):
    world = make_world()
    order = world.spring.orders[name]
    approver = factories.signed_in(world.spring.approver)
    if name == "collected":
        crowd_events(world.spring)
    else:
        crowd_order(order)

    with django_assert_max_num_queries(MOST_IN_A_REVIEW):
        page = approver.get(f"/approvals/{order.reference}/")

    assert page.status_code == 200


def crowd(world: World, side: Side) -> None:
    """More rows than a page holds, in every list."""
    crowd_list(side.sheets["checked"])
    crowd_rules(world, side)
    crowd_webhooks(side)
    crowd_events(side)
    crowd_links(side)
    crowd_addresses(side)
    for name, order in side.orders.items():
        if name.startswith("bulk"):
            crowd_order(order)
    for number in range(MANY):
        factories.make_submitted(
            side.program,
            world.product,
            side.manager,
            name=f"Person {number}",
            email=f"person{number}@example.com",
        )
        made.make_draft(
            side.program, world.product, side.manager, label=f"Fair {number}"
        )
        posted.make_shipped(
            side.program,
            world.product,
            side.manager,
            value=Decimal(15),
            name=f"Person {number}",
        )
        factories.make_member(f"User{number}", side.program, Role.AUDITOR)
        factories.make_program(f"Program {number}", funded=1, funded_by=world.adam)
        factories.make_product(f"P{number}", values=[10])
        posting.make_method(f"M{number}", days=(1, 5))
        Message.objects.create(
            topic="orders.notify",
            key=f"orders.notify:crowd-{number}",
            status=Message.Status.STUCK,
            not_before=timezone.now() + timedelta(seconds=number),
        )


def crowd_events(side: Side) -> None:
    """Many events, each with a held reward and with one of a collected order."""
    event = Event.objects.get(event_id=f"{side.name}-evt-1")
    held = Award.objects.filter(program=side.program, status="held").earliest("pk")
    call = RefusedCall.objects.get(program=side.program)
    rewards = [
        side.orders[name].rewards.earliest("pk")
        for name in ("collected", "collected draft")
    ]
    for number in range(MANY):
        event.pk, event.event_id = None, f"crowd-{number}"
        event.save(force_insert=True)
        copy_award(held, event=event)
        for reward in rewards:
            award = reward.award
            reward.pk = None
            reward.save(force_insert=True)
            event.pk, event.event_id = None, f"crowd-{number}-{reward.order_id}"
            event.save(force_insert=True)
            copy_award(award, event=event, reward=reward)
            reward.award = award
        call.pk, call.minute = None, timezone.now() + timedelta(minutes=number)
        call.save(force_insert=True)


def copy_award(award: Award, **fields: object) -> None:
    """Another one like it."""
    award.pk, award.public_id = None, uuid.uuid4()
    for name, value in fields.items():
        setattr(award, name, value)
    award.save(force_insert=True)


def crowd_webhooks(side: Side) -> None:
    """Many endpoints, and of one many deliveries and attempts."""
    endpoint = side.program.endpoints.earliest("pk")
    hooks.make_deliveries(endpoint, MANY)
    delivery = endpoint.deliveries.earliest("pk")
    for number in range(MANY):
        hooks.make_endpoint(
            side.program, side.manager, url=f"https://{number}.example.com/"
        )
        DeliveryAttempt.objects.create(
            delivery=delivery, at=timezone.now(), milliseconds=number
        )


def crowd_rules(world: World, side: Side) -> None:
    """Many rules, each in force."""
    text = ruled.make_text(side.program, world.product)
    for number in range(MANY):
        ruled.make_active(text, side.manager, side.approver, f"Rule {number}")


def crowd_list(sheet: Sheet) -> None:
    """Many rows, each with two things wrong."""
    for number in range(100, 100 + MANY):
        row = SheetRow.objects.create(
            sheet=sheet, number=number, cells=["A", "a"], status="problem"
        )
        for kind, field in (("bad_email", "email"), ("value_missing", "value")):
            params = {"reason": "Nonsense."}
            RowProblem.objects.create(
                sheet=sheet, row=row, kind=kind, field=field, params=params
            )


def crowd_links(side: Side) -> None:
    """Many links, each with a person and handed out once more than the one before."""
    batch = side.orders["links"].links
    manager, (recipient, _other) = actor_of(side.manager), side.recipients
    first = batch.claims.earliest("pk")
    for number in range(100, 100 + MANY):
        made.make_claim(batch, number=number, reward=first.reward, recipient=recipient)
        handing.hand_out(batch, batch.claims.all(), kind="csv", actor=manager)


def crowd_addresses(side: Side) -> None:
    """Many addresses of one person."""
    address = side.recipients[0].addresses.get()
    for number in range(MANY):
        address.pk, address.digest = None, f"crowd-{number}"
        address.save(force_insert=True)


def crowd_order(order: Order) -> None:
    """Many rewards like its first, each in a placement and with a row of its own.

    And each with a parcel of its own, where they are posted.
    """
    reward, placement = order.rewards.earliest("pk"), order.placements.first()
    parcel = reward.shipment if order.is_postal else None
    sheet = order.sheet
    assert sheet is not None
    for number in range(100, 100 + MANY):
        row = SheetRow.objects.create(
            sheet=sheet, number=number, cells=[], status="taken", has_warning=True
        )
        problem = {"sheet": sheet, "kind": "nonsense", "is_error": False}
        RowProblem.objects.create(row=row, field="email", **problem)
        reward.pk, reward.row, reward.value_minor = None, row, 1000 + number
        if placement is not None:
            placement.pk, placement.po_number = None, f"{order.po_number}-{number}"
            placement.hook_digest = placement.po_number
            placement.save(force_insert=True)
            reward.placement = placement
        reward.save(force_insert=True)
        if parcel is not None:
            parcel.pk, parcel.reward, parcel.reason = None, reward, "They live there."
            parcel.save(force_insert=True)
