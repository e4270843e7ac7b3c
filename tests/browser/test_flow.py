"""One reward in the browser: from a manager's form to the card in somebody's hand."""

import json
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Locator, Page, expect
from pytest_django.fixtures import Settings

from orders.models import Order
from portal.audit import journal
from portal.audit.models import Entry
from portal.provider.sandbox.launch import Sandbox
from programs.models import BudgetEntry, Program, Recipient
from tests import factories
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visitors import NARROW, WIDE, Visitors
from tests.portal.provider.examples import PRINTED

pytestmark = pytest.mark.browser

# Milliseconds; looks at the provider grow rarer, and a busy machine takes its time.
PATIENCE = 45_000
# What the provider's API takes and its example does not show.
OPTIONAL = {"WebhookSettings"}
ACTS = [
    "budget.funded",
    "recipient.added",
    "order.created",
    "order.submitted",
    "order.approved",
    "order.released",
    "placement.attempted",
    "placement.answered",
    "placement.updated",
]


@pytest.mark.parametrize(
    ("viewport", "javascript"),
    [(WIDE, True), (WIDE, False), (NARROW, True)],
    ids=["desk", "no JavaScript", "phone"],
)
def test_a_reward_is_sent_approved_and_claimed_before_ones_eyes(
    viewport: Any,
    javascript: bool,
    visitors: Visitors,
    worker: None,
    stocked: Sandbox,
    program: Program,
    manu: object,
    ada: object,
    settings: Settings,
) -> None:
    settings.RELEASE_HOLD_SECONDS = 1
    look: dict[str, Any] = {"viewport": viewport, "javascript": javascript}
    manager, approver = visitors.open(**look), visitors.open(**look)
    sign_in(manager, "manu@example.com")
    send(Mouse(manager))
    expect(status(manager)).to_contain_text("Awaiting approval")

    sign_in(approver, "ada@example.com")
    approve(approver)

    follow(manager, "Sent", reload=not javascript)
    stocked.settings(claimed_after=0)
    expect(reward(manager)).to_contain_text("Claimed", timeout=PATIENCE)
    expect(status(manager)).to_contain_text("Completed")
    (held,) = stocked.orders()
    expect(manager.locator(".costs")).to_contain_text("Charged$14.70")
    assert_body_is_the_example(held["body"])
    assert_books_agree(program, cost=held["costCents"])
    assert_history_agrees(manager)


def test_the_form_and_its_check_need_no_mouse(
    visitors: Visitors, stocked: Sandbox, program: Program, manu: Any
) -> None:
    page = visitors.open(manu)
    page.goto("/")

    send(Keyboard(page))

    expect(status(page)).to_contain_text("Awaiting approval")


def sign_in(page: Page, email: str) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Home")


def send(hands: Mouse) -> None:
    """From the start page to the submitted order."""
    page = hands.page
    hands.press(page.locator("main").get_by_role("link", name="Send a reward"))
    hands.type("E-mail or mobile", "user@example.com")
    hands.type("Second contact", "(202) 555-0123")
    hands.type("Recipient’s name", "Recipient")
    hands.press(page.get_by_text("Record consent"))
    hands.choose("How they agreed", "Web form")
    hands.type("When they agreed", factories.today().isoformat())
    hands.choose("Product", "CVS Pharmacy")
    hands.type("Value of one card", "15")
    hands.type("To", "Recipient")
    hands.type("From name", "Rewards Team")
    hands.type("Message", "Enjoy your reward!")
    hands.press(page.get_by_role("button", name="Review", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.locator(".summary-list").first).to_contain_text("+1 202-555-0123")
    hands.press(page.get_by_role("button", name="Submit for approval: $14.70"))


def approve(page: Page) -> None:
    """From the approver's start page to the decision."""
    if page.viewport_size == NARROW:
        page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Approvals").locator("visible=true").click()
    page.get_by_role("link", name="DIGITAL-13001").click()
    expect(page.locator("main")).to_contain_text("Manu asks to send")
    page.get_by_role("button", name="Approve $14.70").click()
    expect(page.get_by_role("status").first).to_contain_text("Approved")


def follow(page: Page, word: str, *, reload: bool) -> None:
    """Watch the reward until it says this; without JavaScript, by asking again."""
    for _ in range(PATIENCE // 500):
        if not reload:
            expect(reward(page)).to_contain_text(word, timeout=PATIENCE)
            return
        page.reload()
        if word in reward(page).inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"the reward was never {word}")


def status(page: Page) -> Locator:
    return page.get_by_role("region", name="Status")


def reward(page: Page) -> Locator:
    return page.locator("#order tbody td[data-label=Status]")


def assert_body_is_the_example(body: str) -> None:
    """provider-api, Orders: what we sent is what GiftCard Partners print."""
    printed, _ = PRINTED["one digital reward"]
    example, sent = json.loads(printed), json.loads(body)
    reach = example["LineItems"][0]["DigitalDeliveryAddress"]
    # The example's own address and number are real domains and no real number.
    reach |= {"Email": "user@example.com", "Sms": "+12025550123"}

    assert {key: sent[key] for key in sent.keys() - OPTIONAL} == example


def assert_books_agree(program: Program, *, cost: int) -> None:
    """Budget, ledger and journal say the same."""
    program.refresh_from_db()
    ledger = BudgetEntry.objects.filter(program=program).order_by("pk")
    kinds = list(ledger.values_list("kind", "amount_minor"))
    acts = Entry.objects.filter(program_id=program.pk).order_by("sequence")

    assert (program.held_minor, program.spent_minor) == (0, cost)
    assert kinds[1:] == [("hold", cost), ("release", cost), ("spend", cost)]
    assert Order.objects.get().estimate_minor == cost
    # A webhook may come between, and may come late.
    told = dict.fromkeys(acts.exclude(action="placement.hinted").values_list("action"))
    assert [action for (action,) in told] == ACTS
    assert journal.verify().first_bad is None
    assert {message.to[0] for message in mail.outbox} == {
        "ada@example.com",
        "manu@example.com",
    }


def assert_history_agrees(page: Page) -> None:
    """The recipient's own page tells of the reward."""
    page.locator("#order tbody th a").click()
    recipient = Recipient.objects.get()
    expect(page.get_by_role("heading", level=1)).to_have_text(recipient.name)
    expect(page.locator("main")).to_contain_text("DIGITAL-13001")
    expect(page.locator("main tbody td[data-label=Status]")).to_contain_text("Claimed")
