"""A program that gives claim links, and what its form would hold."""

from collections.abc import Callable

import pytest

from programs.models import Product, Program
from tests import factories


@pytest.fixture
def program(program: Program) -> Program:
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    return program


@pytest.fixture
def typed(program: Program, cvs: Product) -> Callable[..., dict[str, str]]:
    """The form of five $10 links as a person sends it, with other answers if told."""

    def typed(**answers: object) -> dict[str, str]:
        filled: dict[str, object] = {
            "form_key": factories.form_key(),
            "program": program.pk,
            "product": cvs.pk,
            "value": "10",
            "quantity": "5",
            "label": "Spring fair",
            "way": "portal",
            "from_name": "Rewards Team",
            "message": "Enjoy your reward!",
        }
        return {name: str(value) for name, value in (filled | answers).items()}

    return typed
