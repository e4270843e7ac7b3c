"""The page whose calls work as they stand: for whom, with which key, for which rule."""

import json
import re
import shlex
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from orders.award_states import AwardStatus, EventStatus
from orders.models import Award, Event
from portal.outbox import dispatch
from portal.permissions import Role
from programs import keys
from programs.models import ApiKey
from tests import factories
from tests.orders.triggers import made

URL = "/developers/try/"
pytestmark = pytest.mark.django_db


def code(page, name: str) -> str:
    found = re.search(rf'<code id="{name}">(.*?)</code>', page.text, re.DOTALL)
    assert found
    return unescape(found[1])


def hidden(page) -> dict[str, str]:
    """What the button of the page sends."""
    names = ("key", "rule", "event_id", "at")
    found = {
        name: re.search(
            rf'<input type="hidden" name="{name}" value="(.*?)">', page.text
        )
        for name in names
    }
    return {"act": "send", **{n: unescape(m[1]) for n, m in found.items() if m}}


def post(client, curl: str, secret: str):
    """What the printed line does, told to the portal without a network."""
    words = shlex.split(curl)
    assert words[0] == "curl"
    url = next(word for word in words if word.startswith("http"))
    return client.post(
        "/" + url.split("/", 3)[3],
        words[words.index("--data") + 1],
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )


def test_the_printed_call_is_taken_in_and_matches(as_manu, client, test_key, rule):
    page = as_manu.get(URL)

    answer = post(client, code(page, "curl"), f"{made.SECRET}test")
    dispatch.drain()

    assert answer.status_code == 202, answer.text
    event = Event.objects.get()
    assert event.status == EventStatus.MATCHED
    assert Award.objects.get().status == AwardStatus.TESTED
    assert '"Authorization: Bearer $LAUREL_KEY"' in code(page, "curl")
    assert "os.environ['LAUREL_KEY']" in code(page, "python")
    assert page["Cache-Control"] == "no-store"


def test_a_draft_is_enough_for_a_test(as_manu, client, test_key, program, cvs, manu):
    made.make_rule(program, cvs, manu, None)

    answer = as_manu.post(URL, hidden(as_manu.get(URL)))
    dispatch.drain()

    event = Event.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/developers/events/{event.pk}/"
    assert (event.is_test, event.key, event.status) == (True, test_key, "matched")


def test_the_button_sends_what_is_on_the_screen_once(as_manu, test_key, rule):
    page = as_manu.get(URL)
    data = hidden(page)

    first, second = as_manu.post(URL, data), as_manu.post(URL, data)

    assert first["Location"] == second["Location"]
    event = Event.objects.get()
    assert f'"event_id": "{event.event_id}"' in code(page, "curl")
    assert data["event_id"] != hidden(as_manu.get(URL))["event_id"]


def test_a_pasted_test_key_stands_in_the_calls_of_that_answer(
    as_manu, client, test_key, rule
):
    secret = f"{made.SECRET}test"

    page = as_manu.post(URL, {"act": "fill", "secret": secret, "rule": str(rule.pk)})

    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert f"Bearer {secret}" in code(page, "curl")
    assert f"Bearer {secret}" in code(page, "python")
    assert post(client, code(page, "curl"), secret).status_code == 202
    assert secret not in as_manu.get(URL).text


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("", "This field is required"),
        ("lrl_test_nonsense", "No key of your programs that works is this one."),
        ("lrl_live_nonsense", "This is a live key: its calls buy cards."),
    ],
)
def test_what_is_no_test_key_of_theirs_is_refused(
    as_manu, test_key, rule, pasted, said
):
    page = as_manu.post(URL, {"act": "fill", "secret": pasted})

    assert page.status_code == 422
    assert said in page.text
    assert "$LAUREL_KEY" in code(page, "curl")


def test_a_key_of_another_program_is_none_of_theirs(as_manu, rule, adam, manager):
    other = factories.make_program("Autumn", funded=1, funded_by=adam)
    stranger = factories.make_member("Stan", other, Role.MANAGER)
    key = made.make_key(other, stranger, mode=ApiKey.Mode.TEST)

    pasted = as_manu.post(URL, {"act": "fill", "secret": made.SECRET})
    sent = as_manu.post(URL, {"act": "send", "key": str(key.pk)})

    assert pasted.status_code == 422
    assert sent.status_code == 404
    assert "Autumn" not in as_manu.get(URL, {"key": key.pk}).text
    keys.revoke(key, actor=manager)


def test_a_key_that_works_no_more_is_not_offered(as_manu, test_key, rule):
    test_key.expires_at = timezone.now() - timedelta(days=1)
    test_key.save()

    assert "No key yet" in as_manu.get(URL).text
    assert as_manu.post(
        URL, {"act": "fill", "secret": f"{made.SECRET}test"}
    ).status_code == (422)


def test_a_live_key_is_warned_of_and_sends_nothing_from_here(as_manu, key, rule):
    page = as_manu.get(URL)

    assert "This is a live key. The call reports a real event" in page.text
    assert "Send a test event" not in page.text
    assert "curl" in code(page, "curl")
    data = {"act": "send", "key": str(key.pk), "rule": str(rule.pk)}
    assert as_manu.post(URL, data).status_code == 404
    assert not Event.objects.exists()


def test_a_test_key_comes_before_a_newer_live_one(
    as_manu, program, manu, test_key, rule
):
    made.make_key(program, manu)

    assert as_manu.get(URL).context["key"] == test_key


@pytest.mark.parametrize("query", [{"key": "x"}, {"rule": "0"}, {"key": "9" * 40}])
def test_nonsense_is_chosen_anew(as_manu, test_key, rule, query):
    page = as_manu.get(URL, query)

    assert (page.context["key"], page.context["rule"]) == (test_key, rule)


def test_the_rule_that_was_asked_for_is_shown(as_manu, test_key, referral, rule):
    page = as_manu.get(URL, {"rule": referral.pk})

    body = shlex.split(code(page, "curl"))[-1]
    assert json.loads(body)["advocate"]["email"] == "adele@example.org"


def test_the_key_follows_the_program_of_the_rule(
    as_manu, test_key, rule, adam, manu, cvs
):
    other = factories.make_program("Autumn", funded=1, funded_by=adam)
    other.memberships.create(user=manu, role=Role.MANAGER)
    made.make_key(other, manu, mode=ApiKey.Mode.TEST)
    made.make_rule(other, cvs, manu, None, name="Autumn rule")

    page = as_manu.get(URL, {"rule": rule.pk})

    assert page.context["key"] == test_key


def test_an_auditor_sees_the_calls_and_sends_nothing(as_audra, test_key, rule):
    page = as_audra.get(URL)

    assert "curl" in code(page, "curl")
    assert "Send a test event" not in page.text
    data = {"act": "send", "key": str(test_key.pk), "rule": str(rule.pk)}
    assert as_audra.post(URL, data).status_code == 404


def test_what_is_missing_is_said_with_the_way_there(as_manu, program, manu):
    assert 'href="/developers/keys/new/"' in as_manu.get(URL).text

    made.make_key(program, manu, mode=ApiKey.Mode.TEST)

    assert "No rule yet" in as_manu.get(URL).text
    assert 'href="/developers/rules/new/"' in as_manu.get(URL).text


def test_conditions_that_contradict_are_said_so(as_manu, test_key, program, cvs, manu):
    one = {"attribute": "a", "op": "lt", "value": "1"}
    made.make_rule(program, cvs, manu, None, conditions=[[one, {**one, "op": "gt"}]])

    assert "No event can match this rule" in as_manu.get(URL).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"starts_on": timedelta(days=2)}, "The rule has not begun"),
        ({"ends_on": timedelta(days=-2)}, "The rule is over"),
    ],
)
def test_days_on_which_nothing_would_match_are_said(
    as_manu, test_key, program, cvs, manu, fields, said
):
    days = {name: factories.today() + far for name, far in fields.items()}
    made.make_rule(program, cvs, manu, None, **days)

    assert said in as_manu.get(URL).text


@pytest.mark.parametrize(
    "broken", [{"event_id": "evt-1"}, {"at": "soon"}, {"rule": ""}]
)
def test_what_the_page_did_not_print_is_not_sent(as_manu, test_key, rule, broken):
    data = hidden(as_manu.get(URL)) | broken

    answer = as_manu.post(URL, data, follow=True)

    if "rule" in broken:
        assert Event.objects.count() == 1
    else:
        assert "Nothing was sent" in answer.text
        assert not Event.objects.exists()


def test_an_event_of_long_ago_is_refused_in_words(as_manu, test_key, rule):
    data = hidden(as_manu.get(URL)) | {"at": "2020-01-01T00:00:00+00:00"}

    page = as_manu.post(URL, data)

    assert page.status_code == 422
    assert "The event is too old." in page.text


def test_a_new_key_leads_to_its_calls(as_manu, program, rule):
    data = {
        "name": "Tool",
        "program": str(program.pk),
        "mode": "test",
        "scopes": ["events:write"],
        "rate_per_minute": "60",
    }
    shown = as_manu.post("/developers/keys/new/", data)
    secret = re.search(r"lrl_test_[0-9a-f]{48}", shown.text)

    assert secret
    assert f'<input type="hidden" name="secret" value="{secret[0]}">' in shown.text
    page = as_manu.post(URL, {"act": "fill", "secret": secret[0]})
    assert secret[0] in code(page, "curl")
