"""People are found by any part of what is known of them."""

import pytest

from programs import recipients
from programs.models import Recipient


def add(program, actor, name="Dana Rivera", email=None, phone=None):
    return recipients.add(program, name=name, email=email, phone=phone, actor=actor)


@pytest.fixture
def dana(program, manager):
    return add(program, manager, email="dana@example.com", phone="+12025550123")


SEARCHES = {
    "dana": "dana",
    "DANA": "dana",
    "  rivera  ": "dana",
    "rivera dana": "dana",
    "Rivera, Dana": "dana",
    "ivera": "dana",
    "dana@example": "dana",
    "dana @ example . com": "dana",
    "DANA@EXAMPLE.COM": "dana",
    "mailto:dana@example.com": "dana",
    "(202) 555-0123": "dana",
    "+1 202 555 0123": "dana",
    "2025550123": "dana",
    "202.555.0123": "dana",
    "202\u2011555\u20110123": "dana",
    " 555 0123 ": "dana",
    "550123": "dana",
    "001 202 555 0123": "dana",
    "dana 555-0123": "dana",
    "tel:+1-202-555-0123": "dana",
    "２０２ ５５５ ０１２３": "dana",
    "20 25 55 01 23": "dana",
    "07400 123456": "jose",
    "+44 7400 123456": "jose",
    "0044 7400 123456": "jose",
    "011 44 7400 123456": "jose",
    "+44 (0)7400 123456": "jose",
    "jose o'brien": "jose",
    "José O\u2019Brien": "jose",
    "müller": "mueller",
    "bücher.example": "mueller",
    "MULLER bucher": "mueller",
}


@pytest.fixture
def people(program, manager, dana):
    add(program, manager, "José O'Brien", "jose@example.com", "+447400123456")
    add(program, manager, "Anne Müller", "anne@xn--bcher-kva.example.com")
    add(program, manager, "100% Sure_Thing", "sure@example.org", "+12025550177")
    return {"dana": "Dana Rivera", "jose": "José O'Brien", "mueller": "Anne Müller"}


@pytest.mark.parametrize(("typed", "found"), SEARCHES.items())
def test_people_are_found_by_any_part_in_any_format(people, typed, found):
    matching = recipients.search(Recipient.objects.all(), typed)

    assert [recipient.name for recipient in matching] == [people[found]]


@pytest.mark.parametrize(
    "typed",
    ["dana sam", "dana 555-0199", "202 555 0124", "%", "d_na", "' OR 1"],
)
def test_a_search_finds_nobody_by_what_they_have_not(people, typed):
    matching = recipients.search(Recipient.objects.all(), typed)

    assert "Dana Rivera" not in [recipient.name for recipient in matching]


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "\u200b"])
def test_a_search_for_nothing_finds_everybody(people, typed):
    assert recipients.search(Recipient.objects.all(), typed).count() == 4


def test_a_very_long_name_is_stored_and_its_contacts_found(program, manager):
    name = "\ufdfa" * 150  # one letter that unfolds into eighteen

    long = add(program, manager, name, "long@example.com", "+12025550166")

    assert list(recipients.search(Recipient.objects.all(), "555-0166")) == [long]
