"""What people see of an order that came from a list, and what their buttons do."""

from io import BytesIO

import pytest
from django.core import mail
from django.db import transaction

from orders import approvals, drafts, placing, releasing
from orders.bulk import filling, samples
from orders.models import Reward
from portal import tabular
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.provider.types import FieldError, Refused
from programs import consent
from programs.models import ConsentEntry, RowProblem, SheetRow
from tests.orders.bulk import lists

# Verbs commit for themselves, as they do in production.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sheet(program, cvs, manu):
    rows = [{"value_minor": 1500}, {}, {"quantity": 2}, {}]
    return lists.make_sheet(program, cvs, manu, rows=rows)


@pytest.fixture
def draft(sheet, manu):
    return lists.make_order(sheet, manu)


@pytest.fixture
def submitted(draft, manager):
    return drafts.submit(draft, version=draft.version, actor=manager)


def text(response):
    return " ".join(response.content.decode().split())


def test_sending_begins_with_a_choice(as_manu, program):
    page = text(as_manu.get("/send/"))

    assert 'href="/send/digital/"' in page
    assert 'href="/bulk/new/"' in page


def test_continue_makes_the_order_and_leads_to_its_check_page(as_manu, sheet):
    response = as_manu.post(f"/bulk/{sheet.pk}/continue/", {"version": sheet.version})

    order = sheet.orders.get()
    assert response.status_code == 303
    assert response.url == f"/orders/{order.reference}/check/"
    assert order.is_filling


def test_continue_says_what_is_missing(as_manu, sheet):
    SheetRow.objects.update(status=SheetRow.Status.PROBLEM)

    response = as_manu.post(
        f"/bulk/{sheet.pk}/continue/", {"version": sheet.version}, follow=True
    )

    assert "No row of this list is ready" in text(response)
    assert not sheet.orders.exists()


def test_an_order_that_fills_shows_how_far_it_is(as_manu, sheet, manager):
    (order,) = filling.begin(sheet, version=sheet.version, actor=manager)
    url = f"/orders/{order.reference}/check/"

    page = as_manu.get(url)
    part = as_manu.get(f"{url}?filling=1", headers={"HX-Request": "true"})

    assert "0 of 4 rewards are ready." in text(page)
    assert "Submit" not in text(page)
    assert text(part).startswith("<section")
    dispatch.drain()
    done = as_manu.get(f"{url}?filling=1", headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_the_check_page_tells_cost_reach_and_what_stays_behind(as_manu, sheet, manu):
    row = sheet.rows.get(number=5)
    SheetRow.objects.filter(pk=row.pk).update(status=SheetRow.Status.PROBLEM)
    order = lists.make_order(sheet, manu)

    page = text(as_manu.get(f"/orders/{order.reference}/check/"))

    assert "Check 3 rewards" in page
    assert "1 row with a problem stays in the list" in page
    assert "3 by e-mail" in page
    assert 'Program budget before</dt><dd class="num">$1,000.00' in page
    assert 'Program budget after</dt><dd class="num">$955.00' in page
    assert "Submit 3 rewards ($45.00) for approval" in page


def test_the_button_submits_the_whole_list(as_manu, draft):
    form = {"version": draft.version, "estimate": draft.estimate_minor}

    response = as_manu.post(f"/orders/{draft.reference}/submit/", form)

    draft.refresh_from_db()
    assert response.status_code == 303
    assert (draft.status, draft.program.pk) == ("submitted", draft.program_id)


def test_a_price_that_changed_meanwhile_is_shown_before_anything_is_held(
    as_manu, draft, cvs, program
):
    cvs.fee_minor = 100
    cvs.save()
    form = {"version": draft.version, "estimate": draft.estimate_minor}

    response = as_manu.post(f"/orders/{draft.reference}/submit/", form)

    assert response.status_code == 422
    page = text(response)
    assert "The price is $60.00 now" in page
    # The stepper of the answer leads back to the page, not to the button.
    assert f'href="/orders/{draft.reference}/check/?row=3&amp;show=email"' in page
    assert "Submit 4 rewards ($60.00) for approval" in page
    program.refresh_from_db()
    assert program.held_minor == 0


def test_a_budget_that_does_not_cover_it_is_said_on_the_check_page(
    as_manu, draft, program
):
    type(program).objects.filter(pk=program.pk).update(funded_minor=1000)
    form = {"version": draft.version, "estimate": draft.estimate_minor}

    response = as_manu.post(f"/orders/{draft.reference}/submit/", form)

    assert response.status_code == 422
    assert "$10.00 available" in text(response)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", 2), ("3", 3), ("1", 2), ("99", 5), ("x", 2), ("\u00b2", 2), ("9" * 30, 2)],
)
def test_the_preview_goes_to_any_row(as_manu, draft, asked, shown):
    page = text(as_manu.get(f"/orders/{draft.reference}/check/", {"row": asked}))

    assert f"<strong>Row {shown}</strong>" in page
    assert f"Person {shown}" in page


def test_the_preview_steps_over_rows_of_other_orders(as_manu, draft):
    sample = samples.at(draft, 3)

    assert sample
    assert (sample.previous, sample.row, sample.next) == (2, 3, 4)
    Reward.objects.filter(row__number=4).delete()
    assert (after := samples.at(draft, 4))
    assert after.row == 5
    assert "Row 4 is not in this order" in text(
        as_manu.get(f"/orders/{draft.reference}/check/?row=4")
    )


def test_both_formats_are_shown_where_both_are_sent(as_manu, draft):
    draft.rewards.filter(row__number=3).update(phone="+12025550123")
    url = f"/orders/{draft.reference}/check/?row=3"

    assert 'class="letter"' in text(as_manu.get(url))
    sms = text(as_manu.get(f"{url}&show=sms"))

    assert 'class="sms"' in sms
    assert "characters" in sms
    assert 'class="letter"' in text(as_manu.get(f"{url}&show=pigeon"))


def test_a_test_goes_to_oneself_alone_and_says_that_it_is_one(as_manu, draft, manu):
    response = as_manu.post(f"/orders/{draft.reference}/test/", {"row": "3"})
    dispatch.drain()

    assert response.url == f"/orders/{draft.reference}/check/"
    (message,) = mail.outbox
    assert message.to == [manu.email]
    assert message.subject.startswith(f"[Test of {draft.po_number}]")
    assert "It holds no card" in message.body
    assert "Enjoy your reward!" in message.body or draft.rewards.get(row__number=3)
    entry = Entry.objects.get(action="order.tested")
    assert entry.data == {"reward": draft.rewards.get(row__number=3).pk}


def test_a_test_has_one_line_of_subject_whatever_the_card_is_called(
    as_manu, draft, cvs
):
    cvs.name = "CVS\r\nBcc: x@example.com"
    cvs.save()

    as_manu.post(f"/orders/{draft.reference}/test/", {"row": "3"})
    dispatch.drain()

    (message,) = mail.outbox
    assert "CVS Bcc: x@example.com gift card" in message.subject


def test_an_approver_may_ask_for_a_test_too(as_ada, submitted, ada):
    response = as_ada.post(f"/orders/{submitted.reference}/test/", {"row": "2"})
    dispatch.drain()

    assert response.url == f"/approvals/{submitted.reference}/"
    assert [each.to for each in mail.outbox if "Test" in each.subject] == [[ada.email]]


def test_back_to_the_list_empties_the_order(as_manu, draft, sheet):
    response = as_manu.post(
        f"/orders/{draft.reference}/back-to-list/", {"version": draft.version}
    )

    assert response.status_code == 303
    assert response.url == f"/bulk/{sheet.pk}/rows/"
    assert set(sheet.rows.values_list("status", flat=True)) == {"ready"}
    assert not draft.rewards.exists()


@pytest.mark.parametrize("version", ["0", "x", "\u00b2"])
def test_back_to_the_list_with_an_old_version_changes_nothing(as_manu, draft, version):
    response = as_manu.post(
        f"/orders/{draft.reference}/back-to-list/", {"version": version}
    )

    assert response.status_code == 409
    assert draft.rewards.count() == 4


def test_an_emptied_order_cannot_be_submitted_from_its_page(as_manu, draft, manager):
    filling.reopen(draft, version=draft.version, actor=manager)

    page = text(as_manu.get(f"/orders/{draft.reference}/check/"))

    assert "Submit" not in page
    assert "There is nothing in this order" in page


def test_the_form_of_one_reward_never_opens_a_list(as_manu, draft):
    edit = as_manu.get(f"/orders/{draft.reference}/edit/")
    again = as_manu.get("/send/digital/", {"again": draft.reference})

    assert edit.url == f"/orders/{draft.reference}/check/"
    assert again.status_code == 200


def test_lists_are_told_by_their_people(as_manu, as_ada, submitted):
    assert "4 people" in text(as_manu.get("/orders/"))
    assert "4 people" in text(as_manu.get("/"))
    assert "4 people" in text(as_ada.get("/approvals/"))


def test_an_approver_sees_sums_outliers_and_what_was_warned_of(
    as_ada, draft, manager, program
):
    row = draft.sheet.rows.get(number=4)
    SheetRow.objects.filter(pk=row.pk).update(has_warning=True)
    RowProblem.objects.create(
        sheet=draft.sheet, row=row, kind="nonsense", field="email", is_error=False
    )
    order = drafts.submit(draft, version=draft.version, actor=manager)

    page = text(as_ada.get(f"/approvals/{order.reference}/"))

    assert "Manu asks to send 4 × CVS for $55.00 from Spring." in page
    assert "did not pass" not in page
    assert "The largest" in page
    assert "Drawn by lot" in page
    assert "1 with a warning" in page
    assert "Check this row and correct it." in page
    assert "Approve 4 rewards for $55.00" in page


def test_a_decision_on_a_list_is_like_any_other(as_ada, submitted):
    form = {"verdict": "approve", "content_hash": submitted.content_hash}

    response = as_ada.post(f"/approvals/{submitted.reference}/", form)

    submitted.refresh_from_db()
    assert response.status_code == 303
    assert submitted.status == "approved"


def test_rejecting_a_list_without_a_comment_says_why_not(as_ada, submitted):
    form = {"verdict": "reject", "content_hash": submitted.content_hash}

    response = as_ada.post(f"/approvals/{submitted.reference}/", form)

    assert response.status_code == 422
    assert "Drawn by lot" in text(response)


def test_consent_withdrawn_since_is_counted_for_the_approver(as_ada, submitted, ada):
    recipient = submitted.rewards.get(row__number=2).recipient
    consent.withdraw(
        recipient,
        ConsentEntry.Channel.EMAIL,
        source=ConsentEntry.Source.SPOKEN,
        actor=actor_of(ada),
    )

    page = text(as_ada.get(f"/approvals/{submitted.reference}/"))

    assert "1 person withdrew since" in page


def test_what_changed_since_the_last_decision_is_said(
    as_ada, submitted, sheet, manager, approver, manu
):
    approvals.request_changes(
        submitted,
        content_hash=submitted.content_hash,
        actor=approver,
        comment="Fewer, please.",
    )
    submitted.refresh_from_db()
    filling.reopen(submitted, version=submitted.version, actor=manager)
    SheetRow.objects.filter(sheet=sheet, number=5).update(status="excluded")
    sheet.refresh_from_db()
    order = lists.make_order(sheet, manu)
    drafts.submit(order, version=order.version, actor=manager)

    page = text(as_ada.get(f"/approvals/{order.reference}/"))

    assert "Changed since the last decision" in page
    assert "<del>4</del>" in page
    assert "<ins>3</ins>" in page


def test_the_lot_is_the_same_for_the_same_content(as_ada, submitted):
    url = f"/approvals/{submitted.reference}/"

    assert drawn(as_ada.get(url)) == drawn(as_ada.get(url))


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", {2, 3, 4, 5}),
        ("?status=failed", {3}),
        ("?status=flagged", {4}),
        ("?status=nonsense", {2, 3, 4, 5}),
        ("?q=person+5", {5}),
        ("?q=person4@example.com", {4}),
        ("?q=2", {2}),
        ("?q=mine-1", {5}),
        ("?q=5550123", {2}),
        ("?q=nobody", set()),
        ("?after=x", {2, 3, 4, 5}),
    ],
)
def test_rewards_are_found_by_person_row_and_status(as_audra, draft, query, rows):
    draft.rewards.filter(row__number=2).update(phone="+12025550123")
    draft.rewards.filter(row__number=3).update(status="failed", problem="Refused.")
    draft.rewards.filter(row__number=5).update(external_id="MINE-1")
    SheetRow.objects.filter(number=4).update(has_warning=True)

    page = as_audra.get(f"/orders/{draft.reference}/rewards/{query}")

    assert {row.row.number for row in page.context["page"].rows} == rows


def test_outsiders_get_404_everywhere(as_otto, draft, sheet):
    for path in ("", "check/", "rewards/", "placements/"):
        assert as_otto.get(f"/orders/{draft.reference}/{path}").status_code == 404
    for path in ("test/", "back-to-list/"):
        url = f"/orders/{draft.reference}/{path}"
        assert as_otto.post(url, {"version": draft.version}).status_code == 404
    assert as_otto.post(f"/bulk/{sheet.pk}/continue/").status_code == 404


def drawn(response):
    return [pick.reward.pk for pick in response.context["outliers"].drawn]


@pytest.fixture
def sending(submitted, approver, settings):
    """On its way in two placements, none of them tried."""
    settings.RELEASE_HOLD_SECONDS = 0
    settings.PLACEMENT_MOST_LINES = 2
    approvals.approve(submitted, content_hash=submitted.content_hash, actor=approver)
    releasing.release(submitted.pk, actor=WORKER)
    submitted.refresh_from_db()
    return submitted


@pytest.fixture
def failed(sending):
    """The provider took none of them."""
    for placement in sending.placements.order_by("pk"):
        post = placing.begin(placement.pk, actor=WORKER)
        assert isinstance(post, placing.Post)
        refusal = Refused((FieldError("Email", ("Not an address.",)),))
        placing.answered(post.attempt_id, refusal, actor=WORKER)
    sending.refresh_from_db()
    return sending


def act(client, order, name, **fields):
    form = {"version": order.version, **fields}
    response = client.post(f"/orders/{order.reference}/{name}/", form)
    order.refresh_from_db()
    return response


def test_an_order_on_its_way_shows_how_far_it_is(as_manu, sending):
    page = text(as_manu.get(f"/orders/{sending.reference}/"))

    assert "0 of 4 rewards are through." in page
    assert "Pause" in page
    assert "Cancel what is not sent" in page
    assert "Order released" in page


def test_a_pause_is_shown_until_somebody_continues(as_manu, sending):
    assert act(as_manu, sending, "pause").status_code == 303
    page = text(as_manu.get(f"/orders/{sending.reference}/"))
    assert sending.is_paused
    assert "Nothing more goes to the provider until somebody continues." in page
    assert "Continue: $55.00 to send" in page

    act(as_manu, sending, "continue")

    assert not sending.is_paused


def test_what_is_not_sent_is_cancelled_after_a_question(as_manu, sending, program):
    question = text(as_manu.get(f"/orders/{sending.reference}/stop/"))
    assert "4 rewards have not gone to the provider." in question
    assert "$55.00 is free for other orders" in question

    act(as_manu, sending, "stop")

    program.refresh_from_db()
    assert program.held_minor == 0
    assert {each.status for each in sending.rewards.all()} == {"cancelled"}


def test_failures_come_first_with_rows_and_reasons(as_manu, failed):
    page = text(as_manu.get(f"/orders/{failed.reference}/"))

    assert "4 rewards were not sent" in page
    assert "The provider refused: Email." in page
    assert "Send 4 again for $55.00" in page
    assert "Correct 4 in the list" in page
    assert page.index("were not sent") < page.index("What was asked for")


def test_what_failed_is_sent_again_for_the_price_on_the_button(
    as_manu, failed, program
):
    response = act(as_manu, failed, "retry", estimate=5500)

    program.refresh_from_db()
    assert response.status_code == 303
    assert program.held_minor == 5500
    assert failed.status == "placing"


@pytest.mark.parametrize("shown", ["5499", "", "x"])
def test_another_price_than_the_one_shown_sends_nothing(
    as_manu, failed, program, shown
):
    response = act(as_manu, failed, "retry", estimate=shown)

    program.refresh_from_db()
    assert response.status_code == 409
    assert program.held_minor == 0


def test_a_retry_the_budget_does_not_cover_says_so(as_manu, failed, program):
    type(program).objects.filter(pk=program.pk).update(funded_minor=1000)

    act(as_manu, failed, "retry", estimate=5500)

    page = text(as_manu.get(f"/orders/{failed.reference}/"))
    assert "Spring has $10.00 available; this needs" in page
    assert failed.status == "completed with failures"


def test_what_failed_goes_back_to_the_list_with_its_reasons(as_manu, failed, sheet):
    response = act(as_manu, failed, "correct")

    assert response.url == f"/bulk/{sheet.pk}/rows/"
    assert set(sheet.rows.values_list("status", flat=True)) == {"problem"}
    page = text(as_manu.get(f"/orders/{failed.reference}/"))
    assert "again for" not in page
    assert "in the list</span>" not in page


@pytest.mark.parametrize("name", ["pause", "continue", "stop", "retry", "correct"])
def test_an_act_on_what_changed_meanwhile_is_refused(as_manu, failed, name):
    response = as_manu.post(f"/orders/{failed.reference}/{name}/", {"version": "x"})

    assert response.status_code == 409


@pytest.mark.parametrize("name", ["pause", "continue", "stop", "retry", "correct"])
@pytest.mark.parametrize("who", ["as_ada", "as_audra", "as_otto"])
def test_only_managers_act_on_a_list(request, sending, who, name):
    client = request.getfixturevalue(who)

    assert act(client, sending, name).status_code == 404


def test_placements_are_listed_with_what_came_of_them(as_audra, failed):
    page = text(as_audra.get(f"/orders/{failed.reference}/placements/"))

    assert page.count("Refused") >= 2
    assert f"{failed.po_number}-" in page


def test_the_page_of_a_list_rests_when_nothing_moves(as_manu, sending):
    url = f"/orders/{sending.reference}/"
    seen = as_manu.get(url).context["seen"]

    again = as_manu.get(url, {"seen": seen}, headers={"HX-Request": "true"})
    sending.rewards.filter(row__number=2).update(status="placed")
    moved = as_manu.get(url, {"seen": seen}, headers={"HX-Request": "true"})

    assert again.status_code == 204
    assert moved.status_code == 200


def test_a_recipient_s_page_leads_to_the_order(as_manu, submitted):
    recipient = submitted.rewards.get(row__number=2).recipient

    page = text(as_manu.get(f"/recipients/{recipient.pk}/"))

    assert f"/orders/{submitted.reference}/" in page
    order = text(as_manu.get(f"/orders/{submitted.reference}/rewards/"))
    assert f"/recipients/{recipient.pk}/" in order


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_results_can_be_taken_away_and_the_journal_knows(as_audra, failed, kind):
    response = as_audra.post(f"/orders/{failed.reference}/result.{kind}")

    table = tabular.open_table(BytesIO(response.getvalue()), name=f"result.{kind}")
    rows = [list(cells) for _number, cells in table]
    assert list(table.header or ())[:3] == ["Name", "E-mail", "Status"]
    assert rows[0][:3] == ["Person 2", "person2@example.com", "Failed"]
    assert len(rows) == 4
    assert failed.po_number in response.headers["Content-Disposition"]
    assert Entry.objects.filter(action="order.exported").count() == 1


def test_whoever_may_not_see_recipients_takes_no_list_away(as_ada, failed):
    assert as_ada.post(f"/orders/{failed.reference}/result.csv").status_code == 404
    assert not Entry.objects.filter(action="order.exported").exists()


def test_no_other_kind_of_file_is_there(as_manu, failed):
    assert as_manu.post(f"/orders/{failed.reference}/result.exe").status_code == 404
    assert as_manu.get(f"/orders/{failed.reference}/result.csv").status_code == 405


def test_each_placement_that_waits_is_settled_by_itself(as_adam, sending):
    for placement in sending.placements.order_by("pk"):
        placing.begin(placement.pk, actor=WORKER)
        with transaction.atomic():
            placing.given_up(placement.pk, "Nobody knows.")
    sending.refresh_from_db()
    first, second = sending.placements.order_by("pk")
    url = f"/orders/{sending.reference}/settle/"
    page = text(as_adam.get(url))
    assert first.po_number in page
    assert second.po_number in page
    form = {"version": sending.version, "outcome": "charged", "reason": "By phone."}

    nothing = as_adam.post(url, {**form, "amount": "20"})
    settled = as_adam.post(url, {**form, "amount": "20", "placement": second.pk})

    assert nothing.status_code == 422
    assert settled.status_code == 303
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("needs attention", "completed")
    assert second.cost_minor == 2000
