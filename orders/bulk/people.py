"""What a list gives to people who were given something before, or twice in it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from orders import earlier, eligibility, screening
from programs.models import Program, Sheet
from programs.sheets.duplicates import Group
from programs.sheets.fields import Field
from programs.sheets.lines import Line, Problem, person_field


def find_caps(sheet: Sheet, lines: Sequence[Line]) -> None:
    """The cap for one person, with what they were given before; one query."""
    program = sheet.program
    if program.recipient_cap_minor is None:
        return
    known = {line.recipient.pk for line in lines if line.recipient}
    given = screening.face_by_person(earlier.given_in(program), known)
    for line in lines:
        before = given.get(line.recipient.pk, 0) if line.recipient else 0
        face = (line.value_minor or 0) * line.quantity
        if problem := _over_cap(program, face, before):
            params = {"reason": problem}
            line.problems.append(Problem("recipient_cap", Field.VALUE, params=params))


def find_sums(sheet: Sheet, groups: Sequence[Group]) -> Iterator[tuple[int, Problem]]:
    """The same cap over all rows of one person in the list."""
    program = sheet.program
    if program.recipient_cap_minor is None:
        return
    known = {m.recipient_id for group in groups for m in group if m.recipient_id}
    # The list's own rows are counted here, those that were used as well.
    elsewhere = earlier.given_in(program).exclude(order__sheet=sheet)
    given = screening.face_by_person(elsewhere, known)
    for group in groups:
        before = max(given.get(member.recipient_id or 0, 0) for member in group)
        total = before
        for member in group:
            face = (member.value_minor or 0) * member.quantity
            if _over_cap(program, face, before) and not member.is_taken:
                continue  # Too much by itself, and told so.
            if (reason := _over_cap(program, face, total)) and not member.is_taken:
                params = {"reason": reason}
                yield member.pk, Problem("file_cap", Field.VALUE, params=params)
            else:
                total += face


def find_repeats(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Warn of people who were rewarded in the program lately; one query."""
    days = settings.REPEAT_WINDOW_DAYS
    known = {line.recipient.pk for line in lines if line.recipient}
    if not known or not days:
        return
    since = timezone.now() - timedelta(days=days)
    lately = earlier.living_in(sheet.program).filter(order__submitted_at__gte=since)
    rewarded = screening.face_by_person(lately, known)
    for line in lines:
        if line.recipient and line.recipient.pk in rewarded:
            params = {"days": str(days)}
            problem = Problem(
                "repeat", person_field(line), is_error=False, params=params
            )
            line.problems.append(problem)


def _over_cap(program: Program, face: int, before: int) -> str:
    if face + before <= (program.recipient_cap_minor or 0):
        return ""
    found = eligibility.recipient_cap_problems(
        program, program.money(face), program.money(before)
    )
    return next((problem.message for problem in found), "")
