"""The texts people agree to: versions that are added and never edited."""

import hashlib

from django.db import transaction

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs.models import Wording


class AlreadyThere(Exception):
    """This very text is a version already."""

    def __init__(self, wording: Wording) -> None:
        super().__init__(wording.version)
        self.wording = wording


def newest_first() -> list[Wording]:
    return list(Wording.objects.order_by("-pk"))


def current() -> Wording:
    """The version that is shown to people who agree today."""
    return Wording.objects.latest("pk")


@transaction.atomic(durable=True)
def add(text: str, *, actor: Actor) -> Wording:
    """A new version, which is current from now on. Raises AlreadyThere."""
    # Spaces and line ends are not what people agree to.
    plain = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    digest = hashlib.sha256(plain.encode()).hexdigest()
    if existing := Wording.objects.filter(digest=digest).first():
        raise AlreadyThere(existing)
    number = Wording.objects.count() + 1
    wording = Wording.objects.create(version=f"v{number}", text=plain, digest=digest)
    journal.record(
        Action.WORDING_ADDED,
        wording,
        actor=actor,
        data={"version": wording.version, "digest": digest},
    )
    return wording
