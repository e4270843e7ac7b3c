from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from portal import rotation
from portal.actors import command
from portal.rotation import Tally

_EVERY: Final = 10_000
_MOST_NAMED: Final = 20


class Command(BaseCommand):
    help = (
        "Encrypt everything anew under the first of ENCRYPTION_KEYS, while the portal "
        "runs. Can be stopped and begun again; fails if anything stays under another."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = rotation.tallies()
        for tally in done:
            self._rotate(tally)
        rotation.finish(done, actor=command("rotatekeys"))
        if stayed := sum(tally.stayed for tally in done):
            raise CommandError(
                f"{stayed:,} stayed as they were. Keep the old keys; put back the key "
                "that opens them, or wait until nobody holds them, and run this again."
            )
        self.stdout.write("Everything is under the newest key. Remove the old ones.")

    def _rotate(self, tally: Tally) -> None:
        said = 0
        for _portion in rotation.rotate(tally):
            if tally.read - said >= _EVERY:
                said = tally.read
                self.stdout.write(f"{tally.name}: {said:,} of {tally.total:,}")
                self.stdout.flush()
        self.stdout.write(f"{tally.name}: {tally.renewed:,} of {tally.read:,} renewed")
        for what, ids in (
            ("no key opens", tally.unopened),
            ("in use the whole time", tally.held),
        ):
            if ids:
                named = ", ".join(map(str, ids[:_MOST_NAMED]))
                more = ", ..." if len(ids) > _MOST_NAMED else ""
                self.stdout.write(f"  {what}: {len(ids):,} (id {named}{more})")
