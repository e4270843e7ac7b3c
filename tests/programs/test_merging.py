"""Two records of one person become one."""

import pytest
from django.urls import reverse

from portal.audit.models import Entry
from portal.permissions import Role
from programs import consent, merging, preferences, recipients
from programs.merging import Side, Take
from programs.models import Membership, Recipient
from tests import factories


@pytest.fixture
def autumn(program, manu):
    """Manu's too: merging needs every program the two are in."""
    autumn = factories.make_program("Autumn")
    Membership.objects.create(program=autumn, user=manu, role=Role.MANAGER)
    return autumn


@pytest.fixture
def dana(program, manager):
    return recipients.add(
        program,
        name="Dana Rivera",
        email="dana@example.com",
        phone="+12025550123",
        actor=manager,
    )


@pytest.fixture
def twin(program, autumn, manager):
    twin = recipients.add(
        program, name="D. Rivera", email="d@example.org", phone=None, actor=manager
    )
    twin.programs.add(autumn)
    return twin


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        (Take(), ("Dana Rivera", "dana@example.com", "+12025550123")),
        (Take(name=Side.OTHER), ("D. Rivera", "dana@example.com", "+12025550123")),
        (Take(email=Side.OTHER), ("Dana Rivera", "d@example.org", "+12025550123")),
        (Take(phone=Side.OTHER), ("Dana Rivera", "dana@example.com", "+12025550123")),
    ],
)
def test_a_merge_takes_what_was_chosen_and_never_nothing(
    manager, dana, twin, take, expected
):
    merged = merging.merge(dana, twin, take=take, actor=manager)

    merged.refresh_from_db()
    assert (merged.name, merged.email, merged.phone) == expected


def test_a_merge_leaves_one_living_record_in_all_address_books(
    program, autumn, manager, dana, twin
):
    merging.merge(dana, twin, take=Take(), actor=manager)

    twin.refresh_from_db()
    assert (twin.merged_into, twin.email, twin.phone) == (dana, None, None)
    assert set(dana.programs.all()) == {program, autumn}
    assert not recipients.search(Recipient.objects.all(), "d@example.org").exists()
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.subject_id) == ("recipients.merged", str(dana.pk))
    assert entry.data == {"merged": twin.pk, "fields": [], "stopped": []}


def test_merges_of_merges_lead_straight_to_the_one_that_lives(
    program, manager, dana, twin
):
    third = recipients.add(
        program, name="Dana", email="third@example.com", phone=None, actor=manager
    )
    merging.merge(twin, third, take=Take(), actor=manager)
    twin.refresh_from_db()

    merging.merge(dana, twin, take=Take(), actor=manager)

    third.refresh_from_db()
    assert third.merged_into == dana
    assert set(recipients.family_ids(third)) == {dana.pk, twin.pk, third.pk}
    assert recipients.family_ids(dana) == recipients.family_ids(third)


def test_links_from_before_a_merge_lead_to_the_one_that_lives(manager, dana, twin):
    token = preferences.page_url(twin).rsplit("/", 1)[1]

    merging.merge(dana, twin, take=Take(), actor=manager)

    assert preferences.holder(token) == dana


def test_what_either_stopped_is_written_again_for_the_survivor(manager, dana, twin):
    consent.withdraw(
        twin,
        consent.Channel.EMAIL,
        source=consent.Source.SPOKEN,
        actor=manager,
    )

    merging.merge(dana, twin, take=Take(), actor=manager)

    carried = dana.consent_entries.filter(source=consent.Source.MERGE)
    assert {(e.channel, e.purpose, e.decision) for e in carried} == {
        ("email", "rewards", "withdrawn"),
        ("email", "marketing", "withdrawn"),
    }


def test_a_record_that_changed_meanwhile_is_not_merged(manager, dana, twin):
    seen = Recipient.objects.get(pk=twin.pk)
    recipients.edit(
        twin,
        name="Somebody else",
        email=twin.email,
        phone=None,
        version=twin.version,
        actor=manager,
    )

    with pytest.raises(recipients.Stale):
        merging.merge(dana, seen, take=Take(), actor=manager)


def test_a_record_is_not_merged_twice_nor_with_itself(manager, dana, twin):
    merging.merge(dana, twin, take=Take(), actor=manager)
    twin.refresh_from_db()
    dana.refresh_from_db()

    with pytest.raises(recipients.Stale):
        merging.merge(dana, twin, take=Take(), actor=manager)
    with pytest.raises(merging.SameRecord):
        merging.merge(dana, dana, take=Take(), actor=manager)


def test_lookalikes_share_a_name_or_the_end_of_a_number(program, manager, dana):
    def add(name, email=None, phone=None):
        return recipients.add(
            program, name=name, email=email, phone=phone, actor=manager
        )

    same_name = add("DANA RIVERA", email="dr@example.org")
    same_number = add("Otherwise", phone="+442025550123")
    add("Sam", email="sam@example.com", phone="+12025550188")

    found = merging.lookalikes(dana, Recipient.objects.all())

    assert set(found) == {same_name, same_number}


# Pages


def merge_url(keep, other):
    return reverse("programs:recipient_merge", args=[keep.pk, other.pk])


def form_of(keep, other, **chosen):
    return {"keep_version": keep.version, "other_version": other.version, **chosen}


def test_recipient_merge_pick_offers_lookalikes_and_finds_others(as_manu, dana, twin):
    page = reverse("programs:recipient_merge_pick", args=[dana.pk])

    assert "Nobody looks alike" in as_manu.get(page).content.decode()
    assert merge_url(dana, twin) in as_manu.get(page, {"q": "org"}).content.decode()
    assert merge_url(dana, dana) not in as_manu.get(page, {"q": "d"}).content.decode()


def test_recipient_merge_shows_both_and_asks_only_what_differs(as_manu, dana, twin):
    body = as_manu.get(merge_url(dana, twin)).content.decode()

    assert "dana@example.com" in body
    assert "d@example.org" in body
    assert 'name="email"' in body
    assert 'name="phone"' not in body


def test_recipient_merge_merges_and_the_old_address_leads_on(as_manu, dana, twin):
    answer = as_manu.post(
        merge_url(dana, twin), form_of(dana, twin, name="keep", email="other")
    )

    dana.refresh_from_db()
    assert (answer.status_code, dana.email) == (303, "d@example.org")
    old = as_manu.get(reverse("programs:recipient_detail", args=[twin.pk]))
    assert old["Location"] == reverse("programs:recipient_detail", args=[dana.pk])


def test_recipient_merge_of_what_changed_meanwhile_is_409(as_manu, manager, dana, twin):
    stale = form_of(dana, twin, name="keep", email="keep")
    recipients.edit(
        dana,
        name="Dana R.",
        email=dana.email,
        phone=dana.phone,
        version=dana.version,
        actor=manager,
    )

    assert as_manu.post(merge_url(dana, twin), stale).status_code == 409
    twin.refresh_from_db()
    assert twin.merged_into is None


def test_recipient_merge_needs_its_choices(as_manu, dana, twin):
    answer = as_manu.post(merge_url(dana, twin), form_of(dana, twin))

    assert answer.status_code == 422
    twin.refresh_from_db()
    assert twin.merged_into is None


def test_recipient_merge_with_itself_or_a_stranger_is_not_there(as_manu, manager, dana):
    elsewhere = factories.make_program("Winter")
    hidden = recipients.add(
        elsewhere, name="Canary", email="canary@example.com", phone=None, actor=manager
    )

    for other in (dana, hidden):
        for answer in (
            as_manu.get(merge_url(dana, other)),
            as_manu.post(merge_url(dana, other), form_of(dana, other)),
        ):
            assert answer.status_code == 404
            assert "anary" not in answer.content.decode()
