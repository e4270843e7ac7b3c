"""Rows of a list are checked, every one of them once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit.models import Entry
from programs import consent, wordings
from programs.consent import Channel, Purpose, Source
from programs.models import Program, Sheet, SheetRow
from programs.sheets import checking, finishing, kinds, overview
from tests import factories
from tests.programs.sheets.checked import (
    check,
    kinds_of,
    make_checked,
    make_unchecked,
    row,
)

pytestmark = pytest.mark.django_db

ROWS = [
    ("Dana Bell", "Dana@Example.com", ""),
    ("Eli Fox", "eli@example.com", "(202) 555-0123"),
]


def test_a_clean_list_is_ready(program, manu):
    sheet = make_checked(program, manu, ROWS)
    assert sheet.status == Sheet.Status.CHECKED
    assert (sheet.rows_checked, sheet.problems_found) == (2, 0)
    assert not sheet.blocks.exists()
    first, second = sheet.rows.order_by("number")
    assert (first.number, first.name, first.email) == (
        2,
        "Dana Bell",
        "dana@example.com",
    )
    assert second.phone == "+12025550123"
    assert overview.counts(sheet).ready == 2


def test_the_journal_tells_of_the_whole_and_of_nobody(program, manu):
    sheet = make_checked(program, manu, ROWS)
    entry = Entry.objects.get(action="sheet.checked")
    assert entry.data["rows"] == 2
    assert entry.data["digest"] == finishing.digest_of(sheet)
    assert "example.com" not in str(entry.data)


def test_the_digest_changes_with_any_row(program, manu):
    sheet = make_checked(program, manu, ROWS)
    before = finishing.digest_of(sheet)
    sheet.rows.filter(number=3).update(email="else@example.com")
    assert finishing.digest_of(sheet) != before


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("Dana", "", ""), "no_contact"),
        (("Dana", "dana@", ""), "bad_email"),
        (("Dana", "dana@gamil.com", ""), "email_typo:gmail.com"),
        (("Dana", "dana@hotmail.con", ""), "email_typo:hotmail.com"),
        (("Dana", "dana@example.con", ""), "email_typo:example.com"),
        (("Dana", "", "555-0123"), "bad_phone"),
        (("Dana", "", "447400123456"), "phone_code:+44"),
        (("D" * 151, "dana@example.com", ""), "too_long"),
    ],
)
def test_what_is_wrong_keeps_the_row_back_and_is_told(program, manu, cells, kind):
    sheet = make_checked(program, manu, [cells])
    assert kind in kinds_of(sheet, 2)
    assert row(sheet, 2).status == SheetRow.Status.PROBLEM
    for problem in sheet.problems.all():
        assert "%(" not in kinds.message(problem)
        assert kinds.message(problem)


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "mail.com", "ymail.com", "yahoo.co", "example.com", "gmx.de"],
)
def test_a_domain_that_exists_is_no_slip(program, manu, domain):
    sheet = make_checked(program, manu, [("Dana", f"dana@{domain}", "")])
    assert kinds_of(sheet, 2) == []


def test_a_contact_in_the_others_column_is_moved(program, manu):
    rows = [("Dana", "(202) 555-0123", ""), ("Eli", "", "eli@example.com")]
    sheet = make_checked(program, manu, rows)
    assert row(sheet, 2).phone == "+12025550123"
    assert row(sheet, 3).email == "eli@example.com"


def test_a_missing_name_warns_and_something_stands_for_it(program, manu):
    sheet = make_checked(program, manu, [("", "dana.bell@example.com", "")])
    found = row(sheet, 2)
    assert (found.status, found.has_warning, found.name) == ("ready", True, "dana.bell")
    assert kinds_of(sheet, 2) == ["name_missing"]


def test_first_and_last_name_make_the_name(program, manu):
    sheet = make_checked(
        program,
        manu,
        [("dana@example.com", "Dana", "Bell")],
        columns=("email", "first_name", "last_name"),
    )
    assert row(sheet, 2).name == "Dana Bell"


def test_a_language_nobody_knows_warns(program, manu):
    rows = [("d@example.com", "Klingonese"), ("e@example.com", "Deutsch")]
    sheet = make_checked(program, manu, rows, columns=("email", "language"))
    assert "language" in kinds_of(sheet, 2)
    assert "language" not in kinds_of(sheet, 3)


def test_contacts_of_two_people_are_a_conflict(program, manu):
    factories.make_recipient("Dana", program, email="dana@example.com")
    factories.make_recipient("Eli", program, phone="+12025550123")
    sheet = make_checked(program, manu, [("D", "dana@example.com", "2025550123")])
    assert "two_people" in kinds_of(sheet, 2)


def test_a_known_person_is_recognised(program, manu):
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    sheet = make_checked(program, manu, ROWS)
    assert row(sheet, 2).recipient == dana
    assert row(sheet, 3).recipient is None


def test_the_later_row_of_a_person_is_kept_back(program, manu):
    rows = [
        ("Dana", "dana@example.com", ""),
        ("Dana B", "DANA@example.com", "2025550123"),
        ("D. Bell", "", "+1 202 555 0123"),
    ]
    sheet = make_checked(program, manu, rows, block=1)
    assert [kinds_of(sheet, n) for n in (2, 3, 4)] == [
        [],
        ["sms_consent", "duplicate"],
        ["sms_only_consent", "duplicate"],
    ]
    messages = [
        kinds.message(p)
        for p in sheet.problems.filter(kind="duplicate").order_by("row")
    ]
    assert messages == [
        "This person is in row 2 already.",
        "This person is in row 3 already.",
    ]


def rewards(program, manu, rows, **more):
    return make_checked(program, manu, rows, purpose=Sheet.Purpose.REWARDS, **more)


def test_sms_needs_consent_from_the_record_or_the_row(program, manu):
    columns = ("email", "phone", "consent_source", "consent_on")
    rows = [
        ("a@example.com", "2025550101", "", ""),
        ("", "2025550102", "", ""),
        ("", "2025550103", "web form", "2025-03-31"),
        ("", "2025550104", "No", "2025-03-31"),
        ("", "2025550105", "paper", "soon"),
        ("", "2025550106", "paper", str(timezone.localdate() + timedelta(days=2))),
    ]
    sheet = rewards(program, manu, rows, columns=columns)
    found = [set(kinds_of(sheet, n)) & CONSENT for n in range(2, 8)]
    assert found == [
        {"sms_consent"},
        {"sms_only_consent"},
        set(),
        {"sms_only_consent", "consent_source"},
        {"sms_only_consent", "consent_on"},
        {"sms_only_consent", "consent_to_come"},
    ]


CONSENT = {
    "sms_consent",
    "sms_only_consent",
    "email_consent",
    "email_only_consent",
    "sms_stopped",
    "sms_only_stopped",
    "email_stopped",
    "email_only_stopped",
    "consent_source",
    "consent_on",
    "consent_to_come",
}


def test_consent_for_the_whole_list_counts_for_each_row(program, manu):
    answers = {"consent_source": "signup form", "consent_on": "March 31, 2025"}
    sheet = rewards(program, manu, [("D", "", "2025550101")], answers=answers)
    assert not CONSENT & set(kinds_of(sheet, 2))


def test_what_was_stopped_stays_stopped_whatever_the_list_says(program, manu, manager):
    dana = factories.make_recipient(
        "Dana", program, email="dana@example.com", phone="+12025550123"
    )
    consent.withdraw(dana, Channel.SMS, source=Source.REPLY, actor=manager)
    answers = {"consent_source": "paper", "consent_on": "2025-03-31"}
    rows = [
        ("Dana", "dana@example.com", "2025550123"),
        ("Somebody else", "else@example.com", "2025550123"),
        ("Dana", "", "2025550123"),
    ]
    sheet = rewards(program, manu, rows, answers=answers)
    found = [set(kinds_of(sheet, n)) & CONSENT for n in (2, 3, 4)]
    assert found == [{"sms_stopped"}, {"sms_stopped"}, {"sms_only_stopped"}]


def test_a_program_may_need_consent_for_mail(program, manu, manager):
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    consent.grant(
        dana,
        Channel.EMAIL,
        purpose=Purpose.REWARDS,
        wording=wordings.current(),
        source=Source.PAPER,
        given_on=timezone.localdate(),
        actor=manager,
    )
    Program.objects.filter(pk=program.pk).update(email_consent="recorded")
    program.refresh_from_db()
    sheet = rewards(program, manu, ROWS)
    assert not CONSENT & set(kinds_of(sheet, 2))
    assert {"email_only_consent", "sms_only_consent"} <= set(kinds_of(sheet, 3))


def test_a_block_is_checked_once_however_often_it_is_delivered(program, manu):
    sheet = make_unchecked(program, manu, ROWS)
    block = sheet.blocks.get()
    checking.check_block(block.pk)
    checking.check_block(block.pk)
    assert check(sheet).rows_checked == sheet.rows.count() == 2
    finishing.finish(sheet.pk)
    assert Entry.objects.filter(action="sheet.checked").count() == 1


def test_rows_of_a_run_that_was_killed_are_skipped(program, manu, monkeypatch):
    monkeypatch.setattr(checking, "step", lambda: 2)
    rows = [("P", f"p{n}@example.com", "") for n in range(5)]
    sheet = make_unchecked(program, manu, rows)
    block = sheet.blocks.get()
    stored = checking._store

    def dies(block, lines, *, is_last):
        if lines[0].number == 4:
            raise KeyboardInterrupt
        return stored(block, lines, is_last=is_last)

    with monkeypatch.context() as dying:
        dying.setattr(checking, "_store", dies)
        with pytest.raises(KeyboardInterrupt):
            checking.check_block(block.pk)
    assert sheet.rows.count() == 2
    assert check(sheet).rows_checked == sheet.rows.count() == 5


def test_a_cancelled_list_is_left_alone(program, manu):
    sheet = make_unchecked(program, manu, ROWS)
    Sheet.objects.filter(pk=sheet.pk).update(status=Sheet.Status.CANCELLED)
    checking.check_block(sheet.blocks.get().pk)
    assert not sheet.rows.exists()


def test_a_block_takes_the_same_queries_whatever_it_holds(program, manu):
    def queries(count: int) -> int:
        rows = [("P", f"p{n}@example.com", f"20255501{n:02}") for n in range(count)]
        sheet = make_unchecked(program, manu, rows, purpose="rewards")
        with CaptureQueriesContext(connection) as captured:
            checking.check_block(sheet.blocks.get().pk)
        return len(captured)

    assert queries(90) == queries(3)


CELLS = st.text("ab@. 0125+-é\"'\n\\\t", max_size=12)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=12))
def test_every_row_that_came_in_is_somewhere(program, manu, rows):
    sheet = make_checked(program, manu, rows, block=5)
    counts = overview.counts(sheet)
    assert counts.all == len(rows) == sheet.rows_checked
    assert counts.ready + counts.problem + counts.excluded + counts.taken == counts.all
    kept_back = sheet.problems.filter(is_error=True).values("row").distinct().count()
    assert counts.problem == kept_back
    assert [r.cells for r in sheet.rows.order_by("number")] == [list(r) for r in rows]
