"""The pages of endpoints: added, tried out, looked at, replayed, by a person."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from orders.models import Delivery, Endpoint, Kind
from orders.webhooks import endpoints
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.outbox import dispatch
from tests import factories
from tests.orders.webhooks import made

NEW = "/developers/webhooks/new/"


def page_of(endpoint, tail=""):
    return f"/developers/webhooks/{endpoint.pk}/{tail}"


def typed(program, **fields):
    return {
        "label": "Referral tool",
        "program": program.pk,
        "url": "https://hooks.example.com/in",
        "kinds": [Kind.REWARD_SENT, Kind.REWARD_CLAIMED],
        **fields,
    }


def text(response):
    return html.unescape(response.content.decode())


def secret_on(response):
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", text(response)))
    return secret


def test_a_new_endpoint_shows_its_secret_once(as_manu, program, manu):
    response = as_manu.post(NEW, typed(program))

    endpoint = Endpoint.objects.get()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    secret = secret_on(response)
    assert endpoint.kinds == ["reward.sent", "reward.claimed"]
    assert endpoint.created_by == manu
    assert secret not in endpoint.secret_ciphertext
    assert "whsec_" not in text(as_manu.get(page_of(endpoint)))
    entry = Entry.objects.get(action="endpoint.added")
    assert entry.data == {"kinds": ["reward.sent", "reward.claimed"]}


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "This field is required"),
        ("hooks.example.com", "whole address"),
        ("http://hooks.example.com/", "https://"),
        ("https://user:secret@example.com/", "name and password"),
        ("https://127.0.0.1/", "private network"),
        ("https://2130706433/", "private network"),
        ("https://[::ffff:10.0.0.1]/", "private network"),
        ("https://metadata.google.internal/", "private network"),
        (f"https://example.com/{'a' * 500}", "500 characters"),
    ],
)
def test_a_bad_address_is_named_and_kept(as_manu, program, url, problem):
    response = as_manu.post(NEW, typed(program, url=url))

    assert response.status_code == 422
    assert problem in text(response)
    assert f'value="{url}"' in text(response) or not url
    assert not Endpoint.objects.exists()


def test_the_same_address_twice_is_refused(as_manu, program):
    as_manu.post(NEW, typed(program))
    response = as_manu.post(NEW, typed(program, label="Again"))

    assert response.status_code == 422
    assert "has this address already" in text(response)
    assert Endpoint.objects.count() == 1


def test_nothing_to_be_told_is_refused(as_manu, program):
    response = as_manu.post(NEW, typed(program, kinds=[]))

    assert response.status_code == 422
    assert "Tick at least one." in text(response)


def test_a_program_one_does_not_manage_is_no_choice(as_manu, adam):
    other = factories.make_program("Autumn")

    response = as_manu.post(NEW, typed(other))

    assert response.status_code == 422
    assert not Endpoint.objects.exists()


def test_from_new_to_a_verified_test_event_in_two_posts(as_manu, program, receiver):
    response = as_manu.post(NEW, typed(program, url=receiver.url))
    secret = secret_on(response)
    sent = as_manu.post(page_of(Endpoint.objects.get(), "test/"))
    before = text(as_manu.get(sent.url))
    dispatch.drain()
    after = text(as_manu.get(sent.url))

    (call,) = receiver.calls
    assert Webhook(secret).verify(call.body, dict(call.headers))["type"] == "test"
    assert 'hx-trigger="every 2s"' in before
    assert 'hx-trigger="every 2s"' not in after
    assert "Delivered" in after
    assert call.headers["webhook-signature"] in after
    assert "from standardwebhooks import Webhook" in after


def test_the_code_on_the_page_verifies_a_message(
    as_manu, endpoint, receiver, secret, monkeypatch
):
    as_manu.post(page_of(endpoint, "test/"))
    dispatch.drain()
    shown = text(as_manu.get(page_of(endpoint)))
    code = re.search(r'<code id="verify">(.*?)</code>', shown, re.DOTALL)
    monkeypatch.setenv("LAUREL_WEBHOOK_SECRET", secret[0])
    names: dict[str, Any] = {}
    assert code

    exec(code[1], names)  # noqa: S102  (what the page says to copy)

    (call,) = receiver.calls
    assert names["receive"](call.body, dict(call.headers))["type"] == "test"


def test_editing_keeps_the_secret_and_says_what_changed(as_manu, endpoint):
    before = endpoint.secret_ciphertext
    response = as_manu.post(
        page_of(endpoint, "edit/"),
        {
            "label": "Shop",
            "url": endpoint.url,
            "kinds": [Kind.REWARD_FAILED],
            "version": endpoint.version,
        },
    )

    endpoint.refresh_from_db()
    assert response.status_code == 303
    assert (endpoint.label, endpoint.kinds) == ("Shop", ["reward.failed"])
    assert endpoint.secret_ciphertext == before
    entry = Entry.objects.get(action="endpoint.edited")
    assert entry.data == {"fields": ["label", "kinds"]}


def test_editing_what_somebody_else_changed_shows_both(as_manu, endpoint):
    Endpoint.objects.update(label="Theirs", version=7)
    fields = {"label": "Mine", "url": endpoint.url, "kinds": endpoint.kinds}
    response = as_manu.post(page_of(endpoint, "edit/"), {**fields, "version": 1})

    assert response.status_code == 409
    assert "<del>Theirs</del>" in text(response)
    assert "<ins>Mine</ins>" in text(response)
    again = as_manu.post(page_of(endpoint, "edit/"), {**fields, "version": 7})
    assert again.status_code == 303
    endpoint.refresh_from_db()
    assert endpoint.label == "Mine"


def test_a_new_secret_is_shown_once_and_not_made_twice(as_manu, endpoint, secret):
    fields = {"version": endpoint.version}
    response = as_manu.post(page_of(endpoint, "secret/"), fields)
    again = as_manu.post(page_of(endpoint, "secret/"), fields)

    assert response["Cache-Control"] == "no-store"
    assert secret_on(response) != secret[0]
    assert again.status_code == 409
    assert "whsec_" not in text(again)
    endpoint.refresh_from_db()
    assert endpoint.has_old_secret(timezone.now())
    assert Entry.objects.filter(action="endpoint.rotated").count() == 1


def test_pausing_and_resuming_twice_is_one_act_each(as_manu, endpoint):
    for _twice in range(2):
        as_manu.post(page_of(endpoint, "pause/"))
    paused = text(as_manu.get(page_of(endpoint)))
    for _twice in range(2):
        as_manu.post(page_of(endpoint, "resume/"))

    assert "Resume" in paused
    assert page_of(endpoint, "test/") not in paused
    assert Entry.objects.filter(action="endpoint.paused").count() == 1
    assert Entry.objects.filter(action="endpoint.resumed").count() == 1


def test_a_paused_endpoint_is_not_tried_out(as_manu, endpoint):
    as_manu.post(page_of(endpoint, "pause/"))

    response = as_manu.post(page_of(endpoint, "test/"), follow=True)

    assert "Resume it, then send a test event." in text(response)
    assert not Delivery.objects.exists()


def test_one_message_is_replayed_in_two_interactions(as_manu, endpoint, receiver):
    (delivery,) = made.make_deliveries(endpoint, 1, status=Delivery.Status.FAILED)
    log = text(as_manu.get(page_of(endpoint)))
    page = page_of(endpoint, f"deliveries/{delivery.pk}/")
    assert page in log

    response = as_manu.post(f"{page}replay/", follow=True)
    dispatch.drain()

    assert "1 message is sent again, under the same id." in text(response)
    assert receiver.ids == [str(delivery.announcement)]


def test_all_that_was_given_up_is_counted_before_it_is_replayed(
    as_manu, endpoint, receiver
):
    made.make_deliveries(endpoint, 3, status=Delivery.Status.FAILED)
    made.make_deliveries(endpoint, 2)
    asked = as_manu.get(page_of(endpoint, "replay/"), {"which": "failed"})
    assert "Send 3 messages again" in text(asked)

    as_manu.post(page_of(endpoint, "replay/"), {"which": "failed", "since": ""})
    dispatch.drain()

    assert len(receiver.calls) == 3


def test_all_since_a_time_is_counted_and_replayed(as_manu, endpoint, receiver):
    made.make_deliveries(endpoint, 3)
    long_ago = timezone.now() - timedelta(days=3)
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(
        created_at=long_ago
    )
    since = timezone.localtime(timezone.now() - timedelta(days=1))
    meant = {"which": "since", "since": since.strftime("%Y-%m-%dT%H:%M")}
    asked = as_manu.get(page_of(endpoint, "replay/"), meant)
    hidden = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text(asked))
    )
    assert "Send 2 messages again" in text(asked)

    as_manu.post(page_of(endpoint, "replay/"), {n: hidden[n] for n in meant})
    dispatch.drain()

    assert len(receiver.calls) == 2


@pytest.mark.parametrize(
    ("meant", "problem"),
    [
        ({"which": "since", "since": ""}, "Enter since when."),
        ({"which": "since", "since": "soon"}, "Enter a valid date/time."),
        ({"which": "since", "since": "0001-01-01T00:00"}, "greater than"),
        ({"which": "everything"}, "Select a valid choice."),
        ({"which": ""}, "This field is required."),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_replay_of_nothing_in_particular_is_refused(
    as_manu, endpoint, meant, problem, method
):
    response = getattr(as_manu, method)(page_of(endpoint, "replay/"), meant)

    assert response.status_code == 422
    assert problem in text(response)


def test_the_log_is_filtered_by_status_and_kind(as_manu, endpoint):
    made.make_deliveries(endpoint, 2, status=Delivery.Status.FAILED)
    made.make_deliveries(endpoint, 1)

    def listed(query):
        return text(as_manu.get(page_of(endpoint, query))).count("/deliveries/")

    assert listed("") == 3
    assert listed("?status=failed") == 2
    assert listed("?status=failed&kind=test") == 2
    assert listed("?kind=reward.sent") == 0
    assert listed("?status=nonsense") == 3


def test_the_list_says_how_they_are_doing(as_manu, endpoint):
    made.make_deliveries(endpoint, 4)
    made.make_deliveries(endpoint, 1, status=Delivery.Status.FAILED)
    old = made.make_deliveries(endpoint, 3)
    Delivery.objects.filter(pk__in=[each.pk for each in old]).update(
        created_at=timezone.now() - timedelta(hours=25)
    )

    listed = " ".join(text(as_manu.get("/developers/webhooks/")).split())
    assert "4 delivered, 0 waiting, 1 given up" in listed
    assert "Active" in listed

    Endpoint.objects.update(failures=3)
    assert "Not answering" in text(as_manu.get("/developers/webhooks/"))


def test_ten_thousand_deliveries_do_not_slow_a_page(
    as_manu, endpoint, django_assert_max_num_queries
):
    made.make_deliveries(endpoint, 10_000)
    as_manu.get(page_of(endpoint))
    with django_assert_max_num_queries(12):
        began = timezone.now()
        response = as_manu.get(page_of(endpoint))

    assert (timezone.now() - began).total_seconds() < 1
    assert "10,000" in text(response)


def test_a_delivery_of_another_endpoint_is_not_there(as_manu, program, manu, endpoint):
    other, _secret = made.make_endpoint(program, manu, url="http://127.0.0.1:9/")
    (delivery,) = made.make_deliveries(other, 1)

    page = page_of(endpoint, f"deliveries/{delivery.pk}/")

    assert as_manu.get(page).status_code == 404
    assert as_manu.post(f"{page}replay/").status_code == 404


def test_what_came_back_is_on_the_deliverys_page(as_manu, endpoint, receiver):
    receiver.status = 418
    delivery = endpoints.test(endpoint, actor=actor_of(endpoint.created_by))
    dispatch.drain()

    shown = text(as_manu.get(page_of(endpoint, f"deliveries/{delivery.pk}/")))

    assert "418" in shown
    assert "Tried again" in shown
    assert str(delivery.announcement) in shown
    assert json.dumps("test") in shown


def test_an_approver_sees_none_of_it(as_ada: Client, endpoint):
    assert as_ada.get("/developers/webhooks/").status_code == 404
    assert as_ada.get(page_of(endpoint)).status_code == 404
