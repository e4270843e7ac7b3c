"""Sheets of QR codes: which links, how many at a time, and what is known of them."""

import re

import pytest
import segno
from django.urls import reverse
from django.utils import timezone

from orders.claims import qr_codes
from orders.forms import link_export
from orders.models import Handout
from portal.audit.models import Entry
from tests.orders.claims import made

LINK = "https://rewards.example.com/c/abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture
def batch(program, cvs, manu):
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    return made.make_batch(program, cvs, manu)


@pytest.fixture
def few(monkeypatch):
    """One print holds three codes."""
    monkeypatch.setattr(link_export, "MOST_CODES", 3)


def qr_url(batch):
    return reverse("orders:links_qr", args=[batch.order.reference])


def show(client, batch, first, last, **fields):
    form = {"layout": 12, "paper": "a4", "first": first, "last": last, **fields}
    return client.post(qr_url(batch), form)


def printed(response):
    """The short codes of the sheet's links, in its order."""
    return re.findall(r'aria-label="QR code of link (\S+)"', response.content.decode())


def names(batch, *numbers):
    found = batch.claims.filter(number__in=numbers).order_by("number")
    return list(found.values_list("code", flat=True))


def test_a_path_draws_the_code_within_four_white_modules():
    code = qr_codes.drawn(LINK)

    dark = set()
    for run in re.finditer(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", code.path):
        x, y, width, back = map(int, run.groups())
        assert width == back
        dark |= {(column, y) for column in range(x, x + width)}
    rows = segno.make(LINK, error="m", micro=False).matrix
    assert dark == {
        (x, y)
        for y, row in enumerate(rows, start=4)
        for x, module in enumerate(row, start=4)
        if module
    }
    assert code.size == len(rows) + 8


def test_the_sheet_is_the_answer_and_the_journal_knows_of_it(as_manu, batch):
    response = show(as_manu, batch, 2, 4)

    handout, entry = Handout.objects.get(), Entry.objects.latest("sequence")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert printed(response) == names(batch, 2, 3, 4)
    assert entry.action == "links.printed"
    assert entry.data["count"] == handout.count == 3
    assert [each.number for each in handout.claims.order_by("pk")] == [2, 3, 4]
    # Their links are in the drawing and nowhere in the words.
    for claim in batch.claims.all():
        assert made.secret_of(claim).token not in response.content.decode()


def test_only_good_links_are_printed(as_manu, batch):
    batch.claims.filter(number=1).update(voided_at=timezone.now())
    batch.claims.filter(number=2).update(problem="It has no answer.")

    assert printed(show(as_manu, batch, 1, 5)) == names(batch, 3, 4, 5)
    assert show(as_manu, batch, 1, 2).status_code == 422
    assert Handout.objects.count() == 1


def test_a_print_holds_so_many_and_says_how_to_go_on(as_manu, batch, few):
    batch.claims.filter(number=2).update(voided_at=timezone.now())

    form = as_manu.get(qr_url(batch)).context["form"]
    first = show(as_manu, batch, form["first"].value(), form["last"].value())
    page = first.content.decode()
    [rest] = re.findall(r'href="([^"]+\?first=\d+)"', page)
    form = as_manu.get(rest).context["form"]
    second = show(as_manu, batch, form["first"].value(), form["last"].value())

    assert printed(first) == names(batch, 1, 3, 4)
    assert "1 code is left for another print." in page
    assert printed(second) == names(batch, 5)
    assert "left for another print" not in second.content.decode()


def test_too_many_at_once_are_refused_with_what_fits(as_manu, batch, few):
    response = show(as_manu, batch, 1, 5, layout=24, paper="letter")

    page = response.content.decode()
    assert response.status_code == 422
    assert "Print up to number 3." in page
    assert response.context["form"]["layout"].value() == "24"
    assert not Handout.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first", "0"),
        ("first", "9" * 30),
        ("first", ""),
        ("last", "1"),
        ("layout", "7"),
        ("paper", "a3"),
        ("status", "nonsense"),
    ],
)
def test_what_no_sheet_can_be_is_refused(as_manu, batch, field, value):
    form = {"layout": 12, "paper": "a4", "first": 2, "last": 5, field: value}

    response = as_manu.post(qr_url(batch), form)

    assert response.status_code == 422
    assert not Handout.objects.exists()


def test_links_of_one_status_are_printed_alone(as_manu, batch):
    batch.claims.filter(number__in=[2, 5]).update(opened_at=timezone.now())

    response = show(as_manu, batch, 1, 5, status="opened")

    assert printed(response) == names(batch, 2, 5)


@pytest.mark.parametrize(("region", "paper"), [("DE", "a4"), ("US", "letter")])
def test_the_paper_is_the_usual_one_of_the_country(
    as_manu, batch, settings, region, paper
):
    settings.DEFAULT_PHONE_REGION = region

    assert as_manu.get(qr_url(batch)).context["form"]["paper"].value() == paper


def test_only_who_may_hand_links_out_prints_them(as_ada, as_audra, batch):
    assert [show(client, batch, 1, 5).status_code for client in (as_ada, as_audra)] == [
        404,
        404,
    ]
    assert not Handout.objects.exists()


def test_printing_needs_a_confirmation(client, manu, batch):
    client.force_login(manu)

    asked = show(client, batch, 2, 3, layout=24)
    back = client.post(asked["Location"], {"password": "correct horse battery"})
    form = client.get(back["Location"]).context["form"]

    assert asked.status_code == 303
    assert not Handout.objects.exists()
    assert [form[name].value() for name in ("layout", "first", "last")] == [
        "24",
        "2",
        "3",
    ]


def test_a_label_is_text_and_no_markup(as_manu, batch):
    batch.label = "<script>alert(1)</script>"
    batch.save()

    page = show(as_manu, batch, 1, 1).content.decode()

    assert "<script>alert" not in page
