"""Links leave as a file: for whom, with which columns, and what is known of it."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.claims import exporting, handing, sealing
from orders.models import Claim, HandedOut, Handout
from portal import tabular
from portal.audit.models import Entry
from portal.permissions import Role
from programs import merging
from tests import factories
from tests.orders.claims import made

PASSWORD = "correct horse battery"
EVERY_COLUMN = tuple(
    name for name in exporting.COLUMNS if name not in {"link", "answer"}
)
PERSONAL = {"recipient", "email", "phone"}


@pytest.fixture
def batch(program, cvs, manu):
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    return made.make_batch(program, cvs, manu, expires_on=date(2099, 12, 31))


@pytest.fixture
def provider_batch(batch, program, cvs, manu):
    return made.make_batch(program, cvs, manu, way="provider", label="Winter")


def export_url(batch):
    return reverse("orders:links_export", args=[batch.order.reference])


def take(client, batch, *columns, kind="csv", **fields):
    """The download's response; nothing of it is read yet."""
    form = {"kind": kind, "columns": columns, **fields}
    return client.post(export_url(batch), form)


def table(response):
    """The rows of a CSV, each by the names of its columns."""
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def our_links(batch):
    claims = batch.claims.order_by("number")
    return [made.secret_of(claim).portal_url for claim in claims]


# What is in the file


def test_the_file_holds_a_link_of_ours_for_each(as_manu, batch):
    response = take(as_manu, batch, "number", "code")

    claims = list(batch.claims.order_by("number"))
    assert response["Content-Type"] == "text/csv"
    assert response["Cache-Control"] == "no-store"
    assert table(response) == [
        {
            "Number": str(claim.number),
            "Code": claim.code,
            "Link": made.secret_of(claim).portal_url,
        }
        for claim in claims
    ]
    assert len(claims) == 5


def test_the_providers_links_come_with_their_answers(as_manu, provider_batch):
    rows = table(take(as_manu, provider_batch))

    secrets = [made.secret_of(each) for each in provider_batch.claims.order_by("pk")]
    assert rows == [
        {"Link": secret.link, "Challenge answer": secret.answer} for secret in secrets
    ]


def test_an_answer_never_leaves_with_a_link_of_ours(as_manu, batch):
    response = take(as_manu, batch, "answer")

    assert response.status_code == 422
    assert not Handout.objects.exists()


def test_every_column_says_what_it_is_called_after(as_manu, batch, program):
    rosa = factories.make_recipient(
        "Rosa", program, email="rosa@example.com", phone="+12025550123"
    )
    opened = datetime(2026, 11, 20, 13, 5, 9, tzinfo=UTC)
    Claim.objects.filter(batch=batch, number=2).update(
        recipient=rosa, opened_at=opened, claimed_at=opened, holder_digest="x"
    )

    rows = table(take(as_manu, batch, *EVERY_COLUMN))

    claim = batch.claims.get(number=2)
    assert rows[1] == {
        "Number": "2",
        "Code": claim.code,
        "Link": made.secret_of(claim).portal_url,
        # The day of the organisation's zone, New York.
        "Last day": "2099-12-31T23:59:59-05:00",
        "Label": "Spring fair",
        "Product": "CVS",
        "Value": "10.00",
        "Currency": "USD",
        "Status": "Claimed",
        "Recipient": "Rosa",
        "E-mail": "rosa@example.com",
        "Mobile": "'+12025550123",
        "Reference": batch.order.reference,
        "First opened": "2026-11-20T13:05:09Z",
        "Claimed": "2026-11-20T13:05:09Z",
    }
    assert rows[0]["Recipient"] == rows[0]["E-mail"] == rows[0]["First opened"] == ""
    assert rows[0]["Status"] == "Handed out"


def test_a_workbook_reads_back_as_the_csv_does(as_manu, batch):
    files = {
        kind: take(as_manu, batch, *EVERY_COLUMN, kind=kind).getvalue()
        for kind in ("csv", "xlsx")
    }

    read = {
        kind: list(tabular.open_table(BytesIO(file), f"links.{kind}"))
        for kind, file in files.items()
    }
    # A spreadsheet's number has no trailing zeros.
    assert [[c.replace("10.00", "10") for c in cells] for _, cells in read["csv"]] == [
        list(cells) for _, cells in read["xlsx"]
    ]
    assert len(read["csv"]) == 5


def test_a_long_file_asks_no_more_than_a_short_one(
    as_manu, batch, program, django_assert_max_num_queries
):
    rosa = factories.make_recipient("Rosa", program, email="rosa@example.com")
    batch.claims.update(recipient=rosa)

    with django_assert_max_num_queries(16):
        rows = table(take(as_manu, batch, *EVERY_COLUMN))

    assert len(rows) == 5


def test_a_merged_persons_link_leaves_with_the_record_that_lives(
    as_manu, batch, program, manager, django_assert_max_num_queries
):
    old = factories.make_recipient("Old", program, email="old@example.com")
    living = factories.make_recipient(
        "Liv", program, email="liv@example.com", phone="+12025550123"
    )
    batch.claims.update(recipient=old)
    merging.merge(living, old, take=merging.Take(), actor=manager)

    with django_assert_max_num_queries(16):
        rows = table(take(as_manu, batch, "recipient", "email", "phone"))

    people = [(row["Recipient"], row["E-mail"], row["Mobile"]) for row in rows]
    assert people == [("Liv", "liv@example.com", "'+12025550123")] * 5


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_runs_as_a_formula(as_manu, batch, program, kind):
    evil = '=HYPERLINK("https://example.com")'
    batch.label = evil
    batch.save()
    person = factories.make_recipient(evil, program, email="rosa@example.com")
    batch.claims.update(recipient=person)

    file = take(as_manu, batch, "label", "recipient", kind=kind).getvalue()

    read = tabular.open_table(BytesIO(file), f"links.{kind}")
    assert [list(cells)[1:] for _number, cells in read] == [[evil, evil]] * 5
    if kind == "csv":
        assert b"," + evil[:1].encode() not in file
        assert file.startswith(b"\xef\xbb\xbf")


def test_the_file_is_named_after_the_batch_and_safely(as_manu, batch):
    batch.label = '../Spring "fair"\r\nX: 1'
    batch.save()

    named = take(as_manu, batch)["Content-Disposition"]

    reference = batch.order.reference
    assert named == f'attachment; filename="spring-fair-x-1-{reference}.csv"'


# Which links leave


def test_void_links_and_such_with_a_problem_never_leave(as_manu, batch):
    good = our_links(batch)[2:]
    batch.claims.filter(number=1).update(voided_at=timezone.now())
    batch.claims.filter(number=2).update(problem="It has no answer.")

    rows = table(take(as_manu, batch))

    assert [row["Link"] for row in rows] == good
    assert set(handed_numbers()) == {3, 4, 5}


@pytest.mark.parametrize("status", ["void", "needs attention", "nonsense"])
def test_no_choice_of_links_leads_to_bad_ones(as_manu, batch, status):
    batch.claims.filter(number=1).update(voided_at=timezone.now())

    response = take(as_manu, batch, status=status)

    assert response.status_code == 422
    assert not Handout.objects.exists()


def test_links_of_one_status_leave_alone(as_manu, batch):
    batch.claims.filter(number=4).update(opened_at=timezone.now())

    page = as_manu.get(export_url(batch), {"status": "opened"})
    rows = table(take(as_manu, batch, "number", status="opened"))

    assert "Download 1 link as CSV" in page.content.decode()
    assert [row["Number"] for row in rows] == ["4"]


def test_what_was_not_handed_out_yet_is_a_choice_of_its_own(as_manu, batch):
    batch.claims.filter(number__lte=3).update(handed_out_at=timezone.now())

    page = as_manu.get(export_url(batch)).content.decode()
    rows = table(take(as_manu, batch, "number", status="created"))

    assert "Download 5 links as CSV" in page
    assert "?status=created" in page
    assert "?status=handed+out" in page
    assert "?status=void" not in page
    assert [row["Number"] for row in rows] == ["4", "5"]


def test_what_the_page_of_the_batch_filters_is_what_leaves(as_manu, batch, program):
    rosa = factories.make_recipient("Rosa", program, email="rosa@example.com")
    batch.claims.filter(number__in=[2, 3]).update(
        recipient=rosa, opened_at=timezone.now()
    )
    batch.claims.filter(number=3).update(voided_at=timezone.now())
    chosen = {"q": "rosa", "given": "assigned"}

    page = as_manu.get(export_url(batch), chosen).content.decode()
    rows = table(take(as_manu, batch, "number", **chosen))

    assert "Download 1 link as CSV" in page
    assert 'name="q" value="rosa"' in page
    assert [row["Number"] for row in rows] == ["2"]


def test_a_batch_of_which_nothing_may_leave_offers_nothing(as_manu, batch):
    batch.claims.update(voided_at=timezone.now())

    page = as_manu.get(export_url(batch))
    response = take(as_manu, batch)

    assert "Download" not in page.content.decode()
    assert response.status_code == 422
    assert not Handout.objects.exists()


def test_a_link_stopped_or_issued_anew_while_the_file_is_sent_is_left_out(
    as_manu, batch
):
    good = our_links(batch)
    response = take(as_manu, batch)
    batch.claims.filter(number=1).update(voided_at=timezone.now())
    renewed = batch.claims.get(number=2)
    secret = sealing.reissued(made.secret_of(renewed))
    renewed.secret_ciphertext, renewed.handed_out_at = sealing.seal(secret), None
    renewed.save()

    assert [row["Link"] for row in table(response)] == good[2:]


# What is known of it afterwards


def test_the_journal_knows_of_it_before_the_first_byte(as_manu, batch, manu):
    take(as_manu, batch, "code")  # Nobody reads the answer.

    handout, entry = Handout.objects.get(), Entry.objects.latest("sequence")
    ids = list(batch.claims.order_by("pk").values_list("pk", flat=True))
    assert (entry.action, entry.actor_id) == ("links.exported", str(manu.pk))
    assert (entry.subject_type, entry.subject_id) == ("linkbatch", str(batch.pk))
    assert entry.program_id == batch.order.program_id
    assert entry.data == {
        "handout": handout.pk,
        "kind": "csv",
        "count": 5,
        "columns": ["code", "link"],
        "claims": handing.digest_of(ids),
    }


def test_each_link_names_the_handouts_it_left_in(as_manu, batch):
    take(as_manu, batch).getvalue()
    batch.claims.filter(number=5).update(voided_at=timezone.now())
    take(as_manu, batch, kind="xlsx").getvalue()

    kinds = {
        claim.number: [each.kind for each in claim.handouts.order_by("pk")]
        for claim in batch.claims.all()
    }
    twice = ["csv", "xlsx"]
    assert kinds == {1: twice, 2: twice, 3: twice, 4: twice, 5: ["csv"]}
    assert [each.count for each in Handout.objects.order_by("pk")] == [5, 4]


def test_an_export_can_be_had_again_and_the_first_time_stays(as_manu, batch):
    first = table(take(as_manu, batch))
    times = set(batch.claims.values_list("handed_out_at", flat=True))

    assert table(take(as_manu, batch)) == first
    assert times == set(batch.claims.values_list("handed_out_at", flat=True))
    assert times == {Handout.objects.earliest("pk").made_at}
    assert HandedOut.objects.count() == 10
    assert Entry.objects.filter(action="links.exported").count() == 2


def test_no_secret_is_in_the_journal(as_manu, batch, provider_batch):
    for each in (batch, provider_batch):
        take(as_manu, each, *EVERY_COLUMN).getvalue()
    claim = batch.claims.earliest("pk")
    as_manu.post(show_url(claim))

    told = json.dumps(list(Entry.objects.values("data", "subject_id")))
    for each in Claim.objects.all():
        secret = made.secret_of(each)
        for word in (secret.link, secret.answer, secret.seed, secret.token):
            assert word not in told


# For whom


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_only_managers_take_links_out(role, batch, program):
    other = factories.make_member("Other", program, role)
    client = factories.signed_in(other)

    answers = [take(client, batch), client.get(export_url(batch))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not Handout.objects.exists()


def test_who_has_which_link_is_only_for_who_may_see_recipients(
    as_manu, batch, monkeypatch
):
    may_not_see(monkeypatch)

    page = as_manu.get(export_url(batch)).content.decode()
    refused = take(as_manu, batch, "recipient")

    assert not any(f'value="{name}"' in page for name in PERSONAL)
    assert refused.status_code == 422
    assert not Handout.objects.exists()


def may_not_see(monkeypatch):
    """No role of today hands links out and sees no recipients; one may yet."""
    from portal import permissions

    rights = permissions.ROLES[Role.MANAGER] - {permissions.Permission.RECIPIENTS_VIEW}
    roles = {**permissions.ROLES, Role.MANAGER: rights}
    monkeypatch.setattr(permissions, "ROLES", roles)


# The step up


def test_a_sign_in_of_long_ago_has_to_be_confirmed_first(as_manu, batch):
    url = export_url(batch)

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        page = as_manu.get(f"{url}?status=created")
        response = take(as_manu, batch)

    assert page.status_code == response.status_code == 303
    # Afterwards the person is back where they were, with the links they had chosen.
    assert parse_qs(urlsplit(page["Location"]).query)["next"] == [
        f"{url}?status=created"
    ]
    assert parse_qs(urlsplit(response["Location"]).query)["next"] == [url]
    assert not Handout.objects.exists()
    assert not Entry.objects.filter(action="links.exported").exists()


def after(response):
    """Where a confirmation leads to."""
    [address] = parse_qs(urlsplit(response["Location"]).query)["next"]
    return address


def test_what_was_chosen_is_kept_over_the_confirmation(manu, batch):
    client = Client()
    client.force_login(manu)

    asked = take(client, batch, "status", "value", status="created")
    back = client.post(asked["Location"], {"password": PASSWORD})
    page = client.get(back["Location"])

    assert back.status_code == 302
    assert back["Location"] == export_url(batch)
    assert not Handout.objects.exists()
    form = page.context["form"]
    assert form["columns"].value() == ["status", "value"]
    assert form["status"].value() == "created"
    assert "Download 5 links as CSV" in page.content.decode()
    assert list(table(take(client, batch, "value"))[0]) == ["Link", "Value"]


def test_a_wrong_password_confirms_nothing(manu, batch):
    client = Client()
    client.force_login(manu)
    asked = take(client, batch)

    client.post(asked["Location"], {"password": "a wrong one"})

    assert take(client, batch).status_code == 303
    assert not Handout.objects.exists()


# One link


def show_url(claim):
    reference = claim.batch.order.reference
    return reverse("orders:link_show", args=[reference, claim.code])


def test_one_link_is_shown_by_the_button_alone(as_manu, batch):
    claim = batch.claims.earliest("pk")
    link = made.secret_of(claim).portal_url

    before = as_manu.get(show_url(claim))
    shown = as_manu.post(show_url(claim))
    after = as_manu.get(show_url(claim))

    assert [link in page.content.decode() for page in (before, shown, after)] == [
        False,
        True,
        False,
    ]
    assert made.secret_of(claim).link not in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert "Handed out" in shown.content.decode()
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.subject_id) == ("claim.shown_to_staff", str(claim.pk))
    assert claim.handouts.get().kind == Handout.Kind.COPY
    assert Handout.objects.count() == Entry.objects.filter(action=entry.action).count()


def test_a_link_of_the_provider_is_shown_with_its_answer(as_manu, provider_batch):
    claim = provider_batch.claims.earliest("pk")

    shown = as_manu.post(show_url(claim)).content.decode()

    secret = made.secret_of(claim)
    assert secret.link in shown
    assert secret.answer in shown
    assert secret.token not in shown


def test_a_stopped_link_is_not_shown(as_manu, batch):
    claim = batch.claims.earliest("pk")
    batch.claims.update(voided_at=timezone.now())

    response = as_manu.post(show_url(claim))

    assert response.status_code == 303
    assert response["Location"] == reverse(
        "orders:link_detail", args=[batch.order.reference, claim.code]
    )
    assert not Handout.objects.exists()


def test_showing_needs_a_confirmation_too(manu, batch):
    client = Client()
    client.force_login(manu)

    response = client.post(show_url(batch.claims.earliest("pk")))

    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert not Handout.objects.exists()


def handed_numbers():
    return HandedOut.objects.values_list("claim__number", flat=True)
