"""The page by which recipients stop messages, without an account."""

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from portal.audit.models import Entry
from programs import consent, preferences, recipients, wordings
from programs.consent import Channel, Source
from programs.models import ConsentEntry, Recipient

STOPPED_AT = "2026-03-03T19:05:00Z"


@pytest.fixture
def browser():
    """Somebody's, signed in nowhere, strict about forged forms."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def dana(program, manager):
    return recipients.add(
        program,
        name="Dana Rivera",
        email="dana@example.com",
        phone="+12025550123",
        actor=manager,
    )


def path_of(recipient):
    return preferences.page_url(recipient).removeprefix(settings.SITE_URL)


def one_click_of(recipient):
    return preferences.one_click_url(recipient).removeprefix(settings.SITE_URL)


def stopped(recipient, program):
    return {
        channel.value
        for channel in Channel
        if not consent.allows(recipient, channel, program=program).allowed
    }


@pytest.fixture
def agreed(dana, manager):
    consent.grant(
        dana,
        Channel.SMS,
        purpose=consent.Purpose.REWARDS,
        wording=wordings.current(),
        source=Source.PAPER,
        given_on=dana.created_at.date(),
        actor=manager,
    )
    return dana


def test_the_links_are_whole_addresses_of_this_portal(dana):
    assert preferences.page_url(dana).startswith("http://127.0.0.1:8000/p/")
    assert preferences.one_click_url(dana).startswith("http://127.0.0.1:8000/u/")


def test_the_page_shows_masked_contacts_and_no_name(browser, agreed):
    body = browser.get(path_of(agreed)).content.decode()

    assert "Messages from Example Rewards" in body
    assert "E-mail to d•••@example.com" in body
    assert "SMS to ••• 0123" in body
    for personal in ("Dana", "Rivera", "dana@", "202555"):
        assert personal not in body


def test_the_page_leaves_no_trace(browser, dana):
    for answer in (
        browser.get(path_of(dana)),
        browser.post(path_of(dana), {"stop": "sms"}),
        browser.post(one_click_of(dana)),
        browser.get("/p/unknown"),
    ):
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert not answer.cookies


@pytest.mark.parametrize(
    ("button", "then"),
    [("email", {"email"}), ("sms", {"sms"}), ("all", {"email", "sms"})],
)
def test_one_tap_stops_and_the_page_says_since_when_and_for_what(
    browser, agreed, program, button, then
):
    with time_machine.travel(STOPPED_AT, tick=False):
        answer = browser.post(path_of(agreed), {"stop": button}, follow=True)

    body = answer.content.decode()
    assert stopped(agreed, program) == then
    assert body.count("3 Mar 2026, 14:05 EST") == len(then)
    assert "from every program of Example Rewards" in body
    assert ("Stop all messages" in body) == (button != "all")


def test_a_double_tap_is_one_act(browser, agreed):
    for _ in range(2):
        answer = browser.post(path_of(agreed), {"stop": "all"})
        assert answer.status_code == 303

    assert Entry.objects.filter(action="consent.withdrawn").count() == 1
    entry = Entry.objects.get(action="consent.withdrawn")
    assert (entry.actor_kind, entry.actor_id) == ("recipient", str(agreed.pk))


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("path", [path_of, one_click_of])
@pytest.mark.parametrize("query", ["", "?stop=all", "?resume=sms", "?saved=1"])
def test_reading_changes_nothing(browser, agreed, program, method, path, query):
    before = (ConsentEntry.objects.count(), Entry.objects.count())

    answer = getattr(browser, method)(path(agreed) + query)

    assert answer.status_code in {200, 302}
    assert (ConsentEntry.objects.count(), Entry.objects.count()) == before
    assert stopped(agreed, program) == set()


def test_a_button_that_is_not_ours_changes_nothing(browser, agreed, program):
    for form in ({}, {"stop": "fax"}, {"resume": "fax"}, {"resume": "sms"}):
        assert browser.post(path_of(agreed), form).status_code in {303, 409}

    assert stopped(agreed, program) == set()
    assert ConsentEntry.objects.count() == 1


def test_a_mail_programs_one_click_stops_all(browser, agreed, program):
    answer = browser.post(one_click_of(agreed), {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert stopped(agreed, program) == {"email", "sms"}
    again = browser.post(one_click_of(agreed), {"List-Unsubscribe": "One-Click"})
    assert again.status_code == 200
    assert Entry.objects.filter(action="consent.withdrawn").count() == 1


def test_opening_the_one_click_address_shows_the_page(browser, dana):
    assert browser.get(one_click_of(dana))["Location"] == path_of(dana)


TOKENS = ["unknown", "a" * 32, "%00", "x" * 3000, "%F0%9F%8E%81", "..%2F"]


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_every_unknown_token_gets_the_same_helpful_answer(browser, dana, method):
    answers = [getattr(browser, method)(f"/p/{token}") for token in TOKENS[:-1]]
    answers += [browser.post(f"/u/{token}") for token in TOKENS[:-1]]

    assert {answer.status_code for answer in answers} == {404}
    if method == "post":
        assert len({answer.content for answer in answers}) == 1
        assert "reply STOP" in answers[0].content.decode()


def test_an_unknown_token_costs_one_query_whatever_it_is(
    browser, dana, django_assert_num_queries
):
    for token in TOKENS[:-1]:
        with django_assert_num_queries(1):
            browser.get(f"/p/{token}")


def resume(recipient, channel="sms", **changes):
    recipient.refresh_from_db()
    form = {"wording": wordings.current().pk, "version": recipient.version}
    return {"resume": channel, **form, **changes}


def test_what_was_stopped_here_can_be_resumed_here(browser, agreed, program):
    browser.post(path_of(agreed), {"stop": "all"})
    assert wordings.current().text in browser.get(path_of(agreed)).content.decode()

    for _ in range(2):
        answer = browser.post(path_of(agreed), resume(agreed))
        assert answer.status_code == 303

    assert stopped(agreed, program) == {"email"}
    grant = agreed.consent_entries.latest("pk")
    assert (grant.source, grant.wording, grant.actor_kind) == (
        Source.PREFERENCES,
        wordings.current(),
        "recipient",
    )
    assert Entry.objects.filter(action="consent.granted").count() == 2


def test_what_was_stopped_elsewhere_is_not_resumed_here(
    browser, agreed, program, manager
):
    consent.withdraw(agreed, Channel.SMS, source=Source.REPLY, actor=manager)

    page = browser.get(path_of(agreed)).content.decode()
    answer = browser.post(path_of(agreed), resume(agreed))

    assert "please tell Example Rewards" in page
    assert answer.status_code == 409
    assert stopped(agreed, program) == {"sms"}


def test_agreeing_again_is_bound_to_the_words_and_contact_on_the_screen(
    browser, agreed, program, manager
):
    browser.post(path_of(agreed), {"stop": "sms"})
    seen = resume(agreed)
    recipients.edit(
        agreed,
        name=agreed.name,
        email=agreed.email,
        phone="+12025550124",
        version=agreed.version,
        actor=manager,
    )

    moved = browser.post(path_of(agreed), seen)
    other_words = browser.post(path_of(agreed), resume(agreed, wording="999"))
    no_version = browser.post(path_of(agreed), resume(agreed, version="x"))

    assert {moved.status_code, other_words.status_code, no_version.status_code} == {409}
    assert "Nothing was changed" in moved.content.decode()
    assert stopped(Recipient.objects.get(), program) == {"sms"}


def test_a_withdrawal_here_blocks_every_program_at_once(browser, agreed, program):
    program.email_consent = "recorded"
    browser.post(one_click_of(agreed))

    answer = consent.allows(agreed, Channel.EMAIL, program=program)

    assert (answer.allowed, "stopped" in answer.reason) == (False, True)
