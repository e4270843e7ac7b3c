"""The provider's API v1, one method per endpoint (provider-api: 3).

Reading methods raise the errors of `portal.provider.errors`. `create_order` raises none
of them: whatever happens to an order that spends money is one of five outcomes.
"""

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

from portal.provider import paging, reading, wire
from portal.provider.bearer import TokenStore
from portal.provider.errors import (
    Denied,
    Malformed,
    NoFunds,
    NotFound,
    NotOffered,
    ProviderError,
    Unavailable,
)
from portal.provider.transport import Answer, Transport
from portal.provider.types import (
    Branding,
    CardCarrier,
    Created,
    Duplicate,
    InsufficientFunds,
    Outcome,
    Product,
    ProviderOrder,
    Refused,
    ShippingMethod,
    Token,
    Unknown,
    VerifiedAddress,
)

_MOST_PRODUCTS_A_PAGE = 500
_MOST_A_PAGE = 50


class Client:
    """Calls to the provider; safe to share among threads.

    `timeout` is (connect, read) in seconds.
    """

    def __init__(
        self,
        *,
        base_url: str,
        email: str,
        access_token: str,
        tokens: TokenStore,
        timeout: tuple[float, float] = (5.0, 30.0),
        user_agent: str = "Laurel",
    ) -> None:
        self._credentials = {"Email": email, "AccessToken": access_token}
        self._tokens = tokens
        self._transport = Transport(base_url, timeout=timeout, user_agent=user_agent)

    def issue_token(self) -> Token:
        """A new bearer token. Raises Denied for 401 and 403 (provider-api: 4)."""
        answer = self._transport.exchange(
            "POST", "/v1/Tokens", headers=self._credentials
        )
        return reading.token(wire.Fields(_json(answer)))

    def create_order(self, body: bytes) -> Outcome:
        """Send a frozen body once; never raises for what network or server do.

        Only a clear 201, 400, 409 or 422 is an answer. Everything else is Unknown, and
        the same bytes may be sent again (provider-api: 5.4).
        """
        try:
            return _outcome(self._send("POST", "/v1/Orders", body=body))
        except ProviderError as error:
            return Unknown(
                reason=str(error),
                denied=isinstance(error, Denied),
                retry_after=getattr(error, "retry_after", None),
            )

    def get_order(self, order_id: str) -> ProviderOrder:
        """One order as it stands now (provider-api: 5.2)."""
        if not order_id.strip("."):
            raise NotFound("an order needs an id")  # else the path means another page
        answer = self._send("GET", f"/v1/Orders/{quote(order_id, safe='')}")
        order = reading.order(wire.Fields(_json(answer)))
        if order.id.casefold() != order_id.casefold():
            raise Malformed("the answer is about another order")
        return order

    def find_orders(self, po_number: str) -> tuple[ProviderOrder, ...]:
        """Every order with this PONumber, whatever its case (provider-api: 5.5).

        Empty means there is none: where a server ignored the filter and its list was
        too long to read, with no match so far, Malformed is raised instead.
        """
        found: list[ProviderOrder] = []
        fetch = partial(self._page, "/v1/Orders", _MOST_A_PAGE, poNumber=po_number)
        try:
            for order in paging.walk(fetch, reading.order):
                if order.po_number.casefold() == po_number.casefold():
                    found.append(order)  # noqa: PERF401  kept when the walk ends badly
        except paging.Endless:
            if not found:
                raise
        return tuple(found)

    def products(self) -> Iterator[Product]:
        """The whole catalogue of this account (provider-api: 6)."""
        fetch = partial(self._page, "/v1/Products", _MOST_PRODUCTS_A_PAGE)
        return paging.walk(fetch, reading.product)

    def shipping_methods(self) -> Iterator[ShippingMethod]:
        """All ways to post a card (provider-api: 7)."""
        fetch = partial(self._page, "/v1/ShippingMethods", _MOST_A_PAGE)
        return paging.walk(fetch, reading.shipping_method)

    def brandings(self) -> Iterator[Branding]:
        """All brandings; none where the provider answers 404 (provider-api: 3)."""
        fetch = partial(self._page, "/v1/Brandings", _MOST_A_PAGE)
        try:
            yield from paging.walk(fetch, reading.branding)
        except NotFound:
            return

    def card_carriers(self) -> Iterator[CardCarrier]:
        """All card carriers; none where the provider answers 404 (provider-api: 7)."""
        fetch = partial(self._page, "/v1/Carriers", _MOST_A_PAGE)
        try:
            yield from paging.walk(fetch, reading.card_carrier)
        except NotFound:
            return

    def verify_address(self, body: bytes) -> tuple[VerifiedAddress, ...]:
        """What the provider knows near this address, the likeliest first.

        Each call is charged for. `body` is made by `bodies.encode_address`. Raises
        NotOffered and NoFunds besides the others (provider-api: 3).
        """
        answer = self._send("POST", "/v1/AddressVerification", body=body)
        match answer.status:
            case 400 | 404:
                raise NotOffered(f"addresses are not verified ({answer.status})")
            case 422:
                raise NoFunds("there are no funds to verify an address (422)")
        return reading.suggestions(wire.Fields(_json(answer)))

    def close(self) -> None:
        """Close the calling thread's connection."""
        self._transport.close()

    def _page(self, path: str, size: int, index: int, **filters: str) -> object:
        params = {"pageIndex": str(index), "pageSize": str(size), **filters}
        return _json(self._send("GET", path, params=params))

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        token = self._tokens.get(self.issue_token)
        send = partial(self._authorised, method, path, params=params, body=body)
        answer = send(token)
        if answer.status == 401:
            # Not accepted, so the same bytes may follow at once with a fresh token.
            self._tokens.discard(token)
            answer = send(self._tokens.get(self.issue_token))
        return answer

    def _authorised(
        self,
        method: str,
        path: str,
        token: str,
        *,
        params: dict[str, str] | None,
        body: bytes | None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._transport.exchange(
            method, path, headers=headers, params=params, body=body
        )


def _outcome(answer: Answer) -> Outcome:
    match answer.status:
        case 201:
            return Created(reading.order(wire.Fields(wire.loads(answer.body))))
        case 400:
            return Refused(reading.field_errors(answer.body))
        case 409:
            return Duplicate(reading.order_ids(answer.body))
        case 422:
            return InsufficientFunds(*reading.balances(answer.body))
    raise _failure(answer)


def _json(answer: Answer) -> object:
    if answer.status != 200:
        raise _failure(answer)
    return wire.loads(answer.body)


def _failure(answer: Answer) -> ProviderError:
    status = answer.status
    if status in (401, 403):
        return Denied(f"denied ({status})")
    if status == 404:
        return NotFound("not found (404)")
    if status in (408, 429) or status >= 500:
        return Unavailable(f"unavailable ({status})", retry_after=answer.retry_after)
    return Malformed(f"unexpected answer ({status})")
