"""What was sent before from another list: the same file sends only what is new."""

from collections.abc import Collection, Sequence
from typing import Final

from portal import crypto
from programs import lookups
from programs.models import Sheet, SheetRow
from programs.sheets.fields import Field
from programs.sheets.lines import HasContacts, Line, Problem, person_field

_LENGTH: Final = 32
_SEPARATOR: Final = "\x1f"


def find_sent(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Give each reward its fingerprint, and keep back those sent from another list."""
    rewards = [line for line in lines if line.product_id and line.value_minor]
    texts = [_told(sheet, line) for line in rewards]
    for line, digest in zip(
        rewards, crypto.digests(texts, purpose="fingerprint"), strict=True
    ):
        line.fingerprint = digest[:_LENGTH]
    before = sent(sheet, [line.fingerprint for line in rewards])
    for line in rewards if before else ():
        if name := before.get(line.fingerprint):
            line.problems.append(problem(line, name))


def sent(sheet: Sheet, fingerprints: Collection[str]) -> dict[str, str]:
    """Those that rows of other lists of this program were used for, and that list."""
    # The partial index holds used rows only, so the condition belongs to the query.
    used = lookups.find(
        SheetRow,
        ("fingerprint", "sheet_id"),
        "fingerprint",
        list(filter(None, fingerprints)),
        where="status = 'taken'",
    )
    if not used:
        return {}
    others = Sheet.objects.filter(program=sheet.program_id).exclude(pk=sheet.pk)
    names = dict(
        others.filter(pk__in={pk for _told, pk in used}).values_list("pk", "name")
    )
    return {told: names[pk] for told, pk in used if pk in names}


def problem(row: HasContacts, list_name: str) -> Problem:
    """That this reward was sent from that list already."""
    return Problem("sent_before", person_field(row), params={"list": list_name})


def _told(sheet: Sheet, line: Line) -> str:
    """The same words for the same reward, whichever list of the program tells it."""
    facts = (
        sheet.program_id,
        line.email,
        line.phone,
        line.product_id,
        line.value_minor,
        line.quantity,
        line.values.get(Field.EXTERNAL_ID, ""),
        # What went by e-mail is another reward than what goes by post.
        *(("post", line.resident) if line.is_postal else ()),
    )
    return _SEPARATOR.join(map(str, facts))
