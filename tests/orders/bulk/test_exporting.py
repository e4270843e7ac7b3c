"""The result as a file: the list's own columns, and what became of each row."""

from io import BytesIO

import pytest

from orders import placing, releasing
from orders.bulk import exporting
from portal import tabular
from portal.actors import WORKER
from portal.audit.models import Entry
from tests.orders.bulk import lists

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(program, cvs, manu, release):
    rows = [{}, {"cells": ["=HYPERLINK(1)", "person3@example.com"]}, {}]
    return release(lists.make_sheet(program, cvs, manu, rows=rows), manu)


def test_every_row_is_there_with_its_own_cells_and_its_result(
    order, worker, sandbox, manager
):
    worker.run(seconds=60)

    exported = exporting.export(order, actor=manager)
    rows = list(exported.rows)

    assert exported.columns[:3] == ["Name", "E-mail", "Status"]
    assert [row[:3] for row in rows] == [
        ["Person 2", "person2@example.com", "Sent"],
        ["=HYPERLINK(1)", "person3@example.com", "Sent"],
        ["Person 4", "person4@example.com", "Sent"],
    ]
    assert {row[6] for row in rows} == {order.po_number}
    assert all(row[3].endswith("UTC") and row[7] for row in rows)


def test_what_was_not_sent_says_why(order, sandbox, worker, manager):
    sandbox.settings(products={"CVS": None})
    worker.run(seconds=60)

    rows = list(exporting.export(order, actor=manager).rows)

    assert all(row[2] == "Failed" and row[5] and not row[3] for row in rows)


def test_the_file_reads_back_as_it_was_and_runs_nothing(order, manager):
    exported = exporting.export(order, actor=manager)
    file = b"".join(tabular.csv_lines(exported.columns, exported.rows))

    assert b"\n=HYPERLINK" not in file
    table = tabular.open_table(BytesIO(file), "result.csv")
    assert [cells[0] for _number, cells in table] == [
        "Person 2",
        "=HYPERLINK(1)",
        "Person 4",
    ]


def test_the_journal_knows_of_it_before_the_first_byte(order, manager):
    exporting.export(order, actor=manager)

    entry = Entry.objects.get(action="order.exported")
    assert entry.data == {"sheet": order.sheet_id, "rewards": 3}


def test_it_can_be_had_while_it_is_sent(order, manager, sandbox):
    releasing.release(order.pk, actor=WORKER)
    placing.begin(order.placements.get().pk, actor=WORKER)

    rows = list(exporting.export(order, actor=manager).rows)

    assert {row[2] for row in rows} == {"Queued"}
