"""Rows by post are corrected, compared and used like all others."""

from io import BytesIO

import pytest

from programs import address_book
from programs.addresses.fields import Address
from programs.models import Recipient, SheetRow
from programs.sheets import corrections, finishing, fixing, kinds, repairs, taking
from tests import factories
from tests.programs.sheets.checked import kinds_of, row, work
from tests.programs.sheets.postal.posted import (
    BOTH,
    LIBRARY,
    ROSA,
    WHOLE,
    errors,
    make_sheet,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cvs")]
ISLAND = {
    "name": "Rosa Example",
    "line1": "1 Calle Example",
    "city": "San Juan",
    "postal_code": "00901",
    "country": "Puerto Rico",
}


def test_a_corrected_part_has_the_whole_address_judged_anew(program, manu, manager):
    sheet = make_sheet(program, manu, {**ROSA, "postal_code": "94105"})
    assert errors(sheet) == ["address_contradiction"]

    fixed = fixing.fix(row(sheet, 2), field="state", value="California", actor=manager)

    assert fixed.row.status == "ready"
    fixed = fixing.fix(row(sheet, 2), field="line1", value="Fifth Ave", actor=manager)
    assert errors(sheet) == ["address_number"]
    assert fixed.row.status == "problem"


def test_a_part_of_a_whole_address_is_corrected_by_itself(program, manu, manager):
    whole = "476 5th Ave, New York, NY 94105"
    sheet = make_sheet(program, manu, {**WHOLE, "address": whole})

    fixing.fix(row(sheet, 2), field="postal_code", value="10018", actor=manager)

    assert errors(sheet) == []
    # Another whole address is another address.
    whole = "1 Market St, San Francisco, CA 94105"
    fixing.fix(row(sheet, 2), field="address", value=whole, actor=manager)
    assert errors(sheet) == []
    assert row(sheet, 2).fixes == {"address": whole}


def test_line_breaks_of_a_whole_address_are_kept(program, manu, manager):
    sheet = make_sheet(program, manu, {**WHOLE, "address": "Fifth Avenue"})
    whole = "476 5th Ave\nRoom 300\nNew York, NY 10018"

    fixing.fix(row(sheet, 2), field="address", value=whole, actor=manager)

    assert errors(sheet) == []
    assert row(sheet, 2).fixes["address"] == whole


def test_a_row_may_be_sent_the_other_way(program, manu, manager):
    sheet = make_sheet(program, manu, {**ROSA, "email": "rosa@example.com"})

    fixing.fix(row(sheet, 2), field="way", value="By post", actor=manager)
    assert row(sheet, 2).is_postal

    fixing.fix(row(sheet, 2), field="way", value="E-mail", actor=manager)
    assert not row(sheet, 2).is_postal
    assert row(sheet, 2).status == "ready"


def test_suggested_addresses_are_used_at_once_in_all_their_parts(
    program, manu, manager
):
    rows = [
        {**ISLAND, "name": "Ann Example", "country": "", "state": "New Yrok"}
        | {"postal_code": "10018", "city": "New York"},
        ISLAND,
        {**ROSA, "name": "Bea Example"},
    ]
    sheet = make_sheet(program, manu, *rows)
    assert kinds.repair_label("address_suggested", 2) == "Use 2 suggested addresses"

    assert repairs.apply(sheet, "address_suggested", actor=manager) == 2

    assert [row(sheet, n).status for n in (2, 3, 4)] == ["ready"] * 3
    assert row(sheet, 3).fixes == {"country": "US", "state": "PR"}
    # As they came: the corrections stand beside them.
    assert "Puerto Rico" in row(sheet, 3).cells


def test_many_suggested_addresses_are_used_by_the_worker(
    program, manu, manager, monkeypatch
):
    monkeypatch.setattr(repairs, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(repairs, "step", lambda: 2)
    rows = [{**ISLAND, "line1": f"{n} Calle Example"} for n in range(5)]
    sheet = make_sheet(program, manu, *rows)

    repairs.apply(sheet, "address_suggested", actor=manager)
    work()

    assert set(sheet.rows.values_list("status", flat=True)) == {"ready"}


def test_the_same_name_at_the_same_address_is_the_same_person(program, manu, manager):
    spelt = {**ROSA, "name": "ROSA EXAMPLE", "state": "New York"}
    rows = (
        ROSA,
        spelt,
        {**ROSA, "name": "Otto Example"},
        {**ROSA, "line1": "8 5th Ave"},
    )

    sheet = make_sheet(program, manu, *rows)

    assert [kinds_of(sheet, n) for n in (2, 3, 4, 5)] == [[], ["duplicate"], [], []]
    problem = sheet.problems.get()
    assert (problem.field, kinds.message(problem)) == (
        "name",
        "This person is in row 2 already.",
    )
    fixed = fixing.fix(row(sheet, 2), field="line1", value="9 5th Ave", actor=manager)
    assert fixed.others == [3]
    assert kinds_of(sheet, 3) == []


def test_a_row_by_post_and_one_by_mail_of_one_contact_are_one_person(program, manu):
    rows = ({**ROSA, "email": "rosa@example.com", "way": way} for way in ("post", ""))

    sheet = make_sheet(program, manu, *rows)

    assert kinds_of(sheet, 3) == ["duplicate"]


def test_whoever_lives_there_on_record_is_known(program, manu):
    rosa = factories.make_recipient("Rosa Example", program, email="r@example.com")
    sheet = make_sheet(program, manu, ROSA)
    assert row(sheet, 2).recipient is None
    address = Address(country="US", name="Rosa Example", **LIBRARY)
    address_book.remember_many([address_book.Used(rosa.pk, address)])

    sheet = make_sheet(program, manu, ROSA, {**ROSA, "name": "Otto Example"})

    assert row(sheet, 2).recipient == rosa
    assert row(sheet, 3).recipient is None


@pytest.fixture
def autumn(adam):
    return factories.make_program("Autumn", delivery_types=BOTH)


def test_whom_another_program_knows_is_not_known_by_name_and_address(
    program, manu, autumn
):
    rosa = factories.make_recipient("Rosa Example", autumn, email="r@example.com")
    address = Address(country="US", name="Rosa Example", **LIBRARY)
    address_book.remember_many([address_book.Used(rosa.pk, address)])

    sheet = make_sheet(program, manu, ROSA)

    assert row(sheet, 2).recipient is None


@pytest.mark.parametrize("where", [LIBRARY, {"line1": ""}], ids=["address", "asked"])
def test_a_check_tells_the_names_of_the_own_book_alone(program, manu, autumn, where):
    factories.make_recipient("Rosa Secret", autumn, email="rosa@example.com")
    factories.make_recipient("Otto Example", program, email="otto@example.com")
    rows = [
        {**where, "way": "post", "email": f"{name}@example.com"}
        for name in ("rosa", "otto")
    ]

    sheet = make_sheet(program, manu, *rows)

    assert [row(sheet, n).name for n in (2, 3)] == ["", "Otto Example"]
    assert row(sheet, 2).status == "problem"
    assert sheet.problems.filter(row__number=2, field="name", is_error=True).exists()
    assert not sheet.problems.filter(row__number=3, field="name").exists()


def test_what_was_posted_from_another_list_is_kept_back(program, manu):
    first = make_sheet(program, manu, ROSA)
    taking.take([row(first, 2).pk])

    second = make_sheet(
        program, manu, ROSA, {**ROSA, "name": "Otto Example"}, {**ROSA, "value": "15"}
    )

    assert errors(second, 2) == ["sent_before"]
    assert errors(second, 3) == []
    assert "sent_before" not in errors(second, 4)


def test_by_mail_and_by_post_are_two_rewards(program, manu):
    rosa = {**ROSA, "email": "rosa@example.com"}
    first = make_sheet(program, manu, {**rosa, "way": "E-mail"})
    taking.take([row(first, 2).pk])

    assert errors(make_sheet(program, manu, {**rosa, "way": "post"})) == []
    assert errors(make_sheet(program, manu, rosa)) == ["sent_before"]


def test_corrections_in_a_spreadsheet_reach_the_address(program, manu, manager):
    sheet = make_sheet(program, manu, {**ROSA, "postal_code": "94105"}, ROSA)
    lines = b"".join(corrections.problem_rows(sheet)).decode("utf-8-sig").splitlines()
    assert "not in New York" in lines[1]
    corrected = "\n".join([lines[0], lines[1].replace("94105", "10018")])

    merged = corrections.merge(sheet, BytesIO(corrected.encode()), actor=manager)

    assert merged.merged == 1
    assert (errors(sheet, 2), errors(sheet, 3)) == ([], ["duplicate"])


def test_the_digest_of_a_checked_list_covers_which_way_its_rows_go(program, manu):
    sheet = make_sheet(program, manu, ROSA)
    before = finishing.digest_of(sheet)

    sheet.rows.update(is_postal=False)

    assert finishing.digest_of(sheet) != before


def test_rows_keep_no_more_of_a_resident_than_a_key(program, manu):
    sheet = make_sheet(program, manu, ROSA, {**ROSA, "email": "r@example.com"})

    resident, reached = sheet.rows.order_by("number")
    assert len(resident.resident) == 32
    assert reached.resident == ""
    assert not Recipient.objects.exists()
    assert SheetRow.objects.filter(is_postal=True).count() == 1
