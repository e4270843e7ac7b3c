"""Keys: what is kept of a secret, and which secrets work when."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from portal import crypto
from portal.audit.models import Entry
from programs import keys
from programs.models import ApiKey, KeySecret
from tests.programs.keys.made import make_key, terms

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _march(time_machine):
    time_machine.move_to(datetime(2026, 3, 1, 15, tzinfo=UTC))


def find(secret: str) -> ApiKey | None:
    return keys.with_secret(ApiKey.objects.all(), secret)


def acts() -> list[str]:
    return list(Entry.objects.order_by("sequence").values_list("action", flat=True))


def rotate(key, manager, **facts):
    return keys.rotate(
        key,
        **{
            "overlap": timedelta(days=1),
            "expires_at": None,
            "version": key.version,
            **facts,
        },
        actor=manager,
    )


@pytest.mark.parametrize("mode", ["live", "test"])
def test_of_a_new_key_only_the_digest_is_kept(program, manu, mode):
    key, secret = make_key(program, manu, mode=mode)

    stored = key.secrets.get()
    assert re.fullmatch(rf"lrl_{mode}_[0-9a-f]{{48}}", secret)
    assert stored.digest == crypto.digest(secret, purpose="api-key")
    assert stored.last_four == secret[-4:]
    assert key.created_by == manu
    assert find(secret) == key
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.program_id) == ("key.created", program.pk)
    assert entry.data == {"mode": mode, "scopes": ["events:write"]}
    assert secret not in str(entry.data) + str(list(KeySecret.objects.values()))


def test_no_two_secrets_are_the_same(program, manu):
    assert len({make_key(program, manu)[1] for _ in range(5)}) == 5


def test_editing_keeps_the_secret(program, manu, manager):
    key, secret = make_key(program, manu)

    edited = keys.edit(
        key,
        terms(name="CRM", networks=("203.0.113.0/24",), expires_at=key.expires_at),
        version=1,
        actor=manager,
    )

    assert (edited.name, edited.version) == ("CRM", 2)
    assert find(secret) == key
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.data) == (
        "key.edited",
        {"fields": ["name", "networks"]},
    )


def test_the_same_again_is_no_act(program, manu, manager):
    key, _secret = make_key(program, manu)
    before = acts()

    keys.edit(key, keys.terms_of(key), version=1, actor=manager)

    key.refresh_from_db()
    assert key.version == 1
    assert acts() == before


def test_two_people_do_not_change_one_key_at_once(program, manu, manager):
    key, _secret = make_key(program, manu)
    keys.edit(key, terms(name="First"), version=1, actor=manager)

    with pytest.raises(keys.Stale):
        keys.edit(key, terms(name="Second"), version=1, actor=manager)
    with pytest.raises(keys.Stale):
        rotate(key, manager, version=1)
    key.refresh_from_db()
    assert key.name == "First"
    assert key.secrets.count() == 1


def test_the_old_secret_works_beside_the_new_one_for_a_while(
    program, manu, manager, time_machine
):
    key, old = make_key(program, manu)

    rotated, new = rotate(key, manager)

    assert rotated.expires_at is None
    assert find(old) == find(new) == key
    time_machine.shift(timedelta(hours=23, minutes=59))
    assert find(old) == key
    time_machine.shift(timedelta(minutes=2))
    assert find(old) is None
    assert find(new) == key
    assert acts()[-1] == "key.rotated"


def test_without_an_overlap_the_old_secret_stops_at_once(program, manu, manager):
    key, old = make_key(program, manu)

    _key, new = rotate(key, manager, overlap=timedelta(0))

    assert find(old) is None
    assert find(new) == key


def test_a_second_rotation_gives_no_secret_a_longer_life(
    program, manu, manager, time_machine
):
    key, first = make_key(program, manu)
    key, second = rotate(key, manager, overlap=timedelta(hours=1))

    _key, third = rotate(key, manager, overlap=timedelta(days=7))

    time_machine.shift(timedelta(hours=2))
    assert [find(each) for each in (first, second, third)] == [None, key, key]


def test_rotating_renews_an_expired_key_but_not_its_old_secret(
    program, manu, manager, time_machine
):
    key, old = make_key(program, manu, expires_at=timezone.now() + timedelta(days=1))
    time_machine.shift(timedelta(days=2))
    assert find(old) is None

    _key, new = rotate(key, manager, expires_at=timezone.now() + timedelta(days=365))

    assert find(new) == key
    assert find(old) is None


def test_a_revoked_key_works_no_more_for_good(program, manu, manager):
    key, secret = make_key(program, manu)

    revoked = keys.revoke(key, actor=manager)

    assert find(secret) is None
    with pytest.raises(keys.Revoked):
        rotate(revoked, manager)
    with pytest.raises(keys.Revoked):
        keys.edit(revoked, terms(), version=revoked.version, actor=manager)
    before = acts()
    keys.revoke(key, actor=manager)
    assert acts() == before
    assert before[-1] == "key.revoked"


@pytest.mark.parametrize("secret", ["", "lrl_test_", "nonsense", "x" * 5000])
def test_what_is_no_secret_finds_no_key(program, manu, secret):
    make_key(program, manu)

    assert find(secret) is None
