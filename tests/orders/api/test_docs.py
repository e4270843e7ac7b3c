"""The page that people read: everything that can be sent and answered stands on it."""

import pytest
from django.test import Client
from django.urls import reverse

from orders.api import schema
from orders.triggers.conditions import Unmet
from orders.triggers.problems import MEANINGS

pytestmark = pytest.mark.django_db


def test_every_call_field_and_problem_is_on_the_page(client: Client):
    page = client.get(reverse("orders:api_docs")).content.decode()

    document = schema.published()
    for path, calls in document["paths"].items():
        for method in calls:
            assert f"<code>{method.upper()} {path}</code>" in page
    for name, described in document["components"]["schemas"].items():
        assert f'id="object-{name}"' in page
        for field in described["properties"]:
            assert f"<code>{field}</code>" in page
    for code in MEANINGS:
        assert f'<tr id="{code}">' in page
    for why in Unmet:
        assert f"<code>{why}</code>" in page


@pytest.mark.parametrize("who", ["anonymous", "manager"])
def test_whoever_gets_a_problem_may_read_what_it_means(who, client, as_manu):
    visitor = as_manu if who == "manager" else client

    page = visitor.get(reverse("orders:api_docs"))

    assert page.status_code == 200
    assert ("Sign out" in page.content.decode()) == (who == "manager")
