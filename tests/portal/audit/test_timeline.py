from portal.accounts.models import actor_of
from portal.actors import PROVIDER
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.timeline import timeline
from tests import factories


def test_a_timeline_names_who_and_through_what_newest_first(adam, otto):
    journal.record(Action.PERSON_INVITED, otto, actor=actor_of(adam))
    journal.record(Action.ORDER_REJECTED, otto, actor=PROVIDER)

    newest, oldest = timeline([("user", [otto.pk])])

    assert (newest.title, newest.actor, newest.channel) == (
        "Order rejected",
        "The provider",
        "Webhook",
    )
    assert (newest.tone, newest.icon) == ("err", "x-circle")
    assert (oldest.title, oldest.actor, oldest.tone) == (
        "Person invited",
        "Adam",
        "neutral",
    )


def test_a_timeline_joins_several_kinds_of_subject(adam, otto, program):
    journal.record(Action.PERSON_INVITED, otto, actor=actor_of(adam))

    both = timeline([("user", [otto.pk]), ("program", [program.pk]), ("order", [])])

    assert [event.title for event in both] == ["Person invited", "Budget funded"]


def test_the_page_says_what_the_data_means(adam, otto):
    data = {"amount": 1500}
    journal.record(Action.PERSON_INVITED, otto, actor=actor_of(adam), data=data)

    (event,) = timeline(
        [("user", [otto.pk])], describe=lambda entry: f"{entry.data['amount']} cents"
    )

    assert event.detail == "1500 cents"


def test_nothing_asked_is_nothing_shown(adam, program):
    assert timeline([]) == []
    assert timeline([("program", [])]) == []


def test_a_timeline_costs_two_queries(adam, django_assert_num_queries):
    people = [factories.make_user(f"Person{n}") for n in range(10)]
    for person in people:
        journal.record(Action.SIGNED_IN, person, actor=actor_of(person))

    with django_assert_num_queries(2):
        events = timeline([("user", [person.pk for person in people])], most=5)

    assert [event.actor for event in events] == [f"Person{n}" for n in range(9, 4, -1)]
