"""From a new key to the first test reward; what the page prints is run as it stands."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect
from standardwebhooks import Webhook

from orders.award_states import AwardStatus, EventStatus
from orders.models import Award, Event, Order
from portal.provider.sandbox.launch import Sandbox
from programs.models import ApiKey, Program, Recipient
from tests.browser.flaws import flaws
from tests.browser.hands import Keyboard, Mouse
from tests.browser.test_flow import PATIENCE
from tests.browser.visitors import NARROW, WIDE, Visitors

pytestmark = pytest.mark.browser

MOST_INTERACTIONS: Final = 10
WEBHOOK_SECRET: Final = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.mark.parametrize(
    ("viewport", "javascript"),
    [(WIDE, True), (NARROW, False)],
    ids=["desk", "small phone without JavaScript"],
)
def test_a_first_test_reward_costs_ten_at_most(
    viewport: Any,
    javascript: bool,
    visitors: Visitors,
    worker: None,
    stocked: Sandbox,
    program: Program,
    manu: Any,
) -> None:
    page = visitors.open(manu, viewport=viewport, javascript=javascript)
    page.goto("/")

    hands = Mouse(page)
    key_and_rule(hands)
    try_it(hands)
    hands.press(page.get_by_role("button", name="Send a test event"))

    expect(page).to_have_url(re.compile(r"/developers/events/\d+/"))
    assert hands.interactions <= MOST_INTERACTIONS
    event = decided(page, Event.objects.get())
    assert event.key == ApiKey.objects.get()
    assert_tested_and_nothing_bought(stocked)


def test_the_way_there_needs_no_mouse(visitors, stocked, program, manu):
    page = visitors.open(manu)
    page.goto("/")

    hands = Keyboard(page)
    key_and_rule(hands)
    try_it(hands)
    hands.press(page.get_by_role("button", name="Send a test event"))

    expect(page).to_have_url(re.compile(r"/developers/events/\d+/"))
    assert Event.objects.get().is_test


@pytest.mark.parametrize("javascript", [True, False])
def test_the_printed_lines_work_as_they_stand(
    visitors, worker, stocked, program, manu, javascript
):
    page = visitors.open(manu, javascript=javascript)
    page.goto("/")

    export = key_and_rule(Mouse(page))
    try_it(Mouse(page))

    told = run("sh", "-c", f"{export}\n{printed(page, 'curl')}")
    first = decided(page, Event.objects.get())
    assert f'"{first.event_id}"' in told
    page.reload()
    told = run("sh", "-c", f'{export}\n"{sys.executable}" -c "$0"', code(page))
    second = decided(page, Event.objects.exclude(pk=first.pk).get())
    assert told.startswith("202 ")
    assert f'"{second.event_id}"' in told
    # Run again, it is the same event.
    run("sh", "-c", f'{export}\n"{sys.executable}" -c "$0"', code(page))
    assert Event.objects.count() == 2
    assert_tested_and_nothing_bought(stocked)
    assert_verifies(printed(page, "verify"))


def test_a_key_stands_in_the_lines_once_it_is_pasted(
    visitors, worker, stocked, program, manu
):
    page = visitors.open(manu)
    page.goto("/")
    secret = key_and_rule(Mouse(page)).partition("=")[2]
    try_it(Mouse(page))

    page.get_by_text("Put a test key into the calls").click()
    page.get_by_label("Test key").fill(secret)
    page.get_by_role("button", name="Show the calls with it").click()

    expect(page.locator("#curl")).to_contain_text(secret)
    assert list(flaws(page)) == []
    run("sh", "-c", printed(page, "curl"))
    decided(page, Event.objects.get())


def test_the_pages_on_the_way_are_for_everybody(visitors, stocked, program, manu):
    page = visitors.open(manu)
    page.goto("/developers/keys/new/")
    make = page.get_by_role("button", name="Make this key")

    make.click()
    expect(page.locator("#secret")).to_be_visible()
    found = [*flaws(page)]
    make_rule(Mouse(page))
    page.goto("/developers/keys/new/")
    make.click()
    page.get_by_role("button", name="Show a working call").click()
    expect(page.locator("#curl")).to_contain_text("Bearer lrl_test_")
    found += flaws(page)
    page.goto("/developers/try/")
    found += flaws(page)

    assert found == []


def key_and_rule(hands: Mouse) -> str:
    """From the start page to a rule's page; the line that brings the key to a shell."""
    page = hands.page
    if page.viewport_size == NARROW:
        page.get_by_text("Menu", exact=True).click()
    menu = page.get_by_role("link", name="Triggers", exact=True)
    hands.press(menu.locator("visible=true"))
    hands.press(tab(page, "Keys"))
    hands.press(page.locator("main").get_by_role("link", name="New key").first)
    hands.press(page.get_by_role("button", name="Make this key"))
    export = printed(page, "export")
    make_rule(hands)
    return export


def make_rule(hands: Mouse) -> None:
    """A draft of the first rule, from the page of a new key."""
    page = hands.page
    hands.press(page.get_by_role("link", name="Make the first rule"))
    hands.choose_in(page.locator("select[name=product]"), "CVS Pharmacy")
    hands.type_in(page.locator("input[name=value]"), "15")
    hands.press(page.get_by_role("button", name="Save draft"))
    expect(page).to_have_url(re.compile(r"/developers/rules/\d+/$"))


def try_it(hands: Mouse) -> None:
    hands.press(hands.page.locator("main").get_by_role("link", name="Try it"))
    expect(hands.page.locator("#curl")).to_be_visible()


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Triggers").get_by_role(
        "link", name=name, exact=True
    )


def printed(page: Page, name: str) -> str:
    """The text of a block of code, as a person selects it."""
    return page.locator(f"code#{name}").inner_text()


def code(page: Page) -> str:
    return printed(page, "python")


def run(*command: str) -> str:
    """What a program says, which has to end well."""
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def decided(page: Page, event: Event) -> Event:
    """The event, once the rules were asked about it; and they match."""
    for _ in range(PATIENCE // 100):
        event.refresh_from_db()
        if event.status != EventStatus.RECEIVED:
            break
        page.wait_for_timeout(100)
    assert event.status == EventStatus.MATCHED
    return event


def assert_tested_and_nothing_bought(shop: Sandbox) -> None:
    awards = Award.objects.values_list("status", flat=True)
    assert set(awards) == {AwardStatus.TESTED}
    assert not Order.objects.exists()
    assert not Recipient.objects.exists()
    assert shop.orders() == []


def assert_verifies(snippet: str) -> None:
    """What the page prints for webhooks knows ours from others."""
    hook, body = Webhook(WEBHOOK_SECRET), '{"type":"reward.sent"}'
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": hook.sign("msg_1", now, body),
    }
    asks = f"print(receive(sys.argv[1].encode(), {headers!r})['type'])"
    program = f"{snippet}\nimport sys\n{asks}"

    def ask(said: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, said],
            env={"LAUREL_WEBHOOK_SECRET": WEBHOOK_SECRET},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    assert ask(body).stdout.strip() == "reward.sent"
    assert "WebhookVerificationError" in ask('{"type":"reward.lost"}').stderr
