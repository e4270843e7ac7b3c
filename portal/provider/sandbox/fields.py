"""Reading a request strictly, gathering what is wrong by path (provider-api: 3)."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from decimal import Decimal


class Problems:
    """What is wrong with one body, path by path, in the order it was found."""

    def __init__(self) -> None:
        self._by_path: dict[str, list[str]] = {}

    def add(self, path: str, message: str) -> None:
        self._by_path.setdefault(path, []).append(f"{path or 'The body'} {message}.")

    def listed(self) -> list[dict[str, object]]:
        return [
            {"Property": path, "Errors": messages}
            for path, messages in self._by_path.items()
        ]


class Part:
    """One object of the body, at its path; every reader reports what it dislikes."""

    def __init__(
        self, value: object, path: str, names: Collection[str], problems: Problems
    ) -> None:
        """`names` are the fields it may have; none means any."""
        self._value: dict[str, object] = value if isinstance(value, dict) else {}
        self._path = path
        self._problems = problems
        if not isinstance(value, dict):
            problems.add(path, "must be an object")
        for name in self._value:
            if names and name not in names:
                self.wrong(name, "is not a known field")

    def get(self, name: str) -> object:
        return self._value.get(name)

    def wrong(self, name: str, message: str) -> None:
        self._problems.add(self._at(name), message)

    def text(self, name: str, most: int, *, required: bool = False) -> str:
        value = self.get(name)
        if value is None or value == "":
            if required:
                self.wrong(name, "is required")
            return ""
        if not isinstance(value, str):
            self.wrong(name, "must be text")
            return ""
        if len(value) > most:
            self.wrong(name, f"must not be longer than {most}")
        return value

    def one_of(self, name: str, words: Collection[object]) -> None:
        if self.get(name) not in words:
            self.wrong(name, f"must be one of {', '.join(map(str, words))}")

    def whole(self, name: str) -> None:
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self.wrong(name, "must be a whole number of at least 1")

    def amount(self, name: str) -> Decimal | None:
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.wrong(name, "must be a number")
            return None
        return Decimal(value)

    def child(
        self, name: str, names: Collection[str], *, required: bool = False
    ) -> "Part | None":
        value = self.get(name)
        if value is None:
            if required:
                self.wrong(name, "is required")
            return None
        return Part(value, self._at(name), names, self._problems)

    def children(self, name: str, names: Collection[str]) -> "Iterator[Part]":
        items = self.get(name)
        if not isinstance(items, list) or not items:
            self.wrong(name, "must be a list of at least one")
            return
        for index, item in enumerate(items):
            yield Part(item, f"{self._at(name)}[{index}]", names, self._problems)

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def is_moment(text: str) -> bool:
    try:
        moment(text)
    except ValueError:
        return False
    return True


def moment(text: str) -> datetime:
    """An ISO 8601 time; UTC where it names no zone. Raises ValueError."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
