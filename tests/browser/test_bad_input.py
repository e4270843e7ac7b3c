"""Bad input in the order form: said at the field, typed words kept, nothing sent."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from orders.models import Order
from portal.accounts.models import User, actor_of
from portal.outbox.models import Message
from programs import consent
from programs.models import ConsentEntry, Product, Program
from tests import factories
from tests.browser.visitors import Visitors

pytestmark = [pytest.mark.browser, pytest.mark.looks]

FIELDS = "main form.form :is(input, select, textarea):not([type=hidden])"
GOOD = {
    "contact": "user@example.com",
    "name": "Recipient",
    "value": "15",
    "quantity": "1",
    "message": "Well done!",
}


@dataclass(frozen=True, slots=True)
class Scene:
    program: Program
    product: Product
    manager: User


def retire(scene: Scene) -> None:
    Product.objects.update(retired_at=timezone.now())


def post_only(scene: Scene) -> None:
    Product.objects.update(delivery_types=["PhysicalShipment"])


def cap(scene: Scene) -> None:
    Program.objects.update(reward_cap_minor=1000)


def cap_for_one(scene: Scene) -> None:
    factories.make_submitted(scene.program, scene.product, scene.manager)
    Program.objects.update(recipient_cap_minor=2000)


def pause(scene: Scene) -> None:
    Program.objects.update(status=Program.Status.PAUSED)


def opt_out(scene: Scene) -> None:
    recipient = factories.make_recipient(
        "Olive", scene.program, email="user@example.com"
    )
    source = ConsentEntry.Source.REPLY
    consent.withdraw_all(recipient, source=source, actor=actor_of(scene.manager))


def take_number(scene: Scene) -> None:
    factories.make_draft(
        scene.program, scene.product, scene.manager, po_number="TAKEN-1"
    )


class Case(NamedTuple):
    """What is wrong, the field it is said at, and what it says."""

    field: str
    says: str
    typed: Mapping[str, str] = {}
    happens: Callable[[Scene], None] | None = None
    # A choice that is gone cannot be shown as chosen.
    gone: str = ""


YESTERDAY = (timezone.localdate() - timedelta(days=1)).isoformat()
TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()
TYPED = (
    Case("value", "sold for $10.00, $15.00", {"value": "17"}),
    Case("value", "amount in digits", {"value": "fifteen"}),
    Case("value", "2 decimals", {"value": "15.001"}),
    Case("value", "$1,000.00 available", {"value": "100", "quantity": "11"}),
    Case("quantity", "less than or equal", {"quantity": "101"}),
    Case("contact", "e-mail", {"contact": "nobody"}),
    Case("contact", "e-mail", {"contact": "user@nowhere"}),
    Case("contact", "number", {"contact": "+1 555"}),
    Case("also", "one e-mail and one mobile", {"also": "other@example.com"}),
    Case("contact", "No consent", {"contact": "(202) 555-0123"}),
    Case(
        "consent-given_on",
        "to come",
        {"consent-source": "paper", "consent-given_on": TOMORROW},
    ),
    Case("consent-source", "required", {"consent-given_on": YESTERDAY}),
    Case("message", "at most 400", {"message": "x" * 401}),
    Case("deliver_on", "passed", {"deliver_on": YESTERDAY}),
    Case("name", "one line", {"name": "A\u2028B"}),
    Case("po_number", "letters, digits", {"po_number": "NUMBER 1"}),
)
HAPPENED = (
    Case("product", "valid choice", happens=retire, gone="product"),
    Case("product", "valid choice", happens=post_only, gone="product"),
    Case("program", "valid choice", happens=pause, gone="program product"),
    Case("value", "at most $10.00", happens=cap),
    Case("value", "already", happens=cap_for_one),
    Case("contact", "stopped", happens=opt_out),
    Case("po_number", "taken-1", {"po_number": "taken-1"}, happens=take_number),
)


def test_what_cannot_be_sent_is_answered_at_its_field(
    visitors: Visitors,
    program: Program,
    cvs: Product,
    manu: User,
    subtests: pytest.Subtests,
) -> None:
    page = visitors.open(manu)
    for case in TYPED:
        with subtests.test(case.field, says=case.says):
            check(case, page)
            assert not Order.objects.exists()


@pytest.mark.parametrize("case", HAPPENED, ids=lambda case: case.happens.__name__)
def test_what_can_no_longer_be_sent_is_answered_at_its_field(
    case: Case, visitors: Visitors, program: Program, cvs: Product, manu: User
) -> None:
    check(case, visitors.open(manu), Scene(program, cvs, manu))

    assert not Order.objects.filter(rewards__message="Well done!").exists()
    assert not Message.objects.filter(topic="orders.place").exists()


def check(case: Case, page: Page, scene: Scene | None = None) -> None:
    """Fill the form in, let it happen, send the form, and look at the answer."""
    page.goto("/send/digital/")
    fill(page, {**GOOD, **case.typed})
    if case.happens and scene:
        case.happens(scene)
    typed = values(page)

    page.get_by_role("button", name="Review", exact=True).click()

    expect(page).to_have_title("Error: Send a reward · Laurel")
    complaints = max(1, len(case.gone.split()))
    expect(page.locator("main ul.errors")).to_have_count(complaints)
    field, error = f"id_{case.field}", f"id_{case.field}_error"
    expect(page.locator(f"[id='{error}']")).to_contain_text(case.says)
    invalid = page.locator(f"[id='{field}']")
    expect(invalid).to_have_attribute("aria-invalid", "true")
    expect(invalid).to_have_attribute("aria-describedby", re.compile(error))
    page.locator(f"#error-summary a[href='#{field}']").click()
    expect(invalid).to_be_focused()
    kept = values(page)
    for gone in case.gone.split():
        del kept[gone], typed[gone]
    assert kept == typed


def fill(page: Page, typed: Mapping[str, str]) -> None:
    page.get_by_text("Record consent").click()
    page.get_by_text("Delivery date, PONumber and more").click()
    for name, value in typed.items():
        field = page.locator(f"[id='id_{name}']")
        is_choice = field.evaluate("e => e.localName") == "select"
        field.select_option(value) if is_choice else field.fill(value)


def values(page: Page) -> dict[str, str]:
    """What stands in the fields."""
    return dict(
        page.locator(FIELDS).evaluate_all("all => all.map(e => [e.name, e.value])")
    )
