"""The OpenAPI of the calls: what ninja knows of them, and every other answer."""

from copy import deepcopy
from functools import cache
from typing import Any, Final

from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse

from orders.api import problem_json
from orders.api.calls import api
from orders.api.door import ApiRequest
from orders.triggers.problems import MEANINGS, Code

PREFIX: Final = "/api/v1"
_WORDS: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer", "minimum": 0}
_RATE: Final = {
    "RateLimit-Policy": {
        "description": "Calls the key may make, and in how many seconds.",
        "schema": {**_WORDS, "pattern": r'^"key";q=[0-9]+;w=[0-9]+$'},
    },
    "RateLimit": {
        "description": "Calls left, and the seconds until they are counted anew.",
        "schema": {**_WORDS, "pattern": r'^"key";r=[0-9]+;t=[0-9]+$'},
    },
}
_REQUEST_ID: Final = {
    "X-Request-Id": {
        "description": "Names this call to whoever runs the portal.",
        "schema": {**_WORDS, "pattern": "^[0-9a-f]{32}$"},
        "required": True,
    }
}
_RETRY: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": _NUMBER}}
_AUTHENTICATE: Final = {
    "WWW-Authenticate": {
        "description": "The scheme.",
        "schema": {**_WORDS, "pattern": "^Bearer"},
        "required": True,
    }
}
_LOCATION: Final = {
    "Location": {
        "description": "Where to ask what became of it.",
        "schema": {**_WORDS, "format": "uri-reference"},
        "required": True,
    }
}
# What an answer leads to.
_LINKS: Final = {
    "reportEvent": {
        "event": {
            "operationId": "readEvent",
            "parameters": {"event_id": "$response.body#/event_id"},
        }
    },
    "requestReward": {
        "reward": {
            "operationId": "readReward",
            "parameters": {"reward_id": "$response.body#/id"},
        }
    },
}
_PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail", "code", "errors"],
    "additionalProperties": False,
    "properties": {
        "type": {**_WORDS, "format": "uri"},
        "title": _WORDS,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _WORDS,
        "code": {**_WORDS, "enum": sorted(code.value for code in MEANINGS)},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "additionalProperties": False,
                "properties": {"field": _WORDS, "detail": _WORDS},
            },
        },
    },
}
# What any call may be answered with, and those with a body or an id besides.
_ALWAYS: Final = (401, 403, 422, 429, 500, 503)
_WITH_BODY: Final = (400, 409, 413, 415)
_WITH_ID: Final = (404,)
_TITLES: Final = {
    400: "The body cannot be read.",
    401: "The key is missing, not known or over.",
    403: "The key may not do this, or not from there.",
    404: "There is no such thing in the key's program and mode.",
    409: "The id was used for another call, or its first call is still running.",
    413: "The body is larger than 64 kB.",
    415: "The body is not JSON.",
    422: "What is said cannot be taken in or may not be sent; see the code.",
    429: "Too many calls.",
    500: "Something went wrong in the portal.",
    503: "The portal cannot answer now.",
}


def openapi(request: ApiRequest) -> HttpResponse:
    """The document, for programs."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    return JsonResponse(published())


@cache
def published() -> dict[str, Any]:
    """The document, complete; nobody may change it."""
    found: dict[str, Any] = deepcopy(dict(api.get_openapi_schema(path_prefix=PREFIX)))
    found["components"]["schemas"]["ProblemDetails"] = _PROBLEM
    for route, calls in found["paths"].items():
        for call in calls.values():
            answers = {str(k): v for k, v in call["responses"].items()}
            for each in answers.values():
                each["headers"] = {**_REQUEST_ID, **_RATE}
                if links := _LINKS.get(call["operationId"]):
                    each["headers"] |= _LOCATION
                    each["links"] = links
            statuses = [*_ALWAYS]
            statuses += _WITH_BODY if "requestBody" in call else ()
            statuses += _WITH_ID if "{" in route else ()
            call["responses"] = answers | {
                str(status): _problem(status) for status in sorted(statuses)
            }
    return found


def codes(status: int) -> list[Code]:
    """Every code that comes with this status."""
    return [code for code, meaning in MEANINGS.items() if meaning.status == status]


def _problem(status: int) -> dict[str, Any]:
    headers: dict[str, Any] = {**_REQUEST_ID, **_RATE}
    if status == 401:
        headers = {**_REQUEST_ID, **_AUTHENTICATE, **_RATE}
    if status in {409, 429, 503}:
        headers |= _RETRY
    content = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
    return {
        "description": _TITLES[status],
        "headers": headers,
        "content": {problem_json.CONTENT_TYPE: content},
    }
