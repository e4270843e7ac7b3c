"""The sandbox as a server: faults by seed, its page, and what it remembers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from portal.provider.sandbox.casing import camel_name
from portal.provider.types import Created, Duplicate
from tests.portal.provider.examples import digital


def test_the_same_seed_gives_the_same_faults(client, sandbox):
    rates = {"cut_before": 0.2, "504_after": 0.2, "error_500": 0.1, "pending": 0.3}

    def run() -> list[str]:
        sandbox.reset()
        sandbox.settings(faults=rates, seed=42)
        for number in range(60):
            client.create_order(digital(f"A-{number}"))
        return [
            f"{r['status']} {r['faults']}"
            for r in sandbox.requests()
            if r["path"] == "/v1/Orders"
        ]

    first, second = run(), run()

    # Only the first POST of the second run differs: its token died with the reset.
    assert first == second[1:]
    assert {status.split()[0] for status in first} == {"0", "201", "500", "504"}
    assert any("pending" in status for status in first)


def test_retrying_the_same_bytes_through_any_faults_makes_each_order_once(
    client, sandbox
):
    rates = dict.fromkeys(
        ("cut_before", "cut_after", "504_after", "error_500", "garbage_after"), 0.12
    )
    sandbox.settings(faults=rates, seed=3)

    for number in range(40):
        body = digital(f"A-{number}")
        while not isinstance(client.create_order(body), Created | Duplicate):
            continue

    numbers = [order["PONumber"] for order in sandbox.orders()]
    assert numbers == [f"A-{number}" for number in range(40)]
    assert all(attempt["bodies"] == 1 for attempt in sandbox.attempts().values())


def test_attempts_are_counted_by_number(client, sandbox):
    sandbox.settings(next=["504_after", None, "error_500"])

    for _ in range(3):
        client.create_order(digital("A"))

    assert sandbox.attempts() == {
        "A": {"outcomes": ["504", "409", "500"], "bodies": 1},
    }


def test_the_page_shows_orders_and_settings_and_runs_nothing(client, sandbox):
    client.create_order(digital("<script>alert(1)</script>"))

    page = requests.get(sandbox.base_url, timeout=5)

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script" not in page.text
    assert "1 Sent" in page.text
    assert "14.70" in page.text
    assert "sandbox-access-token" not in page.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/_sandbox/nothing"),
        ("POST", "/_sandbox/nothing"),
        ("POST", "/_sandbox/cancel-line"),
    ],
)
def test_what_is_not_there_is_404(method, path, sandbox):
    answer = requests.request(method, f"{sandbox.base_url}{path}", timeout=5)

    assert answer.status_code == 404


def test_nothing_under_v1_answers_without_a_token(sandbox):
    lists = ("Products", "ShippingMethods", "Brandings", "Carriers", "Orders")
    for path in (*lists, "Orders/x"):
        answer = requests.get(f"{sandbox.base_url}/v1/{path}", timeout=5)
        assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"productId": "cvs"}, ["B", "A"]),
        ({"recipientEmail": "rae1@example.com"}, ["B"]),
        ({"recipientName": "Rae"}, ["B", "A"]),
        ({"recipientSms": "+12025550123"}, []),
        ({"startDate": "2100-01-01"}, []),
        ({"endDate": "2100-01-01T00:00:00Z"}, ["B", "A"]),
        ({"poNumber": "A", "productId": "CVS"}, ["A"]),
        ({}, ["B", "A"]),
    ],
)
def test_orders_are_filtered_as_documented(filters, expected, client, sandbox):
    client.create_order(digital("A", lines=1))
    client.create_order(digital("B", lines=2))

    answer = authorised_get(sandbox, "Orders", filters).json()

    assert [order["PONumber"] for order in answer["Data"]] == expected
    assert (answer["Page"], answer["PageSize"]) == (1, 5)
    assert answer["TotalCount"] == len(expected)


@pytest.mark.parametrize(
    "query",
    [{"pageSize": "51"}, {"pageIndex": "0"}, {"pageSize": "x"}, {"startDate": "x"}],
)
def test_a_query_outside_the_contract_is_400(query, sandbox):
    assert authorised_get(sandbox, "Orders", query).status_code == 400


def test_many_clients_at_once_lose_nothing(make_client, sandbox):
    client = make_client()

    def send(thread: int) -> None:
        for number in range(20):
            client.create_order(digital(f"A-{thread}-{number}"))
        client.close()

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(send, range(16)))

    assert len({order["PONumber"] for order in sandbox.orders()}) == 320


@pytest.mark.parametrize(
    ("pascal", "camel"),
    [
        ("PONumber", "poNumber"),
        ("Id", "id"),
        ("ClaimLinkChallengeAnswer", "claimLinkChallengeAnswer"),
        ("errors", "errors"),
    ],
)
def test_camel_case_is_the_kind_their_clients_read(pascal, camel):
    assert camel_name(pascal) == camel


def authorised_get(sandbox, path, params):
    token = requests.post(
        f"{sandbox.base_url}/v1/Tokens",
        headers={"Email": sandbox.email, "AccessToken": sandbox.access_token},
        timeout=5,
    ).json()["Value"]
    return requests.get(
        f"{sandbox.base_url}/v1/{path}",
        params=params,
        headers={"Authorization": f"Bearer {token}"},
        timeout=5,
    )
