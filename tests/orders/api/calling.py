"""Calling the API as another system does: a key, JSON, and no cookies."""

import json
from typing import Any

from django.test import Client
from django.utils import timezone

PREFIX = "/api/v1"


class Caller:
    """One system; `secret` is what it shows."""

    def __init__(self, secret: str = "", **headers: str) -> None:
        shown = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.client = Client(
            headers={**shown, **headers},
            enforce_csrf_checks=True,
            raise_request_exception=False,
        )

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        return self.client.get(PREFIX + path, query)

    def post(self, path: str, body: object, *, key: str = "") -> Any:
        """`body` as it is where it is bytes, else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.post(
            PREFIX + path,
            content,
            content_type="application/json",
            headers={"Idempotency-Key": key} if key else {},
        )


def event(**fields: Any) -> dict[str, Any]:
    """An event that the rule of the tests matches."""
    return {
        "event_id": "evt-1",
        "type": "referral.completed",
        "occurred_at": timezone.now().replace(microsecond=0).isoformat(),
        "person": {"name": "Fred Friend", "email": "fred@example.com"},
        "attributes": {"purchase": 60},
        **fields,
    }


def reward(**fields: Any) -> dict[str, Any]:
    """$15 by e-mail."""
    return {
        "product": "CVS",
        "value": "15.00",
        "person": {"name": "Fred Friend", "email": "fred@example.com"},
        **fields,
    }
