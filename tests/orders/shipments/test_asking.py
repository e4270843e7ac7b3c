"""Asking recipients for their addresses: who is asked, how often, and how it ends."""

import smtplib
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.utils import timezone

from orders import drafts, lifecycle, tasks
from orders.models import AddressRequest, Contributor, Order, Shipment
from orders.shipments import (
    answering,
    asking,
    drafting,
    ending,
    reminding,
    requesting,
)
from orders.shipments.asking import Progress
from orders.states import OrderStatus
from portal.actors import WORKER, Actor, ActorKind, Channel
from portal.audit.models import Entry
from portal.outbox import dispatch, stuck
from portal.outbox.handlers import Later, Retry
from portal.outbox.models import Message
from programs import arrival, consent, merging
from programs.consent_history import Channel as By
from programs.merging import Take
from programs.models import ConsentEntry, SheetRow
from tests import factories
from tests.orders.shipments import asked, posted
from tests.orders.shipments.asked import CITY_HALL, request_of, token_of

READER = Actor(ActorKind.RECIPIENT, "1", Channel.WEB)
HALF = timedelta(days=7, hours=12)
QUIET = timedelta(hours=12)


@pytest.fixture
def draft(program, card, manu) -> Order:
    return asked.make_draft(program, card, manu)


@pytest.fixture
def many(program, card, manu) -> Order:
    return asked.make_list(program, card, manu, 3)


def ask(order, actor, **how):
    order.refresh_from_db()
    return asking.ask(order, version=order.version, actor=actor, **how)


def answer(request, address=CITY_HALL):
    answering.answer(token_of(request), address, actor=READER)


def stop_mail(order, name, actor):
    person = order.rewards.get(shipment__name=name).recipient
    consent.withdraw(person, By.EMAIL, source=ConsentEntry.Source.REPLY, actor=actor)


def now(order):
    return Order.objects.get(pk=order.pk)


def progress(order) -> Progress:
    found = asking.progress(order)
    assert found is not None
    return found


def failing(error):
    class Backend(locmem.EmailBackend):
        def send_messages(self, messages):
            raise error

    return Backend


def test_the_order_waits_and_the_recipient_gets_a_link(draft, manager, manu):
    version = draft.version
    ask(draft, manager)
    dispatch.drain()

    order = now(draft)
    assert (order.status, order.version) == ("collecting addresses", version + 1)
    day = arrival.local_day(timezone.now()) + timedelta(days=14)
    assert asking.last_day(order.collects_until) == day
    (letter,) = mail.outbox
    assert letter.to == ["rosa@example.com"]
    assert letter.subject == "Where should Rewards Team send your card?"
    assert isinstance(letter, mail.EmailMultiAlternatives)
    html = str(letter.alternatives[0][0])
    path = asked.path_of(request_of(order))
    for body in (letter.body, html):
        assert f"http://127.0.0.1:8000{path}" in body
        for words in ("Hello Rosa Example", "Rewards Team", "Spring", "/p/"):
            assert words in body
        assert f"{day:%-d %b %Y}" in body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert token_of(request_of(order)) not in f"{letter.subject} {letter.extra_headers}"
    assert Contributor.objects.filter(order=order, user=manu).exists()
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.subject_id) == ("addresses.asked_for", str(order.pk))
    assert (entry.data["asked"], entry.data["left_out"]) == (1, 0)


def test_the_outbox_and_the_journal_know_ids_alone(program, card, manu, manager):
    draft = asked.make_draft(
        program, card, manu, name="Canary Quill", email="canary@example.com"
    )
    ask(draft, manager)
    request = request_of(draft)
    token = token_of(request)
    dispatch.drain()
    answer(request)
    dispatch.drain()

    kept = [
        *Message.objects.values_list("key", "payload", "problem"),
        *Entry.objects.values_list("data", "actor_id", "subject_id"),
    ]
    for canary in ("anary", token, CITY_HALL.line1, CITY_HALL.postal_code):
        assert canary not in repr(kept)


def test_the_worker_mails_once_however_often_it_comes_by(draft, manager):
    ask(draft, manager)

    for _time in range(3):
        tasks.ask_addresses({"order": draft.pk})
    dispatch.drain()

    assert len(mail.outbox) == 1


def test_a_worker_that_dies_between_note_and_mail_does_not_mail_twice(
    draft, manager, worker, monkeypatch
):
    """The reminder makes up for the mail that may not have gone."""
    ask(draft, manager)
    monkeypatch.setattr(locmem, "EmailBackend", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        tasks.ask_addresses({"order": draft.pk})
    monkeypatch.undo()

    dispatch.drain()
    assert mail.outbox == []
    assert request_of(draft).mailed_at is not None
    worker.run(seconds=HALF.total_seconds())

    (letter,) = mail.outbox
    assert letter.subject.startswith("Reminder: ")
    assert token_of(request_of(draft)) in letter.body


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        smtplib.SMTPServerDisconnected(),
        smtplib.SMTPRecipientsRefused({"r@example.com": (450, b"Later")}),
    ],
)
def test_a_mail_server_that_does_not_take_it_is_asked_again(
    draft, manager, monkeypatch, error
):
    ask(draft, manager)
    monkeypatch.setattr(locmem, "EmailBackend", failing(error))
    with pytest.raises(Retry) as failure:
        tasks.ask_addresses({"order": draft.pk})
    assert "example.com" not in str(failure.value)
    assert request_of(draft).mailed_at is None
    monkeypatch.undo()

    tasks.ask_addresses({"order": draft.pk})

    assert len(mail.outbox) == 1


def test_one_address_refused_for_now_does_not_hold_up_the_others(
    many, manager, monkeypatch
):
    ask(many, manager)
    send = locmem.EmailBackend.send_messages

    def picky(self, messages):
        if messages[0].to == ["person2@example.com"]:
            raise smtplib.SMTPRecipientsRefused({"x@example.com": (450, b"Later")})
        return send(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", picky)
    with pytest.raises(Retry):
        tasks.ask_addresses({"order": many.pk})

    assert len(mail.outbox) == 2


def refusing(error, email="person2@example.com"):
    """A mail server that takes every mail but those to one address."""

    class Backend(locmem.EmailBackend):
        def send_messages(self, messages):
            if messages[0].to == [email]:
                raise error
            return super().send_messages(messages)

    return Backend


FOR_GOOD = [
    smtplib.SMTPDataError(554, b"5.7.1 person2@example.com is unwanted"),
    smtplib.SMTPRecipientsRefused({"person2@example.com": (550, b"Unknown")}),
]
FOR_NOW = [
    smtplib.SMTPDataError(451, b"4.7.1 person2@example.com later"),
    smtplib.SMTPRecipientsRefused({"person2@example.com": (450, b"Later")}),
]


@pytest.mark.parametrize("error", FOR_GOOD, ids=["the mail", "the address"])
def test_a_mailbox_that_refuses_for_good_holds_no_other_up(
    many, manager, monkeypatch, error
):
    ask(many, manager)
    monkeypatch.setattr(locmem, "EmailBackend", refusing(error))
    dispatch.drain()

    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "person3@example.com",
        "person4@example.com",
    ]
    refused = request_of(many, "Person 2")
    assert "The mail server refuses the" in refused.problem
    assert "example.com" not in refused.problem
    assert refused.mailed_at is None
    assert Message.objects.get(topic=asking.TOPIC).status == "done"
    assert (progress(now(many)).unable, now(many).status) == (
        1,
        "collecting addresses",
    )


@pytest.mark.parametrize("error", FOR_NOW, ids=["the mail", "the address"])
def test_a_mailbox_that_refuses_for_now_is_tried_again_behind_the_others(
    many, manager, monkeypatch, worker, error
):
    ask(many, manager)
    monkeypatch.setattr(locmem, "EmailBackend", refusing(error))
    dispatch.drain()

    assert len(mail.outbox) == 2
    assert request_of(many, "Person 2").problem == ""
    message = Message.objects.get(topic=asking.TOPIC)
    assert (message.status, message.failures) == ("waiting", 1)
    assert "example.com" not in message.problem
    monkeypatch.undo()
    worker.run(seconds=60)

    assert len(mail.outbox) == 3
    assert request_of(many, "Person 2").mailed_at is not None


def test_a_server_that_refuses_all_of_them_for_now_is_not_asked_without_a_pause(
    many, manager, monkeypatch
):
    no_mail, all_but_one = failing(FOR_NOW[0]), refusing(FOR_NOW[0])

    def answer(server, seconds):
        """What the handler says when its time is over after the last of them."""
        ticks = SimpleNamespace(monotonic=iter(seconds).__next__)
        monkeypatch.setattr(requesting, "time", ticks)
        monkeypatch.setattr(locmem, "EmailBackend", server)
        return tasks.ask_addresses({"order": many.pk})

    ask(many, manager)
    with pytest.raises(Retry):
        answer(no_mail, [0, 1, 100])
    # Where one of them went, the others are due at once.
    assert answer(all_but_one, [0, 1, 2, 100]) == Later(0)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPAuthenticationError(535, b"Wrong password"),
        smtplib.SMTPSenderRefused(550, b"Not from you", "laurel@example.com"),
        smtplib.SMTPConnectError(554, b"No service"),
    ],
)
def test_what_the_server_says_of_every_mail_marks_nobody(
    many, manager, monkeypatch, error
):
    ask(many, manager)
    monkeypatch.setattr(locmem, "EmailBackend", failing(error))

    with pytest.raises(Retry):
        tasks.ask_addresses({"order": many.pk})

    assert not AddressRequest.objects.exclude(problem="").exists()
    assert not AddressRequest.objects.exclude(mailed_at=None).exists()


@pytest.mark.parametrize("error", FOR_GOOD, ids=["the mail", "the address"])
def test_a_reminder_that_one_refuses_reaches_the_others(
    many, manager, monkeypatch, worker, clock, error
):
    ask(many, manager)
    worker.run()
    mail.outbox.clear()
    clock.shift(QUIET)
    reminding.remind(now(many), version=now(many).version, actor=manager)
    monkeypatch.setattr(locmem, "EmailBackend", refusing(error))
    worker.run()

    assert len(mail.outbox) == 2
    refused = request_of(many, "Person 2")
    assert refused.problem
    assert refused.reminded_at is None


def test_an_address_refused_for_good_ends_it_when_nobody_is_left(
    draft, manager, monkeypatch
):
    ask(draft, manager)
    refused = smtplib.SMTPRecipientsRefused({"r@example.com": (550, b"Unknown")})
    monkeypatch.setattr(locmem, "EmailBackend", failing(refused))

    tasks.ask_addresses({"order": draft.pk})

    problem = request_of(draft).problem
    assert "The mail server refuses the address" in problem
    assert "example.com" not in problem
    assert now(draft).status == "draft"


def test_a_lost_key_waits_for_a_person_who_may_give_it_up(draft, manager, settings):
    ask(draft, manager)
    settings.ENCRYPTION_KEYS = ["b3RoZXIta2V5LW9ubHktZm9yLXRoZS10ZXN0cy0zMjE="]
    dispatch.drain()

    message = Message.objects.get(topic=asking.TOPIC)
    assert message.status == "stuck"
    assert request_of(draft).mailed_at is None
    stuck.give_up(message, reason="The key is lost.", actor=manager)

    assert request_of(draft).problem == "Given up: The key is lost."
    assert now(draft).status == "draft"


def _cancel(order, actor):
    drafts.cancel(order, version=now(order).version, actor=actor)


def _stop_asking(order, actor):
    ending.stop(order, version=now(order).version, actor=actor)


def _withdraw(order, actor):
    stop_mail(order, "Rosa Example", actor)


def _need_consent(order, actor):
    order.program.email_consent = "recorded"
    order.program.save()


def _answer(order, actor):
    answer(request_of(order))


@pytest.mark.parametrize(
    "change", [_cancel, _stop_asking, _withdraw, _need_consent, _answer]
)
def test_what_changed_before_the_mail_went_stops_it(draft, manager, change):
    ask(draft, manager)
    change(draft, manager)
    dispatch.drain()

    assert asked.letters_to("rosa@example.com") == []
    assert Message.objects.get(topic=asking.TOPIC).status == "done"


def test_those_who_cannot_be_asked_are_told_apart(many, manager):
    stop_mail(many, "Person 2", manager)
    many.rewards.filter(shipment__name="Person 3").update(email="")

    ask(many, manager)
    dispatch.drain()

    assert [letter.to for letter in mail.outbox] == [["person4@example.com"]]
    assert "E-mail was stopped" in request_of(many, "Person 2").problem
    assert "no e-mail address" in request_of(many, "Person 3").problem
    found = progress(now(many))
    assert (found.asked, found.unable, found.answered) == (1, 2, 0)
    assert [r.shipment.name for r in found.people][-1] == "Person 4"


def test_nobody_to_ask_is_refused_with_who_and_why(draft, manager):
    _withdraw(draft, manager)

    with pytest.raises(asking.Refused, match="Rosa Example: E-mail was stopped"):
        ask(draft, manager)

    assert now(draft).status == "draft"
    assert not AddressRequest.objects.exists()


def test_an_order_with_every_address_asks_nobody(program, card, manu, manager):
    with pytest.raises(asking.Refused, match="Every address is there"):
        ask(posted.make_draft(program, card, manu), manager)


def test_a_program_that_does_not_run_asks_nobody(program, draft, manager):
    program.status = "paused"
    program.save()

    with pytest.raises(asking.Refused, match="paused"):
        ask(draft, manager)


def test_a_last_day_that_has_passed_is_refused(draft, manager):
    with pytest.raises(asking.Refused, match="has passed"):
        ask(draft, manager, until=timezone.now())


def test_only_drafts_in_the_post_ask(program, card, manu, manager, draft):
    digital = factories.make_draft(program, card, manu)
    submitted = posted.make_submitted(program, card, manu)
    filling = asked.make_list(program, card, manu, 2)
    Order.objects.filter(pk=filling.pk).update(rewards_planned=3)

    for order in (digital, submitted, filling):
        with pytest.raises(lifecycle.StaleOrder):
            ask(order, manager)
    with pytest.raises(lifecycle.StaleOrder):
        asking.ask(draft, version=draft.version + 1, actor=manager)


def test_what_waits_for_addresses_is_neither_edited_nor_submitted(
    program, card, manager, draft
):
    ask(draft, manager)
    order = now(draft)

    with pytest.raises(lifecycle.StaleOrder):
        drafts.submit(order, version=order.version, actor=manager)
    with pytest.raises(lifecycle.StaleOrder):
        drafting.edit(
            order, posted.make_wish(program, card), version=order.version, actor=manager
        )


def test_an_order_asks_again_after_changes_were_requested(draft, manager):
    Order.objects.filter(pk=draft.pk).update(status=OrderStatus.CHANGES_REQUESTED)

    ask(draft, manager)

    assert now(draft).status == "collecting addresses"


def test_all_answers_make_it_a_draft_and_its_maker_hears_of_it(many, manager):
    ask(many, manager)
    dispatch.drain()
    mail.outbox.clear()

    for request in AddressRequest.objects.order_by("pk"):
        assert now(many).status == "collecting addresses"
        answer(request)
    dispatch.drain()

    order = now(many)
    assert (order.status, order.problem, order.collects_until) == ("draft", "", None)
    (letter,) = mail.outbox
    assert letter.to == ["manu@example.com"]
    assert "has every address" in letter.subject
    assert f"/orders/{order.reference}/" in letter.body
    entry = Entry.objects.latest("sequence")
    assert entry.action == "addresses.collected"
    assert entry.data == {"answered": 3, "missing": 0}


def test_half_of_the_time_later_only_the_silent_are_reminded_once(
    many, manager, worker
):
    ask(many, manager)
    worker.run()
    answer(request_of(many, "Person 2"))
    mail.outbox.clear()

    worker.run(seconds=HALF.total_seconds())

    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "person3@example.com",
        "person4@example.com",
    ]
    assert all(each.subject.startswith("Reminder: ") for each in mail.outbox)
    assert "This is a reminder" in mail.outbox[0].body
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.data) == ("addresses.asked_again", {"count": 2})
    assert entry.actor_id == WORKER.id
    worker.run(seconds=5 * 24 * 3600)
    assert len(mail.outbox) == 2


def test_staff_remind_whoever_heard_nothing_for_a_while(many, manager, worker, clock):
    ask(many, manager)
    worker.run()
    order = now(many)
    with pytest.raises(asking.Refused, match="last 12 hours"):
        reminding.remind(order, version=order.version, actor=manager)
    mail.outbox.clear()

    clock.shift(timedelta(hours=13))
    reminding.remind(order, version=order.version, actor=manager)
    worker.run()

    assert len(mail.outbox) == 3
    for _time in range(2):
        tasks.remind_addresses(Message.objects.get(topic=reminding.TOPIC).payload)
    assert len(mail.outbox) == 3
    with pytest.raises(lifecycle.StaleOrder):
        reminding.remind(order, version=order.version + 1, actor=manager)


def test_a_reminder_asks_about_consent_again(many, manager, worker, clock):
    ask(many, manager)
    worker.run()
    stop_mail(many, "Person 2", manager)
    mail.outbox.clear()
    clock.shift(timedelta(hours=13))
    order = now(many)
    reminding.remind(order, version=order.version, actor=manager)
    worker.run()

    assert len(mail.outbox) == 2
    assert "stopped" in request_of(many, "Person 2").problem
    assert progress(now(many)).unable == 1


def test_the_reminder_of_an_earlier_asking_is_none_of_a_later_one(
    draft, manager, worker
):
    ask(draft, manager)
    worker.run()
    _stop_asking(draft, manager)
    ask(draft, manager, until=timezone.now() + timedelta(days=60))
    worker.run(seconds=QUIET.total_seconds())
    mail.outbox.clear()

    worker.run(seconds=HALF.total_seconds())

    assert mail.outbox == []


def test_when_the_time_is_up_the_order_says_what_is_missing(
    many, manager, worker, clock
):
    ask(many, manager)
    worker.run()
    answer(request_of(many, "Person 2"))
    mail.outbox.clear()
    tasks.end_asking({})
    assert now(many).status == "collecting addresses"

    clock.move_to(now(many).collects_until)
    tasks.end_asking({})
    tasks.end_asking({})
    dispatch.drain()

    order = now(many)
    assert order.status == "draft"
    assert order.problem.startswith("2 addresses are missing.")
    (letter,) = asked.letters_to("manu@example.com")
    assert "lacks addresses" in letter.subject
    assert "2 addresses are missing." in letter.body
    ended = Entry.objects.filter(action="addresses.collected").get()
    assert ended.data == {"answered": 1, "missing": 2}


def test_stopping_kills_every_link_and_tells_nobody_else(many, manager, manu):
    ask(many, manager)
    dispatch.drain()
    mail.outbox.clear()

    _stop_asking(many, manager)
    dispatch.drain()

    assert mail.outbox == []
    assert now(many).status == "draft"
    for request in AddressRequest.objects.all():
        with pytest.raises(answering.Closed):
            answer(request)


def test_who_is_asked_again_is_not_written_to_before_twelve_hours_are_over(
    draft, manager, worker, clock
):
    for _time in range(5):
        ask(draft, manager)
        worker.run()
        _stop_asking(draft, manager)
        clock.shift(timedelta(minutes=1))
    ask(draft, manager)
    worker.run()

    assert len(asked.letters_to("rosa@example.com")) == 1
    found = progress(now(draft))
    assert (found.waiting, found.held, found.remindable) == (1, 1, 0)
    message = Message.objects.get(topic=asking.TOPIC)
    assert (message.status, message.failures) == ("waiting", 0)
    assert message.not_before - timezone.now() > timedelta(hours=11)
    worker.run(seconds=(QUIET - timedelta(minutes=6)).total_seconds())
    assert len(asked.letters_to("rosa@example.com")) == 1
    worker.run(seconds=120)

    first, second = asked.letters_to("rosa@example.com")
    assert token_of(request_of(draft)) in second.body
    assert token_of(request_of(draft)) not in first.body
    found = progress(now(draft))
    assert (found.waiting, found.held) == (0, 0)
    assert Message.objects.get(topic=asking.TOPIC).status == "done"


def test_a_reminder_counts_as_a_mail_for_whoever_asks_again(
    draft, manager, worker, clock
):
    ask(draft, manager)
    worker.run()
    clock.shift(QUIET)
    reminding.remind(now(draft), version=now(draft).version, actor=manager)
    worker.run()
    _stop_asking(draft, manager)
    ask(draft, manager)
    worker.run(seconds=3600)

    assert len(asked.letters_to("rosa@example.com")) == 2


def test_who_had_no_mail_yet_is_written_to_at_once_beside_those_who_wait(
    many, manager, monkeypatch, worker
):
    ask(many, manager)
    monkeypatch.setattr(locmem, "EmailBackend", refusing(FOR_NOW[0]))
    worker.run()
    monkeypatch.undo()
    _stop_asking(many, manager)
    mail.outbox.clear()

    assert len(asking.plan(now(many)).held) == 2
    ask(many, manager)
    worker.run()

    (letter,) = mail.outbox
    assert letter.to == ["person2@example.com"]
    worker.run(seconds=QUIET.total_seconds())
    assert len(mail.outbox) == 3


def test_a_closed_program_mails_nobody(draft, manager):
    ask(draft, manager)
    draft.program.status = "closed"
    draft.program.save()
    dispatch.drain()

    assert mail.outbox == []


def test_asked_again_there_is_another_link_and_only_for_whoever_is_missing(
    many, manager, worker, clock
):
    ask(many, manager)
    dispatch.drain()
    first, second = request_of(many, "Person 2"), request_of(many, "Person 3")
    answer(first)
    _stop_asking(many, manager)
    mail.outbox.clear()
    clock.shift(QUIET)

    ask(many, manager)
    worker.run()

    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "person3@example.com",
        "person4@example.com",
    ]
    again = request_of(many, "Person 3")
    assert (again.issue, second.issue) == (2, 1)
    for dead in (first, second):
        with pytest.raises(answering.Closed):
            answer(dead, posted.LIBRARY)
    found = progress(now(many))
    assert (found.asked, found.answered) == (2, 0)
    answer(again)


def test_people_whose_address_is_known_can_be_asked_to_confirm_it(
    program, card, manu, manager
):
    order = posted.make_draft(program, card, manu, email="rosa@example.com")

    ask(order, manager, confirms=True)
    dispatch.drain()

    (letter,) = mail.outbox
    assert "Please confirm your postal address" in letter.body
    assert posted.LIBRARY.line1 not in letter.body
    answer(request_of(order), posted.LIBRARY)
    assert now(order).status == "draft"


def test_a_cancelled_order_takes_no_answer(draft, manager):
    ask(draft, manager)

    _cancel(draft, manager)

    assert now(draft).status == "cancelled"
    assert Shipment.objects.get().status == "stopped"
    with pytest.raises(answering.Closed):
        answer(request_of(draft))


def test_an_order_that_was_edited_since_takes_no_answer(program, card, draft, manager):
    ask(draft, manager)
    _stop_asking(draft, manager)
    order = now(draft)
    assert order.problem.startswith("1 address is missing.")
    wish = posted.make_wish(program, card, email="rosa@example.com")
    drafting.edit(order, wish, version=order.version, actor=manager)

    with pytest.raises(answering.Closed):
        answer(request_of(draft))

    assert Shipment.objects.get().line1 == posted.LIBRARY.line1
    assert now(draft).problem == ""


def test_somebody_merged_since_is_asked_as_the_record_that_lives(
    program, draft, manager
):
    ask(draft, manager)
    person = draft.rewards.get().recipient
    dana = factories.make_recipient("Dana", program, email="dana@example.com")
    merging.merge(dana, person, take=Take(), actor=manager)
    dispatch.drain()

    (letter,) = mail.outbox
    assert letter.to == ["rosa@example.com"]
    assert "Hello Dana" in letter.body
    answer(request_of(draft), replace(CITY_HALL, name="Dana"))
    dana.refresh_from_db()
    assert dana.addresses.get().line1 == CITY_HALL.line1


def test_those_without_an_address_are_left_out_of_a_list(many, manager):
    ask(many, manager)
    answer(request_of(many, "Person 2"))
    _stop_asking(many, manager)
    order = now(many)
    with pytest.raises(lifecycle.StaleOrder):
        ending.leave_out(order, count=1, version=order.version, actor=manager)

    ending.leave_out(order, count=2, version=order.version, actor=manager)

    order = now(many)
    assert (order.rewards_count, order.rewards_planned, order.problem) == (1, 1, "")
    assert order.estimate_minor == 1000 + 495
    statuses = SheetRow.objects.order_by("number").values_list("status", flat=True)
    assert list(statuses) == ["taken", "problem", "problem"]
    drafts.submit(order, version=order.version, actor=manager)


def test_five_thousand_are_asked_without_a_question_for_each(
    program, card, manu, manager, django_assert_max_num_queries
):
    """SQLite stores a hundred requests in one statement."""
    order = asked.make_list(program, card, manu, 5000)

    with django_assert_max_num_queries(90):
        ask(order, manager)
    waiting = now(order)
    with django_assert_max_num_queries(2):
        found = progress(waiting)

    assert (found.asked, found.waiting, found.more) == (5000, 5000, 4950)
    with django_assert_max_num_queries(30):
        _stop_asking(order, manager)
    with django_assert_max_num_queries(110):
        ask(order, manager)
