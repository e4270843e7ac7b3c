"""Pages ask the database the same few questions however much there is."""

from datetime import timedelta

from django.utils import timezone

from portal.outbox.models import Message
from portal.permissions import Role
from tests import factories
from tests.world import Side, World, make_world

MOST = 12
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
    ("M", "/recipients/"),
    ("M", "/recipients/?q=person"),
    ("M", "/recipients/{recipient}/"),
    ("O", "/programs/"),
    ("O", "/programs/{program}/"),
    ("M", "/products/"),
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
    things = {"recipient": side.recipients[0].pk, "program": side.program.pk}

    for who, path in PAGES:
        url = path.format(**names, **things)
        with django_assert_max_num_queries(MOST, info=f"{who} {path}"):
            page = clients[who].get(url)
        assert page.status_code == 200


def crowd(world: World, side: Side) -> None:
    """More rows than a page holds, in every list."""
    for number in range(MANY):
        factories.make_submitted(
            side.program,
            world.product,
            side.manager,
            name=f"Person {number}",
            email=f"person{number}@example.com",
        )
        factories.make_member(f"User{number}", side.program, Role.AUDITOR)
        factories.make_program(f"Program {number}", funded=1, funded_by=world.adam)
        factories.make_product(f"P{number}", values=[10])
        Message.objects.create(
            topic="orders.notify",
            key=f"orders.notify:crowd-{number}",
            status=Message.Status.STUCK,
            not_before=timezone.now() + timedelta(seconds=number),
        )
