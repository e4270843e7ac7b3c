"""What can go wrong between us and the provider.

    ProviderError
    ├── Unavailable   no usable answer now; the same bytes may be sent again later
    ├── Denied        our credentials are refused until a person mends them
    ├── NotFound      the thing asked for does not exist
    ├── NotOffered    the provider does not do this for our account
    ├── NoFunds       it costs money, and the account has none
    └── Malformed     there is an answer, and it cannot be read

The messages name a kind of failure: never a body, a header, an address or a person.
"""


class ProviderError(Exception):
    """Anything that keeps us from a usable answer of the provider."""


class Unavailable(ProviderError):
    """Network, timeout, 429 or 5xx; `retry_after` is in seconds where one was named."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Denied(ProviderError):
    """401 with a fresh token, or 403: trying again does not help."""


class NotFound(ProviderError):
    """404."""


class NotOffered(ProviderError):
    """400 or 404 of something that not every account has."""


class NoFunds(ProviderError):
    """422 of something other than an order."""


class Malformed(ProviderError):
    """An answer that is not what the contract says, in a way we cannot survive."""
