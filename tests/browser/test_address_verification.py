"""The button that asks the provider about an address, which costs money each time."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from portal.permissions import Role
from programs.models import PostalAddress
from tests import factories
from tests.browser.flaws import flaws
from tests.browser.visitors import NARROW

pytestmark = pytest.mark.browser

TYPED = {
    "Address line 1": "1 City Hall Square",
    "City": "Boston",
    "ZIP code": "02210",
}


@pytest.fixture
def manager(transactional_db):
    return factories.make_member("Manu", factories.make_program("Spring"), Role.MANAGER)


@pytest.fixture
def dana(manager):
    program = manager.memberships.get().program
    return factories.make_recipient("Dana Rivera", program, email="dana@example.com")


@pytest.fixture
def provider(quick_sandbox, settings):
    quick_sandbox.settings(address_verification="yes")
    settings.PROVIDER_ADDRESS_VERIFICATION = True
    return quick_sandbox


def ask(page, dana):
    page.goto(reverse("programs:address_add", args=[dana.pk]))
    for label, text in TYPED.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("State").select_option("MA")
    page.get_by_role("button", name="Ask the provider").click()
    expect(page.get_by_text("The provider suggests a correction")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_its_version_is_kept_where_it_is_chosen(
    javascript, provider, manager, dana, visitors
):
    page = visitors.open(manager, javascript=javascript, viewport=NARROW)

    ask(page, dana)
    expect(page.get_by_label("Use the suggestion")).to_be_checked()
    page.get_by_role("button", name="Save this address").click()

    expect(page.get_by_text("It is confirmed.")).to_be_visible()
    assert PostalAddress.objects.get().postal_code == "02201"


def test_the_two_versions_are_for_everybody(provider, manager, dana, visitors):
    page = visitors.open(manager)

    ask(page, dana)

    expect(page.locator("#address-verdict")).to_be_focused()
    assert list(flaws(page)) == []
