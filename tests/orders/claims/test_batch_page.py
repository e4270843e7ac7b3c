"""The page of a batch and of one link: who sees what, and what nobody sees."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from orders.claims import handing, keeping
from orders.models import Claim, LinkBatch, Order
from orders.states import OrderStatus
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.permissions import Role
from programs import merging
from tests import factories
from tests.orders.claims.arrived import claims_of, make_approved
from tests.orders.claims.made import make_batch, make_draft, secret_of
from tests.orders.claims.visiting import path_of, somebody
from tests.tables import changed, contents


@pytest.fixture
def batch(program, cvs, manu):
    return make_batch(program, cvs, manu)


@pytest.fixture
def rey(program):
    return factories.make_recipient("Rey Marsh", program, email="rey@example.com")


def url(batch, *parts):
    return "/" + "/".join(["links", batch.order.reference, *map(str, parts)]) + "/"


def find(client, batch, text):
    return client.post(url(batch, "find"), {"find": text})


def shown(page):
    """The numbers of the links on the page."""
    return [row.claim.number for row in page.context["rows"]]


# What it shows


def test_which_of_five_links_were_opened_and_claimed(
    program, cvs, manu, ada, sandbox, worker, at_once, as_manu
):
    batch = make_approved(program, cvs, manu, ada)
    worker.run(seconds=60)
    everything = batch.claims.all()
    handing.hand_out(batch, everything, kind="csv", actor=actor_of(manu))
    first, second, third, *_rest = claims_of(batch)
    visitor = somebody()
    for claim in (first, second):
        assert visitor.get(path_of(claim)).status_code == 200
    assert visitor.post(path_of(first)).status_code == 200
    secret = secret_of(third)
    sandbox.claim(secret.link, secret.answer)
    worker.run(seconds=3600)

    page = as_manu.get(url(batch))

    words = {
        row.claim.number: str(row.claim.state.label) for row in page.context["rows"]
    }
    assert words == {
        1: "Claimed",
        2: "Opened",
        3: "Claimed",
        4: "Handed out",
        5: "Handed out",
    }
    counts = {stage.label: stage.count for stage in page.context["stages"]}
    assert counts == {
        "Created": 5,
        "Handed out": 5,
        "Opened": 2,
        "Claimed": 2,
        "Redeemed at the provider": 1,
    }


def test_no_link_stands_on_any_page_that_was_not_asked_for_it(batch, as_manu, manu):
    handing.show(batch.claims.get(number=1), actor=actor_of(manu))
    claims = claims_of(batch)
    parts = ["", "void", *[claim.code for claim in claims]]
    parts += [f"{claims[0].code}/{act}" for act in ("void", "reissue", "extend")]

    pages = [as_manu.get(url(batch, part) if part else url(batch)) for part in parts]

    text = "".join(page.content.decode() for page in pages)
    for claim in claims:
        secret = secret_of(claim)
        for word in (secret.link, secret.answer, secret.token, claim.token_digest):
            assert word not in text
    assert "••••" in text


def test_visits_of_scanners_are_told_apart(batch, as_manu):
    batch.claims.filter(number=1).update(scans=14)

    text = as_manu.get(url(batch)).content.decode()

    assert "14 visits by mail scanners and previews, not counted above." in text


def test_the_last_handout_stands_beside_each_link(batch, as_manu, manu):
    me = actor_of(manu)
    handing.hand_out(batch, batch.claims.all(), kind="csv", actor=me)
    handing.hand_out(batch, batch.claims.filter(number__lte=2), kind="qr", actor=me)
    keeping.reissue(batch.claims.get(number=2), version=1, actor=me)

    text = as_manu.get(url(batch)).content.decode()

    # The second is another link by now, and nobody has that.
    assert (text.count("QR, <time"), text.count("CSV, <time")) == (1, 3)


def test_the_names_of_people_are_for_who_may_see_them(
    batch, rey, as_manu, as_ada, as_audra
):
    batch.claims.filter(number=1).update(recipient=rey)
    code = batch.claims.get(number=1).code

    for client, may_see in ((as_manu, True), (as_audra, True), (as_ada, False)):
        for page in (client.get(url(batch)), client.get(url(batch, code))):
            text = page.content.decode()
            assert ("Rey Marsh" in text) is may_see
            assert ("Assigned" in text) or may_see
    assert shown(as_ada.get(f"{url(batch)}?q=rey")) == []
    assert shown(as_manu.get(f"{url(batch)}?q=rey")) == [1]


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        (Role.MANAGER, ["Export", "QR sheet", "Assign", "Void unclaimed"]),
        (Role.APPROVER, []),
        (Role.AUDITOR, []),
        (Role.ADMINISTRATOR, []),
    ],
)
def test_buttons_are_for_who_may_press_them(batch, program, role, acts):
    client = factories.signed_in(factories.make_member("Mia", program, role))
    code = batch.claims.get(number=1).code

    page, one = client.get(url(batch)), client.get(url(batch, code))

    assert [act["label"] for act in page.context["acts"]] == acts
    expected = ["Show the link", "Assign", "Reissue", "Void"] if acts else []
    assert [act["label"] for act in one.context["acts"]] == expected


def test_buttons_are_for_what_can_be_done(batch, program, as_manu, rey):
    now = timezone.now()
    program.mails_links = True
    program.save()
    LinkBatch.objects.update(expires_on=timezone.localdate())
    batch.claims.update(recipient=rey, expires_at=now)
    code = batch.claims.get(number=1).code

    def labels(*parts):
        return [act["label"] for act in as_manu.get(url(batch, *parts)).context["acts"]]

    assert labels()[3:] == ["Mail", "Extend", "Void unclaimed"]
    assert labels(code)[2:] == ["Mail", "Extend", "Reissue", "Void"]
    batch.claims.update(claimed_at=now, holder_digest="x")
    assert labels() == ["Export", "QR sheet", "Mail", "Extend"]
    assert labels(code) == ["Show the link"]
    batch.claims.update(problem="Repeated.")
    assert labels(code) == []


def test_a_link_tells_how_it_left_and_what_happened(batch, manu, as_manu, clock):
    me, claim = actor_of(manu), batch.claims.get(number=1)
    clock.shift(timedelta(minutes=1))
    handing.hand_out(batch, batch.claims.all(), kind="csv", actor=me)
    clock.shift(timedelta(minutes=1))
    handing.show(claim, actor=me)
    clock.shift(timedelta(minutes=1))
    keeping.void(claim, version=1, actor=me)

    page = as_manu.get(url(batch, claim.code))

    assert [event.title for event in page.context["events"]] == [
        "Claim voided",
        "Claim shown to staff",
        "Left as CSV",
        "Delivered by the provider",
    ]
    text = page.content.decode()
    assert "Copy · Manu" in text
    assert "CSV · Manu" in text
    assert "with 5 links" in text


def test_the_journal_names_links_and_batches(batch, manu, as_audra):
    me = actor_of(manu)
    keeping.void(batch.claims.get(number=1), version=1, actor=me)
    keeping.void_all(batch, count=4, actor=me)
    code = batch.claims.get(number=1).code

    text = as_audra.get("/audit/").content.decode()

    assert f'href="{url(batch, code)}"' in text
    assert f'href="{url(batch)}"' in text
    assert "Spring fair" in text


# While it fills


def test_a_draft_says_that_nothing_is_there_yet(program, cvs, manu, as_manu):
    order = make_draft(program, cvs, manu)

    page = as_manu.get(f"/links/{order.reference}/")

    text = page.content.decode()
    assert "No links yet" in text
    assert "<progress" not in text
    assert page.context["acts"] == []


def test_progress_is_shown_until_all_links_are_there(batch, as_manu):
    Order.objects.update(status=OrderStatus.PLACING)
    batch.claims.filter(number__gt=2).delete()
    page = as_manu.get(url(batch))
    text = page.content.decode()
    assert "2 of 5 links are here." in text
    assert '<meta http-equiv="refresh"' in text
    seen = page.context["seen"]

    def poll(seen):
        return as_manu.get(url(batch), {"seen": seen}, HTTP_HX_REQUEST="true")

    assert poll(seen).status_code == 204
    part = poll("otherwise").content.decode()
    assert part.strip().startswith('<div id="batch"')
    assert "hx-get" in part

    Order.objects.update(status=OrderStatus.COMPLETED)
    done = poll("otherwise")
    assert done.headers["HX-Refresh"] == "true"
    assert "<progress" not in as_manu.get(url(batch)).content.decode()


# Finding


def test_filters_leave_what_they_name(batch, rey, as_manu, manu):
    me = actor_of(manu)
    handing.hand_out(batch, batch.claims.filter(number=4), kind="csv", actor=me)
    printed = handing.hand_out(
        batch, batch.claims.filter(number__in=[4, 5]), kind="qr", actor=me
    )
    batch.claims.filter(number=2).update(recipient=rey)
    code = batch.claims.get(number=3).code

    def found(**query):
        return shown(as_manu.get(url(batch), query))

    assert found() == [1, 2, 3, 4, 5]
    assert found(status="handed out") == [4, 5]
    assert found(handout=printed.pk) == [4, 5]
    assert found(given="assigned") == [2]
    assert found(given="anonymous") == [1, 3, 4, 5]
    assert found(q=code.lower()) == [3]
    assert found(q="4") == [4]
    assert found(q="rey marsh") == found(q="rey@example.com") == [2]
    assert found(q="rey", status="created") == [2]
    assert found(q="nothing") == found(handout=printed.pk + 1000) == []
    assert found(status="nonsense", handout="x") == [1, 2, 3, 4, 5]


def test_a_merged_persons_link_is_theirs_whose_record_lives(
    batch, rey, program, manager, as_manu, django_assert_max_num_queries
):
    living = factories.make_recipient("Liv Stone", program, email="liv@example.com")
    batch.claims.update(recipient=rey)
    merging.merge(living, rey, take=merging.Take(), actor=manager)
    code = batch.claims.get(number=1).code

    with django_assert_max_num_queries(12):
        found = as_manu.get(url(batch), {"q": "liv stone"})

    assert shown(found) == [1, 2, 3, 4, 5]
    parts = [(), (code,), (code, "assign"), (code, "show")]
    for page in (as_manu.get(url(batch, *part)) for part in parts):
        assert "Liv Stone" in page.text
        assert "Rey Marsh" not in page.text
        assert f"/recipients/{rey.pk}/" not in page.text


def test_nothing_matching_is_not_nothing_there(batch, as_manu):
    text = as_manu.get(f"{url(batch)}?q=nothing").content.decode()

    assert "No link matches" in text
    assert "Clear all filters" in text


def test_filtering_swaps_the_list_alone(batch, as_manu):
    page = as_manu.get(f"{url(batch)}?status=void", HTTP_HX_REQUEST="true")

    text = page.content.decode().strip()
    assert text.startswith('<div id="rows"')
    assert 'id="live" hx-swap-oob' in text


def test_words_are_looked_for_in_the_address(batch, as_manu):
    response = find(as_manu, batch, " rey marsh ")

    assert response.status_code == 303
    assert response.headers["Location"] == f"{url(batch)}?q=rey+marsh"


def ours(claim):
    return secret_of(claim).portal_url


def test_a_pasted_link_leads_to_its_page_and_stands_in_no_address(batch, as_manu):
    claim = batch.claims.get(number=3)
    secret = secret_of(claim)
    pasted = [
        secret.portal_url,
        f"  {secret.portal_url}/ ",
        f"{secret.portal_url}?utm_source=mail",
        secret.token,
        secret.link,
        f"{secret.link}?claim_token={secret.answer}",
    ]

    for text in pasted:
        response = find(as_manu, batch, text)
        assert response.status_code == 303
        assert response.headers["Location"] == url(batch, claim.code)


@pytest.mark.parametrize(
    "text",
    [
        "https://rewards.example.com/c/unknown",
        "https://cards.example.com/claims/1",
        "x" * 40,
        "/c/x",
        "https://x/" + "y" * 3000,
    ],
)
def test_a_link_that_is_none_of_ours_is_not_repeated_anywhere(batch, as_manu, text):
    response = find(as_manu, batch, text)

    assert response.status_code == 303
    assert response.headers["Location"] == url(batch)
    page = as_manu.get(url(batch)).content.decode()
    assert "No link you may see is this one" in page
    assert text not in page


def test_a_link_of_another_batch_is_found_for_who_may_see_it(
    batch, program, cvs, manu, as_manu, adam
):
    other = make_batch(program, cvs, manu, label="Autumn fair")
    elsewhere = factories.make_program("Winter", delivery_types=["Links"])
    mia = factories.make_member("Mia", elsewhere, Role.MANAGER)
    hidden = make_batch(elsewhere, cvs, mia)
    claim = other.claims.get(number=1)

    response = find(as_manu, batch, ours(claim))
    assert response.headers["Location"] == url(other, claim.code)

    response = find(as_manu, batch, ours(hidden.claims.get(number=1)))
    assert response.headers["Location"] == url(batch)


def test_a_reissued_link_is_found_by_its_new_address_alone(batch, as_manu, manager):
    claim = batch.claims.get(number=1)
    before = ours(claim)
    keeping.reissue(claim, version=1, actor=manager)
    after = ours(batch.claims.get(number=1))

    assert find(as_manu, batch, before).headers["Location"] == url(batch)
    found = find(as_manu, batch, after).headers["Location"]
    assert found == url(batch, claim.code)


def test_looking_for_a_link_changes_nothing(batch, as_manu):
    as_manu.get(url(batch))
    before = contents()

    find(as_manu, batch, ours(batch.claims.get(number=1)))

    assert changed(before) == set()


def test_a_pasted_link_does_not_wait_in_the_session(batch, as_manu):
    as_manu.get(url(batch))  # so that the browser is known
    as_manu.session.flush()
    link = ours(batch.claims.get(number=1))

    response = find(as_manu, batch, link)

    assert response.status_code == 302
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert any("interrupted" in each for each in kept)
    assert secret_of(batch.claims.get(number=1)).token not in str(kept)


def test_outsiders_find_no_batch(batch, as_otto):
    claim = batch.claims.get(number=1)

    assert as_otto.get(url(batch)).status_code == 404
    assert as_otto.get(url(batch, claim.code)).status_code == 404
    assert find(as_otto, batch, ours(claim)).status_code == 404


def test_a_link_has_its_page_in_its_own_batch_alone(batch, program, cvs, manu, as_manu):
    other = make_batch(program, cvs, manu)

    page = as_manu.get(url(other, batch.claims.get(number=1).code))

    assert page.status_code == 404
    assert Entry.objects.filter(subject_type="claim").count() == 0
    assert Claim.objects.count() == 10
