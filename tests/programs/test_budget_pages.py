"""Funding and adjusting in the browser: a form, a check, one booking."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.actors import WORKER
from portal.money import Money
from programs import budget
from programs.models import Program
from tests import factories


@pytest.fixture
def fund_url(program):
    return reverse("programs:budget_fund", args=[program.pk])


@pytest.fixture
def adjust_url(program):
    return reverse("programs:budget_adjust", args=[program.pk])


def funded(program: Program) -> str:
    program.refresh_from_db()
    return str(program.funded)


def test_budget_fund_asks_to_check_with_the_amount_on_the_button(
    as_adam, program, fund_url
):
    check = as_adam.post(fund_url, {"amount": "1,500", "note": "Transfer 7"})

    assert check.status_code == 200
    assert "Fund $1,500.00" in check.text
    assert "$2,500.00" in check.text
    assert funded(program) == "$1,000.00"


def test_budget_fund_books_once_however_often_it_is_confirmed(
    as_adam, program, fund_url
):
    check = as_adam.post(fund_url, {"amount": "500", "note": "Transfer 7"})
    data = {
        "amount": "500",
        "note": "Transfer 7",
        "confirmed": "yes",
        "key": str(check.context["key"]),
    }

    first = as_adam.post(fund_url, data)
    second = as_adam.post(fund_url, data)

    assert (first.status_code, second.status_code) == (303, 303)
    assert funded(program) == "$1,500.00"
    assert program.budget_entries.latest("id").note == "Transfer 7"


def test_budget_fund_never_books_without_the_check(as_adam, program, fund_url):
    answer = as_adam.post(fund_url, {"amount": "500", "confirmed": "yes"})

    assert "Fund $500.00" in answer.text
    assert funded(program) == "$1,000.00"


def test_budget_fund_goes_back_to_the_form_with_what_was_typed(as_adam, fund_url):
    back = as_adam.post(
        fund_url, {"amount": "500", "note": "Transfer 7", "change": "yes"}
    )

    assert 'value="500"' in back.text
    assert 'value="Transfer 7"' in back.text


@pytest.mark.parametrize("amount", ["", "0", "-5", "1e3", "5.001", "NaN"])
def test_budget_fund_refuses_what_is_no_amount(as_adam, program, fund_url, amount):
    answer = as_adam.post(fund_url, {"amount": amount, "note": "Transfer 7"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["amount"]
    assert "Transfer 7" in answer.text


def test_budget_fund_of_a_closed_program_says_so(as_adam, program, fund_url):
    check = as_adam.post(fund_url, {"amount": "500"})
    Program.objects.update(status="closed")

    answer = as_adam.post(
        fund_url, {"amount": "500", "confirmed": "yes", "key": check.context["key"]}
    )

    assert answer.status_code == 422
    assert "This program is closed" in answer.text


def test_budget_adjust_lowers_and_raises(as_adam, program, adjust_url):
    for direction, after in [("down", "$600.00"), ("up", "$1,000.00")]:
        data = {"direction": direction, "amount": "400", "note": "Typing mistake"}
        check = as_adam.post(adjust_url, data)
        confirmed = {**data, "confirmed": "yes", "key": check.context["key"]}
        assert as_adam.post(adjust_url, confirmed).status_code == 303
        assert funded(program) == after


def test_budget_adjust_shows_the_sign_on_the_button(as_adam, adjust_url):
    check = as_adam.post(
        adjust_url, {"direction": "down", "amount": "400", "note": "Typing mistake"}
    )

    assert "Change the budget by -$400.00" in check.text


def test_budget_adjust_needs_a_reason(as_adam, adjust_url):
    answer = as_adam.post(adjust_url, {"direction": "up", "amount": "400"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["note"]


def test_budget_adjust_takes_no_more_than_is_free_not_even_meanwhile(
    as_adam, program, adjust_url
):
    data = {"direction": "down", "amount": "1000", "note": "All of it"}
    check = as_adam.post(adjust_url, data)
    with transaction.atomic():
        amount = Money.of_minor(100, "USD")
        budget.hold(budget.lock(program.pk), amount, key="1", order_id=1, actor=WORKER)

    answer = as_adam.post(
        adjust_url, {**data, "confirmed": "yes", "key": check.context["key"]}
    )

    assert answer.status_code == 422
    assert "At most $999.00 can be taken away" in answer.text
    assert funded(program) == "$1,000.00"


def test_an_amount_typed_before_the_session_ran_out_is_still_there(
    adam, program, fund_url
):
    client = factories.signed_in(adam)
    client.get(fund_url)
    with time_machine.travel(timezone.now() + timedelta(hours=13), tick=False):
        sent_away = client.post(fund_url, {"amount": "123.45", "note": "Transfer 7"})
        client.force_login(adam)
        page = client.get(fund_url)

    assert sent_away.status_code == 302
    assert 'value="123.45"' in page.text
    assert funded(program) == "$1,000.00"
