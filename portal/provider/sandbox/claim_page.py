"""The page of a claim link, on which whoever has the challenge answer gets the card."""

import time
from html import escape
from urllib.parse import parse_qs

from portal.provider.sandbox import page, requested
from portal.provider.sandbox.claims import PATH
from portal.provider.sandbox.messages import Reply, Request
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.storage import Link, Stored

_HTML = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}


def answer(provider: Provider, request: Request) -> Reply:
    """The page of one link. Looking claims nothing; the right answer, posted, does."""
    link = provider.storage.link(request.path.removeprefix(PATH))
    order = provider.storage.get(link.order_id) if link else None
    if link is None or order is None:
        return _page(404, "<p>There is no such link.</p>")
    if link.line in order.cancelled:
        return _page(410, "<p>This card was cancelled.</p>")
    if request.method != "POST":
        given = request.query.get("claim_token", "")
        return _page(200, _card(order, link, provider) + _form(given))
    typed = parse_qs(request.body.decode(errors="replace")).get("answer", [""])[0]
    if typed.strip().upper() != link.answer:
        return _page(403, "<p>That is not the answer.</p>" + _form(""))
    provider.storage.claim(link.digest, time.time())
    number = f"6006 {link.digest[:4]} {link.digest[4:8]}".upper()
    return _page(200, _card(order, link, provider) + f"<p>Its number: {number}</p>")


def _card(order: Stored, link: Link, provider: Provider) -> str:
    line = requested.read(order.body).lines[link.line]
    product = provider.products.get(line.product_id, {})
    name = escape(str(product.get("Name", line.product_id)))
    return f"<p>A card of {name} worth {line.value:,.2f}.</p>"


def _form(given: str) -> str:
    """The question, or only the button where the address brought the answer."""
    kind = "hidden" if given else "text"
    label = "" if given else '<label for="answer">Challenge answer</label> '
    return (
        f'<form method="post">{label}<input type="{kind}" id="answer" name="answer" '
        f'value="{escape(given)}"> <button>Show the card</button></form>'
    )


def _page(status: int, content: str) -> Reply:
    body = page.document("Claim a card", f"<h1>Claim a card</h1>{content}")
    return Reply(status, body, _HTML)
