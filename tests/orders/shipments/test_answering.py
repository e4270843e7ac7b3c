"""What an answer does to the parcel, the address book and the journal."""

import threading
from dataclasses import replace

import pytest
from django.db import connection

from orders import postal
from orders.models import AddressRequest, Order, Shipment
from orders.shipments import answering, asking
from portal.accounts.models import actor_of
from portal.actors import Actor, ActorKind, Channel
from portal.audit.models import Entry
from programs import address_book
from programs.models import PostalAddress, Recipient
from tests import factories
from tests.orders.shipments import asked, posted
from tests.orders.shipments.asked import CITY_HALL, token_of

READER = Actor(ActorKind.RECIPIENT, "1", Channel.WEB)


@pytest.fixture
def request_(program, card, manu) -> AddressRequest:
    return asked.make_asked(program, card, manu)


@pytest.fixture
def many(program, card, manu) -> Order:
    order = asked.make_list(program, card, manu, 2)
    return asking.ask(order, version=order.version, actor=actor_of(manu))


def answer(request, address=CITY_HALL):
    answering.answer(token_of(request), address, actor=READER)


def test_it_stands_on_the_parcel_and_in_the_address_book(request_):
    answer(request_, replace(CITY_HALL, name="ROSA EXAMPLE"))

    parcel = Shipment.objects.get()
    assert postal.address_of(parcel) == replace(CITY_HALL, name="ROSA EXAMPLE")
    person = Recipient.objects.get()
    assert person.name == "Rosa Example"
    assert address_book.read(person.addresses.get()) == replace(CITY_HALL, name="")
    entry = Entry.objects.filter(action="address.given").get()
    assert (entry.actor_kind, entry.subject_id) == ("recipient", str(parcel.pk))
    assert entry.program_id == parcel.program_id
    assert entry.data == {
        "order": parcel.reward.order_id,
        "first": True,
        "confirmed": False,
        "kept": True,
        "wording": "address-1",
    }


def test_under_another_name_it_stands_on_the_parcel_alone(request_):
    elsewhere = replace(CITY_HALL, name="Bob Other")

    answer(request_, elsewhere)

    assert postal.address_of(Shipment.objects.get()) == elsewhere
    assert not PostalAddress.objects.exists()
    entry = Entry.objects.get(action="address.given")
    assert (entry.data["first"], entry.data["kept"]) == (True, False)


def test_it_may_be_changed_while_others_are_waited_for(many):
    request = asked.request_of(many, "Person 2")
    answer(request, replace(CITY_HALL, name="Person 2"))

    answer(request, replace(posted.LIBRARY, name="Person 2"))

    request.refresh_from_db()
    assert request.shipment.line1 == posted.LIBRARY.line1
    given = Entry.objects.filter(action="address.given").order_by("sequence")
    assert [entry.data["first"] for entry in given] == [True, False]
    assert PostalAddress.objects.count() == 2


def test_the_same_answer_twice_is_one(many):
    request = asked.request_of(many, "Person 2")
    for _time in range(3):
        answer(request)

    assert Entry.objects.filter(action="address.given").count() == 1


def test_the_same_answer_is_no_error_after_the_last_one_closed_it(request_):
    answer(request_)
    answer(request_)

    with pytest.raises(answering.Closed):
        answer(request_, posted.LIBRARY)
    assert Shipment.objects.get().line1 == CITY_HALL.line1


def test_whoever_has_a_link_cannot_fill_the_journal(many, monkeypatch):
    monkeypatch.setattr(answering, "MOST_CHANGES", 3)
    request = asked.request_of(many, "Person 2")
    for address in (CITY_HALL, posted.LIBRARY, CITY_HALL):
        answer(request, address)

    with pytest.raises(answering.Closed):
        answer(request, posted.LIBRARY)
    assert Entry.objects.filter(action="address.given").count() == 3


def test_what_staff_kept_for_a_reason_is_confirmed_with_the_reason(
    program, card, manu, manager
):
    doubted = replace(CITY_HALL, postal_code="99999")
    order = posted.make_draft(
        program,
        card,
        manu,
        email="rosa@example.com",
        address=doubted,
        reason="A new building.",
    )
    asking.ask(order, version=order.version, actor=manager, confirms=True)

    answer(asked.request_of(order), doubted)

    parcel = Shipment.objects.get()
    assert (parcel.reason, parcel.overridden_by) == ("A new building.", manu)
    assert Entry.objects.filter(action="address.given").get().data["confirmed"]


def test_another_address_has_no_reason_any_more(program, card, manu, manager):
    order = posted.make_draft(
        program,
        card,
        manu,
        email="rosa@example.com",
        address=replace(CITY_HALL, postal_code="99999"),
        reason="A new building.",
    )
    asking.ask(order, version=order.version, actor=manager, confirms=True)

    answer(asked.request_of(order), posted.LIBRARY)

    parcel = Shipment.objects.get()
    assert (parcel.reason, parcel.overridden_by) == ("", None)


def test_a_name_that_cannot_be_printed_keeps_it_out_of_the_book_alone(
    program, request_
):
    Recipient.objects.update(name="Rosa \N{PARTY POPPER}")

    answer(request_)

    assert Shipment.objects.get().line1 == CITY_HALL.line1
    assert not PostalAddress.objects.exists()
    assert Entry.objects.filter(action="address.given").get().data["kept"] is False


@pytest.mark.parametrize("text", ["", "unknown", "a" * 3000, "\N{PARTY POPPER}", "\0"])
def test_any_other_text_opens_nothing(request_, text):
    with pytest.raises(answering.Closed):
        answering.answer(text, CITY_HALL, actor=READER)


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_to_the_last_question_one_counts(program, card, manu):
    request = asked.make_asked(program, card, manu)
    token, start = token_of(request), threading.Barrier(2)
    outcomes: list[str] = []

    def press(address):
        try:
            start.wait()
            answering.answer(token, address, actor=READER)
            outcomes.append(address.line1)
        except answering.Closed:
            outcomes.append("closed")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=[address])
        for address in (CITY_HALL, posted.LIBRARY)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes)[-1] == "closed"
    (stored,) = set(outcomes) - {"closed"}
    assert Shipment.objects.get().line1 == stored
    assert Order.objects.get().status == "draft"
    assert Entry.objects.filter(action="addresses.collected").count() == 1


@pytest.mark.django_db(transaction=True)
def test_everybody_answering_at_once_closes_it_once(program, card, manu):
    order = asked.make_list(program, card, manu, 6)
    asking.ask(order, version=order.version, actor=actor_of(manu))
    found = list(AddressRequest.objects.order_by("pk"))
    start = threading.Barrier(len(found))
    failures: list[BaseException] = []

    def press(request):
        try:
            start.wait()
            answer(request)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[each]) for each in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert not Shipment.objects.filter(line1="").exists()
    assert Order.objects.get().status == "draft"
    assert Entry.objects.filter(action="addresses.collected").count() == 1


def test_a_person_of_another_record_of_the_same_address_is_not_touched(
    program, request_
):
    other = factories.make_recipient("Ida", program, email="ida@example.com")

    answer(request_)

    assert not other.addresses.exists()
