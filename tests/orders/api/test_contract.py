"""Every answer is one that the published OpenAPI promises, whatever is sent.

A few hundred cases; SCHEMATHESIS_CASES asks for that many of each call, for every
value at its limits, and for calls that follow one another.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orders.models import Event
from tests.orders.triggers import made
from tests.sources import ROOT

_HERE = Path(__file__).parent


@pytest.mark.django_db(transaction=True)
def test_no_answer_breaks_the_contract(rule, key, live_server, tmp_path):
    asked = os.environ.get("SCHEMATHESIS_CASES", "")
    phases = "examples,coverage,fuzzing,stateful" if asked else "examples,fuzzing"
    key.rate_per_minute = 10**6
    key.save()

    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", str(_HERE / "contract.toml")),
            *("run", f"{live_server.url}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {made.SECRET}"),
            *("--checks", "all", "--phases", phases, "--seed", "1"),
            *("--max-examples", asked or "50"),
            *("--continue-on-failure", "--no-color"),
        ],
        # Where it leaves what it remembers.
        cwd=tmp_path,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.orders.api.contract_hooks",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    # With -s it says how many cases there were.
    sys.stdout.write(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert Event.objects.filter(type="referral.completed").exists()
