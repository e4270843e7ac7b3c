"""The pages of programs, as people of each role see them."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from portal.actors import WORKER
from portal.money import Money
from portal.permissions import Role
from programs import budget
from programs.models import Program
from tests import factories

ROLES = ("manu", "ada", "audra", "adam", "petra", "otto")


PAGES = {
    "program_list": "manu ada audra adam petra",
    "program_detail": "manu ada audra adam petra",
    "program_create": "adam",
    "program_edit": "adam petra",
    "program_pause": "adam petra",
    "program_resume": "adam petra",
    "program_close": "adam petra",
    "budget_fund": "adam petra",
    "budget_adjust": "adam petra",
    "member_add": "adam petra",
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_for_its_roles_and_is_not_found_by_others(
    request, program, page, role
):
    client = factories.signed_in(request.getfixturevalue(role))
    args = [] if page in ("program_list", "program_create") else [program.pk]

    answer = client.get(reverse(f"programs:{page}", args=args))

    assert answer.status_code == (200 if role in PAGES[page].split() else 404)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "program_list"])
def test_a_member_of_one_program_finds_no_other(program, page, as_petra):
    other = factories.make_program("Other")
    args = [] if page == "program_create" else [other.pk]

    url = reverse(f"programs:{page}", args=args)

    assert as_petra.get(url).status_code == 404
    if page != "program_detail":
        assert as_petra.post(url, {"name": "Mine now"}).status_code == 404


def test_program_list_shows_the_programs_one_belongs_to(as_manu, program):
    factories.make_program("Secret")

    page = as_manu.get(reverse("programs:program_list"))

    assert "Spring" in page.text
    assert "Secret" not in page.text
    assert "New program" not in page.text


def test_program_list_narrows_by_name_and_status(as_adam, program):
    factories.make_program("Summer", status="paused")

    def names(**query: str) -> list[str]:
        page = as_adam.get(reverse("programs:program_list"), query)
        return [row.program.name for row in page.context["rows"]]

    assert names() == ["Spring", "Summer"]
    assert names(q=" SUM ") == ["Summer"]
    assert names(status="active") == ["Spring"]
    assert names(status="nonsense") == ["Spring", "Summer"]
    assert names(q="nothing") == []


def test_program_list_says_what_is_missing(as_adam, program):
    nothing = as_adam.get(reverse("programs:program_list"), {"q": "zzz"})

    assert "No program matches" in nothing.text
    assert "Clear all filters" in nothing.text


def test_program_list_is_a_fragment_for_htmx(as_adam, program):
    fragment = as_adam.get(
        reverse("programs:program_list"), headers={"HX-Request": "true"}
    )

    assert fragment.text.strip().startswith('<div id="rows">')
    assert "1 program" in fragment.text


def test_program_list_turns_its_pages_by_name(as_adam, program):
    for number in range(60):
        factories.make_program(f"P{number:02}")

    first = as_adam.get(reverse("programs:program_list"))
    second = as_adam.get(
        reverse("programs:program_list") + first.context["page"].older_url
    )

    names = [r.program.name for page in (first, second) for r in page.context["rows"]]
    assert names == sorted([f"P{number:02}" for number in range(60)] + ["Spring"])


def test_program_list_costs_few_queries(
    as_adam, program, django_assert_max_num_queries
):
    for number in range(120):
        factories.make_program(f"P{number:03}")

    with django_assert_max_num_queries(12):
        as_adam.get(reverse("programs:program_list"))


def test_program_detail_says_the_rules_and_keeps_the_ledger(as_audra, program):
    with transaction.atomic():
        amount = Money(Decimal(15), "USD")
        budget.hold(budget.lock(program.pk), amount, key="1", order_id=7, actor=WORKER)

    page = as_audra.get(reverse("programs:program_detail", args=[program.pk]))

    assert "Every order needs approval." in page.text
    assert [str(line.effect) for line in page.context["ledger"]] == [
        "-$15.00",
        "$1,000.00",
    ]
    assert "$985.00" in page.text
    assert "Adam" in page.text
    for label in ("Edit", "Fund", "Adjust", "Pause", "Close", "Add a person"):
        assert f">{label}</a>" not in page.text


def test_program_detail_offers_the_administrator_everything(as_petra, program):
    page = as_petra.get(reverse("programs:program_detail", args=[program.pk]))

    for label in ("Edit", "Fund", "Adjust", "Pause", "Close", "Add a person"):
        assert f">{label}</a>" in page.text


def test_program_detail_costs_few_queries(
    as_adam, adam, program, django_assert_max_num_queries
):
    for number in range(30):
        factories.make_member(f"Member{number}", program, Role.MANAGER)
    with transaction.atomic():
        locked = budget.lock(program.pk)
        for number in range(70):
            amount = Money(Decimal(1), "USD")
            budget.hold(locked, amount, key=str(number), order_id=number, actor=WORKER)

    with django_assert_max_num_queries(12):
        page = as_adam.get(reverse("programs:program_detail", args=[program.pk]))
    assert len(page.context["ledger"]) == 50


def test_pause_resume_close_walk_the_program_through_its_life(as_petra, program):
    for page, status in [
        ("program_pause", "paused"),
        ("program_resume", "active"),
        ("program_close", "closed"),
    ]:
        url = reverse(f"programs:{page}", args=[program.pk])
        assert as_petra.get(url).status_code == 200
        assert as_petra.post(url).status_code == 303
        program.refresh_from_db()
        assert program.status == status


def test_program_close_says_that_money_is_held(as_petra, program):
    with transaction.atomic():
        amount = Money(Decimal(15), "USD")
        budget.hold(budget.lock(program.pk), amount, key="1", order_id=7, actor=WORKER)

    answer = as_petra.post(reverse("programs:program_close", args=[program.pk]))

    assert answer.status_code == 422
    assert "$15.00 is held for orders on their way." in answer.text


def test_program_pause_of_a_paused_program_says_so(as_petra, program):
    Program.objects.update(status="paused")

    answer = as_petra.post(reverse("programs:program_pause", args=[program.pk]))

    assert answer.status_code == 422
    assert "Only an active program can be paused." in answer.text
