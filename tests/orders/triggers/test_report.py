"""The campaign report: per rule and per source, and its figures add up."""

import csv
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Q, Sum
from django.utils import timezone

from orders.models import Award, Event, Reward
from orders.triggers import reporting
from portal.permissions import Role
from programs.models import Program
from tests import factories
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db

PAGE = "/developers/report/"
FILE = "/developers/report.csv"


def shown(response) -> str:
    return str(response.content.decode())


def lines(response, kind: str) -> dict[str, reporting.Line]:
    """By name, of the table of rules or of that of sources."""
    tables = {field: lines for _title, field, lines in response.context["tables"]}
    return {line.name: line for line in tables[kind]}


@pytest.fixture
def campaign(rule, referral, key, manu, worker, sandbox):
    """Events whose rewards were sent, held and refused, and one that matched none."""
    rule.in_force.event_type = "survey.done"
    rule.in_force.save()
    survey = {"type": "survey.done", "advocate": None}
    made.report(key, "sent", advocate=made.ADVOCATE)
    made.report(key, "asked", person=made.people(3), **survey)
    made.report(key, "small", person=made.people(4), **survey | {"attributes": {}})
    worker.run(seconds=300)
    made.report(key, "held", advocate=made.FRIEND)
    made.report(key, "one side")
    return made.make_key(rule.program, manu, name="Shop", secret=f"{made.SECRET}shop")


def test_each_rule_and_source_says_what_came_of_its_events(campaign, as_audra):
    page = as_audra.get(PAGE)

    both, survey = (
        lines(page, "rule")["Both sides"],
        lines(page, "rule")["Spring referral"],
    )
    assert (both.events, both.matched) == (3, 3)
    assert both.counts == {"rewarded": 2, "held": 2, "waiting": 1, "refused": 1}
    assert str(both.face) == "$40.00"
    assert (survey.events, survey.matched) == (2, 1)
    assert survey.counts == {"rewarded": 1}
    source = lines(page, "key")["Referral tool"]
    assert (source.events, source.matched) == (5, 4)
    assert "Shop" not in lines(page, "key")


def test_figures_equal_what_is_stored(campaign, as_audra):
    found = as_audra.get(PAGE)

    rules = lines(found, "rule").values()
    for table in ("rule", "key"):
        counts = [sum(line.counts.values()) for line in lines(found, table).values()]
        assert sum(counts) == Award.objects.count()
    stored = Reward.objects.filter(cost_minor__isnull=False)
    cost = stored.aggregate(minor=Sum("cost_minor"))["minor"]
    assert cost
    assert sum(line.cost.minor for line in rules) == cost


def test_the_file_holds_the_same_figures(campaign, as_audra):
    page = as_audra.get(PAGE)
    text = b"".join(as_audra.get(FILE).streaming_content).decode("utf-8-sig")

    told = list(csv.DictReader(text.splitlines()))
    assert [(row["Kind"], row["Name"]) for row in told] == [
        ("Rule", "Both sides"),
        ("Rule", "Spring referral"),
        ("Source", "Referral tool"),
    ]
    for row in told:
        line = lines(page, "rule" if row["Kind"] == "Rule" else "key")[row["Name"]]
        assert int(row["Events"]) == line.events
        assert int(row["Rewarded"]) == line.counts["rewarded"]
        assert Decimal(row["Cost"]) == line.cost.amount


def test_tests_count_nowhere(rule, test_key, as_audra):
    made.report(test_key)

    page = as_audra.get(PAGE)

    assert lines(page, "rule")["Spring referral"].events == 0
    assert lines(page, "key") == {}


def test_days_and_programs_narrow_it(rule, key, program, as_audra):
    made.report(key)
    Event.objects.update(received_at=timezone.now() - timedelta(days=40))

    def events(query: str) -> int:
        found = lines(as_audra.get(f"{PAGE}?{query}"), "rule")
        return found["Spring referral"].events

    assert events("") == 0
    assert events("since=") == 1
    assert events(f"since=&program={program.pk}") == 1
    day = (factories.today() - timedelta(days=42)).isoformat()
    assert events(f"since=&until={day}") == 0
    assert events("since=nonsense") == 1


def test_what_was_asked_for_without_a_rule_has_a_line(rule, key, as_audra):
    made.report(key)
    Award.objects.update(rule=None, rule_version=None)
    event = Award.objects.get().event
    event.type = ""
    event.save()

    line = lines(as_audra.get(PAGE), "rule")["Asked for without a rule"]

    assert (line.events, line.matched, line.counts) == (1, 1, {"waiting": 1})


def test_another_programs_figures_are_not_shown(campaign, adam):
    other = factories.make_program("Autumn")
    olga = factories.signed_in(factories.make_member("Olga", other, Role.AUDITOR))

    assert "Nothing to report" in shown(olga.get(PAGE))


def test_it_asks_the_database_as_often_however_much_there_is(
    campaign, key, program, manu, ada, cvs, django_assert_num_queries
):
    def report() -> reporting.Report:
        return reporting.report(Program.objects.all(), Q())

    with django_assert_num_queries(6):
        report()
    for number in range(3):
        made.make_rule(program, cvs, manu, ada, name=f"Rule {number}")
        made.report(key, f"more-{number}", person=made.people(50 + number))
    with django_assert_num_queries(6):
        report()
