"""Links as a file: noted, then opened on their way out, beside bare decryption.

`file BATCH PERSON` takes one file through the page and reports seconds and memory, in
a process of its own; `main` compares it with opening the same links and doing nothing.
"""

import json
import subprocess
import sys
import time
from typing import Final

import django

django.setup()

from django.urls import reverse  # noqa: E402  Django has to be set up first

from orders.models import Claim, LinkBatch  # noqa: E402
from portal import crypto  # noqa: E402
from portal.accounts.models import User  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks import many_links, resident  # noqa: E402
from tests.benchmarks.installation import ROOT, Figure, report  # noqa: E402

LINKS: Final = 100_000
MOST_MEGABYTES: Final = 120
# Whichever is slower: so many links a second, or this part of bare decryption.
LEAST_A_SECOND: Final = 15_000
LEAST_PART: Final = 0.6
# A batch has a tenth of them at most: before its first byte passes a second at most.
MOST_NOTING: Final = 10


def main() -> None:
    batch, manager = many_links.make(LINKS)
    run = [sys.executable, "-m", "tests.benchmarks.exporting", "file"]
    run += [str(batch.pk), str(manager.pk)]
    result = subprocess.run(run, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    taken = json.loads(result.stdout)
    bare = _bare()
    most = max(LINKS / LEAST_A_SECOND, bare / LEAST_PART)
    report(
        [
            Figure(f"{LINKS} links sent as CSV", taken["sent"], round(most, 2), "s"),
            Figure("the same, noted before", taken["noted"], MOST_NOTING, "s"),
            Figure("the same, memory", taken["megabytes"], MOST_MEGABYTES, "MB"),
        ]
    )


def file(batch_id: int, user_id: int) -> None:
    """Press the button, read to the last byte, say what it took."""
    batch = LinkBatch.objects.select_related("order").get(pk=batch_id)
    client = factories.signed_in(User.objects.get(pk=user_id))
    url = reverse("orders:links_export", args=[batch.order.reference])
    form = {"kind": "csv", "columns": ["number", "code", "last_day"]}
    begin = time.perf_counter()
    response = client.post(url, form)
    noted = time.perf_counter() - begin
    lines = sum(piece.count(b"\r\n") for piece in response)
    sent = time.perf_counter() - begin - noted
    assert lines == LINKS + 1, lines
    taken = {"sent": sent, "noted": noted, "megabytes": resident.peak()}
    sys.stdout.write(json.dumps(taken))


def _bare() -> float:
    """Seconds for decrypting the same links, held in memory, and nothing else."""
    sealed = list(Claim.objects.values_list("secret_ciphertext", flat=True))
    begin = time.perf_counter()
    for ciphertext in sealed:
        crypto.decrypt(ciphertext)
    return time.perf_counter() - begin


if __name__ == "__main__":
    if sys.argv[1:2] == ["file"]:
        file(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
