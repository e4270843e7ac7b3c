"""A list from the shell: the same draft order, and never more than a draft."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orders.management.commands import sendlist
from orders.models import Order
from programs.models import Sheet

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = """Name,E-mail,Product,Value
Maria,maria@example.com,CVS,10
Jo,jo@example.com,CVS,$25
"""


@pytest.fixture
def run(tmp_path, program, manu, cvs):
    def run(text, *more, email=manu.email, name=program.name):
        file = tmp_path / "people.csv"
        file.write_text(text)
        out = StringIO()
        call_command(
            "sendlist",
            str(file),
            "--program",
            str(name),
            "--as",
            email,
            *more,
            stdout=out,
            stderr=out,
        )
        return out.getvalue()

    return run


def test_a_clean_list_becomes_a_draft_order(run, manu):
    said = run(GOOD)

    order = Order.objects.get()
    assert (order.status, order.rewards_count, order.estimate_minor) == (
        "draft",
        2,
        3500,
    )
    assert order.created_by == manu
    assert "2 rows: 2 ready" in said
    assert f"/orders/{order.reference}/check/" in said


def test_a_program_can_be_named_by_its_id(run, program):
    run(GOOD, name=program.pk)

    assert Order.objects.get().program == program


def test_what_the_columns_do_not_say_can_be_said(run):
    text = "Wer,Wohin\nMaria,maria@example.com\n"

    run(text, "--mapping", "name=Wer", "email=2", "--answer", "product=CVS", "value=10")

    assert Order.objects.get().rewards.get().email == "maria@example.com"


def test_columns_that_are_not_clear_end_with_three(run):
    with pytest.raises(CommandError) as refusal:
        run("E-mail\nmaria@example.com\n")

    assert refusal.value.returncode == sendlist.NEEDS_COLUMNS
    assert not Order.objects.exists()


def test_columns_that_are_clear_are_not_read_otherwise(run):
    with pytest.raises(CommandError, match="Rename"):
        run(GOOD, "--answer", "from_name=Somebody")

    assert not Order.objects.exists()


def test_problems_are_told_by_kind_and_the_good_rows_go(run):
    said = run(GOOD + "Bo,bo@example.com,Nonesuch,10\n")

    assert "3 rows: 2 ready, 1 with problems" in said
    assert "1 × Products that this program does not offer" in said
    assert Order.objects.get().rewards_count == 2


def test_without_a_good_row_it_ends_with_four(run):
    with pytest.raises(CommandError) as refusal:
        run("Name,E-mail,Product,Value\nBo,bo@example.com,CVS,7\n")

    assert refusal.value.returncode == sendlist.NOTHING_READY


@pytest.mark.parametrize(
    "change",
    [
        {"name": "No such program"},
        {"email": "nobody@example.com"},
        {"text": ""},
        {"more": ["--mapping", "email"]},
    ],
)
def test_bad_input_is_refused_with_a_sentence(run, change):
    more = change.pop("more", [])
    with pytest.raises(CommandError) as refusal:
        run(change.pop("text", GOOD), *more, **change)

    assert refusal.value.returncode == 1
    assert not Sheet.objects.exclude(status="refused").exists()


def test_only_who_may_send_in_the_program_can(run, audra):
    with pytest.raises(CommandError):
        run(GOOD, email=audra.email)

    assert not Sheet.objects.exists()
