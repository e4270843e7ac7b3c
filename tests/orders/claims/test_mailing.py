"""Assigned links by e-mail: who gets one, what it says, and never twice unasked."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders import tasks
from orders.claims import keeping, mailing
from orders.links import assigning
from orders.models import Claim, ClaimMail, HandedOut, Handout
from portal.audit.models import Entry
from portal.outbox import dispatch, stuck
from portal.outbox.handlers import GiveUp, Retry
from portal.outbox.models import Message
from programs import consent, merging, wordings
from programs.consent_history import Channel, Purpose
from programs.merging import Take
from programs.models import ConsentEntry, Recipient
from programs.sheets.people import Person
from tests import factories
from tests.orders.claims import made
from tests.orders.claims.made import secret_of

Source = ConsentEntry.Source
CANARY = "Canary Quill"


@pytest.fixture(autouse=True)
def _zone(settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"


@pytest.fixture
def batch(program, cvs, manu):
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.mails_links = True
    program.save()
    return made.make_batch(program, cvs, manu, quantity=4)


@pytest.fixture
def claim(batch, manager):
    """Riley's."""
    return give(batch, 1, manager)


def give(batch, number, actor, name="Riley Reed", email="riley@example.com", phone=""):
    claim = batch.claims.get(number=number)
    person = Person(name, email, phone)
    return assigning.assign(claim, person, version=claim.version, actor=actor)


def send(claim, actor):
    claim.refresh_from_db()
    return mailing.mail(claim, version=claim.version, actor=actor)


def page_of(claim):
    where = {"reference": claim.batch.order.reference, "code": claim.code}
    return reverse("orders:link_mail", kwargs=where)


def pages_of(batch):
    return reverse("orders:links_mail", args=[batch.order.reference])


def payload_of(claim, **fields):
    return {"claim": claim.pk, "issue": claim.issue, **fields}


def html_of(letter):
    assert isinstance(letter, mail.EmailMultiAlternatives)
    return str(letter.alternatives[0][0])


def withdraw(claim, actor):
    consent.withdraw(claim.recipient, Channel.EMAIL, source=Source.REPLY, actor=actor)


def test_the_mail_holds_our_link_and_says_who_sends_it_and_why(
    as_manu, manu, batch, claim
):
    page = as_manu.get(page_of(claim))
    done = as_manu.post(page_of(claim), {"version": claim.version})
    dispatch.drain()

    assert "riley@example.com" in page.text
    assert done.status_code == 303
    (letter,) = mail.outbox
    url = secret_of(claim).portal_url
    assert letter.to == ["riley@example.com"]
    assert letter.subject == "Rewards Team: a $10.00 CVS gift card for you"
    html = html_of(letter)
    for body in (letter.body, html):
        assert url in body
        for words in ("Hello Riley Reed", "Rewards Team", "$10.00 CVS", "/p/"):
            assert words in body
        assert "Enjoy your reward!" in body
        assert secret_of(claim).link not in body
        assert secret_of(claim).answer not in body
    assert secret_of(claim).token not in f"{letter.subject} {letter.extra_headers}"
    mailed = ClaimMail.objects.get()
    assert mailed.sent_at is not None
    handout = mailed.handout
    assert (handout.kind, handout.count, handout.made_by) == ("mail", 1, manu)
    assert HandedOut.objects.get().claim == claim
    claim.refresh_from_db()
    assert claim.handed_out_at == handout.made_at
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.subject_id) == ("claim.mailed", str(claim.pk))
    assert entry.data["handout"] == handout.pk


def test_the_mail_names_the_last_day_where_there_is_one(
    program, cvs, manu, manager, batch
):
    day = timezone.localdate() + timedelta(days=10)
    dated = made.make_batch(program, cvs, manu, quantity=1, expires_on=day)
    send(give(dated, 1, manager), manager)
    send(give(batch, 1, manager), manager)
    dispatch.drain()

    with_day, without = mail.outbox
    words = f"The last day to claim it is {day:%-d %b %Y}."
    assert words in with_day.body
    assert words in html_of(with_day)
    assert "last day" not in without.body


def test_one_click_in_a_mail_program_stops_the_mails(manager, claim):
    send(claim, manager)
    dispatch.drain()
    (letter,) = mail.outbox

    header = letter.extra_headers["List-Unsubscribe"]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = header.strip("<>").removeprefix("http://127.0.0.1:8000")
    assert Client().post(path).status_code == 200

    assert mailing.refusal(mailing.claim_of(payload_of(claim))) == (
        "They stopped e-mail."
    )


def test_the_outbox_and_the_journal_know_ids_alone(manager, batch):
    claim = give(batch, 1, manager, name=CANARY, email="canary@example.com")
    send(claim, manager)
    message = Message.objects.get(topic="orders.send_claim")
    dispatch.drain()

    assert message.payload == {"claim": claim.pk, "issue": 1}
    kept = [
        *Message.objects.values_list("key", "payload", "problem"),
        *Entry.objects.values_list("data"),
        *ClaimMail.objects.values_list(),
    ]
    secret = secret_of(claim)
    for canary in ("anary", secret.token, secret.link, secret.answer, secret.seed):
        assert canary not in repr(kept)
    assert len(mail.outbox) == 1


def test_the_handler_sends_once_however_often_it_runs(manager, claim):
    send(claim, manager)

    for _time in range(3):
        tasks.send_claim(payload_of(claim))
    dispatch.drain()

    assert len(mail.outbox) == 1


def test_a_person_may_ask_again_and_then_it_goes_again(as_manu, manager, claim):
    send(claim, manager)
    dispatch.drain()
    claim.refresh_from_db()

    page = as_manu.get(page_of(claim))
    as_manu.post(page_of(claim), {"version": claim.version})
    dispatch.drain()

    assert "Send again" in page.text
    assert len(mail.outbox) == 2
    assert [handout.count for handout in Handout.objects.all()] == [1, 1]


def test_asked_twice_before_the_worker_came_it_goes_once(manager, claim):
    send(claim, manager)
    send(claim, manager)
    dispatch.drain()

    assert len(mail.outbox) == 1
    assert not ClaimMail.objects.filter(sent_at=None).exists()


def _void(claim, actor):
    Claim.objects.filter(pk=claim.pk).update(voided_at=timezone.now())


def _expire(claim, actor):
    Claim.objects.filter(pk=claim.pk).update(expires_at=timezone.now())


def _claim(claim, actor):
    Claim.objects.filter(pk=claim.pk).update(redeemed_at=timezone.now())


def _reissue(claim, actor):
    claim.refresh_from_db()
    keeping.reissue(claim, version=claim.version, actor=actor)


def _unassign(claim, actor):
    claim.refresh_from_db()
    assigning.unassign(claim, version=claim.version, actor=actor)


def _forbid(claim, actor):
    program = claim.batch.order.program
    program.mails_links = False
    program.save()


def _lose_address(claim, actor):
    Recipient.objects.update(email=None, phone="+12025550123")


CHANGES = {
    "void": (_void, "can no longer be claimed"),
    "expired": (_expire, "can no longer be claimed"),
    "claimed": (_claim, "can no longer be claimed"),
    "issued anew": (_reissue, "issued anew"),
    "unassigned": (_unassign, "Nobody has the link."),
    "stopped": (withdraw, "They stopped e-mail."),
    "not allowed": (_forbid, "does not mail claim links"),
    "no address": (_lose_address, "no e-mail address on record"),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_what_changed_before_it_was_sent_stops_it_with_a_reason(
    as_manu, manager, claim, change
):
    act, says = CHANGES[change]
    send(claim, manager)
    act(claim, manager)
    dispatch.drain()

    assert mail.outbox == []
    assert says in ClaimMail.objects.get().problem
    assert Message.objects.get(topic="orders.send_claim").status == "done"
    assert says in as_manu.get(page_of(claim)).text


@pytest.mark.parametrize("change", sorted(set(CHANGES) - {"issued anew"}))
def test_what_cannot_be_mailed_is_refused_at_once(as_manu, manager, claim, change):
    act, says = CHANGES[change]
    act(claim, manager)
    claim.refresh_from_db()

    page = as_manu.get(page_of(claim))
    refused = as_manu.post(page_of(claim), {"version": claim.version})

    assert says in page.text
    assert "Mail the link" not in page.text
    assert refused.status_code == 422
    assert says in refused.text
    assert not ClaimMail.objects.exists()


def test_a_link_issued_anew_goes_out_as_the_new_one(manager, claim):
    send(claim, manager)
    dispatch.drain()
    old = secret_of(claim).token
    _reissue(claim, manager)
    claim.refresh_from_db()

    send(claim, manager)
    dispatch.drain()

    first, second = mail.outbox
    assert old in first.body
    assert old not in second.body
    assert secret_of(claim).token in second.body


def test_links_of_the_provider_are_not_mailed(program, cvs, manu, manager, batch):
    theirs = made.make_batch(program, cvs, manu, quantity=1, way="provider")
    claim = give(theirs, 1, manager)

    with pytest.raises(mailing.Refused, match="Export them"):
        send(claim, manager)
    with pytest.raises(mailing.Refused, match="Export them"):
        mailing.mail_all(theirs, count=1, actor=manager)


def test_a_program_that_asks_for_consent_gets_it(program, manager, claim):
    program.email_consent = "recorded"
    program.save()
    with pytest.raises(mailing.Refused, match="consent to e-mail"):
        send(claim, manager)
    consent.grant(
        claim.recipient,
        Channel.EMAIL,
        purpose=Purpose.REWARDS,
        wording=wordings.current(),
        source=Source.PAPER,
        given_on=timezone.localdate(),
        actor=manager,
    )

    send(claim, manager)
    dispatch.drain()

    assert len(mail.outbox) == 1


def test_a_stale_page_sends_nothing(as_manu, manager, claim):
    seen = claim.version
    _unassign(claim, manager)

    stale = as_manu.post(page_of(claim), {"version": seen})

    assert stale.status_code == 409
    assert "Nobody has the link." in stale.text
    assert not ClaimMail.objects.exists()


def test_a_merged_persons_mail_goes_to_the_record_that_lives(
    program, manager, batch, claim
):
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    merging.merge(dana, claim.recipient, take=Take(), actor=manager)

    send(claim, manager)
    dispatch.drain()

    (letter,) = mail.outbox
    assert letter.to == ["dana@example.com"]
    assert "Hello Dana" in letter.body


def test_all_that_wait_are_mailed_and_the_page_says_whom_it_leaves_out(
    as_manu, manager, batch, claim
):
    give(batch, 2, manager, name="Sam", email="sam@example.com")
    stopped = give(batch, 3, manager, name="Ida", email="ida@example.com")
    withdraw(stopped, manager)
    give(batch, 4, manager, name="Abe", email="", phone="+12025550123")

    page = as_manu.get(pages_of(batch))
    done = as_manu.post(pages_of(batch), {"count": 2})
    dispatch.drain()

    assert "Mail 2 links" in page.text
    assert "They stopped e-mail." in page.text
    assert "There is no e-mail address on record." in page.text
    assert done.status_code == 303
    sent = sorted(letter.to[0] for letter in mail.outbox)
    assert sent == ["riley@example.com", "sam@example.com"]
    handout = Handout.objects.get()
    assert (handout.kind, handout.count) == ("mail", 2)
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.data["count"]) == ("links.mailed", 2)
    again = as_manu.get(pages_of(batch))
    assert "Nothing to mail" in again.text
    assert as_manu.post(pages_of(batch), {"count": 2}).status_code == 409
    assert len(mail.outbox) == 2


def test_what_was_not_sent_or_issued_anew_waits_for_a_mail_again(manager, batch, claim):
    other = give(batch, 2, manager, name="Sam", email="sam@example.com")
    mailing.mail_all(batch, count=2, actor=manager)
    _expire(claim, manager)
    dispatch.drain()
    Claim.objects.filter(pk=claim.pk).update(expires_at=None)
    _reissue(other, manager)

    assert set(mailing.plan(batch).claims) == {claim.pk, other.pk}


def test_a_link_that_was_mailed_to_somebody_else_is_issued_anew_first(
    as_manu, manager, batch, claim
):
    send(claim, manager)
    dispatch.drain()
    give(batch, 1, manager, name="Tom", email="tom@example.com")
    claim.refresh_from_db()
    says = "mailed to somebody else before. Issue the link anew"

    one, many = as_manu.get(page_of(claim)), as_manu.get(pages_of(batch))
    refused = as_manu.post(page_of(claim), {"version": claim.version})
    not_any = as_manu.post(pages_of(batch), {"count": 1})

    assert says in one.text
    assert says in many.text
    assert "Nothing to mail" in many.text
    assert (refused.status_code, not_any.status_code) == (422, 409)
    _reissue(claim, manager)
    as_manu.post(pages_of(batch), {"count": 1})
    dispatch.drain()
    assert [letter.to for letter in mail.outbox] == [
        ["riley@example.com"],
        ["tom@example.com"],
    ]


def test_a_mail_asked_for_one_person_does_not_go_to_another(manager, batch, claim):
    send(claim, manager)
    give(batch, 1, manager, name="Tom", email="tom@example.com")
    send(Claim.objects.get(pk=claim.pk), manager)
    dispatch.drain()

    assert [letter.to for letter in mail.outbox] == [["tom@example.com"]]
    first, second = ClaimMail.objects.order_by("pk")
    assert "somebody else" in first.problem
    assert second.sent_at


def test_a_second_mail_on_its_way_does_not_follow_the_link_to_another(
    manager, batch, claim
):
    send(claim, manager)
    dispatch.drain()
    send(claim, manager)
    give(batch, 1, manager, name="Tom", email="tom@example.com")
    dispatch.drain()

    assert [letter.to for letter in mail.outbox] == [["riley@example.com"]]
    assert "somebody else" in ClaimMail.objects.latest("pk").problem


def test_who_was_mailed_to_is_one_person_after_a_merger_and_back(
    program, manager, batch, claim
):
    send(claim, manager)
    dispatch.drain()
    riley = Recipient.objects.get(email="riley@example.com")
    assert ClaimMail.objects.get().recipient == riley
    give(batch, 1, manager, name="Tom", email="tom@example.com")
    give(batch, 1, manager)
    assert mailing.plan(batch) == mailing.Plan([], {})

    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    merging.merge(dana, riley, take=Take(), actor=manager)

    assert mailing.plan(batch) == mailing.Plan([], {})
    send(claim, manager)
    dispatch.drain()
    assert mail.outbox[-1].to == ["dana@example.com"]


def test_a_subject_is_one_line_whatever_the_card_is_called(manager, cvs, claim):
    cvs.name = "CVS\r\nBcc: x@example.com"
    cvs.save()

    send(claim, manager)
    dispatch.drain()

    (letter,) = mail.outbox
    assert letter.subject == (
        "Rewards Team: a $10.00 CVS Bcc: x@example.com gift card for you"
    )
    assert letter.message()["Bcc"] is None


@pytest.mark.parametrize("count", ["", "0", "1", "x"])
def test_another_number_than_on_the_button_sends_nothing(
    as_manu, manager, batch, claim, count
):
    give(batch, 2, manager, name="Sam", email="sam@example.com")

    stale = as_manu.post(pages_of(batch), {"count": count})

    assert stale.status_code == 409
    assert "Mail 2 links" in stale.text
    assert not Message.objects.filter(topic="orders.send_claim").exists()


def test_a_program_that_does_not_mail_says_so(as_manu, manager, batch, claim):
    _forbid(claim, manager)

    page = as_manu.get(pages_of(batch))
    refused = as_manu.post(pages_of(batch), {"count": 1})

    assert "does not mail claim links" in page.text
    assert '<form method="post" class="form"' not in page.text
    assert refused.status_code == 422


def test_a_plan_costs_the_same_however_many_there_are(
    program, cvs, manu, manager, batch, django_assert_max_num_queries
):
    big = made.make_batch(program, cvs, manu, quantity=40)
    for number in range(1, 41):
        give(big, number, manager, name="P", email=f"p{number}@example.com")

    with django_assert_max_num_queries(8):
        planned = mailing.plan(big)

    assert len(planned.claims) == 40


def _failing(error):
    class Backend(locmem.EmailBackend):
        def send_messages(self, messages):
            raise error

    return Backend


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ConnectionRefusedError(), Retry),
        (smtplib.SMTPServerDisconnected(), Retry),
        (smtplib.SMTPRecipientsRefused({"r@example.com": (450, b"Later")}), Retry),
        (smtplib.SMTPRecipientsRefused({"r@example.com": (550, b"Unknown")}), None),
    ],
)
def test_a_mail_server_that_fails_is_asked_again_or_named_on_the_link(
    manager, claim, monkeypatch, error, outcome
):
    send(claim, manager)
    monkeypatch.setattr(locmem, "EmailBackend", _failing(error))

    if outcome is None:
        tasks.send_claim(payload_of(claim))
        problem = ClaimMail.objects.get().problem
        assert "The mail server refuses the address" in problem
        assert "example.com" not in problem
    else:
        with pytest.raises(outcome) as failure:
            tasks.send_claim(payload_of(claim))
        assert "example.com" not in str(failure.value)
        assert ClaimMail.objects.get().problem == ""


def test_a_lost_key_waits_for_a_person_who_may_give_it_up(manager, claim, settings):
    send(claim, manager)
    settings.ENCRYPTION_KEYS = ["b3RoZXIta2V5LW9ubHktZm9yLXRoZS10ZXN0cy0zMjE="]

    with pytest.raises(GiveUp, match="ENCRYPTION_KEYS"):
        tasks.send_claim(payload_of(claim))
    dispatch.drain()
    message = Message.objects.get(topic="orders.send_claim")
    assert message.status == Message.Status.STUCK
    stuck.give_up(message, reason="The key is lost.", actor=manager)

    assert ClaimMail.objects.get().problem == "Given up: The key is lost."
