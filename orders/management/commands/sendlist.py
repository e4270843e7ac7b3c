"""A list from the shell to draft orders, through the same verbs as in the browser."""

import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from orders.bulk import filling, siblings
from orders.models import Order
from portal import tabular
from portal.accounts.access import access_of
from portal.accounts.models import User
from portal.actors import Actor, ActorKind, Channel
from portal.outbox import dispatch
from portal.outbox.models import Message
from portal.permissions import Permission
from programs.models import Program, Sheet
from programs.sheets import checking, intake, mappings, overview

_PAUSE_SECONDS: Final = 0.2
# What a list waits for; others' messages are the worker's.
_TOPICS: Final = (
    intake.READ_TOPIC,
    mappings.CHECK_TOPIC,
    checking.FINISH_TOPIC,
    filling.TOPIC,
)
# The list needs a person: to say what its columns are, or to correct its rows.
NEEDS_COLUMNS: Final = 3
NOTHING_READY: Final = 4


class Command(BaseCommand):
    help = (
        "Make draft orders of a list: one of what goes to screens, one of what is "
        "posted. Nothing is sent: somebody submits them in the browser. Ends with 1 "
        "for an error, 3 where the columns are not clear and 4 where no row is ready."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--program", required=True, help="its name or id")
        parser.add_argument("--as", required=True, dest="email", help="who does this")
        parser.add_argument(
            "--mapping", nargs="+", action="extend", default=[], metavar="field=Column"
        )
        parser.add_argument(
            "--answer", nargs="+", action="extend", default=[], metavar="field=value"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        program = _program(options["program"])
        actor = _actor(options["email"], program)
        columns, answers = _pairs(options["mapping"]), _pairs(options["answer"])
        sheet = _upload(program, options["file"], actor)
        _wait(sheet, Sheet.Status.READING)
        if sheet.status == Sheet.Status.REFUSED:
            raise CommandError(sheet.problem)
        self._say_columns(sheet, columns, answers, actor)
        _wait(sheet, Sheet.Status.CHECKING)
        self._report(sheet)
        for order in self._orders(sheet, actor):
            self.stdout.write(
                f"{order.po_number}: {siblings.in_words(order)}, {order.estimate}. "
                f"Check and submit it at {_page('orders:order_check', order.reference)}"
            )

    def _say_columns(
        self,
        sheet: Sheet,
        columns: Mapping[str, str],
        answers: Mapping[str, str],
        actor: Actor,
    ) -> None:
        """Take the columns for what was said of them, over what they seem to be."""
        said = {field: _column(sheet, name) for field, name in columns.items()}
        if sheet.status != Sheet.Status.MAPPING:
            self._insist(sheet, said, answers)
            return
        seems = {f: i for f, i in sheet.mapping.items() if i not in said.values()}
        mapping = {f: i for f, i in (seems | said).items() if f not in answers}
        try:
            mappings.accept(
                sheet,
                mapping=mapping,
                answers={**sheet.answers, **answers},
                version=sheet.version,
                actor=actor,
            )
        except mappings.NotAcceptable as refusal:
            for field, reason in refusal.refusals.items():
                self.stderr.write(f"{field}: {reason}")
            text = f"Say more, or go on at {_page('programs:sheet_detail', sheet.pk)}"
            raise CommandError(text, returncode=NEEDS_COLUMNS) from None
        sheet.refresh_from_db()

    def _insist(
        self, sheet: Sheet, said: Mapping[str, int], answers: Mapping[str, str]
    ) -> None:
        """A list whose columns were clear was read by them, and by nothing else."""
        differs = [f for f, i in said.items() if sheet.mapping.get(f) != i]
        differs += [f for f, text in answers.items() if sheet.answers.get(f) != text]
        if differs:
            raise CommandError(
                f"The columns are clear by themselves and say otherwise of "
                f"{', '.join(differs)}. Rename them, or go on at "
                f"{_page('programs:sheet_detail', sheet.pk)}",
                returncode=NEEDS_COLUMNS,
            )

    def _report(self, sheet: Sheet) -> None:
        counts = overview.counts(sheet)
        self.stdout.write(
            f"{counts.all} rows: {counts.ready} ready, {counts.problem} with problems, "
            f"{counts.warning} with warnings."
        )
        for group in overview.groups(sheet):
            self.stdout.write(f"  {group.count} × {group.label}")
        for note in sheet.notes:
            self.stdout.write(f"  {note}")

    def _orders(self, sheet: Sheet, actor: Actor) -> list[Order]:
        try:
            orders = filling.begin(sheet, version=sheet.version, actor=actor)
            sheet.refresh_from_db()
        except filling.NotReady as refusal:
            page = _page("programs:sheet_detail", sheet.pk)
            text = f"{refusal} {page}"
            raise CommandError(text, returncode=NOTHING_READY) from None
        _wait(sheet, Sheet.Status.FILLING)
        for order in orders:
            order.refresh_from_db()
        return orders


def _program(text: str) -> Program:
    found = Program.objects.filter(name=text).first()
    if found is None and text.isascii() and text.isdecimal():
        found = Program.objects.filter(pk=int(text)).first()
    if found is None:
        raise CommandError(f"There is no program “{text}”.")
    return found


def _actor(email: str, program: Program) -> Actor:
    user = User.objects.filter(email__iexact=email).first()
    may = Permission.ORDERS_CREATE
    if user is None or not access_of(user).allows(may, program.pk):
        raise CommandError("This person may not send rewards in this program.")
    return Actor(ActorKind.PERSON, str(user.pk), Channel.COMMAND)


def _upload(program: Program, file: Path, actor: Actor) -> Sheet:
    try:
        with file.open("rb") as content:
            return intake.upload(
                program,
                purpose=Sheet.Purpose.REWARDS,
                name=file.name,
                content=content,
                actor=actor,
                form_key=uuid.uuid4(),
            )
    except (OSError, tabular.Unreadable) as refusal:
        raise CommandError(str(refusal)) from None


def _wait(sheet: Sheet, status: Sheet.Status) -> None:
    """Until the list has left this status, by our own work or a worker's."""
    while sheet.status == status:
        is_under_way = _deliver()
        sheet.refresh_from_db()
        if not is_under_way and sheet.status == status:
            raise CommandError("The list is stuck. See “Stuck messages” in the portal.")


def _deliver() -> bool:
    """One message of lists, here and now; whether any is still to be delivered.

    A moment's patience if a worker has them.
    """
    waiting = Message.objects.filter(
        topic__in=_TOPICS, status=Message.Status.WAITING
    ).order_by("not_before", "pk")
    ids = list(waiting.values_list("pk", flat=True)[:50])
    for pk in ids:
        if message := dispatch.claim_one(pk):
            dispatch.deliver(message)
            return True
    time.sleep(_PAUSE_SECONDS)
    return bool(ids)


def _column(sheet: Sheet, name: str) -> int:
    """The column of this name, or of this number counted from 1."""
    folded = [column.casefold() for column in sheet.columns]
    if name.casefold() in folded:
        return folded.index(name.casefold())
    if name.isascii() and name.isdecimal() and 0 < int(name) <= len(folded):
        return int(name) - 1
    raise CommandError(f"The list has no column “{name}”.")


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = dict(each.partition("=")[::2] for each in given)
    if not all(pairs.values()):
        raise CommandError("Write field=Column, for example email=Mail.")
    return pairs


def _page(name: str, key: object) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[key])}"
