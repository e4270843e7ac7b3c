"""A list becomes an order before one's eyes: how much it costs, and without what."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from orders.models import Order
from portal.accounts.models import User, actor_of
from programs import budget
from programs.models import Program, Sheet, SheetRow
from tests.browser.flaws import flaws
from tests.browser.hands import Keyboard, Mouse
from tests.browser.visitors import NARROW, Visitors

pytestmark = pytest.mark.browser

# Milliseconds. Nothing is timed here; a busy machine takes its time.
PATIENCE = 120_000
ROWS = 5000
HEADER = (
    "Employee No.;Given name;Surname;Work e-mail;Cell;Gift card;Amount;"
    "Consent source;Consent date"
)

Fields = dict[str, object]


@pytest.fixture
def rich(program: Program, adam: User) -> Program:
    """Spring with money for thousands, where numbers without a code are British."""
    program.phone_region = "GB"
    program.save(update_fields=["phone_region"])
    budget.fund(program, program.money(10_000_000), actor=actor_of(adam))
    return program


@pytest.fixture
def desk(visitors: Visitors, manu: User, rich: Program, worker: None) -> Mouse:
    """Manu at the start page, while the worker works."""
    page = visitors.open(manu)
    page.goto("/")
    return Mouse(page)


def test_a_clean_list_of_thousands_costs_six(desk):
    bring(desk, listed(ROWS))
    go_on(desk, rows=ROWS)
    submit(desk, rewards=ROWS, amount="$73,500.00")

    assert desk.interactions == 6
    assert Order.objects.get().rewards.count() == ROWS


def test_a_list_with_problems_of_four_kinds_costs_at_most_fourteen(desk):
    page = desk.page
    bring(desk, listed(ROWS, spoil=four_kinds))
    expect(page.locator("#counts")).to_contain_text("Problems37", timeout=PATIENCE)
    assert list(flaws(page)) == []

    for repair in ("Add +1 to 23", "Change 7 to gmail.com", "Round down 5"):
        desk.press(page.get_by_role("button", name=repair))
        expect(page.get_by_role("status").first).to_contain_text("changed.")
    desk.press(page.get_by_role("button", name="Leave out these 2"))
    expect(page.locator("#counts")).to_contain_text("Left out2")
    go_on(desk, rows=ROWS - 2)
    submit(desk, rewards=ROWS - 2, amount="$73,470.60")

    assert desk.interactions == 10
    assert counted() == {"taken": ROWS - 2, "excluded": 2}


def test_a_cell_is_corrected_by_typing_and_enter(visitors, manu, rich, worker):
    page = visitors.open(manu)
    hands = Keyboard(page)
    page.goto("/bulk/new/")
    hands.attach("Your list", "people.csv", listed(9, spoil=three_wrong))
    hands.press(page.get_by_role("button", name="Upload"))
    expect(page.locator("#row-3")).to_be_visible(timeout=PATIENCE)
    page.evaluate("live = document.getElementById('live')")

    page.locator("#row-3 input[name=value]").focus()
    for number, left in ((3, 2), (5, 1), (7, 0)):
        expect(page.locator(f"#row-{number} input[name=value]")).to_be_focused()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(f"right{number}@example.com")
        page.keyboard.press("Enter")
        said = f"Row {number} is ready. {left} problem"
        expect(page.locator("#live")).to_contain_text(said)
        assert list(flaws(page)) == []

    expect(page.get_by_role("button", name="Continue with 9 rows")).to_be_focused()
    assert page.evaluate("live === document.getElementById('live')")
    assert counted() == {"ready": 9}


def test_good_rows_go_and_bad_ones_stay(desk):
    page = desk.page
    bring(desk, listed(9, spoil=three_wrong))
    expect(page.locator(".bulk-bar")).to_contain_text(
        "3 rows stay here as a draft.", timeout=PATIENCE
    )

    go_on(desk, rows=6)
    submit(desk, rewards=6, amount="$88.20")

    assert counted() == {"taken": 6, "problem": 3}
    page.goto("/bulk/")
    page.get_by_role("link", name="people.csv").click()
    expect(page.locator("#counts")).to_contain_text("Used6")
    expect(page.locator("tr[id]")).to_have_count(3)


def test_a_phone_without_javascript_does_all_of_it(visitors, manu, rich, worker):
    page = visitors.open(manu, viewport=NARROW, javascript=False)
    hands = Mouse(page)
    page.goto("/")
    page.get_by_text("Menu", exact=True).click()
    bring(hands, listed(9, spoil=three_wrong))
    look_again(page, "Continue with 6 rows")

    for number in (3, 5):
        cell = page.locator(f"#row-{number}")
        cell.locator("input[name=value]").fill(f"right{number}@example.com")
        cell.get_by_role("button", name="Save").click()
        said = page.get_by_role("status").first
        expect(said).to_contain_text(f"Row {number} is ready.")
    page.get_by_role("link", name="Row 7").click()
    page.get_by_label("E-mail").fill("right7@example.com")
    page.get_by_role("button", name="Save row").click()
    hands.press(page.get_by_role("button", name="Continue with 9 rows"))
    look_again(page, "Submit 9 rewards")
    hands.press(page.get_by_role("button", name="Submit 9 rewards ($132.30)"))

    status = page.get_by_role("region", name="Status")
    expect(status).to_contain_text("Awaiting approval")
    assert counted() == {"taken": 9}


def bring(hands: Mouse, content: bytes) -> None:
    """From the menu to the uploaded list."""
    page = hands.page
    menu = page.get_by_role("link", name="Send", exact=True)
    hands.press(menu.locator("visible=true"))
    hands.press(page.get_by_role("link", name="A list", exact=True))
    hands.attach("Your list", "people.csv", content)
    hands.press(page.get_by_role("button", name="Upload"))


def go_on(hands: Mouse, *, rows: int) -> None:
    name = f"Continue with {rows:,} rows"
    button = hands.page.get_by_role("button", name=name)
    expect(button).to_be_visible(timeout=PATIENCE)
    hands.press(button)


def submit(hands: Mouse, *, rewards: int, amount: str) -> None:
    page = hands.page
    name = f"Submit {rewards:,} rewards ({amount}) for approval"
    button = page.get_by_role("button", name=name)
    expect(button).to_be_visible(timeout=PATIENCE)
    hands.press(button)
    status = page.get_by_role("region", name="Status")
    expect(status).to_contain_text("Awaiting approval")


def look_again(page: Page, button: str) -> None:
    """Without JavaScript one asks, or waits for the page to ask by itself."""
    wanted = page.get_by_role("button", name=re.compile(button))
    for _ in range(PATIENCE // 500):
        if wanted.count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"there never was {button}")


def counted() -> dict[str, int]:
    """Rows of the only list by status."""
    sheet = Sheet.objects.get()
    found = [(s.value, sheet.rows.filter(status=s).count()) for s in SheetRow.Status]
    return {status: count for status, count in found if count}


def listed(count: int, spoil: Callable[[int, Fields], None] | None = None) -> bytes:
    """People under the headers of some other system, one $15 card each."""
    return "\n".join([HEADER, *_rows(count, spoil)]).encode()


def _rows(count: int, spoil: Callable[[int, Fields], None] | None) -> Iterator[str]:
    for number in range(1, count + 1):
        fields: Fields = {
            "id": f"E-{number}",
            "first": f"First {number}",
            "last": "Sample",
            "email": f"person{number}@example.com",
            "phone": "",
            "product": "CVS Pharmacy",
            "value": "15",
            "source": "web form",
            "on": "2026-01-31",
        }
        if spoil:
            spoil(number, fields)
        yield ";".join(map(str, fields.values()))


def four_kinds(number: int, fields: Fields) -> None:
    """37 wrong rows among the first 370."""
    if number > 370 or number % 10:
        return
    place = number // 10
    if place <= 23:
        fields["phone"] = f"(202) 555-01{place:02}"
    elif place <= 30:
        fields["email"] = f"person{number}@gamil.com"
    elif place <= 35:
        fields["value"] = "17"
    else:
        fields["email"] = f"person{number}.example.com"


def three_wrong(number: int, fields: Fields) -> None:
    """Rows 3, 5 and 7, as a spreadsheet numbers them."""
    if number in (2, 4, 6):
        fields["email"] = f"wrong{number}"
