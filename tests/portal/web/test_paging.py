from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.outbox.models import Message
from portal.web import paging

START = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
ORDERS = [
    ("-id",),
    ("not_before", "id"),
    ("-not_before", "-id"),
    ("topic", "-not_before", "id"),
    ("-attempts", "id"),
]

pytestmark = pytest.mark.django_db


def make_messages(*places: tuple[int, int]) -> None:
    """One message per (minute, topic number); equal places are ties."""
    Message.objects.all().delete()
    Message.objects.bulk_create(
        Message(
            topic=f"topic {topic}",
            key=f"key {number}",
            attempts=topic,
            not_before=START + timedelta(minutes=minute),
        )
        for number, (minute, topic) in enumerate(places)
    )


def page(query: str = "", *, order=("-id",), size=3):
    return paging.keyset(
        Message.objects.all(), QueryDict(query.lstrip("?")), order=order, size=size
    )


@settings(max_examples=60, deadline=None)
@given(
    places=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=25),
    order=st.sampled_from(ORDERS),
    size=st.integers(1, 7),
)
def test_walking_forward_and_back_visits_each_row_once(places, order, size):
    make_messages(*places)
    expected = [m.pk for m in Message.objects.order_by(*order)]

    pages = [page(order=order, size=size)]
    while pages[-1].older_url:
        pages.append(page(pages[-1].older_url, order=order, size=size))
    back = [pages[-1]]
    while back[-1].newer_url:
        back.append(page(back[-1].newer_url, order=order, size=size))

    forward_rows = [row.pk for p in pages for row in p.rows]
    back_rows = [row.pk for p in reversed(back) for row in p.rows]
    assert forward_rows == expected
    assert back_rows == expected
    assert pages[0].newer_url == ""


def test_rows_that_arrive_meanwhile_shift_no_page():
    make_messages(*[(0, 0)] * 6)
    first = page()
    older = [row.pk for row in page(first.older_url).rows]

    Message.objects.create(topic="late", key="late", not_before=START)

    assert [row.pk for row in page(first.older_url).rows] == older


def test_a_short_page_on_the_way_back_is_filled_from_the_beginning():
    make_messages(*[(0, 0)] * 5)
    second = page(page(size=3).older_url, size=3)
    newest = list(Message.objects.order_by("-id")[:2])
    for message in newest:
        message.delete()

    first = page(second.newer_url, size=3)

    assert len(first.rows) == 3
    assert first.newer_url == ""


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "1",
        "nonsense",
        "W1siaW50IiwiMSJdXQ:x",
        "\x00",
        "é",
        "1" * 5000,
        "[]",
        "a:b:c",
    ],
)
@pytest.mark.parametrize("word", ["after", "before"])
def test_a_cursor_that_is_not_ours_shows_the_first_page(cursor, word):
    make_messages(*[(0, 0)] * 5)
    query = QueryDict(mutable=True)
    query[word] = cursor

    shown = page(query.urlencode())

    assert [row.pk for row in shown.rows] == [row.pk for row in page().rows]
    assert shown.newer_url == ""


def test_a_cursor_of_another_list_shows_the_first_page():
    make_messages(*[(0, 0)] * 5)
    other = page(order=("not_before", "id")).older_url

    assert page(other).rows == page().rows


def test_links_keep_the_other_parameters_and_replace_the_cursor():
    make_messages(*[(0, 0)] * 9)
    second = page(page("?q=a%26b&tag=1&tag=2").older_url)

    newer = QueryDict(second.newer_url.lstrip("?"))

    assert newer["q"] == "a&b"
    assert newer.getlist("tag") == ["1", "2"]
    assert "before" in newer
    assert "after" not in newer


def test_an_order_whose_last_field_is_not_unique_is_refused():
    with pytest.raises(ValueError, match="not unique"):
        page(order=("-not_before",))


def test_the_count_is_exact_up_to_its_bound(monkeypatch):
    monkeypatch.setattr(paging, "MOST_COUNTED", 6)
    make_messages(*[(0, 0)] * 6)
    assert page().summary == "3 of 6"

    Message.objects.create(topic="one more", key="one more", not_before=START)

    assert page().summary == "3 of 6+"


def test_one_page_needs_one_query(django_assert_num_queries):
    make_messages(*[(0, 0)] * 3)

    with django_assert_num_queries(1):
        assert page().summary == "3 of 3"


def test_a_middle_page_needs_two_queries(django_assert_num_queries):
    make_messages(*[(0, 0)] * 9)
    older = page().older_url

    with django_assert_num_queries(2):
        page(older)


def test_an_empty_list_has_an_empty_page():
    assert page().summary == "0 of 0"
