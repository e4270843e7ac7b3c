"""What staff record of a parcel: allowed moves, sane days, and nothing overwritten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders import approvals, following
from orders.models import Order, Reward, Shipment
from orders.parcel_states import ON_THE_WAY, STAFF_TRANSITIONS, ShipmentStatus
from orders.shipments import facts, recording
from orders.shipments.facts import Facts, Refused
from orders.states import RewardStatus
from portal.audit.models import Entry
from programs import arrival
from tests.orders.shipments import posted

S = ShipmentStatus
RECORDED = (S.SHIPPED, S.DELIVERED, S.RETURNED)


def today():
    return arrival.local_day(timezone.now())


@pytest.fixture
def parcel(program, card, manu):
    """On its way by the provider's word, ordered ten days ago."""
    made = posted.make_shipped(program, card, manu)
    order = Order.objects.filter(rewards=made.reward)
    order.update(approved_at=timezone.now() - timedelta(days=10))
    return read(made)


def read(parcel):
    return Shipment.objects.select_related("reward__order").get(pk=parcel.pk)


def at(parcel, status, *, word=S.QUEUED):
    """With this status, where the provider's word would put it at `word`."""
    words: dict[S, dict[str, str]] = {
        S.SHIPPED: {"status": RewardStatus.SHIPPED},
        S.FULFILMENT: {
            "status": RewardStatus.PLACED,
            "provider_status": "SentToFulfillment",
        },
        S.QUEUED: {"status": RewardStatus.PLACED, "provider_status": "Queued"},
        S.STOPPED: {"status": RewardStatus.FAILED},
    }
    Reward.objects.filter(pk=parcel.reward_id).update(**words[word])
    day = today()
    Shipment.objects.filter(pk=parcel.pk).update(
        status=status,
        shipped_on=day if status == S.SHIPPED else None,
        delivered_on=day if status == S.DELIVERED else None,
        returned_on=day if status == S.RETURNED else None,
    )
    return read(parcel)


def record(parcel, actor, *, version=None, **said):
    version = parcel.version if version is None else version
    return recording.record(parcel, Facts(**said), version=version, actor=actor)


def problems_of(refusal):
    return [(each.field, each.message) for each in refusal.value.problems]


DAY_OF = {
    S.SHIPPED: "shipped_on",
    S.DELIVERED: "delivered_on",
    S.RETURNED: "returned_on",
}


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("to", RECORDED)
def test_a_parcel_moves_along_declared_edges_only(parcel, manager, before, to):
    parcel = at(parcel, before)
    said = {DAY_OF[to]: today()}

    if not STAFF_TRANSITIONS[before]:
        with pytest.raises(Refused):
            record(parcel, manager, **said)
        assert read(parcel).status == before
        return
    record(parcel, manager, **said)
    stored = read(parcel)
    if to in STAFF_TRANSITIONS[before] and not (
        to == S.SHIPPED and before in (S.DELIVERED, S.RETURNED)
    ):
        assert stored.status == to
    else:
        # The day is noted beside what is known already.
        assert stored.status == before


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("word", [S.QUEUED, S.FULFILMENT, S.SHIPPED, S.STOPPED])
def test_what_is_taken_back_is_where_the_provider_has_it(parcel, manager, before, word):
    parcel = at(parcel, before, word=word)
    is_taken = before in (S.DELIVERED, S.RETURNED) or (
        before == S.SHIPPED and word != S.SHIPPED
    )

    if not is_taken:
        with pytest.raises(recording.NothingToTakeBack):
            recording.take_back(parcel, version=parcel.version, actor=manager)
        assert read(parcel).status == before
        return
    recording.take_back(parcel, version=parcel.version, actor=manager)

    stored = read(parcel)
    assert stored.status == word
    assert word in STAFF_TRANSITIONS[before]
    assert (stored.delivered_on, stored.returned_on) == (None, None)
    assert bool(stored.shipped_on) == (word == S.SHIPPED)
    entry = Entry.objects.latest("sequence")
    assert entry.action == "shipment.undone"
    assert (entry.data["from"], entry.data["to"]) == (before, word)


def test_what_arrived_goes_back_to_shipped_by_the_day_staff_entered(parcel, manager):
    parcel = at(parcel, S.QUEUED)
    record(parcel, manager, shipped_on=today())
    record(read(parcel), manager, delivered_on=today())

    for expected in (S.SHIPPED, S.QUEUED):
        now = read(parcel)
        recording.take_back(now, version=now.version, actor=manager)
        assert read(parcel).status == expected


def test_every_status_has_a_row_in_the_table():
    assert STAFF_TRANSITIONS.keys() == set(S)
    assert not any(S.PLANNED in to for to in STAFF_TRANSITIONS.values())
    assert all(before not in to for before, to in STAFF_TRANSITIONS.items())
    assert {s for s in S if not STAFF_TRANSITIONS[s]} == {S.PLANNED, S.STOPPED}
    assert set(ON_THE_WAY) <= {s for s in S if STAFF_TRANSITIONS[s]}


@pytest.mark.parametrize("recorded", RECORDED)
@pytest.mark.parametrize("word", [S.QUEUED, S.FULFILMENT, S.SHIPPED, S.STOPPED])
def test_what_the_provider_says_later_does_not_undo_it(parcel, manager, recorded, word):
    parcel = at(parcel, S.FULFILMENT, word=S.FULFILMENT)
    day = today() - timedelta(days=2)
    record(parcel, manager, **{DAY_OF[recorded]: day})
    said: dict[S, dict[str, str]] = {
        S.QUEUED: {"provider_status": "Queued"},
        S.FULFILMENT: {"provider_status": "SentToFulfillment"},
        S.SHIPPED: {"status": RewardStatus.SHIPPED},
        S.STOPPED: {"status": RewardStatus.CANCELLED},
    }
    Reward.objects.filter(pk=parcel.reward_id).update(**said[word])

    order = parcel.reward.order
    following.follow(order, order.rewards.all())

    stored = read(parcel)
    assert stored.status == recorded
    assert getattr(stored, DAY_OF[recorded]) == day


def test_the_provider_still_moves_what_staff_took_back(parcel, manager):
    parcel = at(parcel, S.QUEUED)
    record(parcel, manager, shipped_on=today())
    again = read(parcel)
    recording.take_back(again, version=again.version, actor=manager)
    Reward.objects.filter(pk=parcel.reward_id).update(status=RewardStatus.SHIPPED)

    order = parcel.reward.order
    following.follow(order, order.rewards.all())

    stored = read(parcel)
    assert (stored.status, stored.shipped_on) == (S.SHIPPED, today())


class TestDays:
    def test_none_is_in_the_future(self, parcel, manager):
        for name in ("shipped_on", "delivered_on", "returned_on"):
            with pytest.raises(Refused) as refusal:
                record(parcel, manager, **{name: today() + timedelta(days=1)})
            assert problems_of(refusal)[0] == (
                name,
                "This day has not come yet. Enter today or an earlier day.",
            )

    def test_none_is_before_the_order(self, parcel, manager):
        early = today() - timedelta(days=11)
        for name in ("shipped_on", "delivered_on", "returned_on"):
            with pytest.raises(Refused) as refusal:
                record(parcel, manager, **{name: early})
            ((field, message),) = problems_of(refusal)
            assert field == name
            assert "It was ordered on" in message

    def test_nothing_arrives_or_comes_back_before_it_is_shipped(self, parcel, manager):
        for name in ("delivered_on", "returned_on"):
            with pytest.raises(Refused) as refusal:
                record(parcel, manager, **{name: today() - timedelta(days=1)})
            assert [field for field, _words in problems_of(refusal)] == [name]

    def test_nothing_is_shipped_after_it_arrived(self, parcel, manager):
        before = today() - timedelta(days=3)
        record(parcel, manager, shipped_on=before, delivered_on=before)

        with pytest.raises(Refused) as refusal:
            record(read(parcel), manager, shipped_on=today())

        assert [field for field, _words in problems_of(refusal)] == ["shipped_on"]

    def test_that_it_arrived_and_that_it_came_back_exclude_each_other(
        self, parcel, manager
    ):
        with pytest.raises(Refused):
            record(parcel, manager, delivered_on=today(), returned_on=today())

        record(parcel, manager, returned_on=today(), return_reason="Moved away")
        record(read(parcel), manager, delivered_on=today())

        stored = read(parcel)
        assert (stored.status, stored.delivered_on) == (S.DELIVERED, today())
        assert (stored.returned_on, stored.return_reason) == (None, "")

    def test_a_reason_needs_the_day_it_came_back_on(self, parcel, manager):
        with pytest.raises(Refused) as refusal:
            record(parcel, manager, return_reason="Moved away")

        assert [field for field, _words in problems_of(refusal)] == ["returned_on"]


class TestTexts:
    @pytest.mark.parametrize(
        "url",
        [
            "http://track.example.com/1",
            "javascript:alert(1)",
            "track.example.com/1",
            "https://",
            "https://track.example.com/a b",
            "data:text/html,x",
            "//track.example.com",
            "https://track.example.com/\n1",
        ],
    )
    def test_only_https_addresses_are_taken(self, parcel, manager, url):
        with pytest.raises(Refused) as refusal:
            record(parcel, manager, tracking_url=url)

        assert [field for field, _words in problems_of(refusal)] == ["tracking_url"]
        assert read(parcel).tracking_url == ""

    def test_what_is_too_long_is_refused(self, parcel, manager):
        said = {
            "tracking_company": "x" * 101,
            "tracking_number": "x" * 101,
            "tracking_url": "https://example.com/" + "x" * 481,
            "returned_on": today(),
            "return_reason": "x" * 201,
        }
        with pytest.raises(Refused) as refusal:
            record(parcel, manager, **said)

        fields = {field for field, _words in problems_of(refusal)}
        assert fields == said.keys() - {"returned_on"}

    def test_texts_are_tidied(self, parcel, manager):
        record(parcel, manager, tracking_number=" 1Z 999\u200b\x07 ")

        assert read(parcel).tracking_number == "1Z 999"

    def test_an_empty_text_takes_it_away_and_none_leaves_it(self, parcel, manager):
        record(parcel, manager, tracking_number="1Z", tracking_company="UPS")
        record(read(parcel), manager, tracking_company="")

        stored = read(parcel)
        assert (stored.tracking_number, stored.tracking_company) == ("1Z", "")


class TestJournal:
    def test_it_names_fields_and_never_what_is_in_them(self, parcel, manager, program):
        record(
            parcel,
            manager,
            tracking_number="1Z-SECRET",
            returned_on=today(),
            return_reason="Rosa moved away",
        )

        entry = Entry.objects.latest("sequence")
        assert (entry.action, entry.subject_type) == ("shipment.returned", "shipment")
        assert (entry.subject_id, entry.program_id) == (str(parcel.pk), program.pk)
        assert entry.data == {
            "fields": ["return_reason", "returned_on", "tracking_number"],
            "from": "shipped",
            "to": "returned",
        }

    def test_nothing_new_is_no_act(self, parcel, manager):
        record(parcel, manager, tracking_number="1Z")
        version, count = read(parcel).version, Entry.objects.count()

        record(read(parcel), manager, tracking_number="1Z", tracking_url="")

        assert (read(parcel).version, Entry.objects.count()) == (version, count)

    def test_the_act_is_named_by_what_it_records(self, parcel, manager):
        record(parcel, manager, tracking_number="1Z")
        assert Entry.objects.latest("sequence").action == "shipment.tracked"
        record(read(parcel), manager, delivered_on=today())
        assert Entry.objects.latest("sequence").action == "shipment.delivered"

    def test_the_auditor_of_the_program_reads_it(self, parcel, manager, as_audra):
        record(parcel, manager, delivered_on=today())

        page = as_audra.get("/audit/").content.decode()

        assert "Shipment delivered" in page
        assert parcel.number in page


def test_who_looked_before_somebody_else_recorded_is_refused(parcel, manager):
    record(parcel, manager, tracking_number="1Z")

    with pytest.raises(recording.Stale):
        record(parcel, manager, version=parcel.version, tracking_number="2Z")
    with pytest.raises(recording.Stale):
        recording.take_back(parcel, version=parcel.version, actor=manager)

    assert read(parcel).tracking_number == "1Z"


class TestPages:
    def test_a_tracking_number_is_entered(self, as_manu, parcel):
        url = f"/shipments/{parcel.pk}/track/"
        form = as_manu.get(url).content.decode()
        assert "Pelican Post" in form

        answer = as_manu.post(
            url,
            {
                "tracking_number": "1Z999",
                "tracking_company": "UPS",
                "tracking_url": "https://track.example.com/1Z999",
                "shipped_on": str(today()),
                "version": parcel.version,
            },
            follow=True,
        )

        assert answer.redirect_chain == [(f"/shipments/{parcel.pk}/", 303)]
        page = answer.content.decode()
        assert 'href="https://track.example.com/1Z999"' in page
        assert "Shipment tracked" in page
        assert "delivery company, tracking number, tracking link" in page

    def test_staff_say_that_it_is_shipped_before_the_provider_does(
        self, as_manu, parcel
    ):
        parcel = at(parcel, S.FULFILMENT, word=S.FULFILMENT)

        as_manu.post(
            f"/shipments/{parcel.pk}/track/",
            {"shipped_on": str(today()), "version": parcel.version},
        )

        assert read(parcel).status == S.SHIPPED
        page = as_manu.get(f"/shipments/{parcel.pk}/").content.decode()
        assert "Not shipped after all" in page

    def test_it_arrives_and_that_is_taken_back(self, as_manu, parcel):
        home = f"/shipments/{parcel.pk}/"
        form = as_manu.get(f"{home}delivered/").content.decode()
        assert f'value="{today()}"' in form

        as_manu.post(
            f"{home}delivered/",
            {"delivered_on": str(today()), "version": parcel.version},
        )
        page = as_manu.get(home).content.decode()
        assert "It arrived, as staff recorded." in page
        assert "Not delivered after all" in page

        done = as_manu.post(f"{home}undo/", {"version": read(parcel).version})
        assert (done.status_code, read(parcel).status) == (303, S.SHIPPED)
        again = as_manu.post(f"{home}undo/", {"version": read(parcel).version})
        assert again.status_code == 409

    def test_it_comes_back_with_a_reason(self, as_manu, parcel):
        url = f"/shipments/{parcel.pk}/returned/"
        said = {"returned_on": str(today()), "version": parcel.version}

        nameless = as_manu.post(url, said)
        assert nameless.status_code == 422
        assert "There is a problem" in nameless.content.decode()
        answer = as_manu.post(url, {**said, "return_reason": "Moved away"}, follow=True)

        assert "Moved away" in answer.content.decode()
        assert read(parcel).status == S.RETURNED

    @pytest.mark.parametrize(
        ("path", "said", "words"),
        [
            ("track/", {"tracking_url": "http://x.example.com"}, "https://"),
            ("track/", {"tracking_number": "x" * 101}, "100"),
            ("track/", {"shipped_on": "yesterday"}, "valid date"),
            ("track/", {"shipped_on": ""}, "Enter the day it was shipped."),
            ("track/", {"shipped_on": "2999-01-01"}, "has not come yet"),
            ("delivered/", {"delivered_on": "2020-01-01"}, "It was ordered on"),
            ("delivered/", {"delivered_on": ""}, "Enter the day it arrived."),
            ("returned/", {"returned_on": "0001-01-01"}, "It was ordered on"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field_and_kept(
        self, as_manu, parcel, path, said, words
    ):
        full = {
            "shipped_on": str(today()),
            "delivered_on": str(today()),
            "returned_on": str(today()),
            "return_reason": "Moved away",
            "version": parcel.version,
        }

        answer = as_manu.post(f"/shipments/{parcel.pk}/{path}", {**full, **said})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page
        for typed in said.values():
            assert typed in page
        assert read(parcel).version == parcel.version

    def test_a_stale_form_says_what_changed_and_keeps_what_was_typed(
        self, as_manu, manager, parcel
    ):
        url = f"/shipments/{parcel.pk}/track/"
        seen = as_manu.get(url).context["form"]["seen"].value()
        record(parcel, manager, tracking_number="FIRST")
        typed = {
            "tracking_number": "SECOND",
            "shipped_on": str(parcel.shipped_on),
            "version": parcel.version,
            "seen": seen,
        }

        answer = as_manu.post(url, typed)

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "<ins>FIRST</ins>" in page
        assert 'value="SECOND"' in page
        assert page.count("<ins>") == 1
        again = answer.context["form"]
        as_manu.post(url, {**typed, "version": again["version"].value()})
        assert read(parcel).tracking_number == "SECOND"

    @pytest.mark.parametrize(
        "seen",
        [
            "",
            "[",
            "[]",
            '{"x": 1}',
            "null",
            "9" * 5000,
            "[" * 100_000,
            '{"delivered_on": "\\ud800"}',
            '{"delivered_on": "\\u0000"}',
            '{"\\udfff": ["\\udfff"]}',
        ],
    )
    def test_nonsense_about_what_was_seen_breaks_nothing(
        self, as_manu, manager, parcel, seen
    ):
        record(parcel, manager, tracking_number="FIRST")

        answer = as_manu.post(
            f"/shipments/{parcel.pk}/delivered/",
            {"delivered_on": str(today()), "version": 1, "seen": seen},
        )

        assert answer.status_code == 409

    @pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
    def test_a_form_without_its_version_records_nothing(self, as_manu, parcel, version):
        said = {"delivered_on": str(today()), "version": version}

        answer = as_manu.post(f"/shipments/{parcel.pk}/delivered/", said)

        assert answer.status_code in (409, 422)
        undone = as_manu.post(f"/shipments/{parcel.pk}/undo/", {"version": version})
        assert undone.status_code == 409
        assert read(parcel).status == S.SHIPPED

    def test_there_is_nothing_to_record_of_a_draft(self, as_manu, program, card, manu):
        order = posted.make_draft(program, card, manu)
        pk = order.rewards.get().shipment.pk

        for path in ("track", "delivered", "returned"):
            answer = as_manu.get(f"/shipments/{pk}/{path}/")
            assert (answer.status_code, answer.url) == (303, f"/shipments/{pk}/")

    def test_only_those_who_look_after_parcels_record(
        self, as_audra, as_ada, as_adam, parcel
    ):
        for client in (as_audra, as_ada, as_adam):
            for path in ("track", "delivered", "returned"):
                assert client.get(f"/shipments/{parcel.pk}/{path}/").status_code == 404
            assert client.post(f"/shipments/{parcel.pk}/undo/").status_code == 404
        page = as_audra.get(f"/shipments/{parcel.pk}/").content.decode()
        assert "/undo/" not in page


def test_a_real_parcel_is_recorded_while_the_provider_follows(
    program, card, manu, approver, manager, sandbox, worker, at_once
):
    order = posted.make_submitted(program, card, manu)
    approvals.approve(order, content_hash=order.content_hash, actor=approver)
    worker.run(seconds=60)
    parcel = read(order.rewards.get().shipment)
    assert parcel.status == S.FULFILMENT

    record(parcel, manager, shipped_on=today())
    record(read(parcel), manager, delivered_on=today())
    sandbox.settings(claimed_after=0)
    worker.run(seconds=24 * 3600)

    parcel = read(parcel)
    assert parcel.status == S.DELIVERED
    assert Order.objects.get(pk=order.pk).status == "completed"
    assert facts.by_provider(parcel.reward) == S.SHIPPED


def test_days_are_those_of_the_organisation(parcel):
    assert facts.ordered_on(parcel.reward.order) == today() - timedelta(days=10)


def test_what_the_provider_calls_completed_is_with_fulfilment(parcel, manager):
    Reward.objects.filter(pk=parcel.reward_id).update(
        status=RewardStatus.SENT, provider_status="Completed"
    )
    Shipment.objects.filter(pk=parcel.pk).update(status=S.QUEUED, shipped_on=None)
    order = parcel.reward.order

    following.follow(order, order.rewards.all())
    assert read(parcel).status == S.FULFILMENT

    there = read(parcel)
    recording.record(
        there, Facts(delivered_on=today()), version=there.version, actor=manager
    )
    there = read(parcel)
    recording.take_back(there, version=there.version, actor=manager)
    assert read(parcel).status == S.FULFILMENT
