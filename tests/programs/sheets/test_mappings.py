"""What the columns mean: refused, accepted, remembered."""

import pytest

from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.outbox.models import Message
from programs.models import RememberedMapping, Sheet
from programs.sheets import locking, mappings
from tests import factories
from tests.programs.sheets import lists

TWO_ADDRESSES = (
    "Name,E-mail private,E-mail work\nAlba,alba@example.com,alba@example.org\n"
)
CHOSEN = {"name": 0, "email": 2}
ANSWERS = {"product": "CVS", "value": "25"}


def accept(sheet: Sheet, manu, mapping=CHOSEN, answers=ANSWERS, **options):
    options = {"version": sheet.version, "actor": actor_of(manu), **options}
    return mappings.accept(sheet, mapping=mapping, answers=answers, **options)


@pytest.fixture
def sheet(program, manu, cvs):
    """Two columns fit the e-mail equally well."""
    return lists.read(program, manu, TWO_ADDRESSES)


def test_what_two_columns_fit_is_left_to_a_person(sheet):
    assert sheet.status == Sheet.Status.MAPPING
    assert mappings.proposal_of(sheet).ambiguous == {"email": [1, 2]}
    assert sheet.mapping == {"name": 0}


def test_accepting_has_the_rows_checked(sheet, manu):
    accepted = accept(sheet, manu, answers={**ANSWERS, "message": "  "})

    sheet.refresh_from_db()
    assert sheet.status == accepted.status == Sheet.Status.CHECKING
    assert sheet.mapping == CHOSEN
    assert sheet.answers == ANSWERS
    messages = Message.objects.filter(topic="programs.check_block")
    assert [m.payload for m in messages] == [{"block": sheet.blocks.get().pk}]


def test_the_journal_names_fields_and_no_answers(sheet, manu):
    accept(sheet, manu)

    entry = Entry.objects.get(action="sheet.mapped")
    assert entry.data == {"columns": ["email", "name"], "answers": ["product", "value"]}
    assert (entry.actor_id, entry.channel) == (str(manu.pk), "web")


def test_a_clear_list_is_mapped_by_the_worker(program, manu, cvs):
    lists.read(program, manu, lists.many(2))

    assert Entry.objects.get(action="sheet.mapped").actor_kind == "system"


@pytest.mark.parametrize(
    ("mapping", "answers", "refused"),
    [
        ({"name": 0}, ANSWERS, {"email"}),
        ({"email": 2}, {}, {"product", "value"}),
        ({"email": 2}, {"product": "CVS"}, {"value"}),
        ({"email": 3}, ANSWERS, {"email"}),
        ({"email": -1}, ANSWERS, {"email"}),
        ({"email": 2, "shoe_size": 0}, ANSWERS, {"shoe_size"}),
        ({"email": 2}, {**ANSWERS, "name": "Alba"}, {"name"}),
        ({"email": 2, "external_id": 2}, ANSWERS, {"external_id"}),
    ],
)
def test_what_makes_no_list_is_refused_by_field(sheet, manu, mapping, answers, refused):
    with pytest.raises(mappings.NotAcceptable) as refusal:
        accept(sheet, manu, mapping, answers)

    assert set(refusal.value.refusals) == refused
    sheet.refresh_from_db()
    assert sheet.status == Sheet.Status.MAPPING


def test_a_number_is_enough_and_one_name_may_serve_twice(sheet):
    mapping = {"phone": 1, "name": 0, "to_name": 0}

    assert mappings.refusals(sheet, mapping, ANSWERS) == {}


def test_an_address_book_needs_no_product_and_takes_none(program, manu):
    people = lists.read(program, manu, TWO_ADDRESSES, purpose=Sheet.Purpose.RECIPIENTS)

    assert mappings.refusals(people, CHOSEN, {}) == {}
    assert set(mappings.refusals(people, CHOSEN, ANSWERS)) == {"product", "value"}


def test_a_page_that_is_out_of_date_changes_nothing(sheet, manu):
    with pytest.raises(locking.Stale):
        accept(sheet, manu, version=sheet.version + 1)


def test_columns_are_accepted_once(sheet, manu):
    accept(sheet, manu)

    with pytest.raises(locking.WrongStatus, match="being checked"):
        accept(sheet, manu)


def test_the_same_columns_are_known_the_next_time(program, sheet, manu):
    accept(sheet, manu)

    again = lists.read(program, manu, TWO_ADDRESSES.replace("Alba", "Bruno"))

    assert again.status == Sheet.Status.CHECKING
    assert again.mapping == CHOSEN
    assert again.answers == ANSWERS
    assert mappings.proposal_of(again).how == {
        "name": "remembered",
        "email": "remembered",
    }


def test_the_last_word_counts(program, sheet, manu):
    accept(sheet, manu)
    accept(lists_waiting(program, manu), manu, {"name": 0, "email": 1})

    remembered = RememberedMapping.objects.get()
    assert remembered.mapping == {"name": 0, "email": 1}


def lists_waiting(program, manu) -> Sheet:
    """The same columns, as if nobody remembered them."""
    sheet = lists.read(program, manu, TWO_ADDRESSES)
    Sheet.objects.filter(pk=sheet.pk).update(status=Sheet.Status.MAPPING)
    Message.objects.filter(topic="programs.check_block").delete()
    sheet.refresh_from_db()
    return sheet


@pytest.mark.parametrize(
    "content",
    [
        TWO_ADDRESSES.replace("E-mail work", "Work"),
        "E-mail work,Name,E-mail private\na@example.com,Alba,b@example.com\n",
    ],
)
def test_other_columns_are_not_taken_for_those(program, sheet, manu, content):
    accept(sheet, manu)

    other = lists.read(program, manu, content)

    assert mappings.remembered(program, "rewards", other.signature) is None


def test_another_program_and_another_purpose_remember_their_own(sheet, manu):
    accept(sheet, manu)
    another = factories.make_program("Summer")

    assert mappings.remembered(sheet.program, "rewards", sheet.signature)
    assert mappings.remembered(another, "rewards", sheet.signature) is None
    assert mappings.remembered(sheet.program, "recipients", sheet.signature) is None


def test_an_answer_for_one_list_only_is_asked_for_again(program, sheet, manu):
    consent = {"consent_source": "Web form", "consent_on": "2026-11-02"}
    accept(sheet, manu, answers={**ANSWERS, **consent})

    again = lists.read(program, manu, TWO_ADDRESSES)

    assert again.status == Sheet.Status.MAPPING
    assert again.mapping == CHOSEN
    assert again.answers == ANSWERS


def test_a_file_without_names_is_never_remembered(program, manu, cvs):
    sheet = lists.read(program, manu, "Alba,a@example.com\nBruno,b@example.com\n")
    accept(sheet, manu, {"name": 0, "email": 1})

    assert not RememberedMapping.objects.exists()
