"""What a handler is, and what it may answer.

A handler is called with a message's payload, outside any transaction, and must be safe
to run twice. It returns None (done) or `Later`, or raises:

    Retry   it failed in a way that may pass; tried again with back-off
    GiveUp  it cannot succeed without a person; the message is stuck and shown
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from django.apps import apps
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True, slots=True)
class Later:
    """Not finished, and that is no failure: call again in so many seconds."""

    seconds: float


class Retry(Exception):
    """Failed, but may work later; `after` overrides the back-off, in seconds."""

    def __init__(self, problem: str, *, after: float | None = None) -> None:
        super().__init__(problem)
        self.after = after


class GiveUp(Exception):
    """Failed for good; the text says why, for the person who looks."""


Handler = Callable[[Mapping[str, Any]], Later | None]
H = TypeVar("H", bound=Handler)
# Gets the payload and the reason the person gave.
GivenUp = Callable[[Mapping[str, Any], str], None]

_handlers: dict[str, Handler] = {}
_given_up: dict[str, GivenUp] = {}


def handles(topic: str, *, given_up: GivenUp | None = None) -> Callable[[H], H]:
    """Register the one handler of a topic. Handlers live in an app's `tasks.py`.

    `given_up` is called within the transaction in which a person gives a message up, so
    that what waited for it does not wait for ever.
    """

    def register(handler: H) -> H:
        if topic in _handlers:
            raise ValueError(f"{topic} has a handler already")
        _handlers[topic] = handler
        if given_up is not None:
            _given_up[topic] = given_up
        return handler

    return register


def tell_given_up(topic: str, payload: Mapping[str, Any], reason: str) -> None:
    """Let the topic's owner see to what waited for the message."""
    load()
    if topic in _given_up:
        _given_up[topic](payload, reason)


def handler_of(topic: str) -> Handler:
    """The topic's handler. Raises GiveUp if the code knows none."""
    load()
    if topic not in _handlers:
        raise GiveUp(f"no handler for {topic}")
    return _handlers[topic]


@cache
def load() -> None:
    """Import every app's `tasks`, which registers its handlers and rounds, once."""
    for config in apps.get_app_configs():
        if config.module and module_has_submodule(config.module, "tasks"):
            import_module(f"{config.name}.tasks")
