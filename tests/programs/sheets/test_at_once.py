"""Two workers with the same people, blocks or rows do everything once."""

import threading

import pytest
from django.db import connection, transaction

from programs.models import Recipient, SheetRow
from programs.sheets import checking, people
from programs.sheets.people import Person
from tests.programs.sheets.checked import make_unchecked

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run them in threads that start together; what each gave."""
    barrier, given, raised = threading.Barrier(len(acts)), {}, []

    def run(number, act):
        try:
            barrier.wait()
            given[number] = act()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, act))
        for number, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    return [given[number] for number in range(len(acts))]


def test_the_same_people_are_added_once(program, manager):
    everybody = [Person(f"P{n}", f"p{n}@example.com", "") for n in range(300)]

    def take_in(some):
        def act():
            with transaction.atomic():
                return people.take_in(program, some, manager)

        return act

    first, second = at_once(take_in(everybody), take_in(everybody[::-1]))
    assert first == second[::-1]
    assert Recipient.objects.count() == program.recipients.count() == 300


def test_a_block_that_is_delivered_twice_at_once_makes_its_rows_once(program, manu):
    rows = [(f"P{n}", f"p{n}@example.com", "") for n in range(150)]
    sheet = make_unchecked(program, manu, rows)
    pk = sheet.blocks.get().pk
    at_once(lambda: checking.check_block(pk), lambda: checking.check_block(pk))
    sheet.refresh_from_db()
    assert sheet.rows_checked == SheetRow.objects.filter(sheet=sheet).count() == 150


def test_blocks_that_end_at_once_still_end_the_list(program, manu):
    from portal.outbox.models import Message

    rows = [(f"P{n}", f"p{n}@example.com", "") for n in range(40)]
    sheet = make_unchecked(program, manu, rows, block=20)
    first, second = sheet.blocks.values_list("pk", flat=True)
    at_once(lambda: checking.check_block(first), lambda: checking.check_block(second))
    assert Message.objects.filter(topic=checking.FINISH_TOPIC).count() == 1
