"""A request and a reply, free of sockets."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """`query` and `headers` go by lower-case names."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def token(self) -> str:
        """The bearer token, or nothing."""
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        return value if kind.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is turned into JSON; bytes go out as they are. Cut: close, say nothing."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


CUT = Reply(0, is_cut=True)
