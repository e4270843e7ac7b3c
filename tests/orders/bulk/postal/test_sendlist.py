"""A list of both ways from the shell: a draft order each."""

from io import StringIO

import pytest
from django.core.management import call_command

from orders.models import Order, Shipment
from tests.orders.shipments import posted

pytestmark = pytest.mark.django_db(transaction=True)

MIXED = """Name,E-mail,Product,Value,Street,City,State,ZIP
Maria Lopez,maria@example.com,CVS,10,,,,
Rosa Example,,CVS,25,476 5th Ave,New York,NY,10018
Dana Example,,CVS,25,350 5th Ave,New York,NY,10118
"""


def test_a_list_of_both_ways_becomes_two_draft_orders(program, manu, cvs, tmp_path):
    posted.standard()
    file = tmp_path / "people.csv"
    file.write_text(MIXED)
    out = StringIO()

    who = ["--program", program.name, "--as", manu.email]
    call_command("sendlist", str(file), *who, stdout=out, stderr=out)

    digital, postal = Order.objects.order_by("type")
    said = out.getvalue()
    assert f"{digital.po_number}: 1 reward by e-mail or SMS, $10.00." in said
    assert f"{postal.po_number}: 2 cards by post, $59.90." in said
    for order in (digital, postal):
        assert f"/orders/{order.reference}/check/" in said
        assert order.status == "draft"
    streets = Shipment.objects.order_by("line1").values_list("line1", flat=True)
    assert list(streets) == ["350 5th Ave", "476 5th Ave"]
