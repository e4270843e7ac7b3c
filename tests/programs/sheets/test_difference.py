"""The same file again sends what is new, and nothing twice."""

import pytest

from programs.models import Sheet, SheetRow
from programs.sheets import checking, difference, overview, repairs, taking
from programs.sheets.lines import Line
from tests import factories
from tests.programs.sheets.checked import kinds_of, make_checked, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cards(cvs, monkeypatch):
    """Every row asks for the same card, whatever else the apps check."""

    def give_card(_sheet, lines):
        for line in lines:
            line.product_id, line.value_minor = cvs.pk, 2500

    monkeypatch.setitem(checking._checks, "rewards", [give_card])
    monkeypatch.setitem(checking._across, "rewards", [])


def make(program, manu, *emails):
    rows = [("P", email, "") for email in emails]
    return make_checked(program, manu, rows, purpose=Sheet.Purpose.REWARDS)


def use(sheet):
    found = taking.ready_rows(sheet, 0, 100)
    taking.take([each.pk for each in found])
    return [each.number for each in found]


def test_what_was_sent_from_another_list_is_kept_back(program, manu, manager):
    use(make(program, manu, "a@example.com", "b@example.com"))
    again = make(program, manu, "a@example.com", "b@example.com", "c@example.com")
    assert [kinds_of(again, n) for n in (2, 3, 4)] == [["sent_before"]] * 2 + [[]]
    assert overview.sent_sentence(again) == "2 already sent, 1 new."
    (group,) = overview.groups(again)
    assert group.repair_label == "Leave out 2"
    assert group.accept_label == "Send 2 again"
    repairs.apply(again, "sent_before", actor=manager)
    assert use(again) == [4]


def test_it_may_be_sent_again_on_purpose(program, manu, manager):
    use(make(program, manu, "a@example.com"))
    again = make(program, manu, "a@example.com")
    repairs.apply(again, "sent_before", actor=manager, choice="accept")
    assert use(again) == [2]


def test_two_lists_that_were_checked_side_by_side_send_once(program, manu):
    first = make(program, manu, "a@example.com", "b@example.com")
    second = make(program, manu, "b@example.com", "c@example.com")
    assert use(first) == [2, 3]
    assert use(second) == [3]
    assert kinds_of(second, 2) == ["sent_before"]
    assert row(second, 2).status == SheetRow.Status.PROBLEM


def test_what_came_back_was_not_sent(program, manu):
    first = make(program, manu, "a@example.com")
    use(first)
    taking.give_back(first.rows.values_list("pk", flat=True), problem="No card left.")
    assert row(first, 2).status == SheetRow.Status.PROBLEM
    assert kinds_of(make(program, manu, "a@example.com"), 2) == []


def test_another_program_sends_on_its_own(program, manu):
    use(make(program, manu, "a@example.com"))
    other = factories.make_program("Autumn")
    assert kinds_of(make(other, manu, "a@example.com"), 2) == []


def test_a_fingerprint_tells_every_fact_of_a_reward(program, manu, cvs):
    sheet = make(program, manu, "a@example.com")
    facts = {
        "email": "a@example.com",
        "phone": "",
        "product_id": cvs.pk,
        "value_minor": 2500,
        "quantity": 1,
        "values": {},
    }
    others = {
        "email": "b@example.com",
        "phone": "+12025550123",
        "product_id": cvs.pk + 1,
        "value_minor": 2501,
        "quantity": 2,
        "values": {"external_id": "7"},
    }

    def fingerprint(**changed):
        given = {**facts, **changed}
        line = Line(2, [], given.pop("values"), **given)
        difference.find_sent(sheet, [line])
        return line.fingerprint

    found = {fingerprint(), *(fingerprint(**{name: others[name]}) for name in others)}
    assert len(found) == 1 + len(others)
