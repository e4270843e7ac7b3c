"""The documented endpoints under /v1."""

import math
import time
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from portal.provider.sandbox import addresses, catalogue, ordering, searching
from portal.provider.sandbox.knobs import Fault
from portal.provider.sandbox.messages import CUT, Reply, Request
from portal.provider.sandbox.orders import as_json
from portal.provider.sandbox.paging import page
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.webhooks import Webhooks

NOT_FOUND = Reply(404)


class Api:
    """Answers requests, from any thread."""

    def __init__(self, provider: Provider, webhooks: Webhooks) -> None:
        self._provider = provider
        self._webhooks = webhooks

    def answer(self, request: Request) -> tuple[Reply, Collection[Fault]]:
        """The reply, and the faults that shaped it."""
        provider, knobs = self._provider, self._provider.knobs
        endpoint = (request.method, request.path)
        if knobs.latency:
            time.sleep(knobs.latency)
        if knobs.down != "no":
            return (CUT if knobs.down == "closed" else Reply(503)), ()
        if endpoint == ("POST", "/v1/Tokens"):
            return self._token(request), ()
        if not provider.tokens.is_live(request.token):
            return Reply(401), ()
        if endpoint == ("POST", "/v1/Orders"):
            faults = provider.faults.for_order(knobs)
            return self._order(request, faults), faults
        if provider.faults.hits_token(knobs):
            provider.tokens.revoke(request.token)
            return Reply(401), (Fault.UNAUTHORIZED,)
        if endpoint == ("POST", "/v1/AddressVerification"):
            return addresses.verify(knobs, request), ()
        return (self._get(request) if request.method == "GET" else NOT_FOUND), ()

    def _token(self, request: Request) -> Reply:
        knobs = self._provider.knobs
        given = (request.headers.get("email"), request.headers.get("accesstoken"))
        if given != (knobs.email, knobs.access_token):
            return Reply(401)
        unit = 60 if knobs.expires_in_unit == "minutes" else 1
        value = self._provider.tokens.issue(knobs.token_life)
        life = math.ceil(knobs.token_life / unit)
        return Reply(200, {"Value": value, "ExpiresIn": life})

    def _order(self, request: Request, faults: Collection[Fault]) -> Reply:
        if Fault.CUT_BEFORE in faults:
            return CUT
        if Fault.UNAUTHORIZED in faults:
            self._provider.tokens.revoke(request.token)
            return Reply(401)
        if Fault.FORBIDDEN in faults:
            return Reply(403)
        return ordering.create(self._provider, self._webhooks, request, faults)

    def _get(self, request: Request) -> Reply:
        knobs = self._provider.knobs
        products = list(self._provider.products.values())
        version, _, rest = request.path.lstrip("/").partition("/")
        name, _, id = rest.partition("/")
        match (version, name, id):
            case ("v1", "Products", ""):
                return self._list(request, _matching(products, request.query), 25, 500)
            case ("v1", "Products", id):
                product = self._provider.products.get(id)
                return Reply(200, product) if product else NOT_FOUND
            case ("v1", "ShippingMethods", ""):
                return self._list(request, catalogue.SHIPPING_METHODS, 5, 50)
            case ("v1", "Brandings", "") if knobs.brandings:
                return self._list(request, catalogue.BRANDINGS, 5, 50)
            case ("v1", "Carriers", "") if knobs.card_carriers:
                return self._list(request, catalogue.CARD_CARRIERS, 5, 50)
            case ("v1", "Orders", ""):
                return searching.search(self._provider, request.query)
            case ("v1", "Orders", id):
                order = self._provider.storage.get(id)
                found = order and as_json(order, time.time(), self._provider)
                return Reply(200, found) if found else NOT_FOUND
            case ("v1", "AccountBalance", "") if knobs.account_balance:
                return self._balance()
        return NOT_FOUND

    def _list(
        self, request: Request, items: Sequence[object], default: int, most: int
    ) -> Reply:
        return page(
            request.query,
            self._provider.knobs,
            total=len(items),
            rows=lambda size, skipped: items[skipped : skipped + size],
            default=default,
            most=most,
        )

    def _balance(self) -> Reply:
        spent = Decimal(self._provider.storage.spent_cents()) / 100
        available = self._provider.knobs.balance - spent
        return Reply(200, {"Pending": Decimal(0), "Available": available})


def _matching(
    products: Sequence[catalogue.Product], query: Mapping[str, str]
) -> Sequence[catalogue.Product]:
    name = query.get("productname", "").casefold()
    kind = query.get("producttype", "").casefold()
    return [
        product
        for product in products
        if name in str(product.get("Name")).casefold()
        and kind in ("", str(product.get("Type")).casefold())
    ]
