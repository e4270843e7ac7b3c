"""Who acts: the one argument every verb takes."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    PERSON = "person"
    RECIPIENT = "recipient"
    PROVIDER = "provider"
    COMMAND = "command"
    SYSTEM = "system"
    # Another system by its key, and a rule by what was approved of it.
    KEY = "key"
    RULE = "rule"


class Channel(StrEnum):
    """The entrance an act came through."""

    WEB = "web"
    WORKER = "worker"
    WEBHOOK = "webhook"
    COMMAND = "command"
    API = "api"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts and through which entrance; holds an id, never a name."""

    kind: ActorKind
    id: str
    channel: Channel
    request_id: str = ""
    # Whose key or rule it is: what it makes, this person can never approve.
    on_behalf_of: int | None = None

    @property
    def user_id(self) -> int | None:
        """The person's primary key, or None if no person acts."""
        return int(self.id) if self.kind is ActorKind.PERSON else None

    @property
    def hand_id(self) -> int | None:
        """The person whose hand is in it: who acts, or whose key or rule does."""
        return self.user_id if self.on_behalf_of is None else self.on_behalf_of

    @property
    def answerable_id(self) -> int:
        """The same, where somebody has to be. Raises ValueError if nobody is."""
        if self.hand_id is None:
            raise ValueError(f"nobody answers for {self.kind}")
        return self.hand_id

    @property
    def person_id(self) -> int:
        """The acting person's primary key. Raises ValueError if none acts."""
        if self.user_id is None:
            raise ValueError(f"a person has to do this, not {self.kind}")
        return self.user_id


WORKER = Actor(ActorKind.SYSTEM, "worker", Channel.WORKER)
PROVIDER = Actor(ActorKind.PROVIDER, "provider", Channel.WEBHOOK)


def command(name: str) -> Actor:
    """The actor of a management command."""
    return Actor(ActorKind.COMMAND, name, Channel.COMMAND)
