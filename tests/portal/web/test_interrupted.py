"""A button that is pressed after the session ran out, and pages asked for wrongly."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

HOST = "http://testserver"
SAID = "You were signed out, so nothing was done. Press the button again."


@pytest.fixture
def draft(program, cvs, manu):
    return factories.make_draft(program, cvs, manu)


@pytest.fixture
def expired(manu):
    """A browser Manu was signed in with; the session is gone, its cookies are not."""
    client = factories.signed_in(manu)
    client.get("/")
    del client.cookies["sessionid"]
    return client


def submit_url(order):
    return reverse("orders:order_submit", args=[order.reference])


def check_url(order):
    return reverse("orders:order_check", args=[order.reference])


def press(client: Client, user, url, **headers):
    """Press a button, sign in as allauth would, and follow where that leads."""
    sent_away = client.post(url, {"version": 1}, headers=headers)
    assert sent_away["Location"].startswith(reverse("account_login"))
    client.force_login(user)
    return client.get(url, follow=True)


def test_a_button_leads_back_to_its_page(expired, manu, draft):
    page = f"{HOST}{check_url(draft)}?from=mail"

    answer = press(expired, manu, submit_url(draft), referer=page)

    assert answer.redirect_chain == [(page, 302)]
    assert answer.status_code == 200
    assert SAID in answer.text
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert SAID not in expired.get(check_url(draft)).text


@pytest.mark.parametrize(
    "referer",
    ["", "https://evil.example.com/", "http://testserver.example.com/", "javascript:1"],
)
def test_a_page_that_is_not_ours_is_never_gone_to(expired, manu, draft, referer):
    answer = press(expired, manu, submit_url(draft), referer=referer)

    assert answer.redirect_chain[0] == (reverse("home"), 302)
    assert SAID in answer.text


def test_a_page_shown_under_the_address_of_the_button_leads_home(expired, manu, draft):
    url = submit_url(draft)

    answer = press(expired, manu, url, referer=f"{HOST}{url}")

    assert answer.redirect_chain[0] == (reverse("home"), 302)


def test_the_choice_of_a_theme_leads_back_too(expired, manu, program):
    page = f"{HOST}{reverse('orders:order_list')}"

    answer = press(expired, manu, reverse("theme"), referer=page)

    assert answer.redirect_chain == [(page, 302)]


def test_somebody_else_is_not_led_anywhere(expired, ada):
    answer = press(expired, ada, reverse("theme"), referer=f"{HOST}/orders/")

    assert answer.status_code == 405
    assert SAID not in answer.text


def test_a_form_that_can_be_asked_for_is_still_restored(expired, manu, program):
    url = reverse("programs:recipient_add")
    expired.post(url, {"name": "Dana"}, headers={"referer": f"{HOST}/"})
    expired.force_login(manu)

    answer = expired.get(url)

    assert answer.status_code == 200
    assert 'value="Dana"' in answer.text
    assert SAID not in answer.text


def test_a_wrong_method_gets_a_page_one_can_read(as_manu, draft):
    answer = as_manu.get(submit_url(draft))

    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "This address is not a page" in answer.text
    assert 'href="/"' in answer.text
