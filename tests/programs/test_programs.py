"""Setting programs up and running them: the verbs."""

import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from portal.actors import WORKER
from portal.audit.models import Entry
from portal.money import CurrencyMismatch, Money
from programs import budget, programs
from programs.models import Program
from tests import factories

ACTIVE, PAUSED, CLOSED = Program.Status


def setup_from(program: Program, **changes: Any) -> programs.Setup:
    return replace(programs.setup_of(program), **changes)


def test_a_new_program_is_active_and_journalled(program, cvs, boss):
    amount = Money(Decimal("99.50"), "USD")
    setup = setup_from(
        program,
        name="Autumn",
        products=frozenset({cvs.pk}),
        reward_cap=amount,
        approval_rule=Program.ApprovalRule.ABOVE,
        approval_above=amount,
        delivery_types=("DigitalDelivery", "Links"),
    )

    made = Program.objects.get(pk=programs.create(setup, actor=boss).pk)

    assert (made.status, made.version) == (ACTIVE, 1)
    assert programs.setup_of(made) == setup
    act = Entry.objects.latest("sequence")
    assert (act.action, act.subject_id) == ("program.created", str(made.pk))
    assert act.program_id == made.pk


def test_a_name_is_taken_whatever_its_case(program, boss):
    with pytest.raises(programs.NameTaken):
        programs.create(setup_from(program, name="SPRING"), actor=boss)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["create", "edit"])
def test_a_name_is_taken_by_whoever_is_first_at_the_same_moment(program, boss, verb):
    outcomes, setup = [], setup_from(program, name="Autumn")

    def write() -> None:
        try:
            if verb == "create":
                programs.create(setup, actor=boss)
            else:
                programs.edit(program, setup, version=program.version, actor=boss)
        except Exception as outcome:
            outcomes.append(type(outcome))
        finally:
            connection.close()

    thread = threading.Thread(target=write)
    with transaction.atomic():
        factories.make_program("Autumn")
        thread.start()
        # Long enough to look for the name, and to wait for this transaction to end.
        thread.join(timeout=0.5)
    thread.join()

    assert outcomes == [programs.NameTaken]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"starts_on": date(2026, 2, 2), "ends_on": date(2026, 2, 1)},
        {"approval_rule": Program.ApprovalRule.ABOVE, "approval_above": None},
    ],
)
def test_a_setup_that_makes_no_sense_cannot_exist(program, nonsense):
    with pytest.raises(ValueError, match=r"a program ends|needs its amount"):
        setup_from(program, **nonsense)


def test_an_edit_names_the_changed_fields_and_nothing_personal(program, boss):
    setup = setup_from(program, message="Well done!", purpose="Thanks", kind="survey")

    programs.edit(program, setup, version=1, actor=boss)

    program.refresh_from_db()
    assert (program.message, program.version) == ("Well done!", 2)
    act = Entry.objects.latest("sequence")
    assert act.action == "program.edited"
    assert act.data == {"fields": ["purpose", "message"]}


def test_an_edit_that_changes_nothing_is_no_act(program, boss):
    before = Entry.objects.count()

    programs.edit(program, programs.setup_of(program), version=1, actor=boss)

    program.refresh_from_db()
    assert (Entry.objects.count(), program.version) == (before, 1)


def test_an_edit_of_an_older_version_changes_nothing(program, boss):
    programs.edit(program, setup_from(program, purpose="One"), version=1, actor=boss)

    with pytest.raises(programs.Stale):
        programs.edit(program, setup_from(program, name="Two"), version=1, actor=boss)

    program.refresh_from_db()
    assert (program.name, program.purpose) == ("Spring", "One")


def test_an_edit_keeps_the_money_booked_meanwhile(program, boss):
    seen = Program.objects.get(pk=program.pk)
    budget.fund(program, Money(Decimal(5), "USD"), actor=boss)

    programs.edit(seen, setup_from(seen, purpose="New"), version=1, actor=boss)

    program.refresh_from_db()
    assert program.funded == Money(Decimal(1005), "USD")


def test_the_currency_is_fixed_once_money_was_booked(program, boss):
    with pytest.raises(programs.CurrencyFixed):
        programs.edit(
            program, setup_from(program, currency="EUR"), version=1, actor=boss
        )


def test_the_currency_of_an_empty_program_can_change(db, boss):
    program = factories.make_program("Empty", reward_cap_minor=500)
    setup = setup_from(program, currency="EUR", reward_cap=Money(Decimal(7), "EUR"))

    programs.edit(program, setup, version=1, actor=boss)

    program.refresh_from_db()
    assert program.reward_cap == Money(Decimal(7), "EUR")


def test_a_cap_of_another_currency_is_refused(program, boss):
    setup = setup_from(program, reward_cap=Money(Decimal(7), "EUR"))

    with pytest.raises(CurrencyMismatch):
        programs.edit(program, setup, version=1, actor=boss)


MOVES = {
    (programs.pause, ACTIVE): PAUSED,
    (programs.resume, PAUSED): ACTIVE,
    (programs.close, ACTIVE): CLOSED,
    (programs.close, PAUSED): CLOSED,
}


@pytest.mark.parametrize("status", Program.Status)
@pytest.mark.parametrize("verb", [programs.pause, programs.resume, programs.close])
def test_the_status_moves_only_along_the_table(program, boss, verb, status):
    Program.objects.update(status=status)
    acts = Entry.objects.count()

    if (verb, status) in MOVES:
        verb(program, actor=boss)
        expected, acted = MOVES[verb, status], 1
    else:
        with pytest.raises(programs.WrongStatus):
            verb(program, actor=boss)
        expected, acted = status, 0

    program.refresh_from_db()
    assert program.status == expected
    assert Entry.objects.count() == acts + acted


def test_a_closed_program_is_not_edited(program, boss):
    programs.close(program, actor=boss)

    with pytest.raises(programs.WrongStatus):
        programs.edit(program, setup_from(program, name="Two"), version=1, actor=boss)


def test_a_program_with_money_held_does_not_close(program, boss):
    held = Money(Decimal(15), "USD")
    with transaction.atomic():
        budget.hold(budget.lock(program.pk), held, key="1", order_id=1, actor=WORKER)

    with pytest.raises(programs.MoneyHeld) as refusal:
        programs.close(program, actor=boss)

    program.refresh_from_db()
    assert (program.status, refusal.value.held) == (ACTIVE, held)
