"""Rows are corrected one by one, or all of a kind at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.audit.models import Entry
from programs.models import Sheet, SheetRow
from programs.sheets import fixing, kinds, locking, overview, repairs
from programs.sheets.fields import Field
from tests.programs.sheets.checked import kinds_of, make_checked, row, work

pytestmark = pytest.mark.django_db

Status = SheetRow.Status


@pytest.fixture
def sheet(program, manu):
    return make_checked(
        program,
        manu,
        [
            ("Dana", "dana@gamil.com", ""),
            ("Eli", "eli@example.com", ""),
            ("Eli", "eli@example.com", ""),
            ("Fay", "fay@gmial.com", ""),
            ("Gus", "gus", ""),
        ],
    )


def statuses(sheet: Sheet) -> list[str]:
    return list(sheet.rows.order_by("number").values_list("status", flat=True))


def test_a_corrected_cell_makes_the_row_ready(sheet, manager):
    fixed = fixing.fix(
        row(sheet, 6), field="email", value=" gus@example.com ", actor=manager
    )
    assert fixed.row.status == Status.READY
    assert fixed.counts == overview.counts(sheet)
    assert (fixed.counts.ready, fixed.counts.problem) == (2, 3)
    found = row(sheet, 6)
    assert (found.email, found.cells[1]) == ("gus@example.com", "gus")
    sheet.refresh_from_db()
    assert sheet.problems_found == 3


def test_the_journal_names_fields_and_holds_no_value(sheet, manager):
    fixing.fix(row(sheet, 6), field="email", value="gus@example.com", actor=manager)
    entry = Entry.objects.get(action="sheet.row_fixed")
    assert entry.data == {"row": 6, "fields": ["email"]}


def test_several_cells_are_corrected_in_one_act(sheet, manager):
    changes = {"email": "gus@example.com", "name": "Gus Hall"}
    fixing.fix_all(row(sheet, 6), changes=changes, actor=manager)
    assert row(sheet, 6).name == "Gus Hall"
    assert Entry.objects.get(action="sheet.row_fixed").data["fields"] == [
        "email",
        "name",
    ]


def test_a_correction_finds_and_frees_duplicates(sheet, manager):
    fixed = fixing.fix(
        row(sheet, 3), field="email", value="e2@example.com", actor=manager
    )
    assert fixed.others == [4]
    assert kinds_of(sheet, 4) == []
    assert row(sheet, 4).status == Status.READY
    fixing.fix(row(sheet, 6), field="email", value="e2@example.com", actor=manager)
    assert kinds_of(sheet, 6) == ["duplicate"]
    fixing.fix(row(sheet, 2), field="email", value="e2@example.com", actor=manager)
    assert [kinds_of(sheet, n) for n in (2, 3, 6)] == [[], ["duplicate"], ["duplicate"]]


def test_putting_the_cell_back_leaves_no_fix(sheet, manager):
    fixing.fix(row(sheet, 6), field="email", value="gus@example.com", actor=manager)
    fixing.fix(row(sheet, 6), field="email", value="gus", actor=manager)
    assert row(sheet, 6).fixes == {}
    assert kinds_of(sheet, 6) == ["bad_email"]


def test_a_finding_is_kept_as_typed_until_its_field_changes(sheet, manager):
    fixing.accept(row(sheet, 2), kind="email_typo:gmail.com", actor=manager)
    assert row(sheet, 2).status == Status.READY
    fixing.fix(row(sheet, 2), field="name", value="Dana B", actor=manager)
    assert row(sheet, 2).status == Status.READY
    fixing.fix(row(sheet, 2), field="email", value="dana@gmai.com", actor=manager)
    assert kinds_of(sheet, 2) == ["email_typo:gmail.com"]


def test_some_findings_cannot_be_accepted(sheet, manager):
    fixing.accept(row(sheet, 6), kind="bad_email", actor=manager)
    assert row(sheet, 6).status == Status.PROBLEM
    assert row(sheet, 6).fixes == {}


def test_every_finding_about_consent_stands(sheet):
    from programs.sheets.people_kinds import _CONSENT

    assert not any(kind.accept_label for kind in _CONSENT.values())


def test_a_row_left_out_frees_its_double_and_comes_back_as_one(sheet, manager):
    fixing.exclude(row(sheet, 3), manager)
    assert statuses(sheet)[1:3] == [Status.EXCLUDED, Status.READY]
    fixing.include(row(sheet, 3), manager)
    assert statuses(sheet)[1:3] == [Status.READY, Status.PROBLEM]
    assert overview.counts(sheet).all == 5


def test_a_used_row_cannot_be_changed(sheet, manager):
    sheet.rows.filter(number=3).update(status=Status.TAKEN)
    with pytest.raises(fixing.Used):
        fixing.fix(row(sheet, 3), field="name", value="E", actor=manager)
    with pytest.raises(fixing.Used):
        fixing.exclude(row(sheet, 3), manager)


def test_a_list_at_work_is_left_alone(sheet, manager):
    Sheet.objects.filter(pk=sheet.pk).update(status=Sheet.Status.FILLING)
    with pytest.raises(locking.WrongStatus):
        fixing.fix(row(sheet, 3), field="name", value="E", actor=manager)


@pytest.mark.parametrize(
    ("field", "value"),
    [("product", "CVS"), ("accepted:duplicate", "yes"), ("email", "x" * 1001)],
)
def test_what_is_no_field_of_the_list_is_refused(sheet, manager, field, value):
    with pytest.raises(fixing.NoSuchField):
        fixing.fix(row(sheet, 3), field=field, value=value, actor=manager)


def test_every_correction_makes_older_pages_out_of_date(sheet, manager):
    before = sheet.version
    fixing.fix(row(sheet, 6), field="email", value="gus@example.com", actor=manager)
    sheet.refresh_from_db()
    assert sheet.version == before + 1


def test_groups_tell_what_can_be_done_about_all_of_a_kind(sheet):
    told = [
        (group.kind, group.label, group.count, group.repair_label, group.accept_label)
        for group in overview.groups(sheet)
    ]
    assert told == [
        (
            "email_typo:gmail.com",
            "E-mail addresses that probably end in gmail.com",
            2,
            "Change 2 to gmail.com",
            "Keep 2 as typed",
        ),
        ("bad_email", "E-mail addresses that cannot be right", 1, "", ""),
        (
            "duplicate",
            "The same person again",
            1,
            "Leave out the later 1",
            "Use it all the same",
        ),
    ]
    example = overview.groups(sheet)[0].example
    assert (example.number, example.value) == (2, "dana@gamil.com")
    assert example.suggestion == "dana@gmail.com"


def test_one_repair_changes_all_of_a_kind(sheet, manager):
    assert repairs.apply(sheet, "email_typo:gmail.com", actor=manager) == 2
    assert row(sheet, 5).email == "fay@gmail.com"
    assert statuses(sheet) == ["ready", "ready", "problem", "ready", "problem"]
    entry = Entry.objects.get(action="sheet.repaired")
    assert entry.data == {"kind": "email_typo:gmail.com", "act": "repair", "rows": 2}
    with pytest.raises(repairs.NothingToDo):
        repairs.apply(sheet, "email_typo:gmail.com", actor=manager)


def test_all_of_a_kind_pass_as_they_are(sheet, manager):
    assert repairs.apply(sheet, "duplicate", actor=manager, choice="accept") == 1
    assert statuses(sheet)[1:3] == ["ready", "ready"]


def test_the_repair_of_duplicates_leaves_the_later_ones_out(sheet, manager):
    assert repairs.apply(sheet, "duplicate", actor=manager) == 1
    assert statuses(sheet)[1:3] == ["ready", "excluded"]
    assert Entry.objects.filter(action="sheet.rows_excluded").count() == 1
    assert repairs.include_kind(sheet, "duplicate", manager) == 1
    assert statuses(sheet)[1:3] == ["ready", "problem"]


def test_a_kind_without_a_safe_repair_has_none(sheet, manager):
    with pytest.raises(repairs.NothingToDo):
        repairs.apply(sheet, "bad_email", actor=manager)
    with pytest.raises(repairs.NothingToDo):
        repairs.apply(sheet, "no such kind", actor=manager)


def test_consent_is_repaired_by_the_other_channel(program, manu, manager):
    sheet = make_checked(
        program,
        manu,
        [("D", "d@example.com", "2025550101"), ("E", "", "2025550102")],
        purpose=Sheet.Purpose.REWARDS,
    )
    (group,) = [g for g in overview.groups(sheet) if g.kind == "sms_consent"]
    assert group.repair_label == "Send by e-mail only to 1"
    repairs.apply(sheet, "sms_consent", actor=manager)
    found = row(sheet, 2)
    assert (found.email, found.phone) == ("d@example.com", "")
    assert "sms_consent" not in kinds_of(sheet, 2)
    with pytest.raises(repairs.NothingToDo):
        repairs.apply(sheet, "sms_only_consent", actor=manager)


@pytest.fixture
def large(program, manu, monkeypatch):
    monkeypatch.setattr(repairs, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(repairs, "step", lambda: 2)
    rows = [(f"P{n}", f"p{n}@gamil.com", "") for n in range(7)]
    return make_checked(program, manu, rows)


@pytest.mark.parametrize(
    ("act", "status"),
    [("repair", "ready"), ("accept", "ready"), ("exclude", "excluded")],
)
def test_many_rows_are_changed_by_the_worker(large, manager, act, status):
    kind = "email_typo:gmail.com"
    if act == "exclude":
        repairs.exclude_kind(large, kind, manager)
    else:
        repairs.apply(large, kind, actor=manager, choice=act)
    large.refresh_from_db()
    assert (large.status, large.rows_checked) == (Sheet.Status.CHECKING, 0)
    work()
    large.refresh_from_db()
    assert (large.status, large.rows_checked) == (Sheet.Status.CHECKED, 7)
    assert set(statuses(large)) == {status}


def test_a_repair_that_was_killed_goes_on(large, manager, monkeypatch):
    stepped = repairs._step
    left = iter([True, True])

    def dies(place):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return stepped(place)

    repairs.apply(large, "email_typo:gmail.com", actor=manager)
    with monkeypatch.context() as dying:
        dying.setattr(repairs, "_step", dies)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert statuses(large).count("ready") == 4
    # The lease of the killed run is over.
    from portal.outbox.models import Message

    Message.objects.update(leased_until=None)
    work()
    assert set(statuses(large)) == {"ready"}
    assert Entry.objects.filter(action="sheet.repaired").count() == 1


def test_a_fix_takes_few_queries_on_a_long_list(program, manu, manager):
    def queries(count: int) -> int:
        rows = [("P", f"p{n}@example.com", "") for n in range(count)]
        sheet = make_checked(program, manu, [*rows, ("Q", "q", "")])
        last = row(sheet, count + 2)
        with CaptureQueriesContext(connection) as captured:
            fixing.fix(last, field="email", value="q@example.com", actor=manager)
        return len(captured)

    assert queries(200) == queries(2) <= 30


def test_a_kind_nobody_registered_still_has_words():
    assert kinds.label("made up:x")
    assert not kinds.repair_label("made up", 2)


def test_fields_fit_where_problems_keep_them():
    assert max(map(len, Field)) <= 20
