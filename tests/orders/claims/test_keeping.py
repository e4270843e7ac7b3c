"""Stopping, extending and reissuing links, by the verbs and by their pages."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from orders import approvals
from orders.claims import claiming, handing, keeping, sealing
from orders.models import Claim, LinkBatch
from orders.models.links import end_of
from orders.states import ClaimStatus
from portal.accounts.models import actor_of
from portal.actors import Actor, ActorKind, Channel
from portal.audit import journal
from portal.audit.models import Entry
from portal.permissions import Role
from tests import factories
from tests.orders.claims import made
from tests.orders.claims.made import make_batch, secret_of
from tests.orders.claims.visiting import path_of, somebody

TODAY = factories.today()
SOON, LATER = TODAY + timedelta(days=10), TODAY + timedelta(days=40)
VISITOR = Actor(ActorKind.RECIPIENT, "1", Channel.WEB)
ENDED = {
    "claimed": {"claimed_at": "2026-01-01T00:00:00Z", "holder_digest": "x"},
    "redeemed": {"redeemed_at": "2026-01-01T00:00:00Z"},
    "void": {"voided_at": "2026-01-01T00:00:00Z"},
}


@pytest.fixture
def batch(program, cvs, manu):
    return make_batch(program, cvs, manu, expires_on=SOON)


@pytest.fixture
def claim(batch):
    return batch.claims.get(number=1)


def url(batch, *parts):
    return "/" + "/".join(["links", batch.order.reference, *map(str, parts)]) + "/"


def last_entry():
    return Entry.objects.latest("sequence")


def tell(claim, **fields):
    Claim.objects.filter(pk=claim.pk).update(**fields)


# Void


def test_a_void_link_opens_nothing(claim, manager):
    assert "Spring" in page_of(claim)

    keeping.void(claim, version=1, actor=manager)

    claim.refresh_from_db()
    assert (claim.status, claim.version) == ("void", 2)
    assert somebody().get(path_of(claim)).status_code == 404
    assert somebody().post(path_of(claim)).status_code != 200
    entry = last_entry()
    assert (entry.action, entry.subject_id) == ("claim.voided", str(claim.pk))
    assert entry.program_id == claim.batch.order.program_id
    assert journal.verify().first_bad is None


def page_of(claim):
    return somebody().get(path_of(claim)).content.decode()


@pytest.mark.parametrize("ending", sorted(ENDED))
def test_what_has_ended_is_not_stopped_extended_or_reissued(claim, manager, ending):
    tell(claim, **ENDED[ending])
    before = Claim.objects.values().get(pk=claim.pk)

    for act in (
        lambda: keeping.void(claim, version=1, actor=manager),
        lambda: keeping.extend(claim, LATER, version=1, actor=manager),
        lambda: keeping.reissue(claim, version=1, actor=manager),
    ):
        with pytest.raises(keeping.StaleLinks):
            act()

    assert Claim.objects.values().get(pk=claim.pk) == before


def test_a_stale_page_does_nothing(claim, manager, as_manu):
    keeping.extend(claim, LATER, version=1, actor=manager)
    before = Claim.objects.values().get(pk=claim.pk)
    entries = Entry.objects.count()

    for act in ("void", "reissue", "extend"):
        response = as_manu.post(
            url(claim.batch, claim.code, act),
            {
                "version": 1,
                "before": str(SOON),
                "last_day": str(LATER + timedelta(days=1)),
            },
        )
        assert response.status_code == 409
        assert "nothing was done" in response.content.decode()

    assert Claim.objects.values().get(pk=claim.pk) == before
    assert Entry.objects.count() == entries


def test_voiding_asks_first_and_says_what_it_cannot_do(batch, claim, as_manu, manager):
    page = as_manu.get(url(batch, claim.code, "void"))
    assert "paid for all the same" in page.content.decode()
    assert "provider’s own link" not in page.content.decode()

    LinkBatch.objects.update(way="provider")
    handing.show(claim, actor=manager)
    page = as_manu.get(url(batch, claim.code, "void"))
    assert "provider’s own link" in page.content.decode()
    assert "they" in as_manu.get(url(batch, "void")).content.decode()

    response = as_manu.post(url(batch, claim.code, "void"), {"version": claim.version})
    assert response.status_code == 303
    assert response.headers["Location"] == url(batch, claim.code)
    claim.refresh_from_db()
    assert claim.status == "void"


def test_all_unclaimed_links_are_voided_and_no_other(batch, manager):
    claimed, redeemed, void, opened, _free = batch.claims.order_by("number")
    for each, ending in ((claimed, "claimed"), (redeemed, "redeemed"), (void, "void")):
        tell(each, **ENDED[ending])
    tell(opened, opened_at=timezone.now())
    before = list(batch.claims.filter(number__lte=3).order_by("pk").values())

    assert keeping.void_all(batch, count=2, actor=manager) == 2

    assert list(batch.claims.filter(number__lte=3).order_by("pk").values()) == before
    assert batch.claims.with_status(ClaimStatus.VOID).count() == 3
    entry = last_entry()
    assert (entry.action, entry.subject_type) == ("links.voided", "linkbatch")
    assert set(entry.data) == {"count", "claims"}
    assert entry.data["count"] == 2
    with pytest.raises(keeping.StaleLinks):
        keeping.void_all(batch, count=0, actor=manager)


def test_links_of_other_batches_stay(batch, program, cvs, manu, manager):
    other = make_batch(program, cvs, manu)

    keeping.void_all(batch, count=5, actor=manager)

    assert other.claims.filter(voided_at=None).count() == 5


@pytest.mark.parametrize("typed", ["", "4", "50", "five", "5.0"])
def test_voiding_many_wants_their_number_typed(batch, as_manu, typed):
    response = as_manu.post(url(batch, "void"), {"typed": typed, "count": 5})

    assert response.status_code == 422
    assert f'value="{typed}"' in response.content.decode() or not typed
    assert batch.claims.filter(voided_at=None).count() == 5


def test_voiding_many_with_their_number_typed(batch, as_manu):
    response = as_manu.post(url(batch, "void"), {"typed": " 5 ", "count": 5})

    assert response.status_code == 303
    assert "5 links are void." in as_manu.get(url(batch)).content.decode()
    assert batch.claims.filter(voided_at=None).count() == 0
    again = as_manu.get(url(batch, "void")).content.decode()
    assert "nothing left to stop" in again


def test_voiding_many_does_nothing_if_they_are_not_as_many_any_more(
    batch, claim, as_manu
):
    tell(claim, **ENDED["claimed"])

    response = as_manu.post(url(batch, "void"), {"typed": "5", "count": 5})

    assert response.status_code == 409
    assert batch.claims.filter(voided_at=None).count() == 5


# Extend


def test_an_expired_link_lives_again_under_its_old_address(claim, manager, clock):
    clock.move_to(end_of(SOON))
    assert claim.status == "expired"
    assert somebody().get(path_of(claim)).status_code == 404

    keeping.extend(claim, LATER, version=1, actor=manager)

    claim.refresh_from_db()
    assert (claim.status, claim.last_day) == ("created", LATER)
    assert "Spring" in page_of(claim)
    assert last_entry().data == {"batch": claim.batch_id, "last_day": str(LATER)}
    clock.move_to(end_of(LATER))
    assert claim.status == "expired"


def test_a_last_day_only_moves_on(claim, manager):
    for day in (SOON, SOON - timedelta(days=1)):
        with pytest.raises(keeping.StaleLinks):
            keeping.extend(claim, day, version=1, actor=manager)
    tell(claim, expires_at=None)
    with pytest.raises(keeping.StaleLinks):
        keeping.extend(claim, LATER, version=1, actor=manager)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("", "required"),
        ("soon", "valid date"),
        (str(TODAY - timedelta(days=1)), "This day has passed"),
        (str(SOON), "already. Choose one after it"),
        ("9999-12-31", "within ten years"),
    ],
)
@pytest.mark.parametrize("is_batch", [False, True])
def test_a_last_day_that_is_none_is_refused_at_the_form(
    batch, claim, as_manu, day, says, is_batch
):
    parts = ("extend",) if is_batch else (claim.code, "extend")

    response = as_manu.post(
        url(batch, *parts), {"last_day": day, "before": str(SOON), "version": 1}
    )

    assert response.status_code == 422
    text = response.content.decode()
    assert says in text
    assert f'value="{day}"' in text or not day
    assert batch.claims.get(pk=claim.pk).last_day == SOON


def test_one_link_is_extended_by_its_page(batch, claim, as_manu):
    page = as_manu.get(url(batch, claim.code, "extend"))
    assert page.status_code == 200

    response = as_manu.post(
        url(batch, claim.code, "extend"),
        {"last_day": str(LATER), "before": str(SOON), "version": 1},
    )

    assert response.status_code == 303
    days = [each.last_day for each in batch.claims.order_by("number")]
    assert days == [LATER, SOON, SOON, SOON, SOON]


def test_a_batch_is_extended_with_its_unclaimed_links(batch, manager, as_manu):
    claimed, longer, void, *_rest = batch.claims.order_by("number")
    tell(claimed, **ENDED["claimed"])
    tell(void, **ENDED["void"])
    far = LATER + timedelta(days=1)
    keeping.extend(longer, far, version=1, actor=manager)

    response = as_manu.post(
        url(batch, "extend"), {"last_day": str(LATER), "before": str(SOON)}
    )

    assert response.status_code == 303
    days = [each.last_day for each in batch.claims.order_by("number")]
    assert days == [SOON, far, SOON, LATER, LATER]
    batch.refresh_from_db()
    assert batch.expires_on == LATER  # for links that come later
    entry = last_entry()
    assert (entry.action, entry.data["count"]) == ("links.extended", 2)
    assert entry.data["last_day"] == str(LATER)


def test_a_batch_extended_meanwhile_is_not_extended_again(batch, as_manu, manager):
    keeping.extend_all(batch, LATER, before=SOON, actor=manager)

    response = as_manu.post(
        url(batch, "extend"), {"last_day": str(LATER), "before": str(SOON)}
    )

    assert response.status_code == 409
    batch.refresh_from_db()
    assert batch.expires_on == LATER


def test_without_a_last_day_there_is_nothing_to_extend(program, cvs, manu, as_manu):
    batch = make_batch(program, cvs, manu)
    claim = batch.claims.get(number=1)

    text = as_manu.get(url(batch, "extend")).content.decode()

    assert "nothing to extend" in text
    assert as_manu.get(url(batch, claim.code, "extend")).status_code == 303
    post = {"last_day": str(LATER), "before": str(TODAY)}
    assert as_manu.post(url(batch, "extend"), post).status_code == 409


def test_before_anything_is_bought_the_order_is_edited_instead(
    program, cvs, manu, ada, as_manu
):
    """The last day is part of what an approver decides on."""
    order = made.make_submitted(program, cvs, manu, expires_on=SOON)
    page = as_manu.get(url(order.links, "extend")).content.decode()
    post = {"last_day": str(LATER), "before": str(SOON)}

    assert as_manu.post(url(order.links, "extend"), post).status_code == 409

    assert "editing the order" in page
    assert "/extend/" not in as_manu.get(url(order.links)).content.decode()
    approvals.approve(order, content_hash=order.content_hash, actor=actor_of(ada))


# Reissue


def test_a_reissued_link_is_new_and_the_old_one_dead(claim, manager):
    handing.show(claim, actor=manager)
    now = timezone.now()
    tell(claim, opened_at=now, opens=4, scans=9)
    before, digest = secret_of(claim), claim.token_digest

    keeping.reissue(claim, version=1, actor=manager)

    claim.refresh_from_db()
    after = secret_of(claim)
    assert (after.link, after.answer) == (before.link, before.answer)
    assert after.token != before.token
    assert claim.token_digest != digest
    assert sealing.find(before.token) is None
    assert sealing.find(after.token) == claim
    assert somebody().get(f"/c/{before.token}").status_code == 404
    assert (claim.status, claim.issue, claim.opens, claim.scans) == ("created", 2, 0, 0)
    assert claim.handouts.count() == 1  # of the old link, on record
    assert last_entry().data == {"batch": claim.batch_id, "issue": 2}


def test_links_of_the_providers_cannot_be_reissued(batch, claim, manager, as_manu):
    LinkBatch.objects.update(way="provider")
    claim = Claim.objects.get(pk=claim.pk)

    with pytest.raises(keeping.StaleLinks):
        keeping.reissue(claim, version=1, actor=manager)
    response = as_manu.get(url(batch, claim.code, "reissue"))
    assert response.status_code == 303


def test_a_link_that_is_not_as_ordered_is_not_reissued(claim, manager):
    tell(claim, problem="Another card has the same link.")

    with pytest.raises(keeping.StaleLinks):
        keeping.reissue(claim, version=1, actor=manager)


def test_reissuing_by_its_page_buys_nothing(batch, claim, program, as_manu):
    page = as_manu.get(url(batch, claim.code, "reissue"))
    assert "No card is bought" in page.content.decode()

    response = as_manu.post(url(batch, claim.code, "reissue"), {"version": 1})

    assert response.status_code == 303
    assert batch.order.rewards.count() == 5
    assert batch.order.placements.count() == 0
    shown = as_manu.get(url(batch, claim.code)).content.decode()
    assert "2 times" in shown
    assert secret_of(Claim.objects.get(pk=claim.pk)).token not in shown


# Who may


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.APPROVER, Role.AUDITOR])
def test_only_managers_keep_links(batch, claim, program, role):
    client = factories.signed_in(factories.make_member("Mia", program, role))
    before = list(batch.claims.order_by("pk").values())
    posts = {"version": 1, "typed": "5", "count": 5}
    posts |= {"last_day": str(LATER), "before": str(SOON)}

    for parts in (
        *((claim.code, act) for act in ("void", "extend", "reissue")),
        ("void",),
        ("extend",),
    ):
        assert client.get(url(batch, *parts)).status_code == 404
        assert client.post(url(batch, *parts), posts).status_code == 404

    assert list(batch.claims.order_by("pk").values()) == before


# Races


def at_once(*works):
    """Run these at the same time, each with a connection of its own."""
    start = threading.Barrier(len(works))

    def run(work):
        try:
            start.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["void", "void_all", "reissue"])
def test_a_link_is_never_both_claimed_and_taken_back(program, cvs, manu, act):
    """Whoever comes first, the other finds it so."""
    batch = make_batch(program, cvs, manu, quantity=12)
    claims = list(Claim.objects.select_related("batch__order").filter(batch=batch))
    revealed = []

    def claim_all():
        for claim in reversed(claims):
            with suppress(claiming.Refused):
                claiming.reveal(claim, "holder", actor=VISITOR)
                revealed.append(claim.pk)

    def take_back():
        if act == "void_all":
            with suppress(keeping.StaleLinks):
                keeping.void_all(batch, count=12, actor=actor_of(manu))
            return
        for claim in claims:
            with suppress(keeping.StaleLinks):
                getattr(keeping, act)(claim, version=1, actor=actor_of(manu))

    at_once(claim_all, take_back)

    for claim in batch.claims.all():
        is_taken_back = bool(claim.voided_at) or claim.issue > 1
        assert bool(claim.claimed_at) == (claim.pk in revealed)
        assert not (claim.claimed_at and claim.voided_at)
        assert claim.claimed_at or is_taken_back or act == "void_all"
    assert journal.verify().first_bad is None
