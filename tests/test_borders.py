"""What searching, filtering and typing can find out about another program: nothing."""

from itertools import product

import pytest
from django.test import Client
from django.utils import timezone

from portal.permissions import Role
from tests import factories
from tests.world import Side, World, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def insider(world: World) -> Client:
    """Spring's manager, who may do most with recipients and orders."""
    return factories.signed_in(world.spring.manager)


QUERIES = (
    "/orders/?program={program}",
    "/orders/?q=rosa",
    "/orders/?q=0141",
    "/recipients/?q=rosa",
    "/recipients/?q=0141",
    "/recipients/add/?program={program}",
    "/recipients/{own}/merge/?q=rosa",
    "/send/digital/?program={program}",
    "/send/digital/?recipient={recipient}",
    "/send/digital/?again={order}",
    "/links/?program={program}",
    "/links/?q=fair",
    "/links/new/?program={program}",
    "/links/new/?again={batch}",
)


def test_no_query_shows_another_program(insider, world):
    told = []
    for query in QUERIES:
        page = insider.get(named(query, world.autumn, own=world.spring))
        assert page.status_code == 200, query
        if "autumn" in page.content.decode().lower():
            told.append(query)

    assert told == []


def test_no_query_shows_another_journal(world):
    auditor = factories.signed_in(world.spring.staff[Role.AUDITOR])

    for query in ("program=thanks", "about=rosa", "person=manager"):
        page = auditor.get(f"/audit/?{query}")

        assert page.status_code == 200, query
        assert "autumn" not in page.content.decode().lower(), query


def test_two_people_of_different_programs_cannot_be_merged(insider, world):
    ours, theirs = world.spring.recipients[0], world.autumn.recipients[0]

    for first, second in ((ours, theirs), (theirs, ours)):
        page = insider.get(f"/recipients/{first.pk}/merge/{second.pk}/")

        assert page.status_code == 404


def test_typing_a_contact_does_not_tell_whose_it_is(insider, world):
    theirs, second = world.autumn.recipients
    previews: tuple[dict[str, str], ...] = (
        {},
        {"preview": "part"},
        {"preview": "page"},
    )
    for first, preview in product((theirs, world.spring.recipients[0]), previews):
        typed = order_form(world) | {"contact": first.email, "also": second.phone}

        page = insider.post("/send/digital/", typed | preview)

        assert page.status_code == (200 if preview else 422), preview
        assert second.name not in page.content.decode(), preview


def test_adding_or_editing_somebody_does_not_tell_who_has_the_contact(insider, world):
    ours, (first, second) = world.spring.recipients[0], world.autumn.recipients
    typed = {"name": "Somebody", "program": world.spring.program.pk}
    both = {"email": first.email, "phone": second.phone}

    added = insider.post("/recipients/add/", typed | both)
    edited = insider.post(
        f"/recipients/{ours.pk}/edit/",
        typed | {"email": first.email, "phone": ours.phone, "version": ours.version},
    )

    for page in (added, edited):
        assert page.status_code == 422
        assert first.name not in page.content.decode()


def test_an_order_cannot_be_made_in_another_program(insider, world):
    typed = order_form(world) | {"program": world.autumn.program.pk}

    page = insider.post("/send/digital/", typed)

    assert page.status_code == 422
    assert page.context["form"].has_error("program")
    assert "autumn thanks" not in page.content.decode().lower()


def named(query: str, side: Side, *, own: Side) -> str:
    """The query with the ids of this side's things in it."""
    return query.format(
        own=own.recipients[0].pk,
        program=side.program.pk,
        recipient=side.recipients[0].pk,
        order=side.orders["draft"].reference,
        batch=side.orders["links"].reference,
    )


def order_form(world: World) -> dict[str, object]:
    return {
        "form_key": factories.form_key(),
        "program": world.spring.program.pk,
        "contact": "new@example.com",
        "name": "Somebody",
        "product": world.product.pk,
        "value": "15",
        "quantity": "1",
        "from_name": "Team",
        "consent-source": "paper",
        "consent-given_on": timezone.localdate().isoformat(),
    }
