"""Pages about people and consent: each role by each page, and outsiders."""

import pytest
from django.urls import reverse

from orders.models import Order, Reward
from programs import recipients
from programs.models import Wording
from tests import factories

CANARY = "Canary Quillfeather"


def add(program, actor, name="Dana Rivera", email=None, phone=None):
    return recipients.add(program, name=name, email=email, phone=phone, actor=actor)


def page_of(recipient, name="recipient_detail"):
    return reverse(f"programs:{name}", args=[recipient.pk])


@pytest.fixture
def dana(program, manager):
    return add(program, manager, email="dana@example.com", phone="+12025550123")


@pytest.fixture
def autumn(program):
    """A program Manu has no part in."""
    return factories.make_program("Autumn")


@pytest.fixture
def hidden(autumn, manager):
    """Somebody in Autumn's address book only."""
    return add(autumn, manager, CANARY, "canary@example.com", "+12025550199")


PAGES = [
    ("recipient_list", {"manu": 200, "adam": 200, "audra": 200}),
    ("recipient_detail", {"manu": 200, "adam": 200, "audra": 200}),
    ("recipient_add", {"manu": 200}),
    ("recipient_edit", {"manu": 200}),
    ("recipient_merge_pick", {"manu": 200}),
    ("recipient_merge", {"manu": 200}),
    ("consent_grant", {"manu": 200}),
    ("consent_withdraw", {"manu": 200}),
    ("consent_wording_add", {"adam": 200}),
]


@pytest.mark.parametrize("who", ["manu", "ada", "adam", "audra", "otto"])
@pytest.mark.parametrize(("page", "allowed"), PAGES)
def test_each_page_is_for_its_roles_and_404_for_all_others(
    request, program, manager, page, allowed, who
):
    canary = add(program, manager, CANARY, "canary@example.com")
    twin = add(program, manager, CANARY, "twin@example.com")
    client = factories.signed_in(request.getfixturevalue(who))
    args = {
        "recipient_list": [],
        "recipient_add": [],
        "consent_wording_add": [],
        "recipient_merge": [canary.pk, twin.pk],
    }.get(page, [canary.pk])

    answer = client.get(reverse(f"programs:{page}", args=args))

    assert answer.status_code == allowed.get(who, 404)
    if answer.status_code == 404:
        assert CANARY not in answer.content.decode()
        assert "canary" not in answer.content.decode()


@pytest.mark.parametrize(
    "page",
    [
        page
        for page, _ in PAGES
        if page
        not in {
            "recipient_list",
            "recipient_add",
            "recipient_merge",
            "consent_wording_add",
        }
    ],
)
def test_people_of_other_programs_are_not_there(as_manu, hidden, page):
    for answer in (
        as_manu.get(page_of(hidden, page)),
        as_manu.post(page_of(hidden, page)),
    ):
        assert answer.status_code in {404, 405}
        assert CANARY not in answer.content.decode()


def test_the_wording_is_the_organisations_alone(as_petra, as_adam, dana):
    page = reverse("programs:consent_wording_add")
    people = reverse("programs:recipient_list")

    for answer in (as_petra.get(page), as_petra.post(page, {"text": "Mine."})):
        assert answer.status_code == 404
    assert page not in as_petra.get(people).text
    assert page in as_adam.get(people).text
    assert Wording.objects.count() == 1


def test_an_auditor_sees_no_buttons_that_change_anything(as_audra, dana):
    body = as_audra.get(page_of(dana)).content.decode()

    assert "Record consent" not in body
    assert page_of(dana, "recipient_edit") not in body


def test_recipient_detail_shows_rewards_of_visible_programs_only(
    as_manu, manu, program, autumn, manager, dana, cvs
):
    dana.programs.add(autumn)
    ours = reward_of(program, manu, dana, cvs, "DIGITAL-OURS")
    theirs = reward_of(autumn, manu, dana, cvs, "DIGITAL-THEIRS")

    body = as_manu.get(page_of(dana)).content.decode()

    assert ours.order.po_number in body
    assert theirs.order.po_number not in body
    assert "$15.00" in body
    assert "Queued" in body


def reward_of(program, user, recipient, product, po_number):
    order = Order.objects.create(
        program=program, po_number=po_number, currency="USD", created_by=user
    )
    return Reward.objects.create(
        order=order,
        recipient=recipient,
        product=product,
        value_minor=1500,
        to_name=recipient.name,
        from_name="Rewards Team",
    )
