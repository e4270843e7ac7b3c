"""Odd input from a request: a verdict, or nothing found, and never a 500."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from programs import consent, preferences
from programs.models import Wording
from tests import factories
from tests.addresses import THINGS, address
from tests.orders.test_digital_flow import filled
from tests.test_matrix import ROWS, Row
from tests.world import World, make_world

ODD = ["\u00b2", "\u0661", "-1", "x", "9" * 20, "9" * 5000, "\x00", "a\x00b"]
LIST = "/orders/"


@pytest.fixture
def order(program, cvs, manu):
    return factories.make_draft(
        program, cvs, manu, name="Dana Rivera", phone="+12025550123"
    )


def found(client: Client, words: str) -> bool:
    response = client.get(LIST, {"q": words})
    assert response.status_code == 200
    return bool(response.context["page"].rows)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["program", "recipient", "again"])
def test_odd_prefilling_is_ignored(as_manu, program, cvs, name, odd):
    assert as_manu.get("/send/digital/", {name: odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["program", "program_before", "product"])
def test_an_odd_choice_is_previewed(as_manu, program, cvs, name, odd):
    typed = {**filled(program, cvs), "program_before": program.pk, "preview": "part"}

    assert as_manu.post("/send/digital/", {**typed, name: odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_version_on_the_preferences_page_changes_nothing(
    client, program, manager, odd
):
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    consent.withdraw_all(dana, source=consent.Source.PREFERENCES, actor=manager)
    token = preferences.page_url(dana).rsplit("/", 1)[1]
    typed = {
        "resume": "email",
        "wording": Wording.objects.latest("pk").pk,
        "version": odd,
    }

    path = reverse("programs:preferences", args=[token])

    assert client.post(path, typed).status_code == 409


@pytest.mark.parametrize("odd", ["9" * 5000, "x", "\u00b2"])
def test_a_hint_of_odd_length_is_refused(client, db, odd):
    world = make_world()
    path = address("orders:hint_receive", "hook", world, world.spring)

    response = client.post(
        path, b"{}", content_type="application/json", headers={"content-length": odd}
    )

    assert response.status_code == 413


def test_every_list_answers_odd_filters(as_adam, as_manu, order):
    for route in ("programs:program_list", "programs:product_list"):
        for name in ("q", "status", "currency", "type"):
            assert_all_answer(as_manu, reverse(route), name)
    for name in ("q", "status", "program", "after", "before"):
        assert_all_answer(as_manu, LIST, name)
    for name in ("q", "after"):
        assert_all_answer(as_manu, reverse("programs:recipient_list"), name)
    assert_all_answer(as_manu, reverse("programs:recipient_add"), "program")
    for name in ("kind", "person", "action", "program", "about", "since", "until"):
        assert_all_answer(as_adam, reverse("audit:entry_list"), name)
    for name in ("q", "state"):
        assert_all_answer(as_adam, reverse("person_list"), name)
    assert_all_answer(as_adam, reverse("outbox:message_list"), "state")


def assert_all_answer(client, path, name):
    wrong = [
        (path, name, odd[:10])
        for odd in ODD
        if client.get(path, {name: odd}).status_code != 200
    ]
    assert wrong == []


def test_no_address_falls_over_odd_parts(db):
    """Numbers no column holds, and text no database stores, in place of a key."""
    world = make_world()
    people = (world.spring.manager, world.spring.approver, world.adam)
    clients = [factories.signed_in(person) for person in people]

    wrong = [
        (row.route, path[:60], answer.status_code)
        for row in ROWS
        if row.thing != "-"
        for path in odd_paths(row, world)
        for client in clients
        for answer in (client.get(path), client.post(path))
        if answer.status_code >= 500
    ]

    assert wrong == []


def odd_paths(row: Row, world: World) -> Iterator[str]:
    plain = address(row.route, row.thing, world, world.spring)
    for part in THINGS[row.thing](world, world.spring).values():
        is_number = isinstance(part, int)
        odd = ["9" * 18, "9" * 20, "9" * 5000] if is_number else ["a%00b", "%FF"]
        yield from (plain.replace(f"{part}", each) for each in odd)


@pytest.mark.parametrize("count", [11, 47, 50])
def test_a_search_of_many_words_is_answered(as_manu, order, count):
    assert not found(as_manu, " ".join(["?"] * count))
    assert found(as_manu, " ".join(["a"] * count))


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("rivera", True),
        ("USER@example", True),
        ("dana 0123", True),
        ("+1(202)555-0123", True),
        ("dana nobody", False),
        ("9999", False),
    ],
)
def test_a_search_needs_every_word(as_manu, order, words, is_found):
    assert found(as_manu, words) == is_found


def test_an_order_found_by_several_rewards_is_listed_once(
    as_manu, order, django_assert_max_num_queries
):
    reward = order.rewards.get()
    reward.pk = None
    reward.save(force_insert=True)

    with django_assert_max_num_queries(12):
        rows = as_manu.get(LIST, {"q": "dana"}).context["page"].rows

    assert list(rows) == [order]


def test_whoever_may_not_see_recipients_gets_no_link_to_them(
    as_ada, as_audra, as_manu, order
):
    path = reverse("orders:order_detail", args=[order.reference])
    link = reverse("programs:recipient_detail", args=[order.rewards.get().recipient_id])

    assert "Dana Rivera" in as_ada.get(path).text
    assert link not in as_ada.get(path).text
    assert link in as_audra.get(path).text
    assert link in as_manu.get(path).text
