"""A draft of links: one per form, a reward per line item, and a number of its own."""

import uuid
from decimal import Decimal

import pytest

from orders import batches, content, drafts, drawing_up, lifecycle, po_numbers
from orders.links import drafting
from orders.models import LinkBatch, Order, Reward
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from tests import factories
from tests.orders.claims.made import make_draft, make_submitted, make_wish
from tests.orders.test_drafts import in_parallel


def test_every_link_is_a_line_item_with_an_id_of_its_own(program, cvs, manu):
    order = make_draft(program, cvs, manu, value=Decimal(10), quantity=3)

    lines = order.rewards.order_by("pk").values_list("external_id", "quantity")
    assert list(lines) == [(f"{order.reference}-{n:05}", 1) for n in (1, 2, 3)]
    assert (order.type, order.shape, order.status) == ("Links", "links", "draft")
    assert (order.rewards_count, order.rewards_planned) == (3, 3)
    assert (str(order.face), str(order.estimate)) == ("$30.00", "$30.00")
    assert not order.is_filling


def test_all_in_one_line_item_is_one_reward_without_an_id(program, cvs, manu):
    order = make_draft(program, cvs, manu, quantity=3, is_one_line=True)

    reward = order.rewards.get()
    assert (reward.quantity, reward.external_id, reward.recipient) == (3, "", None)
    assert order.links.quantity == 3


@pytest.mark.parametrize(
    ("is_one_line", "estimate"), [(False, "$97.50"), (True, "$97.52")]
)
def test_the_estimate_is_rounded_line_by_line(program, manu, is_one_line, estimate):
    # $9.90 less 1.5 % is 9.7515: ten times 9.75, or 97.515 for ten at once.
    card = factories.make_product(
        "CARD",
        values=[10, 100],
        denomination_type="Variable",
        discount_percent=Decimal("1.5"),
    )
    terms = {"value": Decimal("9.90"), "quantity": 10, "is_one_line": is_one_line}

    order = make_draft(program, card, manu, **terms)

    assert str(order.estimate) == estimate


def test_a_draft_holds_no_money_and_is_journalled_once(program, cvs, manu):
    order = make_draft(program, cvs, manu, message="Dear Zebedee")

    entry = Entry.objects.get(action="order.created")
    assert (entry.subject_id, entry.actor_id) == (str(order.pk), str(manu.pk))
    assert "Zebedee" not in str(entry.data)
    program.refresh_from_db()
    assert program.held_minor == 0
    assert order.contributors.get().user == manu


def test_what_was_asked_for_can_be_read_back(program, cvs, manu):
    wish = make_wish(program, cvs, po_number="MINE-1", note="Summer", way="provider")

    order = drafting.create(wish, actor=actor_of(manu), form_key=uuid.uuid4())

    assert batches.wish_of(Order.objects.get(pk=order.pk)) == wish


@pytest.mark.parametrize("po_number", ["", "MINE-1"])
def test_the_same_form_again_changes_nothing(program, cvs, manager, po_number):
    wish, key = make_wish(program, cvs, po_number=po_number), uuid.uuid4()

    made = [drafting.create(wish, actor=manager, form_key=key) for _ in range(3)]

    assert made == [Order.objects.get()] * 3
    assert Order.objects.get().version == 1
    assert Entry.objects.filter(action__startswith="order.").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("po_number", ["", "MINE-1"])
def test_twenty_clicks_at_once_are_one_batch(program, cvs, manager, po_number):
    wish, key = make_wish(program, cvs, po_number=po_number), uuid.uuid4()

    made = in_parallel(
        *[lambda: drafting.create(wish, actor=manager, form_key=key)] * 20
    )

    (order,) = Order.objects.all()
    assert made == [order] * 20
    assert LinkBatch.objects.count() == 1
    assert Reward.objects.count() == 5


def test_a_form_that_comes_back_changed_changes_its_draft(program, cvs, manager):
    key = uuid.uuid4()
    drafting.create(make_wish(program, cvs), actor=manager, form_key=key)

    wish = make_wish(program, cvs, quantity=2, label="Autumn fair")
    drafting.create(wish, actor=manager, form_key=key)

    order = Order.objects.get()
    assert (order.version, order.links.label) == (2, "Autumn fair")
    assert order.rewards.count() == order.links.quantity == 2


def test_the_form_of_another_kind_of_order_makes_no_batch_of_it(program, cvs, manu):
    order = factories.make_draft(program, cvs, manu)
    wish = make_wish(program, cvs)

    with pytest.raises(lifecycle.StaleOrder):
        drafting.create(wish, actor=actor_of(manu), form_key=order.form_key)

    assert Order.objects.get().shape == "single"


def test_a_number_that_is_taken_leaves_nothing_behind(program, cvs, manu):
    factories.make_draft(program, cvs, manu, po_number="TAKEN-1")

    with pytest.raises(po_numbers.PoNumberTaken):
        make_draft(program, cvs, manu, po_number="taken-1")

    assert not LinkBatch.objects.exists()
    assert Order.objects.count() == 1


def test_batches_are_numbered_by_a_pattern_of_their_own(program, cvs, manu, settings):
    settings.PO_FIRST_NUMBER = 14001
    first, second = (make_draft(program, cvs, manu) for _ in range(2))

    assert (first.po_number, second.po_number) == ("LINKS-14001", "LINKS-14002")


def test_an_edit_replaces_every_line_and_keeps_the_number(program, cvs, manu):
    order = make_draft(program, cvs, manu)
    wish = make_wish(program, cvs, quantity=2, value=Decimal(50), is_one_line=True)

    edited = drafting.edit(order, wish, version=1, actor=actor_of(manu))

    reward = edited.rewards.get()
    assert (reward.quantity, reward.value_minor) == (2, 5000)
    assert (edited.version, str(edited.estimate)) == (2, "$100.00")
    assert edited.po_number == order.po_number
    assert LinkBatch.objects.get().is_one_line


def test_an_edit_of_a_stale_page_changes_nothing(program, cvs, manu):
    order = make_draft(program, cvs, manu)
    drafting.edit(order, make_wish(program, cvs), version=1, actor=actor_of(manu))

    wish = make_wish(program, cvs, quantity=100)
    with pytest.raises(lifecycle.StaleOrder) as stale:
        drafting.edit(order, wish, version=1, actor=actor_of(manu))

    assert stale.value.order.version == 2
    assert order.rewards.count() == 5


def test_a_batch_on_its_way_cannot_be_edited(program, cvs, manu):
    order = make_submitted(program, cvs, manu)

    wish = make_wish(program, cvs, quantity=100)
    with pytest.raises(lifecycle.StaleOrder):
        drafting.edit(order, wish, version=order.version, actor=actor_of(manu))


def test_one_kind_of_edit_does_not_touch_the_other_kind(program, cvs, manu):
    actor = actor_of(manu)
    single, batch = (
        make(program, cvs, manu) for make in (factories.make_draft, make_draft)
    )

    with pytest.raises(lifecycle.StaleOrder):
        drafting.edit(single, make_wish(program, cvs), version=1, actor=actor)
    with pytest.raises(lifecycle.StaleOrder):
        drafts.edit(batch, factories.make_gift(program, cvs), version=1, actor=actor)


def test_what_was_submitted_stays_in_its_program(program, cvs, manu, ada, adam):
    order = make_submitted(program, cvs, manu)
    Order.objects.filter(pk=order.pk).update(status="changes requested")
    other = factories.make_program("Other", delivery_types=["Links"])

    wish = make_wish(other, cvs, from_name="Team")
    with pytest.raises(drawing_up.ProgramFixed):
        drafting.edit(order, wish, version=order.version, actor=actor_of(manu))


@pytest.mark.parametrize(
    ("change", "label", "before", "after"),
    [
        ({"label": "Autumn"}, "Label", "Spring fair", "Autumn"),
        ({"from_name": "Ana"}, "From name", "Rewards Team", "Ana"),
        ({"message": "Hi"}, "Message", "Enjoy your reward!", "Hi"),
        ({"note": "Hurry"}, "Note", "", "Hurry"),
        (
            {"is_one_line": True},
            "CVS",
            "5 lines of 1 × $10.00",
            "1 lines of 5 × $10.00",
        ),
        (
            {"way": "provider"},
            "What the links are",
            "Links to this portal",
            "The provider’s own links",
        ),
        ({"value": Decimal(25)}, "Estimated cost", "$50.00", "$125.00"),
        ({"quantity": 4}, "Quantity", "5", "4"),
    ],
    ids=lambda value: str(value),
)
def test_every_change_voids_an_approval_and_is_named(
    program, cvs, manu, change, label, before, after
):
    order = make_draft(program, cvs, manu)
    first = content.of(order)

    drafting.edit(
        order, make_wish(program, cvs, **change), version=1, actor=actor_of(manu)
    )

    second = content.of(Order.objects.get())
    assert content.hash_of(first) != content.hash_of(second)
    told = {(c.label, c.before, c.after) for c in content.changes(first, second)}
    assert (label, before, after) in told
