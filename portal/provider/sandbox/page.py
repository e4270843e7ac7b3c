"""GET /: what the sandbox holds, for a person to read. No script, no outside parts."""

import time
from collections.abc import Iterable
from decimal import Decimal
from html import escape

from portal.provider.sandbox import knobs
from portal.provider.sandbox.orders import as_json
from portal.provider.sandbox.provider import Provider

_SHOWN_ORDERS = 50
_SHOWN_BODIES = 5
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top;
  border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
td:last-child { overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .8rem;
  border-radius: .4rem; background: color-mix(in srgb, currentColor 8%, transparent) }
"""


def render(provider: Provider) -> bytes:
    """The whole page, UTF-8."""
    recent = provider.storage.newest(most=_SHOWN_ORDERS)
    now = time.time()
    rows = []
    for order in recent:
        shown = as_json(order, now, provider)
        lines = shown["LineItems"]
        words = (
            [str(line["Status"]) for line in lines] if isinstance(lines, list) else []
        )
        status, kind = str(shown["Status"]), str(shown["Type"])
        cost = f"{Decimal(order.cost_cents) / 100:,.2f}"
        rows.append((order.po_number, kind, status, cost, _counted(words)))
    settings = knobs.shown(provider.knobs).items()
    bodies = "".join(
        f"<pre>{escape(order.body)}</pre>" for order in recent[:_SHOWN_BODIES]
    )
    page = f"""<h1>Provider sandbox</h1>
<p>A stand-in for the gift-card provider. Nothing here is sent to anyone and nothing
costs money. {provider.storage.count()} orders so far.</p>
<p>Claim links lead to pages of this server. Such a page asks for the challenge
answer, unless the address ends in <code>?claim_token=</code> and the answer; its button
marks the link claimed, and a line is Claimed once all of its links are. With
<code>claimed_by</code> set to time, they claim themselves as everything else does;
<code>links</code> spoils the last link of every order.</p>
<h2>Latest orders</h2>
{_table(("PO number", "Type", "Status", "Cost", "Lines"), rows)}
<h2>Latest bodies, as they came</h2>{bodies or "<p>None yet.</p>"}
<h2>Settings</h2>
{_table(("Name", "Value"), [(name, str(value)) for name, value in settings])}"""
    return document("Provider sandbox", page)


def document(title: str, content: str) -> bytes:
    """A whole page around this HTML, UTF-8."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>
{content}
</main></body></html>""".encode()


def _counted(words: list[str]) -> str:
    return ", ".join(f"{words.count(word)} {word}" for word in sorted(set(words)))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'
