"""What the columns of a list mean: proposed, accepted, remembered for the next time."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import WORKER, Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue_all
from programs.models import Program, RememberedMapping, Sheet, ShippingMethod
from programs.sheets import matching, offers, postal
from programs.sheets.fields import ANSWERABLE, OF_POST, Field, asked
from programs.sheets.locking import lock
from programs.sheets.proposals import BEFORE, REMEMBERED, Proposal

CHECK_TOPIC: Final = "programs.check_block"

# True of one list only, so that the next list is asked for it again.
_OF_ONE_LIST: Final = (
    Field.DELIVER_AT,
    Field.CONSENT_SOURCE,
    Field.CONSENT_ON,
    Field.NEEDED_BY,
)
# A column that names the person may well name the card's "To".
_MAY_SHARE: Final = frozenset({Field.NAME, Field.FIRST_NAME, Field.TO_NAME})

Said = TypeVar("Said")
Purpose = Sheet.Purpose
Status = Sheet.Status


class NotAcceptable(Exception):
    """The columns and answers do not make a list; `refusals` says why, by field."""

    def __init__(self, refusals: Mapping[str, str]) -> None:
        super().__init__(", ".join(refusals))
        self.refusals = refusals


@transaction.atomic(durable=True)
def accept(
    sheet: Sheet,
    *,
    mapping: Mapping[str, int],
    answers: Mapping[str, str],
    version: int,
    actor: Actor,
) -> Sheet:
    """Take the columns for what `mapping` says and have every row checked.

    Empty answers count as none. Raises locking.Stale, locking.WrongStatus unless the
    list waits for this, and NotAcceptable.
    """
    locked = lock(sheet, Status.MAPPING, version=version)
    given = {field: text.strip() for field, text in answers.items() if text.strip()}
    if found := refusals(locked, mapping, given):
        raise NotAcceptable(found)
    locked.version += 1
    _remember(locked, mapping, given)
    _accept(locked, mapping, given, actor)
    return locked


def accept_if_sure(sheet: Sheet) -> None:
    """Begin to check a list that was just read, unless a person has to look first.

    Within the verb that read it; what is known of the columns is kept for the person.
    """
    last = remembered(sheet.program, sheet.purpose, sheet.signature)
    proposal = proposal_with(sheet, last)
    answers = _usable(last.answers, posts=postal.may_post(sheet)) if last else {}
    given = {field: text for field, text in answers.items() if text}
    is_complete = proposal.is_sure and given == answers
    if is_complete and not refusals(sheet, proposal.mapping, given):
        _accept(sheet, proposal.mapping, given, WORKER)
    else:
        sheet.mapping, sheet.answers = proposal.mapping, given
        sheet.save(update_fields=["mapping", "answers"])


def proposal_of(sheet: Sheet) -> Proposal:
    """What the columns seem to mean: as the last time, else by name and content.

    Those of a list that was checked already mean what they did until now.
    """
    last = remembered(sheet.program, sheet.purpose, sheet.signature)
    return proposal_with(sheet, last)


def proposal_with(sheet: Sheet, last: RememberedMapping | None) -> Proposal:
    """The same for whoever has looked up the last time."""
    if sheet.is_reopened:
        return Proposal(sheet.mapping, dict.fromkeys(sheet.mapping, BEFORE))
    posts = postal.may_post(sheet)
    if last is not None:
        mapping = _usable(last.mapping, posts=posts)
        return Proposal(mapping, dict.fromkeys(mapping, REMEMBERED))
    return matching.propose(
        sheet.columns,
        sheet.samples,
        purpose=sheet.purpose,
        products=_products(sheet.program),
        posts=posts,
        methods=_methods() if posts else (),
    )


def fields_of(sheet: Sheet) -> list[Field]:
    """The fields this list may have: those of the post if its program posts cards."""
    return asked(
        of_people=sheet.purpose != Purpose.REWARDS, posts=postal.may_post(sheet)
    )


def remembered(
    program: Program, purpose: str, signature: str
) -> RememberedMapping | None:
    """How this program read a file with these columns the last time, if it did."""
    if not signature:
        return None
    return RememberedMapping.objects.filter(
        program=program, purpose=purpose, signature=signature
    ).first()


def signature_of(header: Sequence[str] | None) -> str:
    """A digest of the columns' names in their order; nothing for a file without names.

    Columns that have no names cannot be told from those of another file.
    """
    if header is None:
        return ""
    names = [" ".join(name.split()).casefold() for name in header]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def refusals(
    sheet: Sheet, mapping: Mapping[str, int], answers: Mapping[str, str]
) -> dict[str, str]:
    """Why this cannot be accepted: a sentence by field, nothing if it can.

    A list needs a way to reach its people, by post if its program posts cards, and a
    list of rewards a product and a value, in a column or as one answer for all of it.
    """
    known = set(fields_of(sheet))
    found: dict[str, str] = {}
    for field in [*mapping, *answers]:
        if field not in known or (field in answers and field not in ANSWERABLE):
            found[field] = _("A list like this has no such field. Leave it out.")
    for field, column in mapping.items():
        if not 0 <= column < len(sheet.columns):
            found[field] = _("Choose one of the columns of the file.")
    _refuse_shared(mapping, found)
    _refuse_missing(sheet, {*mapping, *answers}, found)
    return found


def _refuse_shared(mapping: Mapping[str, int], found: dict[str, str]) -> None:
    uses: dict[int, list[str]] = {}
    for field, column in mapping.items():
        uses.setdefault(column, []).append(field)
    for fields in uses.values():
        if len(fields) > 1 and not _MAY_SHARE.issuperset(fields):
            text = _("This column is chosen for another field too. Choose it once.")
            found.update({field: text for field in fields[1:] if field not in found})


def _refuse_missing(sheet: Sheet, given: set[str], found: dict[str, str]) -> None:
    is_posted = postal.may_post(sheet)
    if not given & {Field.EMAIL, Field.PHONE} and not (
        is_posted and given & {Field.ADDRESS, Field.LINE1}
    ):
        found[Field.EMAIL] = _no_way(is_posted=is_posted)
    if sheet.purpose != Purpose.REWARDS:
        return
    if Field.PRODUCT not in given:
        found[Field.PRODUCT] = _("Choose a column, or one product for the whole list.")
    if Field.VALUE not in given:
        found[Field.VALUE] = _("Choose a column, or one value for the whole list.")


def _no_way(*, is_posted: bool) -> str:
    if is_posted:
        return _(
            "Choose the column with the e-mail addresses, the one with the mobile "
            "numbers, or one with postal addresses."
        )
    return _(
        "Choose the column with the e-mail addresses, or the one with the mobile "
        "numbers."
    )


def _accept(
    sheet: Sheet, mapping: Mapping[str, int], answers: Mapping[str, str], actor: Actor
) -> None:
    sheet.mapping, sheet.answers = dict(mapping), dict(answers)
    sheet.status, sheet.checked_at = Status.CHECKING, None
    sheet.save(update_fields=["mapping", "answers", "status", "checked_at", "version"])
    blocks = sheet.blocks.order_by("number").values_list("pk", flat=True)
    enqueue_all(CHECK_TOPIC, {pk: {"block": pk} for pk in blocks})
    journal.record(
        Action.SHEET_MAPPED,
        sheet,
        actor=actor,
        program_id=sheet.program_id,
        data={"columns": sorted(mapping), "answers": sorted(answers)},
    )


def _remember(
    sheet: Sheet, mapping: Mapping[str, int], answers: Mapping[str, str]
) -> None:
    """What a person said of these columns; an empty answer is one to ask for again."""
    if not sheet.signature:
        return
    lasting = {
        field: "" if field in _OF_ONE_LIST else text for field, text in answers.items()
    }
    RememberedMapping.objects.update_or_create(
        program=sheet.program,
        purpose=sheet.purpose,
        signature=sheet.signature,
        defaults={"mapping": dict(mapping), "answers": lasting},
    )


def _usable(said: Mapping[str, Said], *, posts: bool) -> dict[str, Said]:
    """Without what was said of cards in the post, if the program posts none now."""
    return {
        field: each for field, each in said.items() if posts or field not in OF_POST
    }


def _methods() -> set[str]:
    """What shipping methods on offer are called."""
    offered = ShippingMethod.objects.offered().values_list("provider_id", "description")
    return {name for names in offered for name in names if name}


def _products(program: Program) -> set[str]:
    """What this program's products are called, by the provider and by people."""
    offered = offers.products_of(program).values_list("provider_id", "name")
    return {name for names in offered for name in names}
