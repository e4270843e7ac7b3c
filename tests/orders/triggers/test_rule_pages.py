"""Rules as people see them: the form, the page, the decision."""

from datetime import timedelta

import pytest
from django.urls import reverse

from orders.award_states import RuleStatus, VersionStatus
from orders.models import Rule
from orders.triggers import rule_versions, texts
from orders.triggers.conditions import Condition, Op
from portal.permissions import Role
from programs.models import Membership, Program
from tests import factories
from tests.orders.triggers import made, ruled

pytestmark = pytest.mark.django_db

NEW = "/developers/rules/new/"


@pytest.fixture
def typed(program, cvs):
    """The least that a person types, with other answers if told."""

    def typed(**answers: object) -> dict[str, object]:
        return {
            "program": program.pk,
            "event_type": "referral.completed",
            "product": cvs.pk,
            "value": "15",
            "way": "email",
            "advocate_way": "email",
            "timing": "at once",
            "per_person": "1",
            **answers,
        }

    return typed


@pytest.fixture
def complete(typed):
    """With all that the guard asks."""
    today = factories.today()
    return typed(
        condition_1_attribute="purchase",
        condition_1_op="ge",
        condition_1_value="50",
        starts_on=str(today),
        ends_on=str(today + timedelta(days=30)),
        eligibility="Customers.",
        terms="One each.",
        by_chance="no",
        asks_review="no",
    )


@pytest.fixture
def active(program, cvs, manu, ada):
    return ruled.make_active(ruled.make_text(program, cvs), manu, ada)


def url(name: str, rule: Rule) -> str:
    return reverse(f"orders:rule_{name}", args=[rule.pk])


def said(rule: Rule) -> texts.RuleText:
    return texts.of(rule_versions.newest(rule))


def errors(page) -> set[str]:
    """The fields of a form that was refused at which something is said."""
    assert page.status_code == 422
    return set(page.context["form"].errors)


def test_a_first_rule_needs_an_event_and_a_value(program, cvs, as_manu):
    program.kind = Program.Kind.REFERRAL
    program.save()
    form = as_manu.get(NEW).context["form"]

    typed = {name: form[name].value() or "" for name in form.fields} | {"value": "15"}
    answer = as_manu.post(NEW, typed)

    rule = Rule.objects.get()
    assert answer.url == url("detail", rule)
    assert rule.name == "referral.completed"
    assert said(rule).gifts[0].product == cvs
    assert said(rule).per_person == 1


def test_a_rule_goes_from_the_form_to_force(complete, as_manu, as_ada, key):
    as_manu.post(NEW, complete)
    rule = Rule.objects.get()
    page = as_manu.get(url("detail", rule))
    assert "send CVS $15.00 by e-mail from Spring, at most 1 per person" in page.text

    as_manu.post(url("submit", rule), {"version": rule.version})
    review = as_ada.get(url("decide", rule))
    assert (
        "Every order needs approval" in review.text or "No order needs" in review.text
    )
    assert "There is no cap in all" in review.text
    as_ada.post(
        url("decide", rule),
        {
            "verdict": "approve",
            "content_hash": review.context["form"]["content_hash"].value(),
        },
    )

    rule.refresh_from_db()
    assert rule.status == RuleStatus.ACTIVE
    made.report(key)
    page = as_manu.get(url("detail", rule))
    assert page.context["figures"].events == 1
    assert page.context["figures"].awards == 1


def test_conditions_are_read_as_typed(typed, as_manu):
    as_manu.post(
        NEW,
        typed(
            condition_1_attribute="purchase",
            condition_1_op="ge",
            condition_1_value="$1,050.50",
            condition_2_attribute="country",
            condition_2_op="in",
            condition_2_value="US,CA ,",
            condition_3_joiner="or",
            condition_3_attribute="vip",
            condition_3_op="exists",
        ),
    )

    rule = Rule.objects.get()
    assert said(rule).groups == (
        (
            Condition("purchase", Op.AT_LEAST, "1050.50"),
            Condition("country", Op.IN, "US, CA"),
        ),
        (Condition("vip", Op.EXISTS),),
    )
    edit = as_manu.get(url("edit", rule)).context
    assert edit["more_conditions"]
    assert edit["form"]["condition_3_joiner"].value() == "or"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"event_type": ""}, "event_type"),
        ({"event_type": "a b"}, "event_type"),
        ({"event_type": "referral.reversed"}, "event_type"),
        ({"product": ""}, "product"),
        ({"product": "999"}, "product"),
        ({"value": ""}, "value"),
        ({"value": "12"}, "value"),
        ({"value": "-5"}, "value"),
        ({"per_person": "0"}, "per_person"),
        ({"per_person": "", "per_person_days": "30"}, "per_person"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-01"}, "ends_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"verification_days": "-1"}, "verification_days"),
        ({"message": "x" * 401}, "message"),
        ({"from_name": "two\nlines"}, "from_name"),
        ({"prizes": "lots"}, "prizes"),
        ({"states": ["XX"]}, "states"),
        (
            {"condition_1_value": "50", "condition_1_op": "ge"},
            "condition_1_attribute",
        ),
        (
            {"condition_1_attribute": "a", "condition_1_value": "50"},
            "condition_1_op",
        ),
        (
            {"condition_1_attribute": "a b", "condition_1_value": "1"},
            "condition_1_attribute",
        ),
        ({"condition_1_attribute": "a", "condition_1_op": "ge"}, "condition_1_value"),
        (
            {
                "condition_6_attribute": "a",
                "condition_6_op": "lt",
                "condition_6_value": "soon",
            },
            "condition_6_value",
        ),
        ({"condition_1_op": "eval"}, "condition_1_op"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(typed, as_manu, answers, field):
    page = as_manu.post(NEW, typed(**answers))

    assert field in errors(page)
    assert not Rule.objects.exists()
    for name, value in answers.items():
        if name in page.context["form"].fields and isinstance(value, str):
            assert page.context["form"][name].value() == value


def test_both_sides_are_in_one_rule(typed, cvs, as_manu):
    as_manu.post(NEW, typed(advocate_product=cvs.pk, advocate_value="25"))

    text = said(Rule.objects.get())
    assert [(gift.side, str(gift.value)) for gift in text.gifts] == [
        ("person", "$15.00"),
        ("advocate", "$25.00"),
    ]
    assert str(text.once) == "$40.00"
    assert text.most is None


def test_an_advocate_alone_may_be_thanked(typed, cvs, as_manu):
    as_manu.post(NEW, typed(product="", advocate_product=cvs.pk, advocate_value="25"))

    (gift,) = said(Rule.objects.get()).gifts
    assert gift.side == "advocate"


def test_a_preview_says_the_sentence_and_saves_nothing(typed, as_manu):
    page = as_manu.post(NEW, typed(preview="page"))

    assert page.status_code == 200
    assert "When referral.completed arrives, send CVS $15.00" in page.text
    assert "did not pass" in page.text
    page = as_manu.post(NEW, typed(preview="page", value=""))
    assert page.status_code == 200
    assert not page.context["form"].errors
    assert not Rule.objects.exists()


def test_products_of_other_programs_are_not_offered(typed, as_manu, adam):
    other = factories.make_program("Other")

    assert "program" in errors(as_manu.post(NEW, typed(program=other.pk)))


def test_submitting_too_early_says_what_is_missing(typed, as_manu):
    as_manu.post(NEW, typed())
    rule = Rule.objects.get()

    page = as_manu.post(url("submit", rule), {"version": rule.version}, follow=True)

    assert "It cannot start yet" in page.text
    assert "Write the terms" in page.text
    assert rule_versions.newest(rule).status == VersionStatus.DRAFT


def test_a_change_shows_beside_what_runs(active, as_manu, complete):
    as_manu.post(
        url("edit", active),
        {**complete, "version": active.version, "per_person": "3", "name": active.name},
    )

    page = as_manu.get(url("detail", active))

    assert "In force: version 1" in page.text
    assert "Version 2" in page.text
    labels = [change.label for change in page.context["changes"]]
    assert "Most per person" in labels
    old = as_manu.get(url("detail", active) + "?version=1")
    assert old.context["shown"].number == 1
    assert as_manu.get(url("detail", active) + "?version=9").status_code == 404


def test_a_stale_form_changes_nothing(active, as_manu, complete):
    page = as_manu.post(url("edit", active), {**complete, "version": 1})

    assert page.status_code == 409
    assert active.versions.count() == 1


def test_a_taken_name_is_said_at_the_name(active, as_manu, complete):
    page = as_manu.post(NEW, {**complete, "name": active.name})

    assert "name" in errors(page)


def test_a_decision_is_refused_with_words(program, cvs, manu, as_manu, as_ada):
    rule = ruled.make_submitted(ruled.make_text(program, cvs), manu, "Spring")
    shown = rule_versions.newest(rule).content_hash

    page = as_ada.post(
        url("decide", rule), {"verdict": "reject", "content_hash": shown}
    )
    assert "comment" in errors(page)
    page = as_ada.post(url("decide", rule), {"verdict": "approve", "content_hash": "x"})
    assert page.status_code == 409
    page = as_ada.post(url("decide", rule), {"verdict": "nod", "content_hash": shown})
    assert page.status_code == 422
    Membership.objects.create(program=program, user=manu, role=Role.APPROVER)
    own = as_manu.get(url("decide", rule))
    assert "You had a hand in this rule" in own.text
    assert 'value="approve"' not in own.text
    page = as_manu.post(
        url("decide", rule), {"verdict": "approve", "content_hash": shown}
    )
    assert page.status_code == 422
    assert Rule.objects.get().status == RuleStatus.DRAFT


def test_a_second_press_finds_what_the_first_did(program, cvs, manu, as_manu, as_ada):
    rule = ruled.make_draft(ruled.make_text(program, cvs), manu)
    for _press in range(2):
        done = as_manu.post(url("submit", rule), {"version": rule.version})
        assert done.status_code == 303
    shown = rule_versions.newest(rule).content_hash
    for _press in range(2):
        answers = {"verdict": "approve", "content_hash": shown}
        assert as_ada.post(url("decide", rule), answers).status_code == 303
    assert rule.versions.count() == 1


@pytest.mark.parametrize("name", ["as_manu", "as_ada"])
def test_managers_and_approvers_may_pause(request, active, name):
    client = request.getfixturevalue(name)

    page = client.post(url("pause", active), {"version": active.version}, follow=True)

    assert "what waits or is collected goes on" in page.text
    assert Rule.objects.get().status == RuleStatus.PAUSED


def test_an_auditor_reads_and_pauses_nothing(active, as_audra):
    assert as_audra.get(url("detail", active)).status_code == 200
    paused = as_audra.post(url("pause", active), {"version": active.version})
    assert paused.status_code == 404


def test_ending_asks_once_more(active, as_manu):
    assert "cannot be taken up again" in as_manu.get(url("end", active)).text
    as_manu.post(url("end", active), {"version": active.version})

    assert Rule.objects.get().status == RuleStatus.ENDED
    for name in ("edit", "end", "decide"):
        assert as_manu.get(url(name, active)).status_code in (303, 404)
    assert as_manu.get(url("detail", active)).status_code == 200


def test_the_list_narrows(active, program, cvs, manu, as_manu):
    ruled.make_submitted(ruled.make_text(program, cvs), manu, "Waiting")

    def names(**query: object) -> list[str]:
        page = as_manu.get("/developers/rules/", query)
        return [line.rule.name for line in page.context["rows"]]

    assert names() == ["Waiting", active.name]
    assert names(status="active") == [active.name]
    assert names(status="submitted") == ["Waiting"]
    assert names(status="paused") == []
    assert names(program=program.pk, status="draft") == ["Waiting"]
    assert names(status="nonsense") == ["Waiting", active.name]


def test_what_it_can_cost_is_on_the_button(program, cvs, manu, as_ada):
    rule = ruled.make_submitted(ruled.make_text(program, cvs), manu, "Spring")

    page = as_ada.get(url("decide", rule))

    assert "Approve up to $7,500.00" in page.text
    assert "It can send at most $7,500.00. $1,000.00 is available." in page.text
