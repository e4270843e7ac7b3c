"""The pages of asking for addresses: for staff, and for whoever has a link."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders import drafts
from orders.models import AddressRequest, Order, Shipment
from orders.shipments import asking, ending
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.permissions import Role
from programs import arrival
from programs.models import Program, Recipient
from tests import factories, secrecy
from tests.orders.claims.visiting import MACHINES, somebody
from tests.orders.shipments import asked, posted
from tests.orders.shipments.asked import CITY_HALL, path_of, token_of, typed
from tests.tables import changed, contents


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def draft(program, card, manu) -> Order:
    return asked.make_draft(program, card, manu)


@pytest.fixture
def request_(program, card, manu) -> AddressRequest:
    return asked.make_asked(program, card, manu)


@pytest.fixture
def many(program, card, manu) -> Order:
    order = asked.make_list(program, card, manu, 3)
    return asking.ask(order, version=order.version, actor=actor_of(manu))


def page(name, order):
    return reverse(f"orders:{name}", args=[order.reference])


def day(days):
    return (arrival.local_day(timezone.now()) + timedelta(days=days)).isoformat()


def order_of(request):
    return Order.objects.get(pk=request.shipment.reward.order_id)


# Staff


def test_the_page_says_who_is_asked_until_when_and_asks_them(as_manu, draft):
    shown = as_manu.get(page("order_collect", draft))
    done = as_manu.post(
        page("order_collect", draft),
        {"version": draft.version, "last_day": day(3)},
    )
    dispatch.drain()

    assert "Ask 1 person for their address" in shown.text
    assert f'value="{day(14)}"' in shown.text
    assert done.status_code == 303
    order = Order.objects.get()
    assert order.collects_until
    assert str(asking.last_day(order.collects_until)) == day(3)
    assert len(mail.outbox) == 1
    order_page = as_manu.get(done["Location"])
    assert "Collecting addresses" in order_page.text
    again = as_manu.get(page("order_collect", draft))
    assert again.status_code in {302, 303}


@pytest.mark.parametrize(
    ("typed_day", "says"),
    [
        ("", "This field is required."),
        ("yesterday", "Enter a valid date."),
        (day(0), "Choose tomorrow or a later day."),
        (day(-1), "Choose tomorrow or a later day."),
        (day(91), "Choose a day within 90 days."),
    ],
    ids=["empty", "words", "today", "yesterday", "too late"],
)
def test_a_last_day_that_makes_no_sense_is_said_at_the_field(
    as_manu, draft, typed_day, says
):
    refused = as_manu.post(
        page("order_collect", draft), {"version": draft.version, "last_day": typed_day}
    )

    assert refused.status_code == 422
    assert says in refused.text
    assert "error-summary" in refused.text
    assert not AddressRequest.objects.exists()


@pytest.mark.parametrize("version", ["", "0", "99", "x"])
def test_a_stale_page_asks_nobody(as_manu, draft, version):
    stale = as_manu.post(
        page("order_collect", draft), {"version": version, "last_day": day(3)}
    )

    assert stale.status_code in {409, 422}
    assert not AddressRequest.objects.exists()


def test_nobody_to_ask_is_said_before_and_after(as_manu, draft):
    draft.rewards.update(email="")

    shown = as_manu.get(page("order_collect", draft))
    refused = as_manu.post(
        page("order_collect", draft), {"version": draft.version, "last_day": day(3)}
    )

    assert "Nobody can be asked" in shown.text
    assert "Rosa Example: The order has no e-mail address for them." in shown.text
    assert "<button" not in shown.text.partition("<main")[2].partition("</main")[0]
    assert refused.status_code == 422
    assert "Nobody can be asked. Rosa Example" in refused.text


def test_an_order_that_has_every_address_asks_for_a_confirmation(
    as_manu, program, card, manu
):
    order = posted.make_draft(program, card, manu, email="rosa@example.com")

    shown = as_manu.get(page("order_collect", order))
    done = as_manu.post(
        page("order_collect", order), {"version": order.version, "last_day": day(3)}
    )

    assert "Have addresses confirmed" in shown.text
    assert done.status_code == 303
    assert AddressRequest.objects.count() == 1


def test_a_list_may_have_known_addresses_confirmed_as_well(
    as_manu, program, card, manu
):
    order = asked.make_list(program, card, manu, 3)
    parcel = Shipment.objects.earliest("pk")
    for part in ("country", "line1", "city", "state", "postal_code"):
        setattr(parcel, part, getattr(CITY_HALL, part))
    parcel.save()
    url = page("order_collect", order)

    first, all_of_them = as_manu.get(url), as_manu.get(f"{url}?all=1")
    as_manu.post(url, {"version": order.version, "last_day": day(3), "confirm": "True"})

    assert "Ask 2 people for their address" in first.text
    assert "Ask also the 1 person" in first.text
    assert "Ask 3 people to enter or confirm their address" in all_of_them.text
    assert AddressRequest.objects.count() == 3


def test_a_digital_order_has_no_such_page(as_manu, program, card, manu):
    order = factories.make_draft(program, card, manu)

    assert as_manu.get(page("order_collect", order)).status_code == 404
    for name in ("collect_remind", "collect_stop", "collect_leave_out"):
        assert as_manu.post(page(name, order)).status_code == 404


def test_who_had_a_mail_lately_is_told_before_and_after_asking_again(as_manu, draft):
    asking.ask(draft, version=draft.version, actor=WORKER)
    dispatch.drain()
    draft.refresh_from_db()
    ending.stop(draft, version=draft.version, actor=WORKER)
    draft.refresh_from_db()

    before = as_manu.get(page("order_collect", draft)).text
    asked_again = as_manu.post(
        page("order_collect", draft),
        {"last_day": day(7), "version": draft.version},
        follow=True,
    ).text

    assert "1 person had a mail in the last 12 hours." in before
    assert "1 of them waits until its reader had no mail for 12 hours." in asked_again
    assert "Rosa Example: had a mail lately; the next goes out" in asked_again
    assert len(asked.letters_to("rosa@example.com")) == 1


def test_the_buttons_of_the_order_remind_and_stop(as_manu, many):
    dispatch.drain()
    many.refresh_from_db()
    AddressRequest.objects.update(mailed_at=timezone.now() - timedelta(days=1))
    mail.outbox.clear()

    form = {"version": many.version}
    reminded = as_manu.post(page("collect_remind", many), form)
    dispatch.drain()
    too_soon = as_manu.post(page("collect_remind", many), form, follow=True)
    stopped = as_manu.post(page("collect_stop", many), form)
    twice = as_manu.post(page("collect_stop", many), form)

    assert (reminded.status_code, len(mail.outbox)) == (303, 3)
    assert "was written to in the last 12 hours" in too_soon.text
    assert (stopped.status_code, twice.status_code) == (303, 409)
    assert Order.objects.get().status == "draft"


def test_the_rows_of_those_without_an_address_go_back_to_the_list(as_manu, many):
    ending.stop(many, version=many.version, actor=actor_of(many.created_by))
    many.refresh_from_db()
    url, form = page("collect_leave_out", many), {"version": many.version}

    wrong = [as_manu.post(url, {**form, "count": n}) for n in ("", "2", "x", "0")]
    done = as_manu.post(url, {**form, "count": "3"})

    assert {answer.status_code for answer in wrong} == {409}
    assert done.status_code == 303
    assert many.rewards.count() == 0


def test_an_order_that_collects_can_be_cancelled_in_its_page(as_manu, many):
    shown = as_manu.get(page("order_detail", many))
    done = as_manu.post(page("order_cancel", many), {"version": many.version})

    assert "Cancel order" in shown.text
    assert done.status_code == 303
    assert Order.objects.get().status == "cancelled"


def test_home_names_what_waits_for_addresses(as_manu, many):
    assert "1 order waits for addresses" in as_manu.get("/").text


# Whoever has the link


def test_the_page_says_who_asks_and_why_and_takes_the_address(request_):
    visitor = somebody()
    shown = visitor.get(path_of(request_))
    done = visitor.post(path_of(request_), typed())

    assert shown.status_code == 200
    for words in ("Rewards Team", "Spring", "Where should your card go?"):
        assert words in shown.text
    assert 'value="Rosa Example"' in shown.text
    assert done.status_code == 303
    assert done["Location"] == path_of(request_)
    parcel = Shipment.objects.get()
    assert (parcel.line1, parcel.state) == (CITY_HALL.line1, "MA")
    thanks = visitor.get(done["Location"])
    assert thanks.status_code == 200
    assert "Thank you, your address is noted" in thanks.text
    assert CITY_HALL.line1 not in thanks.text
    person = Recipient.objects.get()
    entry = Entry.objects.filter(action="address.given").get()
    assert entry.actor_id == str(person.pk)


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_no_cache_referrer_or_search_keeps_it(request_, method):
    answer = getattr(somebody(), method)(path_of(request_))

    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not answer.cookies


@pytest.mark.parametrize("who", sorted(MACHINES))
def test_machines_that_look_change_nothing(request_, who):
    before = contents()
    machine = Client(headers=MACHINES[who])

    for method in ("get", "head"):
        answer = getattr(machine, method)(path_of(request_))
        assert answer.status_code == 200

    assert changed(before) == set()


def test_another_site_cannot_send_the_form(request_):
    answer = somebody(**{"Sec-Fetch-Site": "cross-site"}).post(
        path_of(request_), typed()
    )

    assert answer.status_code == 403
    assert Shipment.objects.get().line1 == ""


def test_other_methods_are_refused(request_):
    assert somebody().delete(path_of(request_)).status_code == 405


WRONG = {
    "nothing at all": ({}, "Tick this box"),
    "not agreed": (typed(CITY_HALL, **{"address-agree": ""}), "Tick this box"),
    "no house": (
        typed(replace(CITY_HALL, line1="City Hall Square")),
        "number",
    ),
    "no city": (typed(replace(CITY_HALL, city="")), "City"),
    "another state's postcode": (
        typed(replace(CITY_HALL, postal_code="90012")),
        "90012",
    ),
    "a postcode of another shape": (
        typed(replace(CITY_HALL, postal_code="EC1A 1BB")),
        "EC1A 1BB",
    ),
    "too long": (typed(replace(CITY_HALL, line1="1 " + "x" * 200)), "100"),
    "not printable": (
        typed(replace(CITY_HALL, line1="1 City \N{PARTY POPPER} Square")),
        "City",
    ),
    "an unknown country": (typed(replace(CITY_HALL, country="XX")), "ountry"),
    "no name": (typed(replace(CITY_HALL, name="")), "Name"),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_what_cannot_be_posted_to_is_said_and_kept(request_, wrong):
    form, says = WRONG[wrong]
    before = contents()

    refused = somebody().post(path_of(request_), form)

    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    assert says in refused.text
    for part in ("line1", "city"):
        if value := form.get(f"address-{part}", ""):
            assert value in refused.text
    assert changed(before) == set()


def test_nobody_outside_may_keep_what_the_rules_doubt(request_):
    doubted = typed(
        replace(CITY_HALL, line1="City Hall Square"),
        **{"address-choice": "mine", "address-reason": "It is right."},
    )

    refused = somebody().post(path_of(request_), doubted)

    assert refused.status_code == 422
    assert Shipment.objects.get().line1 == ""


def test_a_pasted_address_fills_the_fields_and_keeps_the_tick(request_):
    pasted = "Rosa Example\n1 City Hall Square\nBoston, MA 02201"

    shown = somebody().post(
        path_of(request_),
        {
            "address-act": "fill",
            "address-paste": pasted,
            "address-country": "US",
            "address-agree": "on",
        },
    )

    assert shown.status_code == 200
    assert 'value="1 City Hall Square"' in shown.text
    assert "checked" in shown.text
    assert Shipment.objects.get().line1 == ""


def test_a_suggestion_is_taken(request_):
    address = replace(CITY_HALL, state="")
    shown = somebody().post(path_of(request_), typed(address))
    seen = shown.context["form"].seen

    done = somebody().post(
        path_of(request_),
        typed(address, **{"address-choice": "suggestion", "address-seen": str(seen)}),
    )

    assert (shown.status_code, done.status_code) == (422, 303)
    assert Shipment.objects.get().state == "MA"


def test_pressed_twice_it_is_one_answer(request_):
    answers = [somebody().post(path_of(request_), typed()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert Entry.objects.filter(action="address.given").count() == 1


def test_another_address_after_it_was_closed_is_not_stored(request_):
    somebody().post(path_of(request_), typed())

    late = somebody().post(path_of(request_), typed(posted.LIBRARY))

    assert late.status_code == 409
    assert "no longer be changed here" in late.text
    assert Shipment.objects.get().line1 == CITY_HALL.line1


def test_while_others_are_waited_for_it_is_shown_and_may_be_changed(many):
    request = asked.request_of(many, "Person 2")
    visitor, path = somebody(), path_of(request)
    visitor.post(path, typed())

    shown, form = visitor.get(path), visitor.get(f"{path}?change=1")
    done = visitor.post(f"{path}?change=1", typed(posted.LIBRARY))

    assert CITY_HALL.line1 in shown.text
    assert "Change the address" in shown.text
    assert f'value="{CITY_HALL.line1}"' in form.text
    assert done.status_code == 303
    request.refresh_from_db()
    assert request.shipment.line1 == posted.LIBRARY.line1


def test_a_known_address_is_confirmed_with_one_press(program, card, manu):
    order = posted.make_draft(program, card, manu, email="rosa@example.com")
    asking.ask(order, version=order.version, actor=actor_of(manu), confirms=True)
    path = path_of(asked.request_of(order))
    shown = somebody().get(path)
    seen = str(shown.context["seen"])

    stale = somebody().post(path, {"seen": "another"})
    done = somebody().post(path, {"seen": seen})

    assert "Is this your address?" in shown.text
    assert posted.LIBRARY.line1 in shown.text
    assert stale.status_code == 409
    assert done.status_code == 303
    assert Order.objects.get().status == "draft"


def test_an_unknown_link_is_a_page_that_says_what_to_do(db):
    for answer in (somebody().get("/a/unknown"), somebody().post("/a/unknown")):
        assert answer.status_code == 404
        assert "This link opens nothing" in answer.text


def _expire(order, actor):
    past = timezone.now() - timedelta(minutes=1)
    Order.objects.filter(pk=order.pk).update(collects_until=past)
    AddressRequest.objects.update(expires_at=past)


def _stop(order, actor):
    ending.stop(order, version=order.version, actor=actor)


def _close(order, actor):
    Program.objects.filter(pk=order.program_id).update(status="closed")


def _cancel(order, actor):
    drafts.cancel(order, version=order.version, actor=actor)


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (_expire, "The time to answer is over"),
        (_stop, "The time to answer is over"),
        (_close, "The time to answer is over"),
        (_cancel, "Your address is no longer needed"),
    ],
    ids=["expired", "stopped", "closed", "cancelled"],
)
def test_a_link_that_is_over_says_why_and_whom_to_ask(request_, manager, end, says):
    end(order_of(request_), manager)

    for answer in (
        somebody().get(path_of(request_)),
        somebody().post(path_of(request_), typed()),
    ):
        assert answer.status_code in {409, 410}
        assert says in answer.text
        assert "ask Rewards Team" in answer.text
        assert CITY_HALL.line1 not in answer.text
    assert Shipment.objects.get().line1 == ""


def test_whoever_guesses_soon_gets_no_more_answers(request_, settings):
    settings.CLAIM_RATE_MISSES = 3

    guesses = [somebody().get("/a/unknown").status_code for _ in range(5)]

    assert guesses == [404, 404, 404, 429, 429]
    assert somebody().get(path_of(request_)).status_code == 200


@pytest.mark.parametrize("limit", ["CLAIM_RATE_TOKEN", "CLAIM_RATE_ADDRESS"])
def test_one_link_is_not_asked_for_all_the_time(request_, settings, limit):
    setattr(settings, limit, 2)

    statuses = [somebody().get(path_of(request_)).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]


def test_the_token_is_nowhere_but_in_the_mail(as_manu, request_):
    token = token_of(request_)
    with secrecy.logged(logging.DEBUG) as log:
        dispatch.drain()
        somebody().get(path_of(request_))
        somebody().get(f"{path_of(request_)}x")
        somebody().post(path_of(request_), {})
        somebody().post(path_of(request_), typed())
        order = order_of(request_)
        for name in ("order_detail", "order_check"):
            assert token not in as_manu.get(page(name, order)).text
    kept = secrecy.places(log.getvalue())

    assert secrecy.leaks([token], kept) == []
    assert "/a/-" in kept["the logs"]
    assert token in asked.letters_to("rosa@example.com")[0].body


def test_only_those_who_may_see_recipients_read_who_answered(program, many, as_manu):
    approver = factories.make_member("Abe", program, Role.APPROVER)
    many.refresh_from_db()

    theirs = as_manu.get(page("order_detail", many))
    others = factories.signed_in(approver).get(page("order_detail", many))

    assert "0 of 3 answered" in theirs.text
    assert "Person 2: the mail is on its way" in theirs.text
    assert "0 of 3 answered" in others.text
    assert "Person 2: " not in others.text
    assert "Stop asking" not in others.text
