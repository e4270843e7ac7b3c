"""JSON out, in the casing the sandbox was told to speak."""

import re

import simplejson

_FIRST_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+$|[A-Z]")


def render(value: object, casing: str) -> bytes:
    """JSON with every name in PascalCase, or in camelCase where asked."""
    cased = _camel(value) if casing == "camel" else value
    return simplejson.dumps(cased, use_decimal=True).encode()


def _camel(value: object) -> object:
    if isinstance(value, dict):
        return {camel_name(key): _camel(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_camel(item) for item in value]
    return value


def camel_name(name: str) -> str:
    """`PONumber` is `poNumber`, `Id` is `id`."""
    return _FIRST_WORD.sub(lambda word: word[0].lower(), name, count=1)
