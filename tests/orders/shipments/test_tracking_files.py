"""Tracking numbers out of a file: what it would change, and then what it changes."""

import io
import json
from datetime import datetime, time, timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from orders.models import Order, Shipment
from orders.parcel_states import ShipmentStatus
from orders.shipments import importing, recording, tracking_files, tracking_plan
from orders.shipments.facts import Facts
from orders.shipments.importing import Done
from portal.audit.models import Entry
from portal.tabular import Unreadable
from programs import arrival
from tests import factories
from tests.orders.shipments import posted

URL = "/shipments/tracking/"
S = ShipmentStatus


def today():
    return arrival.local_day(timezone.now())


@pytest.fixture
def parcels(program, card, manu):
    """Three on their way, ordered ten days ago."""
    found = [
        posted.make_shipped(program, card, manu, name=name)
        for name in ("Ann", "Ben", "Cleo")
    ]
    Order.objects.update(approved_at=timezone.now() - timedelta(days=10))
    return found


def csv(*lines):
    return "\n".join(lines).encode()


def read(*lines):
    return tracking_files.read(io.BytesIO(csv(*lines)), "tracking.csv")


def plan(*lines):
    return tracking_plan.plan(read(*lines), Shipment.objects.all())


def problems(*lines):
    return [(each.line, each.message) for each in plan(*lines).problems]


def bring(client, *lines, name="tracking.csv"):
    file = SimpleUploadedFile(name, csv(*lines))
    return client.post(URL, {"file": file})


def confirm(client, page):
    shown = {name: page.context[name] for name in ("lines", "seen")}
    return client.post(URL, shown)


class TestColumns:
    @pytest.mark.parametrize(
        "header",
        [
            "Number,Tracking number",
            "our number,TRACKING NO.",
            "Parcel,Tracking #",
            "ExternalId,tracking_number",
            "Sendung,Sendungsnummer",
            "Tracking ID,Shipment ID",
        ],
    )
    def test_they_are_found_by_name_in_any_order(self, parcels, header):
        is_turned = header.startswith("Tracking")
        cells = [parcels[0].number, "1Z999AA10123456784"]

        found = plan(header, ",".join(cells[::-1] if is_turned else cells))

        (step,) = found.steps
        assert step.parcel == parcels[0]
        assert step.change.fields == {"tracking_number": "1Z999AA10123456784"}

    def test_every_column_is_read(self, parcels):
        day = today()
        (step,) = plan(
            "Number;Delivery company;Tracking number;URL;Shipped on;Returned on;Reason",
            f"{parcels[0].number};UPS;1Z;https://track.example.com/1Z;"
            f"{day - timedelta(days=3):%Y-%m-%d};{day:%Y-%m-%d};Moved away",
        ).steps

        assert step.change.status == S.RETURNED
        assert step.change.fields == {
            "tracking_company": "UPS",
            "tracking_number": "1Z",
            "tracking_url": "https://track.example.com/1Z",
            "shipped_on": day - timedelta(days=3),
            "returned_on": day,
            "return_reason": "Moved away",
        }

    def test_orders_of_one_parcel_are_found_by_their_number(self, parcels):
        po_number = parcels[1].reward.order.po_number

        (step,) = plan("PONumber,Tracking", f"{po_number},1Z").steps

        assert step.parcel == parcels[1]

    def test_others_are_named_and_not_read(self, parcels):
        listing = read("Number,Tracking,Weight", f"{parcels[0].number},1Z,3 kg")

        assert list(listing.unread) == ["Weight"]

    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            (["Tracking number", "1Z"], "No column says which parcel is meant."),
            (["Number,Weight", "S-1,3"], "No column says what became of the parcels."),
            (["Number,Tracking,AWB", "S-1,1,2"], "Two columns say the same"),
            (["S-1,1Z9999999999999999", "S-2,2"], "which parcel is meant"),
            (["Number,Tracking"], "no rows"),
            ([""], "empty"),
        ],
    )
    def test_a_file_that_does_not_say_enough_is_refused(self, lines, words):
        with pytest.raises(Unreadable, match=words):
            read(*lines)


class TestLines:
    def test_they_are_left_out_with_a_reason_and_a_remedy(self, parcels, program):
        ann, ben, cleo = parcels
        future = today() + timedelta(days=1)
        (pair,) = Order.objects.filter(rewards=cleo.reward)
        po_number = Order.objects.get(rewards=ann.reward).po_number

        found = problems(
            "Number,PONumber,Tracking,URL,Shipped on",
            "4711,,1Z,,",
            "S-999999,,1Z,,",
            ",,1Z,,",
            ",NOTHING-1,1Z,,",
            f"{ben.number},{po_number},1Z,,",
            f"{ann.number},,1Z,http://x.example.com,",
            f"{ann.number},,2Z,,",
            f"{ben.number},,,,",
            f"{cleo.number},,9.40011E+21,,",
            f"{pair.po_number},,1Z,,",
            f",{pair.po_number},1Z,,{future}",
        )

        lines = [line for line, _words in found]
        words = dict(found)
        assert lines == list(range(2, 13))
        assert "is no number of a parcel" in words[2]
        assert "You have no parcel S-999999" in words[3]
        assert "does not say which parcel" in words[4]
        assert "You have no parcel of an order NOTHING-1" in words[5]
        assert "does not belong to" in words[6]
        assert words[7].startswith("Tracking link: Enter a whole web address")
        assert words[8] == "Line 7 is about the same parcel. Keep one of them."
        assert "It says nothing of the parcel." in words[9]
        assert "A spreadsheet cut this number short." in words[10]
        assert "is no number of a parcel" in words[11]
        assert words[12].startswith("Line 10 is about the same parcel")

    @pytest.mark.parametrize("cell", ["soon", "2025-13-01", "31/31/2025", "0", "45000"])
    def test_what_is_no_day_is_said(self, parcels, cell):
        ((line, message),) = problems(
            "Number,Delivered on", f"{parcels[0].number},{cell}"
        )

        assert line == 2
        assert "Write it as 2025-12-31." in message

    def test_days_are_read_as_the_program_writes_them(self, parcels, program):
        day = today() - timedelta(days=1)
        Shipment.objects.update(shipped_on=today() - timedelta(days=5))

        for text in (f"{day:%m/%d/%Y}", f"{day:%Y-%m-%d}", f"{day:%d %B %Y}"):
            (step,) = plan("Number,Delivered", f"{parcels[0].number},{text}").steps
            assert step.change.fields == {"delivered_on": day}

    def test_an_order_of_many_parcels_needs_their_numbers(self, parcels):
        order = parcels[0].reward.order
        parcels[1].reward.__class__.objects.update(order=order)

        ((_line, message),) = problems("PONumber,Tracking", f"{order.po_number},1Z")

        assert "has 3 parcels. Use their numbers" in message

    def test_drafts_and_parcels_that_are_not_posted_are_left_out(
        self, parcels, program, card, manu
    ):
        draft = posted.make_draft(program, card, manu).rewards.get().shipment
        Shipment.objects.filter(pk=parcels[0].pk).update(status=S.STOPPED)

        found = problems(
            "Number,Tracking", f"{draft.number},1Z", f"{parcels[0].number},1Z"
        )

        assert "It is not ordered yet." in found[0][1]
        assert "It will not be posted" in found[1][1]

    def test_more_than_are_read_at_once_are_refused(self, monkeypatch):
        monkeypatch.setattr(tracking_files, "MOST_LINES", 3)
        lines = [f"S-{number},1Z" for number in range(4)]

        assert len(read("Number,Tracking", *lines[:3]).lines) == 3
        with pytest.raises(Unreadable, match="3 lines are read at once"):
            read("Number,Tracking", *lines)

    def test_lines_that_fit_in_no_form_are_refused(self):
        long = "https://example.com/" + "x" * 20_000
        listing = read("Number,URL", *(f"S-{n},{long}" for n in range(60)))

        with pytest.raises(Unreadable, match="Split it"):
            tracking_files.pack(listing)


class TestPacking:
    def test_what_was_packed_comes_out_again(self):
        listing = read("Number,Tracking,Reason", "S-1,1Z,“Ümzug”", "S-2,,")

        unpacked = tracking_files.unpack(tracking_files.pack(listing))

        assert unpacked is not None
        assert unpacked.lines == listing.lines

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "{}",
            "null",
            "[1]",
            "[[]]",
            '[["2",null,null,null,null,null,null,null,null,null]]',
            "[[2,1,null,null,null,null,null,null,null,null]]",
            "[[2,null,null]]",
            json.dumps([[2] + [None] * 9] * 5001),
            "[" * 100_000,
            "NaN",
            *(
                json.dumps([[2, *([None] * at), cell, *([None] * (8 - at))]])
                for at in (0, 1, 2, 8)
                for cell in ("S-1\0", "S-1\ud800", "\udc00\ud800")
            ),
        ],
    )
    def test_what_was_not_is_nothing(self, text):
        assert tracking_files.unpack(text) is None


class TestPages:
    def test_it_is_shown_before_anything_is_recorded(self, as_manu, parcels):
        count = Entry.objects.count()

        page = bring(
            as_manu,
            "Number,Tracking,Shipped on,Weight",
            f"{parcels[0].number},1Z999,{today()},3 kg",
            "S-999999,2Z,,",
        )

        words = page.content.decode()
        assert page.status_code == 200
        assert "1 parcel changes." in words
        assert "1 line is left out." in words
        assert "Tracking number: 1Z999" in words
        assert "Line 3:" in words
        assert "“Weight”" in words
        assert "Record 1 parcel" in words
        assert Entry.objects.count() == count
        assert not Shipment.objects.exclude(tracking_number="").exists()

    def test_the_button_records_it_once(self, as_manu, parcels, program):
        lines = [
            "Number,Tracking,Delivered on",
            f"{parcels[0].number},1Z999,",
            f"{parcels[1].number},,{today()}",
        ]
        page = bring(as_manu, *lines)
        count = Entry.objects.count()

        answer = confirm(as_manu, page)

        assert (answer.status_code, answer.url) == (303, "/shipments/")
        ann, ben, cleo = Shipment.objects.order_by("pk")
        assert (ann.tracking_number, ann.status) == ("1Z999", S.SHIPPED)
        assert (ben.delivered_on, ben.status) == (today(), S.DELIVERED)
        assert cleo.version == parcels[2].version
        (entry,) = Entry.objects.order_by("sequence")[count:]
        assert (entry.action, entry.program_id) == ("shipments.tracked", program.pk)
        assert entry.data["count"] == 2
        assert entry.data["fields"] == {"tracking_number": 1, "delivered_on": 1}
        assert len(entry.data["digest"]) == 64
        assert "1Z999" not in json.dumps(entry.data)
        again = bring(as_manu, *lines)
        assert again.context["count"] == 0
        assert "2 lines say what is known already." in again.content.decode()
        assert "Record" not in again.content.decode().split("Bring another file")[0]

    def test_the_same_button_twice_changes_nothing_more(self, as_manu, parcels):
        page = bring(as_manu, "Number,Tracking", f"{parcels[0].number},1Z999")
        confirm(as_manu, page)
        count = Entry.objects.count()

        second = confirm(as_manu, page)

        assert second.status_code == 409
        assert Entry.objects.count() == count
        assert Shipment.objects.get(pk=parcels[0].pk).version == 2

    def test_what_changed_meanwhile_is_shown_again_first(self, as_manu, parcels):
        page = bring(as_manu, "Number,Tracking", f"{parcels[0].number},1Z999")
        Shipment.objects.update(tracking_number="OTHER", version=7)

        answer = confirm(as_manu, page)

        assert answer.status_code == 409
        assert "This changed in the meantime" in answer.content.decode()
        assert Shipment.objects.get(pk=parcels[0].pk).tracking_number == "OTHER"
        confirm(as_manu, answer)
        assert Shipment.objects.get(pk=parcels[0].pk).tracking_number == "1Z999"

    def test_a_newer_record_of_somebody_is_not_overwritten(
        self, as_manu, parcels, manager
    ):
        """Between the plan and the lock nothing keeps others from recording."""
        lines = [f"{each.number},OLD" for each in parcels]
        shown = plan("Number,Tracking", *lines)
        newer, same, _free = (step.parcel for step in shown.steps)
        for parcel, number in ((newer, "NEW"), (same, "OLD")):
            told = Facts(tracking_number=number)
            recording.record(parcel, told, version=parcel.version, actor=manager)

        done = importing.carry_out(shown, actor=manager)

        assert done == Done(recorded=1, left_out=2)
        numbers = Shipment.objects.order_by("pk").values_list("tracking_number")
        assert [number for (number,) in numbers] == ["NEW", "OLD", "OLD"]
        entry = Entry.objects.latest("sequence")
        assert (entry.action, entry.data["count"]) == ("shipments.tracked", 1)

    def test_what_was_left_out_is_said(self, as_manu, parcels, manager, monkeypatch):
        page = bring(
            as_manu, "Number,Tracking", *(f"{each.number},OLD" for each in parcels)
        )
        carry_out = importing.carry_out

        def late(plan, *, actor):
            told = Facts(tracking_number="NEW")
            recording.record(parcels[0], told, version=1, actor=manager)
            return carry_out(plan, actor=actor)

        monkeypatch.setattr(importing, "carry_out", late)
        confirm(as_manu, page)

        said = as_manu.get("/shipments/").content.decode()
        assert "2 parcels recorded." in said
        assert "1 parcel changed meanwhile and was left out." in said
        assert Shipment.objects.get(pk=parcels[0].pk).tracking_number == "NEW"

    def test_pasted_cells_and_workbooks_are_read_likewise(self, as_manu, parcels):
        number = parcels[0].number
        pasted = as_manu.post(URL, {"pasted": f"Number\tTracking\n{number}\t1Z999"})
        book = io.BytesIO()
        with xlsxwriter.Workbook(book, {"in_memory": True}) as written:
            sheet = written.add_worksheet()
            sheet.write_row(0, 0, ["Number", "Tracking number", "Delivered on"])
            sheet.write_row(1, 0, [number, "1Z999"])
            date = written.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write_datetime(1, 2, datetime.combine(today(), time()), date)
        file = SimpleUploadedFile("tracking.xlsx", book.getvalue())

        uploaded = as_manu.post(URL, {"file": file})

        for page in (pasted, uploaded):
            assert page.status_code == 200
            assert page.context["count"] == 1
            assert "1Z999" in page.content.decode()

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "This file is empty."),
            (b"\x00\x01\x02", ""),
            (b"PK\x03\x04 not a workbook", ""),
            (b"Number,Weight\nS-1,3\n", "No column says what became"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_said_at_its_field(
        self, as_manu, content, words
    ):
        answer = as_manu.post(URL, {"file": SimpleUploadedFile("t.csv", content)})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "There is a problem" in page
        assert words in page

    def test_nothing_and_both_are_refused(self, as_manu):
        nothing = as_manu.post(URL, {})
        both = as_manu.post(
            URL, {"file": SimpleUploadedFile("t.csv", b"a,b\n1,2"), "pasted": "a\tb"}
        )

        assert "Choose a file, or paste cells below." in nothing.content.decode()
        assert "Choose a file or paste cells." in both.content.decode()
        assert {nothing.status_code, both.status_code} == {422}

    @pytest.mark.parametrize(
        "posted_fields",
        [
            {"seen": "x"},
            {"seen": "x", "lines": "[[]]"},
            {"seen": "", "lines": "[]"},
            {"seen": "x" * 65, "lines": "[]"},
            {"seen": "x", "lines": json.dumps([[2, "S-1\0", *[None] * 8]])},
            {"seen": "x", "lines": json.dumps([[2, "S-1\ud800", *[None] * 8]])},
        ],
    )
    def test_lines_that_came_broken_are_brought_again(self, as_manu, posted_fields):
        answer = as_manu.post(URL, posted_fields)

        assert answer.status_code == 422
        assert "Bring it again." in answer.content.decode()

    def test_parcels_of_other_programs_are_unknown(self, as_manu, parcels):
        other = factories.make_program("Autumn")
        Shipment.objects.filter(pk=parcels[0].pk).update(program=other)
        order = parcels[0].reward.order

        page = bring(
            as_manu,
            "Number,PONumber,Tracking",
            f"{parcels[0].number},,1Z",
            f",{order.po_number},1Z",
        )

        assert page.context["count"] == 0
        assert page.content.decode().count("You have no parcel") == 2

    def test_only_those_who_look_after_parcels_import(self, as_audra, as_ada, as_adam):
        for client in (as_audra, as_ada, as_adam):
            assert client.get(URL).status_code == 404
            assert client.post(URL).status_code == 404


def test_a_long_file_asks_few_questions_and_is_recorded_in_batches(
    as_manu, parcels, program, django_assert_max_num_queries
):
    made = copies(parcels[0], 1000)
    lines = ["Number,Tracking,Shipped on"]
    lines += [f"S-{reward_id},1Z{reward_id},{today()}" for reward_id in made]

    with django_assert_max_num_queries(12):
        page = bring(as_manu, *lines)
    assert page.context["count"] == len(made)
    count = Entry.objects.count()
    with django_assert_max_num_queries(60):
        confirm(as_manu, page)

    recorded = Shipment.objects.filter(reward__in=made)
    assert recorded.filter(version=2).count() == len(made)
    assert all(each.tracking_number == f"1Z{each.reward_id}" for each in recorded)
    entries = Entry.objects.order_by("sequence")[count:]
    assert sum(entry.data["count"] for entry in entries) == len(made)
    assert len({entry.data["digest"] for entry in entries}) == 1
    assert bring(as_manu, *lines).context["unchanged"] == len(made)


def copies(parcel, count):
    """So many parcels like this one; the ids of their rewards."""
    reward = parcel.reward
    rewards = []
    for _number in range(count):
        copied = reward.__class__.objects.get(pk=reward.pk)
        copied.pk = None
        rewards.append(copied)
    made = reward.__class__.objects.bulk_create(rewards)
    parcels = []
    for each in made:
        copied = Shipment.objects.get(pk=parcel.pk)
        copied.pk, copied.reward = None, each
        copied.shipped_on = today() - timedelta(days=1)
        parcels.append(copied)
    Shipment.objects.bulk_create(parcels)
    return [each.pk for each in made]
