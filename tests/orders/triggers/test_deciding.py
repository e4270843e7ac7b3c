"""What becomes of an event: matched or not and why, awarded once, capped, held."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orders.award_states import AwardStatus, EventStatus, RuleStatus
from orders.models import Award, Event, Order, Side
from orders.states import OrderStatus, RewardStatus
from orders.triggers import accepting, deciding
from orders.triggers.calls import Address, Consent, Person
from orders.triggers.problems import Code, Refused
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox.models import Message
from programs.models import ConsentEntry, Recipient
from tests import factories
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db


def test_a_matching_event_sends_its_reward(rule, key, sandbox, worker):
    event = made.report(key)
    worker.run(seconds=300)

    award, reward = event.awards.get(), made.reward_of(event)
    order = reward.order
    assert event.status == EventStatus.MATCHED
    assert award.status == AwardStatus.ORDERED
    assert (order.origin, order.shape) == (Order.Origin.TRIGGER, Order.Shape.SINGLE)
    assert order.po_number == "PROMO-13001"
    assert reward.status == RewardStatus.SENT
    assert (award.recipient, reward.email) == (reward.recipient, "fred@example.com")
    (placed,) = sandbox.orders()
    assert placed["PONumber"] == "PROMO-13001"


def test_an_event_that_does_not_match_says_why(rule, key):
    event = made.report(key, attributes={"purchase": 20})

    assert event.status == EventStatus.UNMATCHED
    assert event.findings == [
        {
            "rule": rule.pk,
            "version": rule.in_force_id,
            "matched": False,
            "code": "condition-failed",
            "attribute": "purchase",
        }
    ]
    assert not Award.objects.exists()
    assert not Recipient.objects.exists()


@pytest.mark.parametrize(
    ("fields", "days", "code"),
    [
        ({"starts_on": timedelta(days=1)}, 0, "before-start"),
        ({"ends_on": timedelta(days=-1)}, 0, "after-end"),
    ],
)
def test_dates_of_a_rule_are_days_here(rule, key, fields, days, code):
    for name, distance in fields.items():
        day = factories.today() + distance
        type(rule.in_force).objects.filter(rule=rule).update(**{name: day})

    assert made.report(key).findings[0]["code"] == code


def test_a_paused_rule_awards_nothing(rule, key):
    rule.status = RuleStatus.PAUSED
    rule.save()

    assert made.report(key).findings[0]["code"] == "rule-paused"


def test_both_sides_of_a_referral_are_awarded(referral, key):
    event = made.report(key, advocate=made.ADVOCATE)

    awards = {award.side: award for award in event.awards.all()}
    assert awards[Side.PERSON].value_minor == 1500
    assert awards[Side.ADVOCATE].value_minor == 2500
    emails = Order.objects.values_list("rewards__email", flat=True)
    assert set(emails) == {"fred@example.com", "adele@example.org"}
    assert Order.objects.count() == 2


def test_without_the_advocate_that_side_is_refused(referral, key):
    event = made.report(key)

    missing = event.awards.get(side=Side.ADVOCATE)
    assert (missing.status, missing.problem) == (
        AwardStatus.REFUSED,
        Code.PERSON_MISSING,
    )
    assert event.awards.get(side=Side.PERSON).status == AwardStatus.ORDERED


@pytest.mark.parametrize(
    ("advocate", "likeness"),
    [
        (replace(made.ADVOCATE, email="Fred+1@example.com"), "email"),
        (replace(made.ADVOCATE, email="f.red7@example.com"), "email"),
        (replace(made.ADVOCATE, phone="+12025550123"), "phone"),
        (
            replace(
                made.ADVOCATE,
                address=Address(
                    line1="12 MAIN ST.",
                    city="New York",
                    postal_code="10001",
                    country="US",
                ),
            ),
            "address",
        ),
    ],
)
def test_one_person_on_both_sides_is_held(referral, key, advocate, likeness):
    home = Address(
        line1="12 Main St", city="New York", postal_code="10001", country="US"
    )
    friend = replace(made.FRIEND, phone="+12025550123", address=home)

    event = made.report(key, person=friend, advocate=advocate)

    for award in event.awards.all():
        assert (award.status, award.problem, award.detail) == (
            AwardStatus.HELD,
            Code.SAME_PERSON,
            likeness,
        )
    assert not Order.objects.exists()


def test_the_same_event_twice_is_one_reward(rule, key):
    first, second = made.report(key), made.report(key)

    assert first.pk == second.pk
    assert Order.objects.count() == 1


def test_an_event_decided_twice_is_awarded_once(rule, key):
    event = made.report(key)
    deciding.decide(event.pk)
    deciding.replay(event.pk, actor=WORKER)

    assert event.awards.count() == 1
    assert Order.objects.count() == 1


def test_another_body_under_the_same_id_is_refused(rule, key):
    made.report(key)

    with pytest.raises(Refused) as refusal:
        made.report(key, attributes={"purchase": 61})

    assert refusal.value.code == Code.ID_REUSED


def test_ids_of_tests_and_of_programs_are_apart(rule, key, test_key):
    assert made.report(key).pk != made.report(test_key).pk


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "survey.done"}, Code.TYPE_UNKNOWN),
        ({"person": None}, Code.PERSON_MISSING),
        ({"occurred_at": made.at("2020-01-01T00:00")}, Code.EVENT_TOO_OLD),
        ({"occurred_at": made.at("2999-01-01T00:00")}, Code.EVENT_FROM_FUTURE),
        ({"type": "survey.reversed", "reverses": "x"}, Code.TYPE_UNKNOWN),
        (
            {
                "consent": Consent(
                    given_on=made.at("2026-01-01T00:00").date(), wording="v9"
                )
            },
            Code.WORDING_UNKNOWN,
        ),
    ],
)
def test_what_cannot_be_taken_in_is_not_stored(rule, key, fields, code):
    with pytest.raises(Refused) as refusal:
        made.report(key, **fields)

    assert refusal.value.code == code
    assert not Event.objects.exists()


def test_one_person_gets_as_many_as_the_rule_says(rule, key):
    version = rule.in_force
    version.per_person, version.per_person_days = 1, 30
    version.save()

    made.report(key, "evt-1")
    second = made.report(key, "evt-2", person=replace(made.FRIEND, name="Freddy"))
    other = made.report(key, "evt-3", person=made.people(1))

    assert second.awards.get().problem == Code.OVER_CAP
    assert other.awards.get().status == AwardStatus.ORDERED


def test_the_cap_of_a_person_is_over_days(rule, key, clock):
    version = rule.in_force
    version.per_person, version.per_person_days = 1, 30
    version.save()
    made.report(key, "evt-1")

    clock.shift(timedelta(days=31))

    assert made.report(key, "evt-2").awards.get().status == AwardStatus.ORDERED


def test_in_all_it_gives_as_many_as_it_says(rule, key):
    version = rule.in_force
    version.most_in_all = 2
    version.save()

    events = [made.report(key, f"evt-{n}", person=made.people(n)) for n in range(3)]

    assert [event.awards.get().status for event in events] == [
        AwardStatus.ORDERED,
        AwardStatus.ORDERED,
        AwardStatus.REFUSED,
    ]


def test_a_test_event_checks_all_and_buys_nothing(rule, test_key):
    event = made.report(test_key)

    award = event.awards.get()
    assert award.status == AwardStatus.TESTED
    assert not Order.objects.exists()
    assert not Recipient.objects.exists()


def test_a_test_event_asks_drafts_as_well(program, cvs, manu, test_key):
    made.make_rule(program, cvs, manu, None)

    assert made.report(test_key).awards.get().status == AwardStatus.TESTED


def test_a_live_event_does_not_ask_drafts(program, cvs, manu, key):
    made.make_rule(program, cvs, manu, None)

    assert made.report(key).status == EventStatus.UNMATCHED


def test_consent_comes_with_the_event(program, cvs, manu, ada, key):
    program.email_consent = "recorded"
    program.save()
    made.make_rule(program, cvs, manu, ada)
    today = factories.today()

    without = made.report(key, "evt-1")
    given = Consent(given_on=today, evidence="Box ticked at the till")
    with_it = made.report(key, "evt-2", person=made.people(1), consent=given)

    assert without.awards.get().problem == Code.CONSENT_MISSING
    assert with_it.awards.get().status == AwardStatus.ORDERED
    entry = ConsentEntry.objects.get()
    assert (entry.source, entry.evidence) == ("api", "Box ticked at the till")


def test_nothing_personal_is_in_journal_and_outbox(referral, key):
    made.report(key, advocate=made.ADVOCATE)

    kept = "".join(
        str(each) for each in (*Entry.objects.values(), *Message.objects.values())
    )
    for secret in ("fred", "adele", "Friend", "example.com"):
        assert secret not in kept


def test_what_was_reported_is_encrypted(rule, key):
    event = accepting.accept(made.make_call(), key=key)

    assert "fred" not in str(Event.objects.filter(pk=event.pk).values().get())


def test_a_person_with_two_records_is_refused(rule, key, program):
    Recipient.objects.create(name="A", email="fred@example.com")
    Recipient.objects.create(name="B", phone="+12025550123")
    version = rule.in_force
    version.gifts.update(way="both")
    both = Person(name="Fred", email="fred@example.com", phone="+12025550123")

    assert made.report(key, person=both).awards.get().problem == Code.CONTACTS_CONFLICT


def test_whoever_wrote_the_rule_is_a_contributor(rule, key, program, manu):
    program.approval_rule = "always"
    program.save()

    order = made.order_of(made.report(key))

    assert order.status == OrderStatus.SUBMITTED
    assert list(order.contributors.values_list("user", flat=True)) == [manu.pk]
