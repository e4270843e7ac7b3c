from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.audit import journal


class Command(BaseCommand):
    help = "Verify the journal's chain; fails and names the first bad entry."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = journal.verify()
        if verdict.first_bad is not None:
            raise CommandError(
                f"Entry {verdict.first_bad} is bad: {verdict.reason}. "
                f"{verdict.checked} entries before it are sound."
            )
        self.stdout.write(
            f"{verdict.checked} entries checked. Chain unbroken. Head {verdict.head}."
        )
