"""Which two people look like one."""

import pytest

from orders.triggers import dealing
from orders.triggers.calls import Address, Person


def person(email="", phone="", address=None):
    return Person(name="Somebody", email=email, phone=phone, address=address)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fred@example.com", "fred@example.com"),
        ("fred@example.com", "FRED@example.com"),
        ("fred@example.com", "fred+friend@example.com"),
        ("fred.friend@example.com", "fredfriend@example.com"),
        ("fred_friend@example.com", "fred-friend@example.com"),
        ("fred@example.com", "fred2@example.com"),
        ("fred1@example.com", "fred22@example.com"),
        ("f.r.e.d@gmail.com", "fred+a.b@googlemail.com"),
    ],
)
def test_these_addresses_may_be_one_mailbox(one, other):
    assert dealing.likeness(person(one), person(other)) == "email"
    assert dealing.likeness(person(other), person(one)) == "email"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fred@example.com", "fred@example.org"),
        ("fred@example.com", "alfred@example.com"),
        ("1001@example.com", "1002@example.com"),
        ("用户@example.com", "管理@example.com"),
        ("fred@example.com", ""),
        ("", ""),
    ],
)
def test_these_may_not(one, other):
    assert dealing.likeness(person(one), person(other)) == ""


def test_a_number_is_one_person():
    number = "+12025550123"
    assert dealing.likeness(person(phone=number), person(phone=number)) == "phone"
    assert dealing.likeness(person(phone=number), person(phone="+12025550124")) == ""


def place(line1, *, line2="", postal_code="10001", country="US"):
    return Address(
        line1=line1,
        line2=line2,
        city="New York",
        postal_code=postal_code,
        country=country,
    )


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (place("12 Main St"), place("12 MAIN ST."), "address"),
        (
            place("12 Main St", line2="Apt 4"),
            place("12 Main St", line2="apt. 4"),
            "address",
        ),
        (place("12 Main St", line2="Apt 4"), place("12 Main St", line2="Apt 5"), ""),
        (place("12 Main St"), place("12 Main St", postal_code="10002"), ""),
        (place("東京1-2", country="JP"), place("大阪1-2", country="JP"), ""),
        (place("12 Main St"), None, ""),
    ],
)
def test_a_place_is_one_person(one, other, found):
    assert dealing.likeness(person(address=one), person(address=other)) == found
