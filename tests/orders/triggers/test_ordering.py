"""From awards to orders: at once, by the hour or by the day, never twice."""

import pytest
import simplejson

from orders import drafts, frozen, lifecycle
from orders.award_states import AwardStatus
from orders.models import Award, Order, Side
from orders.states import OrderStatus
from orders.triggers import deciding, ordering
from orders.triggers.calls import Consent, Person
from orders.triggers.problems import Code
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from programs import budget
from programs.models import Program
from tests import factories
from tests.orders import ledger
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def hourly(rule):
    """The rule, with one order an hour."""
    rule.in_force.timing = "hour"
    rule.in_force.save()
    return rule


def report_many(key, number, start=0):
    return [
        made.report(key, f"evt-{n}", person=made.people(n))
        for n in range(start, start + number)
    ]


def test_the_referral_example_leaves_as_documented(
    rule, key, program, sandbox, worker, settings
):
    settings.PROMO_PO_PATTERN = "PROMO-4001"
    settings.WEBHOOK_BASE_URL = ""
    program.from_name, program.message = "Rewards Team", "Enjoy your reward!"
    program.save()
    person = Person(name="Recipient", email="user@email.com")

    order = made.order_of(made.report(key, person=person))
    worker.run(seconds=300)

    # provider-api: request bodies, with what is said of referral rewards.
    assert simplejson.loads(frozen.body_of(order.placements.get())) == {
        "Type": "DigitalDelivery",
        "PONumber": "PROMO-4001",
        "LineItems": [
            {
                "ProductId": "CVS",
                "Value": 15,
                "Quantity": 1,
                "DigitalDeliveryAddress": {"Email": "user@email.com"},
                "Personalization": {
                    "To": "Recipient",
                    "FromName": "Rewards Team",
                    "Message": "Enjoy your reward!",
                },
            }
        ],
    }
    assert sandbox.orders()[0]["PONumber"] == "PROMO-4001"


def test_an_hour_is_one_order(hourly, key, sandbox, worker, clock):
    clock.move_to(made.at("2026-05-04T10:20"))
    report_many(key, 7)
    assert not Order.objects.exists()

    worker.run(seconds=3600)

    order = Order.objects.get()
    assert (order.origin, order.shape) == (Order.Origin.COLLECTED, Order.Shape.LIST)
    assert order.rewards_count == order.rewards_planned == 7
    assert order.status == OrderStatus.COMPLETED
    assert {award.status for award in Award.objects.all()} == {AwardStatus.ORDERED}
    assert sum(len(placed["LineItems"]) for placed in sandbox.orders()) == 7
    ledger.check_with_provider(order.program, sandbox)


def test_what_comes_after_its_hour_goes_with_the_next(
    hourly, key, sandbox, worker, clock
):
    clock.move_to(made.at("2026-05-04T10:20"))
    report_many(key, 2)
    worker.run(seconds=3600)
    report_many(key, 3, start=2)
    worker.run(seconds=3600)

    assert sorted(order.rewards_count for order in Order.objects.all()) == [2, 3]


def test_a_day_ends_where_the_organisation_is(rule, key, worker, clock, settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    rule.in_force.timing = "day"
    rule.in_force.save()
    clock.move_to(made.at("2026-05-04T10:20"))

    award = made.report(key).awards.get()

    assert award.due_at == made.at("2026-05-05T04:00")


def test_a_crash_between_two_portions_loses_nothing(
    hourly, key, worker, clock, monkeypatch
):
    monkeypatch.setattr(ordering, "_AT_ONCE", 2)
    clock.move_to(made.at("2026-05-04T10:20"))
    report_many(key, 5)
    due = int(made.at("2026-05-04T11:00").timestamp())

    ordering.collect_some(hourly.pk, due)
    # The worker died; the message is delivered again.
    worker.run(seconds=3600)

    assert Order.objects.get().rewards_count == 5
    assert Award.objects.filter(reward=None).count() == 0


def test_running_again_after_all_is_ordered_changes_nothing(hourly, key, worker, clock):
    clock.move_to(made.at("2026-05-04T10:20"))
    report_many(key, 2)
    worker.run(seconds=3600)
    award = Award.objects.get(event__event_id="evt-0")
    order = Order.objects.get()

    ordering.collect_some(hourly.pk, int(made.at("2026-05-04T11:00").timestamp()))
    ordering.order_one(award.pk)
    ordering.submit(order.pk)

    assert Order.objects.count() == 1


def test_one_who_stopped_does_not_stop_the_others(hourly, key, program, worker, clock):
    program.email_consent = Program.EmailConsent.RECORDED
    program.save()
    clock.move_to(made.at("2026-05-04T10:20"))
    given = Consent(given_on=made.at("2026-05-01T00:00").date())
    made.report(key, "evt-1", person=made.people(1), consent=given)
    made.report(key, "evt-2", person=made.people(2))

    worker.run(seconds=3600)

    first, second = Award.objects.order_by("pk")
    assert first.status == AwardStatus.ORDERED
    assert (second.status, second.problem) == (
        AwardStatus.REFUSED,
        Code.CONSENT_MISSING,
    )


def test_a_budget_that_runs_dry_refuses_the_rest(hourly, key, program, worker, clock):
    program.funded_minor = 2 * 1500 + 100
    program.save()
    clock.move_to(made.at("2026-05-04T10:20"))
    report_many(key, 4)

    worker.run(seconds=3600)

    problems = Award.objects.order_by("pk").values_list("problem", flat=True)
    assert list(problems) == ["", "", Code.BUDGET_EXHAUSTED, Code.BUDGET_EXHAUSTED]
    assert Order.objects.get().rewards_count == 2


def test_once_there_are_funds_a_replay_sends_it(rule, key, program, adam, worker):
    program.funded_minor = 100
    program.save()
    event = made.report(key)
    assert event.awards.get().problem == Code.BUDGET_EXHAUSTED

    budget.fund(program, program.money(100_00), actor=actor_of(adam))
    deciding.replay(event.pk, actor=WORKER)
    worker.run(seconds=10)

    award = event.awards.get()
    assert (award.status, award.problem) == (AwardStatus.ORDERED, "")


def test_a_budget_taken_in_between_gives_the_awards_back(
    rule, key, program, monkeypatch
):
    """What is left is asked for when it is made, and held when it is submitted."""
    real = drafts.submit

    def meanwhile(order, **more):
        Program.objects.filter(pk=program.pk).update(funded_minor=0)
        return real(order, **more)

    monkeypatch.setattr(drafts, "submit", meanwhile)

    award = made.report(key).awards.get()

    assert (award.status, award.problem) == (
        AwardStatus.REFUSED,
        Code.BUDGET_EXHAUSTED,
    )
    assert award.reward is None
    assert Order.objects.get().status == OrderStatus.CANCELLED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "paused"}, Code.PROGRAM_NOT_RUNNING),
        ({"reward_cap_minor": 1000}, Code.OVER_CAP),
        ({"recipient_cap_minor": 1000}, Code.OVER_CAP),
    ],
)
def test_the_rules_of_the_program_hold(rule, key, program, change, code):
    Program.objects.filter(pk=program.pk).update(**change)

    assert made.report(key).awards.get().problem == code
    assert not Order.objects.exists()


def test_a_retired_product_is_refused(rule, key, cvs):
    cvs.retired_at = made.at("2026-01-01T00:00")
    cvs.save()

    assert made.report(key).awards.get().problem == Code.PRODUCT_UNAVAILABLE


def test_small_orders_count_together_for_the_approval_rule(rule, key, program):
    program.approval_rule, program.approval_above_minor = "above", 5000
    program.save()

    events = report_many(key, 4)

    orders = [made.order_of(event) for event in events]
    assert [order.status for order in orders] == [
        OrderStatus.APPROVED,
        OrderStatus.APPROVED,
        OrderStatus.APPROVED,
        OrderStatus.SUBMITTED,
    ]


def test_after_a_day_they_count_anew(rule, key, program, worker, sandbox, clock):
    program.approval_rule, program.approval_above_minor = "above", 2000
    program.save()
    report_many(key, 1)
    worker.run(seconds=25 * 3600)

    (event,) = report_many(key, 1, start=1)

    assert made.order_of(event).status == OrderStatus.APPROVED


def test_what_people_send_does_not_count_with_it(rule, key, program, cvs, manu):
    program.approval_rule, program.approval_above_minor = "above", 2000
    program.save()
    order = factories.make_submitted(program, cvs, manu)
    assert order.status == OrderStatus.APPROVED

    assert made.order_of(made.report(key)).status == OrderStatus.APPROVED


def test_a_triggered_order_cannot_be_turned_into_another(rule, key, program, cvs, manu):
    program.approval_rule = "always"
    program.save()
    order = made.order_of(made.report(key))
    made.undo_to_draft(order, manu)

    with pytest.raises(lifecycle.StaleOrder):
        drafts.edit(
            order,
            factories.make_gift(program, cvs, name="Somebody else"),
            version=order.version,
            actor=actor_of(manu),
        )


def test_every_step_is_in_the_journal(referral, key, worker, sandbox):
    made.report(key, advocate=made.ADVOCATE)
    worker.run(seconds=300)

    order = Order.objects.get(rewards__award__side=Side.PERSON)
    acts = Entry.objects.about("order", order.pk).order_by("sequence")
    assert [(each.action, each.actor_kind) for each in acts][:3] == [
        ("order.created", "rule"),
        ("order.submitted", "rule"),
        ("order.released", "system"),
    ]
    decided = Entry.objects.get(action="event.decided")
    assert decided.data["versions"] == [referral.in_force_id]


def test_a_long_hour_is_made_in_portions(
    hourly, key, worker, clock, monkeypatch, settings
):
    monkeypatch.setattr(ordering, "_AT_ONCE", 3)
    settings.PLACEMENT_MOST_LINES = 4
    clock.move_to(made.at("2026-05-04T10:20"))
    report_many(key, 10)

    worker.run(seconds=3600 - 20 * 60 + 1)

    order = Order.objects.get()
    assert order.rewards_count == 10
    assert order.status == OrderStatus.APPROVED
    assert order.hold_seconds_left > settings.RELEASE_HOLD_SECONDS - 5
