"""What people see and what a hand-made request gets: never a 500."""

import pytest

from orders import drafts
from orders.models import Order
from portal.accounts.models import actor_of
from portal.permissions import Role
from tests import factories
from tests.orders.test_digital_flow import filled

ODD = ["\u00b2", "-1", "1e9", "9" * 60, " ", "\x00", "\u0661"]


@pytest.fixture
def draft(program, cvs, manu):
    return factories.make_draft(program, cvs, manu)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", ["version", "estimate"])
def test_a_submission_with_odd_numbers_is_refused(as_manu, draft, field, odd):
    good = {"version": draft.version, "estimate": draft.estimate_minor}

    response = as_manu.post(f"/orders/{draft.reference}/submit/", {**good, field: odd})

    assert response.status_code == {"version": 409, "estimate": 422}[field]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("act", ["cancel", "resume", "give-up"])
def test_an_act_with_an_odd_version_is_stale(as_manu, draft, act, odd):
    response = as_manu.post(f"/orders/{draft.reference}/{act}/", {"version": odd})

    assert response.status_code == 409
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["program", "recipient", "again"])
def test_odd_prefilling_is_ignored(as_manu, program, cvs, name, odd):
    assert as_manu.get("/send/digital/", {name: odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "name", ["program", "product", "quantity", "value", "form_key"]
)
def test_an_odd_choice_comes_back_to_the_form(as_manu, program, cvs, name, odd):
    typed = {**filled(program, cvs), name: odd}

    response = as_manu.post("/send/digital/", typed)

    # An Arabic one is a one: it may be the id of the first program or product.
    fine = {303, 422} if odd == "\u0661" else {422}
    assert response.status_code in fine
    assert Order.objects.count() == (response.status_code == 303)


def test_clicking_twice_with_a_number_typed_leads_to_the_one_order(
    as_manu, program, cvs
):
    typed = {**filled(program, cvs), "po_number": "MINE-1"}

    first, second = (as_manu.post("/send/digital/", typed) for _ in range(2))

    order = Order.objects.get()
    assert first.status_code == second.status_code == 303
    assert first.url == second.url == f"/orders/{order.reference}/check/"


def test_submitting_twice_leads_to_the_one_order(as_manu, program, draft):
    form = {"version": draft.version, "estimate": draft.estimate_minor}
    url = f"/orders/{draft.reference}/submit/"

    first, second = (as_manu.post(url, form) for _ in range(2))

    assert first.status_code == second.status_code == 303
    program.refresh_from_db()
    assert program.held_minor == 1500


def test_what_was_changed_after_going_back_is_what_is_on_the_check_page(
    as_manu, program, cvs
):
    typed = filled(program, cvs)
    as_manu.post("/send/digital/", typed)

    page = as_manu.post("/send/digital/", {**typed, "value": "50"}, follow=True)

    assert Order.objects.count() == 1
    assert "$50.00" in page.content.decode()
    assert Order.objects.get().rewards.get().value_minor == 5000


def test_the_price_on_the_button_is_the_price_submitted(as_manu, program, cvs, draft):
    cvs.fee_minor = 100
    cvs.save()

    response = as_manu.post(
        f"/orders/{draft.reference}/submit/",
        {"version": draft.version, "estimate": draft.estimate_minor},
    )

    assert response.status_code == 422
    assert "$16.00" in response.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.estimate_minor) == ("draft", 1500)


@pytest.mark.parametrize("who", ["as_otto", "as_audra", "as_ada"])
@pytest.mark.parametrize("act", ["submit", "cancel", "resume", "give-up", "edit"])
def test_only_managers_act_on_an_order(request, draft, who, act):
    client = request.getfixturevalue(who)

    response = client.post(f"/orders/{draft.reference}/{act}/", {"version": 1})

    assert response.status_code == 404
    draft.refresh_from_db()
    assert (draft.status, draft.version) == ("draft", 1)


def test_a_manager_of_another_program_sees_nothing(program, cvs, draft):
    other = factories.make_program("Other")
    mia = factories.make_member("Mia", other, Role.MANAGER)
    client = factories.signed_in(mia)

    for path in ("", "check/", "edit/", "cancel/", "give-up/"):
        assert client.get(f"/orders/{draft.reference}/{path}").status_code == 404


def test_every_page_of_an_order_opens_in_every_state(
    program, cvs, manu, ada, as_manu, as_ada, as_audra, sandbox, worker, at_once
):
    orders = [
        factories.make_draft(program, cvs, manu),
        factories.make_submitted(program, cvs, manu),
        factories.make_approved(program, cvs, manu, ada),
    ]
    sandbox.settings(next=["insufficient_422"])
    worker.run(seconds=10)
    orders.append(factories.make_approved(program, cvs, manu, ada))
    worker.run(seconds=10)

    for order in orders:
        for client in (as_manu, as_ada, as_audra):
            assert client.get(f"/orders/{order.reference}/").status_code == 200
    for client in (as_manu, as_ada, as_audra):
        assert client.get("/").status_code == 200
        assert client.get("/orders/").status_code == 200
    assert as_ada.get("/approvals/").status_code == 200


def test_a_back_button_after_submitting_changes_nothing(as_manu, program, cvs, manu):
    typed = filled(program, cvs)
    as_manu.post("/send/digital/", typed)
    order = Order.objects.get()
    drafts.submit(order, version=order.version, actor=actor_of(manu))

    as_manu.post("/send/digital/", {**typed, "value": "50"})

    assert Order.objects.get().rewards.get().value_minor == 1500
