"""When the catalogue is read: asked for, by the week, by command."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.actors import WORKER, ActorKind, Channel
from portal.audit.models import Entry
from portal.outbox import dispatch, schedule
from portal.outbox.models import Message
from portal.provider import connection
from programs import catalogue, freshness
from programs.models import Product


def test_asking_has_it_read_by_the_worker_in_the_asker_s_name(sandbox, manager):
    catalogue.request_refresh(actor=manager)
    catalogue.request_refresh(actor=manager)
    assert not Product.objects.exists()

    dispatch.drain()

    assert Product.objects.count() > 25
    act = Entry.objects.get(action="catalogue.refreshed")
    assert (act.actor_kind, act.actor_id) == ("person", manager.id)
    assert act.channel == "worker"


def test_a_provider_that_is_down_is_asked_again_later(synced, manager):
    synced.settings(down="503", products={"CVS": None})
    catalogue.request_refresh(actor=manager)

    dispatch.drain()

    shown = freshness.state()
    assert "unavailable (503)" in shown.problem
    assert shown.retry_at is not None
    assert Product.objects.get(provider_id="CVS").retired_at is None

    synced.settings(down="no")
    catalogue.request_refresh(actor=manager)
    assert freshness.state().is_reading
    dispatch.drain()

    assert freshness.state().problem == ""
    assert Product.objects.get(provider_id="CVS").retired_at is not None


def test_refused_credentials_wait_for_a_person(synced, manager, settings):
    settings.PROVIDER_ACCESS_TOKEN = "revoked"
    catalogue.request_refresh(actor=manager)

    dispatch.drain()

    shown = freshness.state()
    assert Message.objects.get().status == Message.Status.STUCK
    assert "Check its address and our credentials" in shown.problem
    assert shown.retry_at is None


def test_an_old_failure_is_forgotten_after_a_later_reading(synced, manager, settings):
    settings.PROVIDER_ACCESS_TOKEN = "revoked"
    catalogue.request_refresh(actor=manager)
    dispatch.drain()
    settings.PROVIDER_ACCESS_TOKEN = synced.access_token

    catalogue.apply(catalogue.snapshot(connection.client()), actor=WORKER)

    assert freshness.state().problem == ""


def test_it_is_read_every_week_without_asking(sandbox, db, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    schedule.tick()
    schedule.tick()
    rounds = Message.objects.filter(topic=catalogue.REFRESH_TOPIC)
    assert rounds.count() == 1

    time_machine.move_to(start + timedelta(weeks=1), tick=False)
    schedule.tick()

    assert rounds.count() == 2


def test_the_command_reads_at_once(sandbox, db, capsys):
    call_command("refreshcatalogue")

    assert "added" in capsys.readouterr().out
    act = Entry.objects.get(action="catalogue.refreshed")
    assert act.actor_kind == ActorKind.COMMAND
    assert act.channel == Channel.COMMAND


def test_the_command_says_when_the_provider_is_down(synced):
    synced.settings(down="closed")

    with pytest.raises(CommandError, match="gives no catalogue"):
        call_command("refreshcatalogue")


def test_whoever_else_acts_is_named_as_the_worker(sandbox, db):
    catalogue.request_refresh(actor=WORKER)

    dispatch.drain()

    assert Entry.objects.get(action="catalogue.refreshed").actor_kind == "system"
