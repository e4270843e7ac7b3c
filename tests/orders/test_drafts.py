"""Making and changing a draft: one order per form, and a PONumber of its own."""

import threading
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from orders import drafts, gifts, lifecycle, po_numbers
from orders.models import Order, PoSequence, Reward
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from programs import consent, recipients
from programs.models import ConsentEntry, Recipient, Wording
from tests import factories

MOBILE = "+12025550123"


def evidence(**fields):
    return gifts.ConsentEvidence(
        **{
            "wording": Wording.objects.latest("pk"),
            "source": ConsentEntry.Source.WEB_FORM,
            "given_on": timezone.localdate(),
            **fields,
        }
    )


def in_parallel(*calls):
    """What each call returned or raised, all of them begun at the same moment."""
    start, outcomes = threading.Barrier(len(calls)), {}

    def run(number, call):
        start.wait()
        try:
            outcomes[number] = call()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [outcomes[number] for number in range(len(calls))]


def test_a_draft_holds_what_was_typed_and_no_money(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu, quantity=2, note="Spring")

    reward = order.rewards.get()
    assert (order.status, order.version, order.created_by) == ("draft", 1, manu)
    assert str(order.estimate) == "$30.00"
    assert (reward.email, reward.quantity, reward.value_minor) == (
        "user@example.com",
        2,
        1500,
    )
    program.refresh_from_db()
    assert program.held_minor == 0
    assert order.contributors.get().user == manu


def test_a_draft_is_journalled_without_a_name_or_an_address(program, cvs, manu):
    factories.make_draft(program, cvs, manu, name="Zebedee", email="z@example.com")

    entry = Entry.objects.get(action="order.created")
    assert entry.actor_id == str(manu.pk)
    journalled = str(list(Entry.objects.values_list("data", flat=True)))
    assert "Zebedee" not in journalled
    assert "z@example.com" not in journalled


def test_the_same_form_twice_is_one_order(program, cvs, manager):
    gift, key = factories.make_gift(program, cvs), uuid.uuid4()

    first = drafts.create(gift, actor=manager, form_key=key)
    second = drafts.create(gift, actor=manager, form_key=key)

    assert first == second
    assert Order.objects.count() == 1
    assert Entry.objects.filter(action="order.created").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("po_number", ["", "MINE-1"])
def test_twenty_clicks_at_once_are_one_order(program, cvs, manager, po_number):
    gift, key = factories.make_gift(program, cvs, po_number=po_number), uuid.uuid4()

    made = in_parallel(*[lambda: drafts.create(gift, actor=manager, form_key=key)] * 20)

    (order,) = Order.objects.all()
    assert made == [order] * 20
    assert Reward.objects.count() == 1
    assert Recipient.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_number_typed_by_two_people_at_once_goes_to_one(program, cvs, manager):
    gift = factories.make_gift(program, cvs, po_number="MINE-1")

    made = in_parallel(
        *[lambda: drafts.create(gift, actor=manager, form_key=uuid.uuid4())] * 8
    )

    (order,) = Order.objects.all()
    assert made.count(order) == 1
    refused = [each for each in made if each != order]
    assert {type(each) for each in refused} == {po_numbers.PoNumberTaken}


@pytest.mark.django_db(transaction=True)
def test_a_number_two_drafts_are_given_at_once_goes_to_one(program, cvs, manu):
    pair = [factories.make_draft(program, cvs, manu) for _ in range(2)]
    gift = factories.make_gift(program, cvs, po_number="MINE-1")

    made = in_parallel(
        *[
            lambda order=order: drafts.edit(
                order, gift, version=1, actor=actor_of(manu)
            )
            for order in pair
        ]
    )

    assert {type(each) for each in made} == {Order, po_numbers.PoNumberTaken}
    assert Order.objects.filter(po_number="MINE-1").count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_counted_at_the_same_moment_differ(program, cvs, manager):
    gift = factories.make_gift(program, cvs)

    made = in_parallel(
        *[lambda: drafts.create(gift, actor=manager, form_key=uuid.uuid4())] * 10
    )

    numbers = sorted(order.po_number for order in made)
    assert numbers == [f"DIGITAL-{number}" for number in range(13001, 13011)]


def test_numbers_are_counted_up_past_those_taken(program, cvs, manu):
    factories.make_draft(program, cvs, manu, po_number="digital-13002")

    numbers = [factories.make_draft(program, cvs, manu).po_number for _ in range(3)]

    assert numbers == ["DIGITAL-13001", "DIGITAL-13003", "DIGITAL-13004"]


def test_every_pattern_counts_for_itself(program, cvs, manu, settings, clock):
    settings.PO_FIRST_NUMBER = 7
    clock.move_to("2026-05-01T12:00:00+00:00")
    settings.PO_PATTERN = "GIFT-{date}-{number}"
    factories.make_draft(program, cvs, manu)
    settings.PO_PATTERN = "OTHER/{number}"
    factories.make_draft(program, cvs, manu)

    numbers = set(Order.objects.values_list("po_number", flat=True))
    assert numbers == {"GIFT-260501-7", "OTHER/7"}
    assert PoSequence.objects.count() == 2


def test_random_letters_make_a_number_of_their_own(program, cvs, manu, settings):
    settings.PO_PATTERN = "R-{random}"

    numbers = {factories.make_draft(program, cvs, manu).po_number for _ in range(5)}

    assert len(numbers) == 5
    assert all(len(number) == 6 for number in numbers)


def test_a_pattern_that_never_changes_is_counted_rather_than_hung_on(
    program, cvs, manu, settings
):
    settings.PO_PATTERN = "GIFT-{date}"

    first, second = (factories.make_draft(program, cvs, manu) for _ in range(2))

    assert first.po_number != second.po_number
    assert second.po_number.startswith(first.po_number)


@pytest.mark.parametrize("typed", ["TAKEN-1", "taken-1", "Taken-1"])
def test_a_number_that_is_taken_is_refused_in_any_case(program, cvs, manu, typed):
    factories.make_draft(program, cvs, manu, po_number="TAKEN-1")

    with pytest.raises(po_numbers.PoNumberTaken):
        factories.make_draft(program, cvs, manu, po_number=typed)

    assert Order.objects.count() == 1


def test_a_refused_number_leaves_no_person_and_no_consent_behind(program, cvs, manu):
    factories.make_draft(program, cvs, manu, po_number="TAKEN-1")
    before = Entry.objects.count()

    with pytest.raises(po_numbers.PoNumberTaken):
        factories.make_draft(
            program,
            cvs,
            manu,
            po_number="TAKEN-1",
            email="new@example.com",
            phone=MOBILE,
            consent=evidence(),
        )

    assert not Recipient.objects.filter(email="new@example.com").exists()
    assert not ConsentEntry.objects.exists()
    assert Entry.objects.count() == before


def test_consent_comes_with_the_draft_and_for_that_number(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu, phone=MOBILE, consent=evidence())

    person = Recipient.objects.get(rewards__order=order)
    sms = ConsentEntry.Channel.SMS
    assert consent.allows(person, sms, program=program, contact=MOBILE).allowed
    assert not consent.allows(
        person, sms, program=program, contact="+12025550199"
    ).allowed


def test_consent_is_for_the_number_typed_and_not_for_the_one_on_record(
    program, cvs, manu
):
    person = factories.make_recipient(
        "Pat", program, email="user@example.com", phone="+12025550188"
    )

    factories.make_draft(program, cvs, manu, phone=MOBILE, consent=evidence())

    sms = ConsentEntry.Channel.SMS
    assert consent.allows(person, sms, program=program, contact=MOBILE).allowed
    assert not consent.allows(person, sms, program=program).allowed


def test_consent_given_before_they_stopped_undoes_the_whole_draft(program, cvs, manu):
    person = factories.make_recipient("Pat", program, phone=MOBILE)
    consent.withdraw_all(person, source=ConsentEntry.Source.REPLY, actor=actor_of(manu))
    yesterday = timezone.localdate() - timedelta(days=1)

    with pytest.raises(consent.Refused):
        factories.make_draft(
            program,
            cvs,
            manu,
            email="",
            phone=MOBILE,
            consent=evidence(given_on=yesterday),
        )

    assert not Order.objects.exists()


def test_contacts_of_two_people_are_refused(program, cvs, manu):
    factories.make_recipient("Pat", program, phone=MOBILE)
    factories.make_recipient("Sam", program, email="user@example.com")

    with pytest.raises(recipients.Conflict):
        factories.make_draft(program, cvs, manu, phone=MOBILE)

    assert not Order.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_orders_for_somebody_new_at_once_make_one_person(program, cvs, manager):
    gift = factories.make_gift(program, cvs)

    made = in_parallel(
        *[lambda: drafts.create(gift, actor=manager, form_key=uuid.uuid4())] * 6
    )

    assert len(made) == Order.objects.count() == 6
    assert Recipient.objects.count() == 1


def test_an_edit_replaces_what_was_asked_for(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    gift = factories.make_gift(program, cvs, value=Decimal(50), message="New")

    edited = drafts.edit(order, gift, version=1, actor=actor_of(manu))

    reward = edited.rewards.get()
    assert (edited.version, str(edited.estimate)) == (2, "$50.00")
    assert (reward.value_minor, reward.message) == (5000, "New")
    assert edited.po_number == order.po_number


def test_an_edit_of_a_stale_page_changes_nothing(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    actor = actor_of(manu)
    drafts.edit(order, factories.make_gift(program, cvs), version=1, actor=actor)

    with pytest.raises(lifecycle.StaleOrder) as stale:
        drafts.edit(
            order,
            factories.make_gift(program, cvs, value=Decimal(100)),
            version=1,
            actor=actor,
        )

    assert stale.value.order.version == 2
    assert order.rewards.get().value_minor == 1500


def test_whoever_edits_had_a_hand_in_it(program, cvs, manu, ada):
    order = factories.make_draft(program, cvs, manu)

    drafts.edit(
        order, factories.make_gift(program, cvs), version=1, actor=actor_of(ada)
    )

    assert {each.user for each in order.contributors.all()} == {manu, ada}


def test_an_order_on_its_way_cannot_be_edited(program, cvs, manu):
    order = factories.make_submitted(program, cvs, manu)

    with pytest.raises(lifecycle.StaleOrder):
        drafts.edit(
            order,
            factories.make_gift(program, cvs, value=Decimal(100)),
            version=order.version,
            actor=actor_of(manu),
        )

    assert order.rewards.get().value_minor == 1500


def test_an_edit_may_keep_its_own_number_in_another_case(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu, po_number="MINE-1")
    gift = factories.make_gift(program, cvs, po_number="mine-1")

    edited = drafts.edit(order, gift, version=1, actor=actor_of(manu))

    assert edited.po_number == "mine-1"


def test_a_draft_is_cancelled_without_touching_money(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)

    cancelled = drafts.cancel(order, version=1, actor=actor_of(manu))

    assert cancelled.status == "cancelled"
    assert order.rewards.get().status == "cancelled"
    assert not program.budget_entries.exclude(kind="fund").exists()


def test_a_stale_cancel_changes_nothing(program, cvs, manu):
    order = factories.make_submitted(program, cvs, manu)

    with pytest.raises(lifecycle.StaleOrder):
        drafts.cancel(order, version=1, actor=actor_of(manu))

    order.refresh_from_db()
    assert order.status == "submitted"
