"""Half of what is right in form the program knows: else little is taken in."""

from datetime import UTC, datetime
from typing import Any, Final

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

_PERSON: Final[dict[str, Any]] = {"name": "Fred Friend", "email": "fred@example.com"}


@schemathesis.hook
def before_call(
    context: HookContext, case: "Case[Any]", kwargs: dict[str, Any]
) -> None:
    body = case.body
    is_right = case.meta and case.meta.generation.mode == GenerationMode.POSITIVE
    if not is_right or not isinstance(body, dict) or len(str(body)) % 2:
        return
    if case.path.endswith("/events"):
        body["type"] = "referral.completed"
        body["occurred_at"] = datetime.now(UTC).isoformat()
        body["person"] = _PERSON
        body.pop("consent", None)
        body.pop("advocate", None)
        body.pop("advocate_consent", None)
        body.pop("reverses", None)
    elif case.path.endswith("/rewards"):
        body["person"] = _PERSON
        body["product"] = "CVS"
        body["value"] = "15.00"
        body["by"] = "email"
        body.pop("consent", None)
