"""The sandbox's links lead to pages of its own, where a visit claims them."""

from decimal import Decimal

import pytest
import requests

from portal.provider.bodies import Line, Order, encode_order
from portal.provider.sandbox.launch import launch
from tests.portal.provider.examples import links


def separate(po_number: str, count: int) -> bytes:
    """A line item for each link."""
    lines = tuple(
        Line(product_id="CVS", value=Decimal(10), external_id=f"{po_number}-{number}")
        for number in range(1, count + 1)
    )
    return encode_order(Order(type="Links", po_number=po_number, lines=lines))


def words(client, order) -> list[str]:
    return [line.status for line in client.get_order(order.id).lines]


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=5)


def test_a_link_asks_for_its_answer_and_looking_claims_nothing(client, sandbox):
    order = client.create_order(links("A")).order
    claim = order.lines[0].claims[0]

    page = get(claim.link)

    assert claim.link.startswith(f"{sandbox.base_url}/claims/")
    assert (page.status_code, 'name="answer"' in page.text) == (200, True)
    assert "CVS Pharmacy worth 10.00" in page.text
    assert claim.challenge_answer not in page.text
    assert words(client, order) == ["Completed"]


def test_the_answer_in_the_address_skips_the_question_and_claims_nothing(client):
    order = client.create_order(links("A")).order
    claim = order.lines[0].claims[0]

    page = get(f"{claim.link}?claim_token={claim.challenge_answer}")

    assert 'type="hidden"' in page.text
    assert "Challenge answer" not in page.text
    assert words(client, order) == ["Completed"]


def test_the_right_answer_claims_that_link_and_no_other(client, sandbox):
    order = client.create_order(separate("A", 3)).order
    claim = order.lines[1].claims[0]

    wrong = sandbox.claim(claim.link, "WRONG")
    assert (wrong, words(client, order)) == (403, ["Completed"] * 3)
    right = sandbox.claim(claim.link, claim.challenge_answer.lower())

    assert right == 200
    assert words(client, order) == ["Completed", "Claimed", "Completed"]


def test_a_line_of_several_links_is_claimed_with_the_last_of_them(client, sandbox):
    order = client.create_order(links("A", quantity=2)).order
    first, second = order.lines[0].claims

    sandbox.claim(first.link, first.challenge_answer)
    assert words(client, order) == ["Completed"]
    sandbox.claim(second.link, second.challenge_answer)

    assert words(client, order) == ["Claimed"]


def test_links_that_are_unknown_or_cancelled_open_nothing(client, sandbox):
    order = client.create_order(links("A")).order
    claim = order.lines[0].claims[0]
    sandbox.cancel_line(order.id)

    assert sandbox.claim(claim.link, claim.challenge_answer) == 410
    assert sandbox.claim(f"{sandbox.base_url}/claims/nothing", "A") == 404


def test_who_claimed_what_outlives_a_kill(tmp_path, make_client):
    data = tmp_path / "sandbox.sqlite3"
    with launch(data=data, sent_after=0) as sandbox:
        client = make_client(base_url=sandbox.base_url)
        claim = client.create_order(links("A")).order.lines[0].claims[0]
        sandbox.claim(claim.link, claim.challenge_answer)
        sandbox.process.kill()
        sandbox.process.wait()
    with launch(data=data, sent_after=0) as sandbox:
        assert sandbox.orders()[0]["LineItems"][0]["Status"] == "Claimed"


@pytest.mark.parametrize(
    ("fault", "delivered"),
    [
        ("good", [(True, True)] * 3),
        ("fewer", [(True, True)] * 2),
        ("more", [(True, True)] * 4),
        ("no_link", [(True, True)] * 2 + [(False, True)]),
        ("no_answer", [(True, True)] * 2 + [(True, False)]),
    ],
)
def test_the_last_link_of_an_order_can_be_spoilt(fault, delivered, client, sandbox):
    sandbox.settings(links=fault)

    order = client.create_order(links("A", quantity=3)).order

    claims = order.lines[0].claims
    assert [(bool(c.link), bool(c.challenge_answer)) for c in claims] == delivered
    assert len({claim.id for claim in claims}) == len(delivered)


def test_a_link_can_come_again_in_its_own_order_and_in_a_later_one(client, sandbox):
    sandbox.settings(links="repeated")

    first = client.create_order(links("A", quantity=2)).order.lines[0].claims
    later = client.create_order(links("B", quantity=2)).order.lines[0].claims

    assert first[0].link == first[1].link == later[1].link != later[0].link


def test_an_address_nobody_should_follow(client, sandbox):
    sandbox.settings(links="bad_url")

    order = client.create_order(separate("A", 2)).order

    assert order.lines[1].claims[0].link.startswith("javascript:")
    sandbox.settings(links="good")
    assert client.get_order(order.id).lines[1].claims[0].link.startswith("http")


def test_the_page_of_the_sandbox_tells_of_links(sandbox):
    page = get(sandbox.base_url).text

    for word in ("claim_token", "claimed_by", "links"):
        assert word in page
