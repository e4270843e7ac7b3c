"""`python -m tests [pytest arguments]`: the whole suite, on every engine that answers.

First all of it on SQLite, then on PostgreSQL with Redis beside it what is marked
"engine": what asks the database, looks of pages apart. With LAUREL_DEMAND=1 nothing may
be missing, the browser included.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests import engines

_ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    postgres, redis, chromium = engines.postgres(), engines.redis(), engines.chromium()
    found = {"PostgreSQL": postgres, "Redis": redis, "Chromium": chromium}
    missing = [name for name, where in found.items() if not where]
    if missing and engines.is_demanded():
        _say(f"Missing, and LAUREL_DEMAND is set: {', '.join(missing)}.")
        return 1
    (_ROOT / "var").mkdir(exist_ok=True)
    sqlite = {"DATABASE_URL": f"sqlite:///{_ROOT}/var/laurel.sqlite3", "BROKER_URL": ""}
    codes = [_pytest("SQLite", sqlite, arguments)]
    ran_on = "SQLite"
    if postgres:
        both = "PostgreSQL with Redis" if redis else "PostgreSQL without Redis"
        served = {"DATABASE_URL": postgres, "BROKER_URL": redis or ""}
        codes.append(_pytest(both, served, ["-m", "engine", *arguments]))
        ran_on += f" and on {both} (there, what asks the database)"
    verdict = "Passed" if not any(codes) else "FAILED"
    _say(f"{verdict} on {ran_on}.")
    if missing:
        _say(f"Not there, so not tested with: {', '.join(missing)}.")
    return max(codes)


def _pytest(engine: str, variables: Mapping[str, str], arguments: list[str]) -> int:
    _say(f"Tests on {engine}")
    spread = ["-n", "2", "--dist", "loadscope"]
    command = [sys.executable, "-m", "pytest", *spread, *arguments]
    environment = {**os.environ, **variables}
    # Hundreds of processes start; none has to compile everything anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(command, cwd=_ROOT, env=environment, check=False).returncode


def _say(line: str) -> None:
    sys.stdout.write(f"\n== {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
