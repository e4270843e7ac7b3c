import pytest
from django.db import transaction
from django.urls import reverse

from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.outbox.handlers import GiveUp
from portal.outbox.messages import enqueue
from portal.outbox.models import Message
from tests import factories
from tests.portal.outbox.conftest import put

LIST = "/outbox/"
Status = Message.Status


@pytest.fixture
def stuck(work) -> Message:
    work.raises(GiveUp("The provider refuses the product."))
    put(7)
    dispatch.drain()
    work.then = lambda: None
    return Message.objects.get()


def address(verb: str, message: Message) -> str:
    return reverse(f"outbox:message_{verb}", args=[message.pk])


def test_message_list_shows_what_is_stuck_and_why(as_adam, stuck):
    page = as_adam.get(LIST).content.decode()

    assert "tests.work:7" in page
    assert "The provider refuses the product." in page


def test_message_list_shows_what_waits_with_its_time(as_adam, work):
    put(8, not_before="2030-05-06T12:00:00+00:00")

    assert "tests.work:8" not in as_adam.get(LIST).content.decode()
    page = as_adam.get(LIST, {"state": "waiting"}).content.decode()

    assert "tests.work:8" in page
    assert "6 May 2030" in page


@pytest.mark.parametrize("state", ["", "done", "odd", "\x00"])
def test_message_list_survives_an_odd_state(as_adam, stuck, state):
    page = as_adam.get(LIST, {"state": state, "after": "nonsense"})

    assert page.context["page"].rows == [stuck]


def test_nothing_stuck_says_so(as_adam):
    assert "Nothing is stuck" in as_adam.get(LIST).content.decode()


def test_message_retry_delivers_it_again(as_adam, adam, stuck, work):
    response = as_adam.post(address("retry", stuck))

    stuck.refresh_from_db()
    assert response.status_code == 303
    assert (stuck.status, stuck.failures) == (Status.WAITING, 0)
    entry = Entry.objects.get(action=Action.MESSAGE_RETRIED)
    assert (entry.subject_type, entry.subject_id) == ("message", str(stuck.pk))
    assert entry.actor_id == str(adam.pk)
    assert entry.data == {"topic": "tests.work", "attempts": 1}

    dispatch.drain()
    assert work.calls == [{"id": 1}, {"id": 1}]
    assert Message.objects.get().status == Status.DONE


def test_message_give_up_keeps_the_reason_out_of_the_journal(as_adam, stuck):
    response = as_adam.post(address("give_up", stuck), {"reason": "Sold out for good"})

    stuck.refresh_from_db()
    assert response.status_code == 303
    assert (stuck.status, stuck.reason) == (Status.ABANDONED, "Sold out for good")
    entry = Entry.objects.get(action=Action.MESSAGE_ABANDONED)
    assert entry.data == {"topic": "tests.work", "attempts": 1}
    assert dispatch.drain() == 0
    assert "Sold out" in as_adam.get(LIST, {"state": "abandoned"}).content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\x00b"])
def test_message_give_up_needs_a_reason(as_adam, stuck, reason):
    response = as_adam.post(address("give_up", stuck), {"reason": reason})

    stuck.refresh_from_db()
    assert response.status_code == 422
    assert response.context["form"].errors["reason"]
    assert stuck.status == Status.STUCK


@pytest.mark.parametrize("status", [Status.DONE, Status.WAITING, Status.ABANDONED])
@pytest.mark.parametrize("verb", ["retry", "give_up"])
def test_a_message_that_went_on_is_left_alone(as_adam, stuck, status, verb):
    Message.objects.update(status=status)

    response = as_adam.post(address(verb, stuck), {"reason": "too late"})

    page = as_adam.get(response["Location"]).content.decode()
    assert "not stuck any more" in page
    assert Message.objects.get().status == status
    assert not Entry.objects.filter(subject_type="message").exists()


def test_pressing_twice_retries_once(as_adam, stuck):
    as_adam.post(address("retry", stuck))
    as_adam.post(address("retry", stuck))

    assert Entry.objects.filter(action=Action.MESSAGE_RETRIED).count() == 1


def test_a_settled_message_offers_no_buttons(as_adam, stuck):
    Message.objects.update(status=Status.DONE)

    page = as_adam.get(address("detail", stuck)).content.decode()

    assert address("retry", stuck) not in page


@pytest.mark.parametrize("name", ["manu", "ada", "audra", "otto"])
def test_the_outbox_is_the_administrators_concern(request, stuck, name):
    client = factories.signed_in(request.getfixturevalue(name))

    assert client.get(LIST).status_code == 404
    assert client.get(address("detail", stuck)).status_code == 404
    for verb in ("retry", "give_up"):
        answer = client.post(address(verb, stuck), {"reason": "mine"})
        assert answer.status_code == 404
    assert Message.objects.get().status == Status.STUCK


def test_message_list_costs_the_same_with_many_messages(
    as_adam, work, django_assert_max_num_queries
):
    with transaction.atomic():
        for number in range(120):
            enqueue("tests.work", number, {})
    Message.objects.update(status=Status.STUCK)

    with django_assert_max_num_queries(10):
        first = as_adam.get(LIST)
    with django_assert_max_num_queries(10):
        as_adam.get(LIST + first.context["page"].older_url)
