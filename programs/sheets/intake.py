"""Bringing a list: the file goes into the database as it is, and is read later."""

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal import tabular
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue
from programs.models import Program, Sheet, SheetChunk

READ_TOPIC: Final = "programs.read_sheet"
CHUNK: Final = 1024 * 1024
_LONGEST_NAME: Final = 150
# Lists of which nothing came are no reason to warn of the same file.
_CAME_TO_NOTHING: Final = (Sheet.Status.REFUSED, Sheet.Status.CANCELLED)


def upload(
    program: Program,
    *,
    purpose: str,
    name: str,
    content: BinaryIO,
    actor: Actor,
    form_key: uuid.UUID,
) -> Sheet:
    """Keep the file and have it read; the same form with the same file is one list.

    `content` can seek. Raises tabular.Unreadable for an empty file and one that is
    larger than LIST_MOST_MB; whatever else is wrong with it, the list says later.
    """
    size = tabular.size_of(content)
    digest = _digest(content)
    # A form that comes back with another file, by the Back button, brings another list.
    key = uuid.uuid5(form_key, f"{program.pk}:{purpose}:{digest}")
    if existing := Sheet.objects.filter(form_key=key).first():
        return existing
    sheet = Sheet(
        program=program,
        purpose=purpose,
        name=PurePath(name).name[:_LONGEST_NAME] or _("Pasted cells"),
        digest=digest,
        size=size,
        form_key=key,
        created_by_id=actor.person_id,
    )
    try:
        return _keep(sheet, content, actor)
    except IntegrityError:
        # A double click: the other request has brought the list meanwhile.
        if existing := Sheet.objects.filter(form_key=key).first():
            return existing
        raise


@transaction.atomic(durable=True)
def _keep(sheet: Sheet, content: BinaryIO, actor: Actor) -> Sheet:
    sheet.notes = _brought_before(sheet)
    sheet.save(force_insert=True)
    for number, piece in enumerate(_pieces(content)):
        SheetChunk.objects.create(sheet=sheet, number=number, content=piece)
    enqueue(READ_TOPIC, sheet.pk, {"sheet": sheet.pk})
    journal.record(
        Action.SHEET_UPLOADED,
        sheet,
        actor=actor,
        program_id=sheet.program_id,
        data={"purpose": sheet.purpose, "bytes": sheet.size, "digest": sheet.digest},
    )
    return sheet


def _brought_before(sheet: Sheet) -> list[str]:
    """A note for the person if this program was given the very same file already."""
    before = (
        Sheet.objects.filter(program=sheet.program, digest=sheet.digest)
        .exclude(status__in=_CAME_TO_NOTHING)
        .order_by("-id")
        .first()
    )
    if before is None:
        return []
    text = _(
        "The same file was uploaded to this program before, on %(day)s as “%(name)s”. "
        "Rows that were used then are found when this list is checked."
    )
    day = date_format(timezone.localtime(before.created_at), "j M Y")
    return [text % {"day": day, "name": before.name}]


def _digest(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(content):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while piece := content.read(CHUNK):
        yield piece
