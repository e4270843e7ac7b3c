"""The ledger: nothing is spent twice, and it always adds up."""

import threading
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.money import CurrencyMismatch, Money
from programs import budget
from programs.models import BudgetEntry, Program
from tests import factories


def usd(amount: str | int) -> Money:
    return Money(Decimal(amount), "USD")


def test_funding_is_booked_and_journalled_once(program, boss):
    entry = budget.fund(program, usd("12.50"), actor=boss, note="Transfer 7")

    program.refresh_from_db()
    assert program.funded == usd("1012.50")
    assert entry.available_after == usd("1012.50")
    act = Entry.objects.latest("sequence")
    assert act.action == "budget.funded"
    assert act.data == {"entry": entry.pk, "amount": 1250, "currency": "USD"}


def test_the_same_form_books_once(program, boss):
    key = uuid4()

    first = budget.fund(program, usd(5), actor=boss, form_key=key)
    second = budget.fund(program, usd(5), actor=boss, form_key=key)

    program.refresh_from_db()
    assert first == second
    assert program.funded == usd(1005)
    assert Entry.objects.filter(action="budget.funded").count() == 2  # one by the cast


def test_one_key_means_one_booking_per_program_only(program, boss):
    other, key = factories.make_program("Other"), uuid4()

    budget.fund(program, usd(5), actor=boss, form_key=key)
    budget.fund(other, usd(5), actor=boss, form_key=key)

    other.refresh_from_db()
    assert other.funded == usd(5)


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_funding_is_positive(program, boss, amount):
    with pytest.raises(ValueError, match="positive"):
        budget.fund(program, usd(amount), actor=boss)


def test_another_currency_is_refused(program, boss):
    with pytest.raises(CurrencyMismatch):
        budget.fund(program, Money(Decimal(5), "EUR"), actor=boss)


def test_a_closed_program_gets_no_more_money(program, boss):
    Program.objects.update(status=Program.Status.CLOSED)

    with pytest.raises(budget.Closed):
        budget.fund(program, usd(5), actor=boss)


def test_an_adjustment_lowers_down_to_what_is_free(program, boss):
    with transaction.atomic():
        budget.hold(
            budget.lock(program.pk), usd(400), key="1", order_id=1, actor=WORKER
        )

    with pytest.raises(budget.OverBudget) as refusal:
        budget.adjust(program, usd("-600.01"), actor=boss, note="Too much")
    assert refusal.value.available == usd(600)
    budget.adjust(program, usd(-600), actor=boss, note="Just enough")

    program.refresh_from_db()
    assert (program.funded, program.available) == (usd(400), usd(0))


def test_an_adjustment_of_nothing_is_refused(program, boss):
    with pytest.raises(ValueError, match="changes something"):
        budget.adjust(program, usd(0), actor=boss, note="Nothing")


def test_settling_gives_back_the_rest_and_runs_once(program):
    _in_verb(program, "hold", usd(20), key="p1")

    for _ in range(2):
        with transaction.atomic():
            budget.settle(
                budget.lock(program.pk),
                usd("18.40"),
                held=usd(20),
                key="p1",
                order_id=1,
                actor=WORKER,
            )

    program.refresh_from_db()
    assert (program.held, program.spent) == (usd(0), usd("18.40"))
    kinds = list(program.budget_entries.order_by("id").values_list("kind", flat=True))
    assert kinds == ["fund", "hold", "release", "spend"]


def test_a_charge_beyond_the_hold_takes_what_is_free_and_no_more(program):
    _in_verb(program, "hold", usd(999), key="p1")

    with transaction.atomic(), pytest.raises(budget.OverBudget):
        budget.settle(
            budget.lock(program.pk),
            usd("1000.01"),
            held=usd(999),
            key="p1",
            order_id=1,
            actor=WORKER,
        )

    program.refresh_from_db()
    assert (program.held, program.spent) == (usd(999), usd(0))


def test_the_database_itself_refuses_to_overspend(program):
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.filter(pk=program.pk).update(
            held_minor=60_000, spent_minor=40_001
        )


def test_the_database_itself_refuses_a_negative_hold(program):
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.filter(pk=program.pk).update(held_minor=-1)


# The one way round a row trigger that each engine has.
BACK_DOORS = {
    "sqlite": "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
    "postgresql": "TRUNCATE {0} CASCADE",
}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE {0} SET amount_minor = 1", "DELETE FROM {0}", "back door"],
)
def test_the_ledger_is_append_only_in_the_database(program, statement):
    statement = BACK_DOORS[connection.vendor] if statement == "back door" else statement
    before = list(BudgetEntry.objects.values())
    connection.check_constraints()  # PostgreSQL truncates nothing while some wait

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(BudgetEntry._meta.db_table))

    assert list(BudgetEntry.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_for_the_last_dollar_exactly_one_gets_it(adam):
    program = factories.make_program("Last", funded=1, funded_by=adam)
    start, outcomes = threading.Barrier(2), []

    def hold(key: str) -> None:
        start.wait()
        try:
            _in_verb(program, "hold", usd(1), key=key)
        except budget.OverBudget:
            outcomes.append("refused")
        else:
            outcomes.append("held")
        finally:
            connection.close()

    threads = [threading.Thread(target=hold, args=(key,)) for key in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    program.refresh_from_db()
    assert sorted(outcomes) == ["held", "refused"]
    assert program.held == usd(1)


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_the_same_moment_books_once(adam):
    program, key = factories.make_program("Twice"), uuid4()
    start = threading.Barrier(2)

    def fund() -> None:
        start.wait()
        budget.fund(program, usd(5), actor=actor_of(adam), form_key=key)
        connection.close()

    threads = [threading.Thread(target=fund) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    program.refresh_from_db()
    assert program.funded == usd(5)


POSTINGS = st.lists(
    st.tuples(
        st.sampled_from(["fund", "up", "down", "hold", "release", "settle", "again"]),
        st.integers(1, 5_000),
    ),
    max_size=25,
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(postings=POSTINGS)
def test_the_ledger_always_adds_up(boss, postings):
    program = factories.make_program(f"P{uuid4()}")
    for number, (kind, minor) in enumerate(postings):
        _post(program, kind, Money.of_minor(minor, "USD"), str(number), boss)

    program.refresh_from_db()
    entries = list(program.budget_entries.order_by("id"))
    sums = dict.fromkeys(BudgetEntry.Kind.values, 0)
    for entry in entries:
        sums[entry.kind] += entry.amount_minor
        assert entry.available_after.amount >= 0
    assert program.funded_minor == sums["fund"] + sums["adjust"]
    assert program.held_minor == sums["hold"] - sums["release"]
    assert program.spent_minor == sums["spend"]
    if entries:
        assert entries[-1].available_after == program.available


def _post(program: Program, kind: str, amount: Money, key: str, boss) -> None:
    """One posting of a random kind; what is refused must change nothing."""
    try:
        if kind == "fund":
            budget.fund(program, amount, actor=boss)
        elif kind in ("up", "down"):
            signed = amount if kind == "up" else amount * -1
            budget.adjust(program, signed, actor=boss, note="Random")
        elif kind == "hold":
            _in_verb(program, "hold", amount, key=key)
        else:
            _close_hold(program, kind, amount)
    except budget.OverBudget:
        pass


def _close_hold(program: Program, kind: str, amount: Money) -> None:
    """Release or settle the latest hold, or try one that is finished again."""
    held = program.budget_entries.filter(kind="hold").order_by("-id").first()
    if held is None:
        return
    key = held.key.removeprefix("hold:")
    is_open = not BudgetEntry.objects.filter(key=f"release:{key}").exists()
    if kind == "release" or (kind == "again" and not is_open):
        if is_open or kind == "again":
            _in_verb(program, "release", held.amount, key=key)
    elif is_open:
        with transaction.atomic():
            budget.settle(
                budget.lock(program.pk),
                amount,
                held=held.amount,
                key=key,
                order_id=1,
                actor=WORKER,
            )


def _in_verb(program: Program, posting: str, amount: Money, *, key: str) -> None:
    """As an order's verb does it: lock, post, commit."""
    name = f"{program.pk}-{key}" if posting == "hold" else key
    with transaction.atomic():
        getattr(budget, posting)(
            budget.lock(program.pk), amount, key=name, order_id=1, actor=WORKER
        )
