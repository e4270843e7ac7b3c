"""The form of a card in the post, as a person sends it, and what its page says."""

import re
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from orders.models import Order
from portal.provider.sandbox.launch import Sandbox
from programs.models import Product, Program, ShippingMethod
from tests import factories
from tests.orders.shipments import posted

NEW = "/send/physical/"
ADDRESS = {
    "address-country": "US",
    "address-name": "Rosa Example",
    "address-line1": "476 5th Ave",
    "address-city": "New York",
    "address-state": "NY",
    "address-postal_code": "10018",
}
# A letter where the post has a digit.
DOUBTED = {"address_postal_code": "O2201", "address_state": "MA"}
PASTED = "Rosa Example\n476 5th Ave\nNew York, NY 10018"


def fill(program: Program, card: Product, **answers: object) -> dict[str, str]:
    """One $50 card to the library by the standard method, with other answers if told.

    An answer of None is not sent; `address_` stands for the prefix of the address.
    """
    method = answers.pop("method", None) or posted.standard()
    filled: dict[str, object] = {
        "form_key": factories.form_key(),
        "program": program.pk,
        "product": card.pk,
        "value": "50",
        "quantity": "1",
        "where": "new",
        "method": method.pk if isinstance(method, ShippingMethod) else method,
        "from_name": "Rewards Team",
        "message": "Enjoy your reward!",
        **ADDRESS,
    }
    for name, answer in answers.items():
        part = name.removeprefix("address_")
        filled[f"address-{part}" if name.startswith("address_") else name] = answer
    return {name: str(each) for name, each in filled.items() if each is not None}


def emptied() -> dict[str, None]:
    """An address of which nothing was typed."""
    return {name.replace("-", "_", 1): None for name in ADDRESS}


def words(page: Any) -> str:
    """What a person reads on it."""
    text = re.sub(r"<(script|svg).*?</\1>|<[^>]+>", " ", page.content.decode())
    return " ".join(text.split())


def refused(page: Any) -> list[str]:
    """The fields that are wrong, those of the address among them."""
    assert page.status_code == 422
    assert not Order.objects.exists()
    form, address = page.context["form"], page.context["address"]
    summary = words(page).split("There is a problem", 1)[1]
    wrong = [*form.errors, *(f"address-{name}" for name in address.errors)]
    for problems in (*form.errors.values(), *address.errors.values()):
        for problem in problems:
            assert " ".join(problem.split()) in summary.replace("&#x27;", "'")
    return wrong


def in_days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def asked(provider: Sandbox) -> int:
    """How often the provider was asked about an address, which costs money."""
    paths = [each["path"] for each in provider.requests()]
    return paths.count("/v1/AddressVerification")
