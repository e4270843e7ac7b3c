"""A program whose rewards may be links."""

import pytest

from programs.models import Program


@pytest.fixture
def program(program: Program) -> Program:
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    return program
