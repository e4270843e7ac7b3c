"""Calls that were not taken in, so that people see what another system runs into.

Counted by kind and minute: a flood of them is one row a minute, and no journal entry.
"""

import logging

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from orders.models import RefusedCall
from orders.triggers.problems import Code
from programs.models import ApiKey

_log = logging.getLogger(__name__)


def note(call: str, code: Code, *, key: ApiKey | None = None, detail: str = "") -> None:
    """Count one refused call; never raises, for the caller is told anyway.

    `call` is what was called, without ids; `detail` holds nothing personal, and is kept
    of the first of a minute.
    """
    try:
        _count(call[:30], code, key, detail[:250])
    except DatabaseError:
        _log.warning("A refused call was not noted: %s", code)


@transaction.atomic(durable=True)
def _count(call: str, code: Code, key: ApiKey | None, detail: str) -> None:
    minute = timezone.now().replace(second=0, microsecond=0)
    same = RefusedCall.objects.filter(key=key, call=call, code=code, minute=minute)
    if same.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            RefusedCall.objects.create(
                program_id=key.program_id if key else None,
                key=key,
                call=call,
                code=code,
                detail=detail,
                minute=minute,
            )
    except IntegrityError:
        # Another one was first.
        same.update(count=F("count") + 1)
