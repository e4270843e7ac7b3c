"""What a card can be posted by: order, badges, preselection; and card carriers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.actors import WORKER
from portal.audit.models import Entry
from portal.provider import connection, types
from programs import catalogue, sentences, shipping
from programs.management import shipping_demo
from programs.models import (
    CardCarrier,
    Holiday,
    Product,
    ShippingMethod,
    TransitTime,
)
from programs.shipping import Carrier, CarrierQuestion, Choice
from tests import factories
from tests.programs.posting import make_method

# Monday the 30th of November, ten in the morning in New York.
MONDAY = datetime(2026, 11, 30, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _organisation(settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"


@pytest.fixture
def methods(db):
    make_method("OVERNIGHT", "29.90", (1, 1), is_tracked=True, carrier="Swiftline")
    make_method("STANDARD", "4.95", (5, 8))
    make_method("PRIORITY", "9.50", (2, 3), is_tracked=True)
    make_method("PIGEON", "7.00")


def offered(**wishes) -> list[Choice]:
    return shipping.choices("USD", **{"now": MONDAY, **wishes})


def ids(choices) -> list[str]:
    return [choice.method.provider_id for choice in choices]


def chosen(**wishes) -> str | None:
    choice = shipping.preselected(offered(**wishes))
    return choice.method.provider_id if choice else None


def test_methods_stand_by_price_with_what_is_known_of_each(methods):
    shown = [
        (
            choice.method.provider_id,
            str(choice.cost),
            sentences.arrival(choice.window) if choice.window else None,
            choice.is_tracked,
        )
        for choice in offered()
    ]

    assert shown == [
        ("STANDARD", "$4.95", "Mon 7 – Thu 10 Dec", False),
        ("PIGEON", "$7.00", None, False),
        ("PRIORITY", "$9.50", "Wed 2 – Thu 3 Dec", True),
        ("OVERNIGHT", "$29.90", "Tue 1 Dec", True),
    ]


def test_the_cheapest_and_the_fastest_are_said(methods):
    choices = offered()

    assert ids(c for c in choices if c.is_cheapest) == ["STANDARD"]
    assert ids(c for c in choices if c.is_fastest) == ["OVERNIGHT"]


def test_equals_are_all_the_cheapest_and_the_sooner_comes_first(methods):
    make_method("COURIER", "4.95", (2, 3))
    make_method("SLOW BOAT", "4.95")

    choices = offered()

    assert ids(choices)[:3] == ["COURIER", "STANDARD", "SLOW BOAT"]
    cheapest = ids(c for c in choices if c.is_cheapest)
    assert cheapest == ["COURIER", "STANDARD", "SLOW BOAT"]
    assert chosen() == "COURIER"


def test_fastest_is_whoever_is_surely_there_first(db):
    make_method("GAMBLE", days=(1, 9))
    make_method("STEADY", days=(3, 3))
    make_method("STEADY TOO", days=(3, 3))

    assert ids(c for c in offered() if c.is_fastest) == ["STEADY", "STEADY TOO"]


def test_what_nobody_knows_the_time_of_is_never_the_fastest(db):
    make_method("PIGEON")

    (only,) = offered()

    assert (only.is_cheapest, only.is_fastest) == (True, False)


@pytest.mark.parametrize(
    ("needed_by", "expected"),
    [
        (None, "STANDARD"),
        (date(2026, 12, 10), "STANDARD"),
        (date(2026, 12, 9), "PRIORITY"),
        (date(2026, 12, 3), "PRIORITY"),
        (date(2026, 12, 2), "OVERNIGHT"),
        (date(2026, 12, 1), "OVERNIGHT"),
        # Nothing is in time: the cheapest, and the page can say that it is late.
        (date(2026, 11, 30), "STANDARD"),
        (date(2020, 1, 1), "STANDARD"),
    ],
)
def test_the_cheapest_that_is_there_in_time_is_preselected(
    methods, needed_by, expected
):
    assert chosen(needed_by=needed_by) == expected


def test_a_date_is_met_by_estimates_alone_and_everything_meets_none(methods):
    in_time = [c for c in offered(needed_by=date(2026, 12, 9)) if c.meets_needed_by]

    assert ids(in_time) == ["PRIORITY", "OVERNIGHT"]
    assert all(choice.meets_needed_by for choice in offered())


def test_a_company_s_methods_compare_among_themselves(methods):
    choices = offered(company="Pelican Post")

    assert ids(choices) == ["STANDARD", "PIGEON", "PRIORITY"]
    assert ids(c for c in choices if c.is_fastest) == ["PRIORITY"]
    assert offered(company="Nobody") == []


def test_without_methods_nothing_is_preselected(db):
    assert offered() == []
    assert chosen() is None


def test_retired_methods_are_no_choice(methods):
    gone = ShippingMethod.objects.filter(carrier="Swiftline")
    gone.update(retired_at=timezone.now())

    assert "OVERNIGHT" not in ids(offered())
    assert shipping.companies() == ["Pelican Post"]


@pytest.mark.parametrize(
    ("currency", "cost"), [("USD", "$4.95"), ("EUR", "€4.95"), ("JPY", "¥5")]
)
def test_a_price_is_taken_to_be_in_the_order_s_currency(db, currency, cost):
    make_method("STANDARD", "4.95")

    assert str(shipping.choices(currency)[0].cost) == cost


def test_it_is_as_if_ordered_now(methods, time_machine):
    time_machine.move_to(MONDAY + timedelta(days=4, hours=5), tick=False)

    overnight = shipping.choices("USD")[-1]

    assert overnight.window is not None
    assert sentences.arrival(overnight.window) == "Tue 8 Dec"


def test_two_hundred_methods_take_three_queries(db, django_assert_max_num_queries):
    for number in range(200):
        make_method(f"M{number}", f"{number % 70}.95", (1 + number % 9, 10))

    with django_assert_max_num_queries(3):
        choices = offered(needed_by=date(2026, 12, 20), company="Pelican Post")
        assert shipping.preselected(choices) == choices[0]

    assert len(choices) == 200


@pytest.mark.parametrize(
    "nonsense",
    [
        {"least_days": 0},
        {"least_days": 4},
        {"most_days": 61},
        {"cut_off_hour": 24},
    ],
)
def test_the_database_refuses_times_that_make_no_sense(db, nonsense):
    method = make_method("STANDARD")
    facts = {"least_days": 1, "most_days": 3, "cut_off_hour": 14, "is_tracked": False}

    with pytest.raises(IntegrityError), transaction.atomic():
        TransitTime.objects.create(method=method, **{**facts, **nonsense})


def test_every_shipping_method_of_every_page_is_read_with_its_raw_words(db, sandbox):
    sandbox.settings(page_size_cap=1, past_the_end="repeat")

    catalogue.apply(catalogue.snapshot(connection.client()), actor=WORKER)

    assert len(offered()) == 6
    registered = ShippingMethod.objects.get(provider_id="REGISTERED")
    assert registered.raw["Description"] == "Registered, with a signature"
    assert registered.raw["Cost"] == "14.25"


def test_the_demonstration_knows_times_and_holidays_however_often_it_is_told(
    db, sandbox, boss
):
    catalogue.apply(catalogue.snapshot(connection.client()), actor=WORKER)

    for _ in range(2):
        shipping_demo.fill(actor=boss)

    unknown = [choice.method for choice in offered() if choice.window is None]
    assert [method.provider_id for method in unknown] == ["REGISTERED"]
    assert Holiday.objects.filter(name="Thanksgiving Day").count() == 2
    assert {f"{each.day:%a}" for each in Holiday.objects.filter(day__month=11)} == {
        "Thu"
    }
    acts = Entry.objects.exclude(action="catalogue.refreshed")
    assert acts.filter(action="transit_time.entered").count() == 5
    assert acts.filter(action="holiday.added").count() == Holiday.objects.count() == 8


def test_times_survive_a_reading_and_a_retirement(db, sandbox):
    catalogue.apply(catalogue.snapshot(connection.client()), actor=WORKER)
    method = ShippingMethod.objects.get(provider_id="TWODAY")
    TransitTime.objects.create(
        method=method, least_days=2, most_days=2, cut_off_hour=14, is_tracked=True
    )
    read = catalogue.snapshot(connection.client())
    kept = [each for each in read.shipping_methods if each.id != "TWODAY"]
    catalogue.apply(replace(read, shipping_methods=tuple(kept)), actor=WORKER)
    assert "TWODAY" not in ids(offered())

    catalogue.apply(catalogue.snapshot(connection.client()), actor=WORKER)

    (back,) = [c for c in offered() if c.method == method]
    assert back.is_tracked
    assert back.window is not None


# Card carriers: the printed sheet that holds a card.


def listed() -> list[str]:
    return [carrier.id for carrier in shipping.card_carriers()]


def read() -> None:
    catalogue.apply(catalogue.snapshot(connection.client()), actor=WORKER)


def test_the_provider_is_not_asked_for_carriers_unless_it_has_them(
    db, sandbox, settings
):
    settings.CARD_CARRIERS = {"OURS": "Our folder", "OTHER": "The other one"}

    read()

    assert [each for each in sandbox.requests() if "Carriers" in each["path"]] == []
    assert shipping.card_carriers() == [
        Carrier("OURS", "Our folder"),
        Carrier("OTHER", "The other one"),
    ]


def test_carriers_of_the_provider_are_read_and_stand_by_name(db, sandbox, settings):
    settings.PROVIDER_CARD_CARRIERS = True
    settings.CARD_CARRIERS = {"OURS": "Our folder"}
    sandbox.settings(page_size_cap=1)

    read()

    assert listed() == ["FESTIVE", "PLAIN", "DEFAULT", "THANKS"]
    act = Entry.objects.get(action="catalogue.refreshed")
    assert act.data["card_carriers"]["added"] == 4
    assert CardCarrier.objects.get(provider_id="DEFAULT").raw == {
        "Id": "DEFAULT",
        "Description": "Plain white folder",
    }


def test_a_carrier_that_is_gone_is_retired_and_comes_back_as_the_same(
    db, sandbox, settings
):
    settings.PROVIDER_CARD_CARRIERS = True
    read()
    pk = CardCarrier.objects.get(provider_id="DEFAULT").pk
    snapshot = catalogue.snapshot(connection.client())

    kept = tuple(each for each in snapshot.card_carriers if each.id != "DEFAULT")
    catalogue.apply(replace(snapshot, card_carriers=kept), actor=WORKER)
    assert "DEFAULT" not in listed()
    assert CardCarrier.objects.get(pk=pk).retired_at is not None

    read()
    assert "DEFAULT" in listed()
    assert CardCarrier.objects.get(pk=pk).retired_at is None


def test_a_provider_that_has_no_such_list_retires_nothing(db, sandbox, settings):
    settings.PROVIDER_CARD_CARRIERS = True
    read()
    sandbox.settings(card_carriers=False)

    read()

    assert len(listed()) == 4


def test_a_carrier_that_makes_no_sense_is_left_out(db, sandbox, settings):
    settings.PROVIDER_CARD_CARRIERS = True
    carriers = (
        types.CardCarrier("x" * 101, "Too long", {}),
        types.CardCarrier("\0", "Nothing", {}),
        types.CardCarrier("PLAIN", "", {}),
    )
    snapshot = catalogue.snapshot(connection.client())

    catalogue.apply(replace(snapshot, card_carriers=carriers), actor=WORKER)

    assert shipping.card_carriers() == [Carrier("PLAIN", "PLAIN")]


ONE, TWO = Carrier("A", "Plain"), Carrier("B", "Festive")


@pytest.mark.parametrize(
    ("carriers", "is_required", "is_shown", "unasked", "accepted"),
    [
        ((), False, False, "", {""}),
        ((), True, False, "", set()),
        ((ONE,), False, False, "", {"", "A"}),
        ((ONE,), True, False, "A", {"A"}),
        ((ONE, TWO), False, True, "", {"", "A", "B"}),
        ((ONE, TWO), True, True, "", {"A", "B"}),
    ],
)
def test_a_carrier_is_asked_for_where_there_is_a_choice(
    carriers, is_required, is_shown, unasked, accepted
):
    question = CarrierQuestion(carriers, is_required)

    assert question.is_shown is is_shown
    assert question.unasked == unasked
    assert {id for id in ("", "A", "B", "C") if question.accepts(id)} == accepted


@pytest.mark.parametrize("requires", [False, True])
def test_the_product_says_whether_a_carrier_is_required(db, settings, requires):
    settings.CARD_CARRIERS = {"A": "Plain", "B": "Festive"}
    product: Product = factories.make_product(
        "HOTEL", values=[100], has_required_card_carriers=requires
    )

    question = shipping.carrier_question(product)

    assert question == CarrierQuestion((ONE, TWO), requires)


@pytest.mark.parametrize("bad", [{"": "No id"}, {"A": ""}, {"x" * 101: "Long"}])
def test_carriers_of_the_settings_that_cannot_be_read_are_refused(settings, bad):
    settings.CARD_CARRIERS = {"A": "Plain", "B": "Festive"}
    assert "laurel.E009" not in {found.id for found in run_checks()}

    settings.CARD_CARRIERS = bad

    assert "laurel.E009" in {found.id for found in run_checks()}
