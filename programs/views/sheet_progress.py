"""How far the portal is with a list, in words and numbers."""

import time
from dataclasses import dataclass
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.web.numbers import whole_number
from programs.models import Sheet
from programs.sheets import overview

# Statuses that change without anybody doing something.
MOVING: Final = (Sheet.Status.READING, Sheet.Status.CHECKING, Sheet.Status.FILLING)
# A page that is waited for asks often; one that stays open for hours need not.
_PAUSES: Final = ((10, 1), (60, 2))
_LONGEST_PAUSE: Final = 5
# Screen readers are told as often as somebody can bear to hear it.
_SILENCE: Final = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `all`, both 0 while the end is not known; times in whole seconds.

    `said` is when the numbers were last announced, and `is_said` whether they are now.
    """

    text: str
    done: int
    all: int
    pause: int
    said: int
    is_said: bool


def progress_of(sheet: Sheet, said: str) -> Progress:
    """What the page shows of a list in one of the MOVING statuses."""
    done, everything, text = _counted(sheet)
    now = int(time.time())
    last = whole_number(said)
    is_said = last is not None and now - last >= _SILENCE
    waited = (timezone.now() - sheet.created_at).total_seconds()
    pause = next((p for limit, p in _PAUSES if waited < limit), _LONGEST_PAUSE)
    return Progress(
        text=text,
        done=done,
        all=everything,
        pause=pause,
        said=now if is_said or last is None else last,
        is_said=is_said,
    )


def _counted(sheet: Sheet) -> tuple[int, int, str]:
    match sheet.status:
        case Sheet.Status.READING:
            read = _("%(n)s rows read so far.")
            return 0, 0, read % {"n": intcomma(sheet.rows_total)}
        case Sheet.Status.CHECKING:
            return sheet.rows_checked, sheet.rows_total, _checked(sheet)
    counts = overview.counts(sheet)
    everything = counts.ready + counts.taken
    text = _("%(done)s of %(all)s people added.")
    numbers = {"done": intcomma(counts.taken), "all": intcomma(everything)}
    return counts.taken, everything, text % numbers


def _checked(sheet: Sheet) -> str:
    numbers = {
        "done": intcomma(sheet.rows_checked),
        "all": intcomma(sheet.rows_total),
        "problems": intcomma(sheet.problems_found),
    }
    text = ngettext(
        "%(done)s of %(all)s checked, %(problems)s problem so far.",
        "%(done)s of %(all)s checked, %(problems)s problems so far.",
        sheet.problems_found,
    )
    return text % numbers
