"""Whom a card in the post is known to be for, and whose address it leaves behind."""

import uuid
from dataclasses import replace

import pytest
from django.db import transaction

from orders.models import Order, Shipment
from orders.shipments import drafting
from portal.permissions import Role
from programs import address_book, merging, recipients
from programs.merging import Take
from programs.models import PostalAddress, Recipient
from programs.sheets import people
from programs.sheets.people import Person
from tests import factories
from tests.orders.shipments import posted
from tests.orders.shipments.filled import NEW, fill
from tests.programs.sheets.test_at_once import at_once

BOTH = ["DigitalDelivery", "PhysicalShipment"]


@pytest.fixture
def autumn(adam):
    return factories.make_program(
        "Autumn", funded=1000, funded_by=adam, delivery_types=BOTH
    )


@pytest.fixture
def bea(autumn):
    """She manages Autumn and knows nothing of Spring."""
    return factories.make_member("Bea", autumn, Role.MANAGER)


@pytest.fixture
def rosa(program, manager):
    """Whom Spring alone knows, with all that it knows of her."""
    rosa = factories.make_recipient(
        "Rosa Example", program, email="rosa@example.com", phone="+12025550111"
    )
    address_book.add(rosa, posted.LIBRARY, actor=manager)
    return rosa


def person_of(order):
    return order.rewards.get().recipient


def edit(order, wish, actor):
    return drafting.edit(order, wish, version=order.version, actor=actor)


def test_a_name_and_an_address_open_no_record_of_another_program(
    autumn, card, bea, rosa
):
    client = factories.signed_in(bea)

    page = client.post(NEW, fill(autumn, card))

    assert page.status_code == 303
    person = person_of(Order.objects.get())
    assert (person.name, person.is_by_post_only) == ("Rosa Example", True)
    assert person != rosa
    assert client.get(f"/recipients/{rosa.pk}/").status_code == 404
    assert autumn not in rosa.programs.all()


def test_in_the_program_s_own_book_they_say_who_it_is(program, card, manu, rosa):
    order = posted.make_draft(program, card, manu)

    assert person_of(order) == rosa


def test_both_records_of_one_person_may_be_merged_by_whoever_manages_both(
    program, autumn, card, bea, rosa, manager
):
    order = posted.make_draft(autumn, card, bea)

    merging.merge(rosa, person_of(order), take=Take(), actor=manager)
    again = posted.make_draft(autumn, card, bea)

    assert person_of(again) == rosa
    assert rosa.addresses.count() == 1


def test_a_card_under_another_name_leaves_the_address_book_alone(
    autumn, card, bea, rosa
):
    client = factories.signed_in(bea)
    sent = fill(
        autumn,
        card,
        contact="rosa@example.com",
        address_name="Bob Other",
        address_line1="8 5th Ave",
    )

    page = client.post(NEW, sent)

    assert page.status_code == 303
    parcel = Shipment.objects.get()
    assert (parcel.name, parcel.line1) == ("Bob Other", "8 5th Ave")
    assert parcel.reward.recipient == rosa
    assert [each.line1 for each in rosa.addresses.all()] == ["476 5th Ave"]


def test_the_same_name_in_another_spelling_is_no_other_name(program, card, manu, rosa):
    elsewhere = replace(posted.LIBRARY, name="ROSA  EXAMPLE.", line1="8 5th Ave")

    posted.make_draft(
        program, card, manu, address=elsewhere, name=elsewhere.name, email=rosa.email
    )

    assert {each.line1 for each in rosa.addresses.all()} == {"476 5th Ave", "8 5th Ave"}


def test_a_card_goes_to_whoever_is_on_record_under_a_name_no_label_can_show(
    program, card, as_manu
):
    factories.make_recipient(
        "Rosa Example \N{PARTY POPPER}", program, email="rosa@example.com"
    )

    page = as_manu.post(NEW, fill(program, card, contact="rosa@example.com"))

    assert page.status_code == 303
    assert Shipment.objects.get().name == "Rosa Example"
    assert not PostalAddress.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_cards_and_a_list_at_once_add_one_person(program, card, manu, manager):
    posted.standard()
    listed = Person("Rosa Example", "", "", posted.LIBRARY)

    def draft():
        wish = posted.make_wish(program, card, po_number=f"P-{uuid.uuid4().hex[:8]}")
        order = drafting.create(wish, actor=manager, form_key=uuid.uuid4())
        return person_of(order).pk

    def take_in():
        with transaction.atomic():
            return people.take_in(program, [listed], manager)[0]

    found = at_once(draft, take_in, draft, draft)

    assert found == [Recipient.objects.get().pk] * 4
    assert PostalAddress.objects.count() == 1


class TestEditingADraft:
    @pytest.fixture
    def order(self, program, card, manu):
        return posted.make_draft(program, card, manu)

    @pytest.fixture
    def renamed(self, order, manager):
        return recipients.edit(
            person_of(order),
            name="Rosa Sample",
            email=None,
            phone=None,
            version=1,
            actor=manager,
        )

    def test_keeps_somebody_who_was_renamed(self, program, card, as_manu, renamed):
        order = Order.objects.get()
        url = f"/send/physical/{order.reference}/edit/"
        form = as_manu.get(url).context["form"]
        shown = {n: form[n].value() for n in ("where", "recipient", "version")}

        page = as_manu.post(url, fill(program, card, quantity=2, **shown))

        assert page.status_code == 303
        assert order.rewards.get().quantity == 2
        assert person_of(order) == renamed
        assert Recipient.objects.count() == 1

    def test_keeps_the_record_that_lives(self, program, card, manager, order):
        dana = factories.make_recipient("Dana", program, email="dana@example.com")
        merging.merge(dana, person_of(order), take=Take(), actor=manager)

        edit(order, posted.make_wish(program, card, quantity=2), manager)

        assert person_of(order) == dana
        assert Recipient.objects.filter(merged_into=None).count() == 1

    @pytest.mark.parametrize("part", ["name", "line1"])
    def test_is_for_somebody_else_once_the_label_is(
        self, program, card, manager, order, renamed, part
    ):
        told = {"name": "Otto Example", "line1": "8 5th Ave"}
        address = replace(posted.LIBRARY, **{part: told[part]})
        wish = posted.make_wish(program, card, name=address.name, address=address)

        edit(order, wish, manager)

        assert person_of(order) != renamed
        assert person_of(order).name == address.name

    def test_without_its_contact_is_for_whoever_lives_there(
        self, program, card, manu, manager
    ):
        dana = factories.make_recipient("Dana", program, email="dana@example.com")
        order = posted.make_draft(program, card, manu, email=dana.email)
        assert person_of(order) == dana

        edit(order, posted.make_wish(program, card), manager)

        assert person_of(order).name == "Rosa Example"

    def test_in_another_program_is_for_somebody_of_that_one(
        self, autumn, card, manager, order, renamed
    ):
        edit(order, posted.make_wish(autumn, card), manager)

        assert person_of(order) != renamed
        assert list(person_of(order).programs.all()) == [autumn]


class TestTheAddressThatIsMarked:
    def chosen(self, client, person, program):
        page = client.get(NEW, {"recipient": person.pk, "program": program.pk})
        form = page.context["form"]
        return page, form["where"].value()

    def test_is_the_last_one_where_nobody_else_has_them(self, as_manu, program, rosa):
        _page, where = self.chosen(as_manu, rosa, program)

        assert where == str(rosa.addresses.get().pk)

    def test_is_none_where_another_program_has_them_too(
        self, as_manu, program, autumn, card, bea, rosa
    ):
        evil = replace(posted.LIBRARY, line1="8 5th Ave")
        posted.make_draft(autumn, card, bea, email=rosa.email, address=evil)

        page, where = self.chosen(as_manu, rosa, program)

        assert where == ""
        assert "8 5th Ave" in page.text
        assert "Another program knows this person too" in page.text
        radios = page.text.split('name="where"')[1:]
        assert len(radios) == 4
        assert not any("checked" in radio.split(">", 1)[0] for radio in radios)

    def test_is_none_for_somebody_of_another_program_of_mine(
        self, manu, program, autumn, rosa
    ):
        autumn.memberships.create(user=manu, role=Role.MANAGER)

        _page, where = self.chosen(factories.signed_in(manu), rosa, autumn)

        assert where == ""

    def test_has_to_be_chosen_and_nothing_else_is_complained_of(
        self, as_manu, program, autumn, card, rosa
    ):
        rosa.programs.add(autumn)
        nothing = {"where": None, "recipient": rosa.pk, "contact": rosa.email}
        empty = {f"address_{part}": "" for part in ("line1", "city", "state")}

        page = as_manu.post(NEW, fill(program, card, **nothing, **empty))

        assert page.status_code == 422
        assert dict(page.context["form"].errors) == {"where": ["Choose where it goes."]}
        assert "Address line 1:" not in page.text
        assert not Order.objects.exists()

    def test_stays_unmarked_while_typing_goes_on(
        self, as_manu, program, autumn, card, rosa
    ):
        rosa.programs.add(autumn)
        nothing = {"where": None, "recipient": rosa.pk, "contact": rosa.email}

        page = as_manu.post(NEW, fill(program, card, **nothing, preview="page"))

        assert page.status_code == 200
        assert not page.context["form"]["where"].value()
        assert "Another program knows this person too" in page.text
