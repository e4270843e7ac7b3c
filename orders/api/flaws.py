"""What is wrong with the fields of a call, in our own words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.api.problem_json import Flaw, Invalid

# By pydantic's kind of error; its `ctx` fills the gaps.
_WORDS: Final[Mapping[str, str | Promise]] = {
    "missing": gettext_lazy("Send this field."),
    "extra_forbidden": gettext_lazy("There is no such field; leave it out."),
    "string_type": gettext_lazy("Send a text."),
    "string_too_long": gettext_lazy("Send at most %(max_length)s characters."),
    "string_pattern_mismatch": gettext_lazy(
        "Send it in the form that the documentation names."
    ),
    "literal_error": gettext_lazy("Send one of these: %(expected)s."),
    "dict_type": gettext_lazy("Send an object."),
    "model_type": gettext_lazy("Send an object."),
    "model_attributes_type": gettext_lazy("Send an object."),
    "too_long": gettext_lazy("Send at most %(max_length)s."),
    "int_parsing": gettext_lazy("Send a whole number."),
    "greater_than_equal": gettext_lazy("Send at least %(ge)s."),
    "less_than_equal": gettext_lazy("Send at most %(le)s."),
}


def invalid(errors: Sequence[Mapping[str, Any]]) -> Invalid:
    """The refusal that ninja's errors come to."""
    return Invalid([_flaw(each) for each in errors])


def _flaw(error: Mapping[str, Any]) -> Flaw:
    """Of "person.email"; ninja puts where it stood and its argument's name in front."""
    source, *path = map(str, error["loc"])
    if source == "body":
        path = path[1:]
    noted = list(path)
    if error["type"] == "extra_forbidden":
        # A name that is not ours may be anything, also somebody's.
        noted[-1:] = ["?"]
    return Flaw(".".join(path) or source, _words(error), ".".join(noted) or source)


def _words(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context["error"])
    if words := _WORDS.get(error["type"]):
        return str(str(words) % context)
    return _("Send it as the documentation says.")
