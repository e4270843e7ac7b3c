"""A call of the API as text to run: a curl line, and the same in Python."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC
from decimal import Decimal
from pprint import pformat
from shlex import quote
from typing import Any, Final

from orders.triggers.calls import EventCall

KEY_VARIABLE: Final = "LAUREL_KEY"
_WIDTH: Final = 76

_PYTHON: Final = """\
# pip install requests
{imports}

event = {event}

answer = requests.post(
    "{url}",
    headers={{"Authorization": {authorization}}},
    json=event,
    timeout=10,
)
print(answer.status_code, answer.text)
answer.raise_for_status()
"""


def body_of(call: EventCall) -> dict[str, Any]:
    """The event as the API takes it, without what it leaves open."""
    at = call.occurred_at.astimezone(UTC)
    said = asdict(call) | {"occurred_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    for name in ("consent", "advocate_consent"):
        if said[name] is not None:
            said[name] |= {"given_on": said[name]["given_on"].isoformat()}
    said["attributes"] = {
        # Exact, which a float would not be: rules read digits as well as numbers.
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in call.attributes.items()
    }
    return {name: value for name, value in _without_empty(said).items() if value}


def curl(url: str, body: Mapping[str, Any], *, secret: str = "") -> str:
    """One line for a POSIX shell; without a secret, of the environment's key."""
    key = secret or f"${KEY_VARIABLE}"
    return (
        f"curl --silent --show-error --fail-with-body {quote(url)} \\\n"
        f'  --header "Authorization: Bearer {key}" \\\n'
        f"  --header 'Content-Type: application/json' \\\n"
        f"  --data {quote(json.dumps(body, indent=2))}"
    )


def python(url: str, body: Mapping[str, Any], *, secret: str = "") -> str:
    """The same with the library requests."""
    if secret:
        imports, authorization = "import requests", f'"Bearer {secret}"'
    else:
        imports = "import os\n\nimport requests"
        authorization = f"f\"Bearer {{os.environ['{KEY_VARIABLE}']}}\""
    event = pformat(dict(body), sort_dicts=False, width=_WIDTH)
    return _PYTHON.format(
        imports=imports, event=event, url=url, authorization=authorization
    )


def _without_empty(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is nothing or an empty text says nothing; attributes say what they say."""
    return {
        name: _without_empty(value)
        if isinstance(value, dict) and name != "attributes"
        else value
        for name, value in said.items()
        if value is not None and value != ""
    }
