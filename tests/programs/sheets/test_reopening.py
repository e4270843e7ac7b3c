"""Columns that were read wrongly are changed: every row is as it came again."""

from contextlib import suppress

import pytest

from orders.bulk import filling
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.outbox import dispatch, stuck
from portal.outbox.models import Message
from programs.models import (
    RememberedMapping,
    RowProblem,
    Sheet,
    SheetBlock,
    SheetChunk,
    SheetRow,
)
from programs.sheets import (
    adding,
    cancelling,
    checking,
    discarding,
    finishing,
    fixing,
    locking,
    mappings,
    reopening,
    repairs,
    splitting,
)
from tests.orders.bulk import lists as orders_of
from tests.programs.sheets import lists
from tests.programs.sheets.checked import check, make_checked, row, work

# Verbs commit for themselves, as they do in production.
pytestmark = pytest.mark.django_db(transaction=True)

# Both columns of addresses are called by a name of the e-mail; the second is right.
MAILS = lists.lines(
    ("Name", "E-mail", "Contact address", "Gift", "Value"),
    ("Ann", "ann@example.com", "ann@example.org", "CVS", 15),
    ("Bea", "bea@gamil.com", "bea@example.org", "CVS", 15),
    ("Cem", "none", "cem@example.org", "CVS", 15),
)
RIGHT = {"name": 0, "email": 2, "product": 3, "value": 4}


class Killed(BaseException):
    """What a worker does not survive."""


@pytest.fixture
def sheet(program, cvs, manu):
    """Checked at once, with the wrong one of two columns."""
    return check(lists.read(program, manu, MAILS))


@pytest.fixture
def long(program, manu):
    """More rows than any engine moves in two steps."""
    rows = [[f"Person {n}", f"person{n}@example.com", ""] for n in range(2345)]
    return make_checked(program, manu, rows)


def reopen(sheet: Sheet, manu) -> Sheet:
    return reopening.reopen(sheet, version=sheet.version, actor=actor_of(manu))


def accept(sheet: Sheet, manu, mapping: dict[str, int] = RIGHT) -> Sheet:
    return mappings.accept(
        sheet, mapping=mapping, answers={}, version=sheet.version, actor=actor_of(manu)
    )


def in_blocks(sheet: Sheet) -> list[tuple[int, list[str]]]:
    blocks = sheet.blocks.order_by("number")
    return [(number, cells) for block in blocks for number, cells in block.rows]


def text(response):
    return " ".join(response.content.decode().split())


def test_the_rows_are_as_they_came_and_wait_for_their_columns(sheet, manu):
    fixing.fix(
        row(sheet, 3), field="email", value="b@example.com", actor=actor_of(manu)
    )
    sheet.refresh_from_db()

    reopen(sheet, manu)

    sheet.refresh_from_db()
    assert sheet.status == Sheet.Status.MAPPING
    assert in_blocks(sheet) == [
        (2, ["Ann", "ann@example.com", "ann@example.org", "CVS", "15"]),
        (3, ["Bea", "bea@gamil.com", "bea@example.org", "CVS", "15"]),
        (4, ["Cem", "none", "cem@example.org", "CVS", "15"]),
    ]
    assert not SheetRow.objects.exists()
    assert not RowProblem.objects.exists()
    assert (sheet.rows_total, sheet.rows_checked, sheet.problems_found) == (3, 0, 0)


def test_other_columns_make_other_rows(sheet, manu):
    assert row(sheet, 4).status == SheetRow.Status.PROBLEM
    reopened = reopen(sheet, manu)

    accept(reopened, manu)
    work()

    sheet.refresh_from_db()
    emails = sheet.rows.order_by("number").values_list("email", flat=True)
    assert list(emails) == ["ann@example.org", "bea@example.org", "cem@example.org"]
    assert set(sheet.rows.values_list("status", flat=True)) == {"ready"}
    assert (sheet.status, sheet.rows_checked) == (Sheet.Status.CHECKED, 3)
    assert sheet.checked_at is not None


def test_columns_can_be_changed_again_and_again(sheet, manu):
    for column, expected in ((2, "ann@example.org"), (1, "ann@example.com")):
        accept(reopen(sheet, manu), manu, RIGHT | {"email": column})
        work()
        sheet.refresh_from_db()

        assert sheet.status == Sheet.Status.CHECKED
        assert row(sheet, 2).email == expected


def test_the_page_begins_with_the_columns_and_answers_as_they_were(
    program, cvs, manu, as_manu
):
    content = "Who,Address,More\nAnn,ann@example.com,x\n"
    sheet = lists.read(program, manu, content)
    mappings.accept(
        sheet,
        mapping={"to_name": 0, "email": 1},
        answers={"product": "CVS", "value": "25", "deliver_at": "2030-01-31"},
        version=sheet.version,
        actor=actor_of(manu),
    )
    sheet = check(sheet)

    reopened = reopen(sheet, manu)

    proposal = mappings.proposal_of(reopened)
    assert proposal.mapping == {"to_name": 0, "email": 1}
    assert set(proposal.how.values()) == {"before"}
    page = as_manu.get(f"/bulk/{sheet.pk}/map/")
    form = page.context["form"]
    assert form["column_to_name"].value() == 0
    assert form["answer_value"].value() == "25"
    assert form["answer_deliver_at"].value() == "2030-01-31"
    assert "As it was read until now" in text(page)
    assert "Needed from you" not in text(page)


def test_remembered_columns_are_asked_for_this_time_and_replaced(program, sheet, manu):
    accept(reopen(sheet, manu), manu, RIGHT | {"email": 1})
    work()
    sheet.refresh_from_db()

    reopened = reopen(sheet, manu)

    assert reopened.status == Sheet.Status.MAPPING
    assert not Message.objects.filter(status=Message.Status.WAITING).exists()
    accept(reopened, manu)
    assert RememberedMapping.objects.get().mapping == RIGHT
    again = lists.read(program, manu, MAILS)
    assert (again.status, again.mapping) == (Sheet.Status.CHECKING, RIGHT)


def test_what_is_lost_is_counted(sheet, manu):
    actor = actor_of(manu)
    assert reopening.lost(sheet) == reopening.Lost(corrected=0, excluded=0)

    fixing.fix(row(sheet, 4), field="email", value="cem@example.com", actor=actor)
    fixing.accept(row(sheet, 3), kind="email_typo:gmail.com", actor=actor)
    fixing.exclude(row(sheet, 2), actor)

    assert reopening.lost(sheet) == reopening.Lost(corrected=2, excluded=1)


def test_the_journal_tells_how_much_was_dropped_and_no_row(sheet, manu):
    fixing.exclude(row(sheet, 2), actor_of(manu))
    sheet.refresh_from_db()

    reopen(sheet, manu)

    entry = Entry.objects.get(action="sheet.reopened")
    assert entry.data == {
        "rows": 3,
        "corrected": 0,
        "excluded": 1,
        "digest": sheet.digest,
    }
    assert (entry.actor_id, entry.channel) == (str(manu.pk), "web")


def test_a_page_that_is_out_of_date_changes_nothing(sheet, manu):
    with pytest.raises(locking.Stale):
        reopening.reopen(sheet, version=sheet.version + 1, actor=actor_of(manu))

    assert sheet.rows.count() == 3


@pytest.mark.parametrize("status", sorted({*Sheet.Status} - {Sheet.Status.CHECKED}))
def test_only_a_checked_list_is_reopened(status, sheet, manu):
    Sheet.objects.filter(pk=sheet.pk).update(status=status)

    with pytest.raises(locking.WrongStatus):
        reopen(sheet, manu)

    assert sheet.rows.count() == 3


def test_a_list_whose_rows_are_in_an_order_stays_until_they_are_back(sheet, manu):
    actor = actor_of(manu)
    order = orders_of.make_order(sheet, manu)
    with pytest.raises(reopening.Used, match="Take its order back"):
        reopen(sheet, manu)

    filling.reopen(order, version=order.version, actor=actor)
    sheet.refresh_from_db()
    accept(reopen(sheet, manu), manu)
    work()
    sheet.refresh_from_db()
    again = orders_of.make_order(sheet, manu)

    assert again.pk == order.pk
    emails = again.rewards.order_by("row__number").values_list("email", flat=True)
    assert list(emails) == ["ann@example.org", "bea@example.org", "cem@example.org"]


def test_a_row_whose_reward_failed_is_still_its_row(sheet, manu):
    order = orders_of.make_order(sheet, manu)
    order.rewards.update(status="failed")
    SheetRow.objects.update(status=SheetRow.Status.READY)
    sheet.refresh_from_db()

    with pytest.raises(reopening.Used):
        reopen(sheet, manu)

    assert sheet.rows.count() == 3


def test_people_of_the_address_book_stay_there(long, manu):
    adding.begin(long, version=long.version, actor=actor_of(manu))
    work()
    long.refresh_from_db()

    with pytest.raises(reopening.Used, match="upload the file again"):
        reopen(long, manu)


def test_the_worker_moves_what_is_too_much_for_a_page(long, manu, as_manu):
    reopened = reopen(long, manu)
    assert reopened.status == Sheet.Status.READING
    assert 0 < reopened.rows_total < 2345
    read = f"{reopened.rows_total:,} rows read so far"
    assert read in text(as_manu.get(f"/bulk/{long.pk}/"))

    dispatch.drain()

    long.refresh_from_db()
    assert long.status == Sheet.Status.MAPPING
    assert [number for number, _cells in in_blocks(long)] == list(range(2, 2347))
    accept(long, manu, {"name": 0, "email": 1, "phone": 2})
    work()
    long.refresh_from_db()
    assert (long.status, long.rows_checked) == (Sheet.Status.CHECKED, 2345)
    assert long.rows.count() == 2345


@pytest.mark.parametrize("survived", [0, 1])
@pytest.mark.parametrize("is_late", [False, True])
def test_a_worker_that_was_killed_is_followed_by_one_that_goes_on(
    survived, is_late, long, manu, monkeypatch
):
    reopened = reopen(long, manu)
    plain, moved = reopening._move, 0

    def move(sheet: Sheet) -> bool:
        nonlocal moved
        if moved < survived:
            moved += 1
            return plain(sheet)
        if is_late:
            plain(sheet)
        raise Killed

    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(reopening, "_move", move)
        reopening.go_on(long.pk)

    long.refresh_from_db()
    assert long.rows_total == reopened.rows_total * (survived + 1)
    assert long.rows.count() == 2345 - long.rows_total
    assert reopening.go_on(long.pk)
    long.refresh_from_db()
    assert long.status == Sheet.Status.MAPPING
    assert [number for number, _cells in in_blocks(long)] == list(range(2, 2347))


def test_two_workers_move_each_row_once(long, manu, monkeypatch):
    reopen(long, manu)
    plain = reopening._step
    done: list[bool] = []

    def step(sheet_id: int) -> bool:
        is_over = plain(sheet_id)
        if not done:
            done.append(True)
            reopening.go_on(sheet_id)
        return is_over

    monkeypatch.setattr(reopening, "_step", step)
    assert reopening.go_on(long.pk)

    long.refresh_from_db()
    assert long.rows_total == 2345
    assert [number for number, _cells in in_blocks(long)] == list(range(2, 2347))


def test_a_long_list_is_moved_in_turns(long, manu, monkeypatch):
    reopen(long, manu)
    monkeypatch.setattr(discarding, "SECONDS", 0.0)

    turns = 1
    while not reopening.go_on(long.pk):
        turns += 1

    assert turns > 1
    assert not long.rows.exists()


def test_a_late_reader_of_the_file_leaves_it_alone(long, manu):
    reopen(long, manu)
    before = Sheet.objects.values().get(pk=long.pk)

    assert splitting.split(long.pk)

    assert Sheet.objects.values().get(pk=long.pk) == before


def test_the_file_is_taken_away_meanwhile(long, manu):
    SheetChunk.objects.create(sheet=long, number=0, content=b"x")
    reopen(long, manu)

    assert discarding.discard(long.pk)

    assert not SheetChunk.objects.exists()
    assert long.rows.count() + len(in_blocks(long)) == 2345


def test_it_can_be_cancelled_meanwhile(long, manu):
    reopened = reopen(long, manu)

    cancelling.cancel(reopened, version=reopened.version, actor=actor_of(manu))
    work()

    long.refresh_from_db()
    assert long.status == Sheet.Status.CANCELLED
    assert not SheetRow.objects.exists()
    assert not SheetBlock.objects.exists()


def test_a_list_whose_reopening_is_given_up_is_refused(long, manu, boss):
    reopen(long, manu)
    message = Message.objects.get(topic=reopening.REOPEN_TOPIC)
    Message.objects.filter(pk=message.pk).update(status="stuck")
    message.refresh_from_db()

    stuck.give_up(message, reason="Broken", actor=boss)
    work()

    long.refresh_from_db()
    assert long.status == Sheet.Status.REFUSED
    assert not long.rows.exists()


def test_what_the_first_check_left_to_do_does_nothing_to_the_changed_list(sheet, manu):
    """Messages are delivered once more, after the columns were changed."""
    messages = Message.objects.filter(topic=mappings.CHECK_TOPIC)
    old = [message.payload["block"] for message in messages]
    accept(reopen(sheet, manu), manu)

    for pk in old:
        checking.check_block(pk)
    finishing.finish(sheet.pk)
    repairs.go_on({"sheet": sheet.pk, "kind": "bad_email", "act": "repair", "after": 0})

    sheet.refresh_from_db()
    assert old
    assert (sheet.status, sheet.rows_checked) == (Sheet.Status.CHECKING, 0)


def test_a_slow_end_of_the_first_check_is_not_the_end_of_the_next(
    program, cvs, manu, monkeypatch
):
    sheet = lists.read(program, manu, MAILS)
    plain = finishing.digest_of
    seen: list[str] = []

    def digest_of(looked_at: Sheet) -> str:
        digest = plain(looked_at)
        if not seen:
            seen.append(digest)
            # Meanwhile another worker is done, and a person changes the columns.
            finishing.finish(sheet.pk)
            sheet.refresh_from_db()
            reopened = accept(reopen(sheet, manu), manu)
            for pk in reopened.blocks.values_list("pk", flat=True):
                checking.check_block(pk)
        return digest

    monkeypatch.setattr(finishing, "digest_of", digest_of)
    check(sheet)
    assert sheet.status == Sheet.Status.CHECKING

    finishing.finish(sheet.pk)
    sheet.refresh_from_db()
    assert sheet.status == Sheet.Status.CHECKED
    assert Entry.objects.filter(action="sheet.checked").count() == 2


def test_the_rows_say_what_the_columns_were_taken_for(as_manu, sheet):
    page = text(as_manu.get(f"/bulk/{sheet.pk}/rows/"))

    assert (
        "Columns: E-mail from “E-mail”, Name from “Name”, Product from “Gift”, "
        "Value from “Value”." in page
    )
    assert f'href="/bulk/{sheet.pk}/columns/"' in page


def test_used_rows_leave_nothing_to_change(as_manu, sheet, manu):
    orders_of.make_order(sheet, manu)
    page = f"/bulk/{sheet.pk}/columns/"

    asked = as_manu.get(page)
    pressed = as_manu.post(page, {"version": sheet.version})

    assert "Change columns" not in text(as_manu.get(f"/bulk/{sheet.pk}/rows/"))
    assert "Rows of this list were used already." in text(asked)
    assert "Change columns</span>" not in text(asked)
    assert pressed.status_code == 409
    assert "Rows of this list were used already." in text(pressed)


def test_wrong_columns_are_changed_to_the_right_ones(as_manu, sheet, manu):
    fixing.exclude(row(sheet, 2), actor_of(manu))
    page = f"/bulk/{sheet.pk}/columns/"
    asked = as_manu.get(page)
    assert "1 row that was left out takes part again." in text(asked)
    assert sheet.rows.count() == 3

    stale = as_manu.post(page, {"version": sheet.version})
    assert stale.status_code == 409
    assert "The list changed meanwhile." in text(stale)

    version = stale.context["sheet"].version
    at_columns = as_manu.post(page, {"version": version}, follow=True)
    assert at_columns.redirect_chain[-1][0] == f"/bulk/{sheet.pk}/map/"
    form = at_columns.context["form"]
    typed = {f"column_{field}": column for field, column in RIGHT.items()}
    done = as_manu.post(
        f"/bulk/{sheet.pk}/map/", typed | {"version": form["version"].value()}
    )
    work()

    assert done.status_code == 303
    rows = text(as_manu.get(f"/bulk/{sheet.pk}/rows/"))
    assert "E-mail from “Contact address”" in rows
    assert "Continue with 3 rows" in rows


def test_the_question_is_asked_of_a_checked_list_only(as_manu, program, manu):
    sheet = lists.upload(program, manu, MAILS)
    page = f"/bulk/{sheet.pk}/columns/"

    assert as_manu.get(page).url == f"/bulk/{sheet.pk}/"
    assert as_manu.post(page, {"version": 1}).url == f"/bulk/{sheet.pk}/"
