"""A draft of a card in the post belongs to its own form."""

import uuid

import pytest

from orders import drafts, lifecycle
from orders.shipments import drafting
from tests import factories
from tests.orders.shipments import posted


def test_the_same_form_twice_is_one_order(program, card, manager):
    key, wish = uuid.uuid4(), posted.make_wish(program, card)

    first = drafting.create(wish, actor=manager, form_key=key)
    again = drafting.create(wish, actor=manager, form_key=key)

    assert again == first
    assert again.version == 1


def test_the_form_of_a_digital_gift_never_changes_it(program, card, manu, manager):
    order = posted.make_draft(program, card, manu)
    gift = factories.make_gift(program, card)

    with pytest.raises(lifecycle.StaleOrder):
        drafts.create(gift, actor=manager, form_key=order.form_key)

    order.refresh_from_db()
    assert (order.is_postal, order.version) == (True, 1)


def test_its_form_never_changes_a_digital_gift(program, card, manu, manager):
    order = factories.make_draft(program, card, manu)
    wish = posted.make_wish(program, card)

    with pytest.raises(lifecycle.StaleOrder):
        drafting.create(wish, actor=manager, form_key=order.form_key)

    order.refresh_from_db()
    assert (order.is_postal, order.version) == (False, 1)
