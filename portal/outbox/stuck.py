"""Messages that wait for a person: try again, or give up and say why."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.handlers import tell_given_up
from portal.outbox.messages import enqueue
from portal.outbox.models import Message


class NotStuck(Exception):
    """The message went on meanwhile; the text says so, to the person who asked."""


def count() -> int:
    """How many messages wait for a person."""
    return Message.objects.stuck().count()


@transaction.atomic(durable=True)
def retry(message: Message, *, actor: Actor) -> Message:
    """Have the handler called again, at once, its failures forgotten.

    Raises NotStuck.
    """
    locked = _lock(message)
    key = locked.key.removeprefix(f"{locked.topic}:")
    enqueue(locked.topic, key, locked.payload)
    journal.record(
        Action.MESSAGE_RETRIED,
        locked,
        actor=actor,
        data={"topic": locked.topic, "attempts": locked.attempts},
    )
    return locked


@transaction.atomic(durable=True)
def give_up(message: Message, *, reason: str, actor: Actor) -> Message:
    """Never try this message again. The reason stays with it. Raises NotStuck."""
    # First, because business rows are locked before messages everywhere.
    tell_given_up(message.topic, message.payload, reason)
    locked = _lock(message)
    locked.status = Message.Status.ABANDONED
    locked.reason = reason
    locked.save(update_fields=["status", "reason"])
    journal.record(
        Action.MESSAGE_ABANDONED,
        locked,
        actor=actor,
        data={"topic": locked.topic, "attempts": locked.attempts},
    )
    return locked


def _lock(message: Message) -> Message:
    locked = Message.objects.select_for_update().get(pk=message.pk)
    if locked.status != Message.Status.STUCK:
        raise NotStuck(_("This message is not stuck any more. Nothing was done."))
    return locked
