"""Machines open links before people do: they are counted apart and get nothing.

CLAIM_SCANS makes them come as often as one likes.
"""

import os
from itertools import cycle, islice

import pytest
from django.core.cache import cache
from django.test import Client

from orders.claims import keeping, visits
from orders.models import Claim
from orders.states import ClaimStatus
from portal.audit.models import Entry
from tests.orders.claims import made
from tests.orders.claims.visiting import (
    LANGUAGES,
    MACHINES,
    PEOPLE,
    path_of,
    somebody,
)
from tests.tables import changed, contents

SCANS = int(os.environ.get("CLAIM_SCANS", "240"))


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.CLAIM_RATE_ADDRESS = settings.CLAIM_RATE_TOKEN = 10**6
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def batch(program, cvs, manu):
    return made.make_batch(program, cvs, manu, quantity=3)


@pytest.fixture
def link(batch):
    return batch.claims.earliest("pk")


def counted(link):
    return Claim.objects.values_list("opens", "scans").get(pk=link.pk)


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_people_are_counted_as_people(who, link):
    browser = Client(headers={"User-Agent": PEOPLE[who], "Accept-Language": LANGUAGES})

    browser.get(path_of(link))

    assert counted(link) == (1, 0)
    assert "claim" in browser.cookies
    link.refresh_from_db()
    assert link.status == ClaimStatus.OPENED


@pytest.mark.parametrize("who", sorted(MACHINES))
def test_machines_are_counted_apart_and_get_no_cookie(who, link):
    visitor = Client(headers=MACHINES[who])

    answer = visitor.get(path_of(link))

    assert answer.status_code == 200
    assert counted(link) == (0, 1)
    assert not answer.cookies
    link.refresh_from_db()
    assert (link.opened_at, link.status) == (None, ClaimStatus.CREATED)


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_asking_for_nothing_but_the_head_is_a_machine(who):
    headers = {"User-Agent": PEOPLE[who], "Accept-Language": LANGUAGES}

    assert visits.is_scan("HEAD", headers)
    assert not visits.is_scan("GET", headers)


def test_the_first_time_a_person_looked_is_kept(time_machine, link):
    time_machine.move_to("2026-12-03T19:05:00Z", tick=False)
    somebody().get(path_of(link))
    link.refresh_from_db()
    first = link.opened_at

    time_machine.shift(3600)
    somebody().get(path_of(link))

    link.refresh_from_db()
    assert (link.opens, link.opened_at) == (2, first)


def test_links_that_are_over_are_not_counted(link):
    holder = somebody()
    holder.get(path_of(link))
    holder.post(path_of(link))

    for visitor in (holder, somebody(), Client()):
        visitor.get(path_of(link))

    assert counted(link) == (1, 0)


def test_a_card_claimed_without_a_look_was_looked_at(link):
    somebody().post(path_of(link))

    link.refresh_from_db()
    assert link.opened_at == link.claimed_at


def test_however_many_machines_come_nothing_is_claimed(batch):
    paths = {link: path_of(link) for link in batch.claims.order_by("pk")}
    machines = [Client(headers=headers) for headers in MACHINES.values()]
    before, entries = contents(), Entry.objects.count()
    turns = cycle(
        (getattr(machine, method), path, made.secret_of(link))
        for machine in machines
        for method in ("get", "head")
        for link, path in paths.items()
    )

    for visit, path, secret in islice(turns, SCANS):
        answer = visit(path)
        assert answer.status_code == 200
        assert secret.answer.encode() not in answer.content
        assert not answer.cookies

    assert changed(before) == set()
    assert Entry.objects.count() == entries
    claims = Claim.objects.filter(batch=batch)
    assert sum(claim.scans for claim in claims) == SCANS
    assert {(claim.status, claim.opens) for claim in claims} == {("created", 0)}
    # And a person still gets the card.
    link, path = next(iter(paths.items()))
    assert made.secret_of(link).answer in somebody().post(path).content.decode()


def test_a_visit_that_crosses_a_reissue_does_not_open_the_new_link(batch, manager):
    shown = batch.claims.earliest("pk")
    keeping.reissue(shown, version=shown.version, actor=manager)

    visits.count_open(shown)
    visits.count_scan(shown)

    issued = Claim.objects.get(pk=shown.pk)
    assert (issued.status, issued.opens, issued.scans) == ("created", 0, 0)
