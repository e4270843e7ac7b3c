"""The pages on which staff record consent."""

import datetime

import pytest
from django.urls import reverse

from portal.audit.models import Entry
from programs import consent, recipients, wordings
from programs.consent import Channel, Purpose, Source
from programs.models import Wording

LONG_AGO = datetime.date(2026, 1, 14)


@pytest.fixture
def dana(program, manager):
    return recipients.add(
        program,
        name="Dana Rivera",
        email="dana@example.com",
        phone="+12025550123",
        actor=manager,
    )


def grant(recipient, actor, channel=Channel.SMS, **changes):
    given = {
        "purpose": Purpose.REWARDS,
        "wording": wordings.current(),
        "source": Source.PAPER,
        "given_on": LONG_AGO,
        "evidence": "Folder 12",
        **changes,
    }
    return consent.grant(recipient, channel, actor=actor, **given)


def allowed(recipient, program, channel=Channel.SMS, **more):
    return consent.allows(recipient, channel, program=program, **more).allowed


def url(page, recipient):
    return reverse(f"programs:{page}", args=[recipient.pk])


def typed(recipient, **changes):
    return {
        "channel": "sms",
        "purpose": "rewards",
        "wording": wordings.current().pk,
        "source": "paper",
        "given_on": "2026-01-14",
        "evidence": "Folder 12",
        "version": recipient.version,
        **changes,
    }


def test_consent_grant_shows_the_words_and_the_number(as_manu, dana):
    body = as_manu.get(url("consent_grant", dana)).content.decode()

    assert wordings.current().text in body
    assert "SMS to +1 202-555-0123" in body


def test_consent_grant_records_and_the_page_tells_it(as_manu, program, dana):
    answer = as_manu.post(url("consent_grant", dana), typed(dana))

    assert (answer.status_code, allowed(dana, program)) == (303, True)
    body = as_manu.get(url("recipient_detail", dana)).content.decode()
    assert "Agreed on 14 Jan 2026 (Signed paper) to wording v1." in body
    assert "Folder 12" in body
    assert "Manu" in body


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"given_on": "2999-01-01"}, "not a day to come"),
        ({"given_on": "yesterday"}, "valid date"),
        ({"source": ""}, "required"),
        ({"source": "preferences page"}, "valid choice"),
        ({"channel": "fax"}, "valid choice"),
        ({"wording": "999"}, "valid choice"),
        ({"version": ""}, "required"),
    ],
)
def test_consent_grant_refuses_bad_input_and_keeps_the_rest(
    as_manu, program, dana, changes, message
):
    answer = as_manu.post(url("consent_grant", dana), typed(dana, **changes))

    body = answer.content.decode()
    assert answer.status_code == 422
    assert message in body
    assert "Folder 12" in body
    assert not allowed(dana, program)


def test_consent_grant_says_why_it_cannot_undo_a_withdrawal(as_manu, manager, dana):
    consent.withdraw(dana, Channel.SMS, source=Source.REPLY, actor=manager)

    answer = as_manu.post(url("consent_grant", dana), typed(dana))

    assert answer.status_code == 422
    assert "Only consent given on a later day counts." in answer.content.decode()


def test_consent_grant_is_bound_to_the_number_on_the_screen(
    as_manu, program, manager, dana
):
    form = typed(dana)
    recipients.edit(
        dana,
        name=dana.name,
        email=dana.email,
        phone="+12025550124",
        version=dana.version,
        actor=manager,
    )

    answer = as_manu.post(url("consent_grant", dana), form)

    dana.refresh_from_db()
    assert answer.status_code == 409
    assert not allowed(dana, program)


@pytest.mark.parametrize(
    ("channel", "sms", "email"),
    [("sms", False, True), ("email", True, False), ("all", False, False)],
)
def test_consent_withdraw_stops_what_was_chosen_at_once(
    as_manu, program, manager, dana, channel, sms, email
):
    grant(dana, manager)

    answer = as_manu.post(
        url("consent_withdraw", dana), {"channel": channel, "source": "spoken"}
    )

    assert answer.status_code == 303
    assert allowed(dana, program) == sms
    assert allowed(dana, program, Channel.EMAIL) == email


def test_consent_withdraw_needs_to_know_how(as_manu, program, dana):
    answer = as_manu.post(url("consent_withdraw", dana), {"channel": "all"})

    assert answer.status_code == 422
    assert allowed(dana, program, Channel.EMAIL)


def test_a_new_wording_is_added_once(as_adam):
    page = reverse("programs:consent_wording_add")

    first = as_adam.post(page, {"text": "I agree to gift cards by SMS."})
    again = as_adam.post(page, {"text": "  I agree to gift cards  by SMS.\n"})

    assert (first.status_code, again.status_code) == (303, 422)
    assert "This is version v2, word for word." in again.content.decode()
    assert wordings.current().version == "v2"
    assert Wording.objects.count() == 2
    assert Entry.objects.filter(action="wording.added").count() == 1
