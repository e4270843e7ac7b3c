"""Making and editing a program in the browser."""

from datetime import date

import pytest
from django.urls import reverse

from portal.audit.models import Entry
from programs.models import Program
from tests import factories


def typed(**changes: object) -> dict[str, object]:
    """The form of a program as somebody fills it in."""
    return {
        "name": "Autumn",
        "kind": "survey",
        "currency": "USD",
        "approval_rule": "above",
        "approval_above": "1,000.00",
        "reward_cap": "50",
        "recipient_cap": "75.5",
        "recipient_cap_days": "30",
        "delivery_types": ["DigitalDelivery"],
        "email_consent": "not withdrawn",
        "phone_region": "US",
        "from_name": "Rewards Team",
        "message": "Thank you!\r\nSee you.",
        **changes,
    }


def test_program_create_stores_what_was_typed(as_adam, cvs):
    answer = as_adam.post(reverse("programs:program_create"), typed(products=[cvs.pk]))

    made = Program.objects.get(name="Autumn")
    assert answer.status_code == 303
    assert answer["Location"] == reverse("programs:program_detail", args=[made.pk])
    assert str(made.approval_above) == "$1,000.00"
    assert str(made.reward_cap) == "$50.00"
    assert str(made.recipient_cap) == "$75.50"
    assert made.recipient_cap_days == 30
    assert made.message == "Thank you!\nSee you."
    assert list(made.products.all()) == [cvs]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": ""}, "name", "This field is required"),
        ({"name": "spring"}, "name", "Another program has this name"),
        ({"kind": "party"}, "kind", "not one of the available choices"),
        (
            {"starts_on": "2026-05-02", "ends_on": "2026-05-01"},
            "ends_on",
            "on or after the first day",
        ),
        ({"starts_on": "tomorrow"}, "starts_on", "Enter a valid date"),
        ({"currency": "XXX"}, "currency", "not one of the available choices"),
        ({"approval_above": ""}, "approval_above", "above which approval is needed"),
        ({"approval_above": "-5"}, "approval_above", "in digits, such as 1,234.00"),
        ({"reward_cap": "5.001"}, "reward_cap", "USD has 2 decimals"),
        ({"reward_cap": "0"}, "reward_cap", "above zero"),
        ({"recipient_cap": ""}, "recipient_cap", "the cap these days count for"),
        ({"recipient_cap_days": "0"}, "recipient_cap_days", "greater than or equal"),
        ({"delivery_types": []}, "delivery_types", "This field is required"),
        ({"delivery_types": ["Codes"]}, "delivery_types", "not one of the available"),
        ({"products": ["999999"]}, "products", "not one of the available"),
        ({"message": "x" * 401}, "message", "at most 400"),
        ({"phone_region": "ZZ"}, "phone_region", "not one of the available"),
        ({"from_name": "x" * 151}, "from_name", "at most 150"),
    ],
)
def test_program_create_names_the_problem_at_the_field(
    as_adam, program, changes, field, words
):
    data = typed(purpose="Kept as typed", **changes)

    answer = as_adam.post(reverse("programs:program_create"), data)

    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert "Error:" in answer.text
    assert "Kept as typed" in answer.text
    assert Program.objects.count() == 1


def test_program_create_counts_amounts_in_the_chosen_currency(as_adam):
    yen = typed(
        currency="JPY", approval_above="1,500", reward_cap="", recipient_cap="9"
    )

    as_adam.post(reverse("programs:program_create"), yen)
    refused = as_adam.post(
        reverse("programs:program_create"),
        {**yen, "name": "Winter", "approval_above": "1.50"},
    )

    assert str(Program.objects.get().approval_above) == "¥1,500"
    assert "JPY has 0 decimals" in str(refused.context["form"].errors)


def test_program_create_refuses_products_of_another_currency(as_adam, cvs):
    answer = as_adam.post(
        reverse("programs:program_create"), typed(currency="EUR", products=[cvs.pk])
    )

    assert answer.status_code == 422
    assert "not sold in EUR" in str(answer.context["form"].errors["products"])


def test_program_create_forgets_the_amount_of_a_rule_that_has_none(as_adam):
    as_adam.post(reverse("programs:program_create"), typed(approval_rule="always"))

    assert Program.objects.get().approval_above is None


def test_a_message_counts_line_breaks_as_the_browser_does(as_adam):
    message = "\r\n".join(["x" * 199, "y" * 200])

    as_adam.post(reverse("programs:program_create"), typed(message=message))

    assert len(Program.objects.get().message) == 400


def test_program_edit_offers_products_of_the_fixed_currency_only(
    as_petra, program, cvs
):
    factories.make_product("EURO", values=[10], currency="EUR")
    gone = factories.make_product("GONE", values=[10], retired_at="2026-01-01T00:00Z")
    program.products.set([gone])

    page = as_petra.get(reverse("programs:program_edit", args=[program.pk]))

    assert "Fixed, because money has been booked." in page.text
    assert "CVS" in page.text
    assert "EURO" not in page.text
    assert "GONE (no longer offered)" in page.text


def test_program_edit_changes_the_program(as_petra, program):
    url = reverse("programs:program_edit", args=[program.pk])

    answer = as_petra.post(url, typed(name="Spring", ends_on="2026-12-31", version="1"))

    program.refresh_from_db()
    assert answer.status_code == 303
    assert program.ends_on == date(2026, 12, 31)
    assert program.version == 2


def test_program_edit_ignores_another_currency_once_money_was_booked(as_petra, program):
    url = reverse("programs:program_edit", args=[program.pk])

    as_petra.post(url, typed(name="Spring", currency="EUR", version="1"))

    program.refresh_from_db()
    assert program.currency == "USD"


def test_program_edit_of_a_stale_page_shows_both_and_loses_nothing(
    as_petra, as_adam, program
):
    url = reverse("programs:program_edit", args=[program.pk])
    as_adam.post(url, typed(name="Spring", purpose="From Adam", version="1"))

    stale = as_petra.post(url, typed(name="Spring", purpose="From Petra", version="1"))

    assert stale.status_code == 409
    program.refresh_from_db()
    assert program.purpose == "From Adam"
    assert stale.context["changes"] == [
        {"label": "Purpose", "before": "From Adam", "after": "From Petra"}
    ]
    again = as_petra.post(
        url,
        typed(
            name="Spring",
            purpose="From Petra",
            version=stale.context["form"]["version"].value(),
        ),
    )
    program.refresh_from_db()
    assert again.status_code == 303
    assert program.purpose == "From Petra"


def test_a_name_with_markup_is_shown_as_text(as_adam):
    as_adam.post(reverse("programs:program_create"), typed(name="<script>x</script>"))

    page = as_adam.get(reverse("programs:program_list"))

    assert "&lt;script&gt;x&lt;/script&gt;" in page.text


def test_program_edit_lets_claim_links_go_by_mail(as_petra, program):
    url = reverse("programs:program_edit", args=[program.pk])
    form = typed(name=program.name, version=program.version, mails_links="on")

    stale = as_petra.post(url, {**form, "version": "99"})
    done = as_petra.post(url, form)

    mailing = {"label": "Mail claim links", "before": "No", "after": "Yes"}
    assert mailing in stale.context["changes"]
    assert done.status_code == 303
    program.refresh_from_db()
    assert program.mails_links
    assert "mails_links" in Entry.objects.latest("sequence").data["fields"]
    page = as_petra.get(reverse("programs:program_detail", args=[program.pk]))
    assert "Assigned claim links may go by e-mail." in page.text
