"""The OpenAPI document as people read it: calls, objects, and each field's limits."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.api import schema
from orders.api.calls import api

Described = Mapping[str, Any]

_KINDS: Final = {
    "array": gettext_lazy("list"),
    "boolean": gettext_lazy("true or false"),
    "integer": gettext_lazy("whole number"),
    "null": gettext_lazy("null"),
    "number": gettext_lazy("number"),
    "object": gettext_lazy("object"),
    "string": gettext_lazy("text"),
}
_FORMATS: Final = {
    "date": gettext_lazy("day"),
    "date-time": gettext_lazy("time with a zone"),
    "email": gettext_lazy("e-mail address"),
}
_LIMITS: Final = {
    "maxLength": gettext_lazy("at most %s characters"),
    "maxProperties": gettext_lazy("at most %s"),
    "minimum": gettext_lazy("at least %s"),
    "maximum": gettext_lazy("at most %s"),
    "exclusiveMinimum": gettext_lazy("more than %s"),
    "pattern": gettext_lazy("as %s"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `object` is the name of the object it holds, or empty."""

    name: str
    kind: str
    object: str
    is_required: bool
    limits: str
    text: str


@dataclass(frozen=True, slots=True)
class Object:
    name: str
    text: str
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what it takes, and the object it is answered with."""

    id: str
    method: str
    path: str
    title: str
    text: str
    scope: str
    takes: list[Field]
    body: str
    example: str
    status: str
    answer: str

    @property
    def anchor(self) -> str:
        return f"call-{self.id}"


def calls() -> list[Call]:
    """Every call, in the order of the document."""
    scopes = _scopes()
    return [
        _call(method, path, call, scopes)
        for path, of_path in schema.published()["paths"].items()
        for method, call in of_path.items()
    ]


def objects() -> list[Object]:
    """Every object that calls take or are answered with."""
    known: dict[str, Described] = schema.published()["components"]["schemas"]
    return [
        Object(name, str(each.get("description", "")), list(_fields(each)))
        for name, each in sorted(known.items())
    ]


def _call(method: str, path: str, call: Described, scopes: Mapping[str, str]) -> Call:
    body = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    status, answer = next(iter(call["responses"].items()))
    name = _object(body.get("schema", {}))
    return Call(
        id=call["operationId"],
        method=method.upper(),
        path=path,
        title=call["summary"],
        text=" ".join(call["description"].split()),
        scope=scopes[call["operationId"]],
        takes=[
            _field(each["name"], each["schema"], each["required"])
            for each in call["parameters"]
        ],
        body=name,
        example=_example(name),
        status=status,
        answer=_object(answer["content"]["application/json"]["schema"]),
    )


def _scopes() -> dict[str, str]:
    """The scope of each call, as the door asks for it."""
    return {
        str(operation.operation_id): operation.auth_callbacks[0].scope.value  # type: ignore[attr-defined]
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    }


def _fields(described: Described) -> Iterator[Field]:
    required = described.get("required", ())
    for name, each in described.get("properties", {}).items():
        yield _field(name, each, name in required)


def _field(name: str, described: Described, is_required: bool) -> Field:
    return Field(
        name=name,
        kind=_kind(described),
        object=_object(described),
        is_required=is_required,
        limits=", ".join(dict.fromkeys(_limits(described))),
        text=str(described.get("description", "")),
    )


def _variants(described: Described) -> list[Described]:
    return list(described.get("anyOf", (described,)))


def _all(described: Described) -> list[Described]:
    return [described, *_variants(described)]


def _object(described: Described) -> str:
    """The name of the object it refers to, of those in a list as well."""
    for each in _variants(described):
        if "$ref" in each:
            return str(each["$ref"].rpartition("/")[2])
        if "items" in each and (name := _object(each["items"])):
            return name
    return ""


def _kind(described: Described) -> str:
    words = dict.fromkeys(
        str(_FORMATS.get(each.get("format", "")) or _KINDS[each["type"]])
        for each in _variants(described)
        if "type" in each
    )
    return _(" or ").join(words)


def _limits(described: Described) -> Iterator[str]:
    for each in _variants(described):
        if "enum" in each:
            yield _("one of: %s") % ", ".join(each["enum"])
        for word, text in _LIMITS.items():
            if word in each:
                yield str(text) % each[word]


def _example(name: str) -> str:
    """A body with every field that has an example or has to be there."""
    return json.dumps(_sample(name), indent=2) if name else ""


def _sample(name: str) -> dict[str, Any]:
    described = schema.published()["components"]["schemas"][name]
    required = described.get("required", ())
    found: dict[str, Any] = {}
    for field, each in described["properties"].items():
        examples = [v["examples"][0] for v in _all(each) if "examples" in v]
        if examples:
            found[field] = examples[0]
        elif field in {*required, "person"} and (inner := _object(each)):
            found[field] = _sample(inner)
    return found
