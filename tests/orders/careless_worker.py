"""A worker with the defence switched off: every attempt has a PONumber of its own.

What a retry would be without "number and body never change": the control of the chaos
test, which has to duplicate.
"""

import os
import sys
from typing import TYPE_CHECKING
from uuid import uuid4

import django
from django.core.management import call_command

if TYPE_CHECKING:
    from orders.models import Placement


def main() -> None:
    from orders import frozen

    plain = frozen.body_of

    def body_of(placement: "Placement") -> bytes:
        own = f"{placement.po_number}-{uuid4().hex[:8]}"
        return plain(placement).replace(placement.po_number.encode(), own.encode())

    frozen.body_of = body_of
    frozen.contradicts = lambda placement, found: False  # it answers to any number
    call_command("runworker", *sys.argv[1:])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    main()
