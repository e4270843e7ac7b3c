"""What a list says of consent is taken for no more than it is."""

from datetime import date

import pytest

from programs.models import ConsentEntry
from programs.sheets import evidence, languages, mail_typos
from programs.sheets.days import day_of
from programs.sheets.evidence import Evidence, Fault

Source = ConsentEntry.Source
TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Web form", Source.WEB_FORM),
        ("E-mail signup form 2024", Source.WEB_FORM),
        ("signed paper form", Source.PAPER),
        ("verbal, by phone", Source.SPOKEN),
        ("Replied YES", Source.REPLY),
        ("Yes", None),
        ("No", None),
        ("did not sign the form", None),
        ("didn't use the form", None),
        ("opted-out (web)", None),
        ("", None),
    ],
)
def test_how_they_agreed_is_read_by_its_words(text, source):
    assert evidence.source_of(text) == source


@pytest.mark.parametrize(
    ("text", "region", "day"),
    [
        ("2025-03-31", "US", date(2025, 3, 31)),
        ("2025-03-31T10:00:00Z", "US", date(2025, 3, 31)),
        ("3/4/2025", "US", date(2025, 3, 4)),
        ("3/4/2025", "GB", date(2025, 4, 3)),
        ("31/3/2025", "US", date(2025, 3, 31)),
        ("31.03.2025", "US", date(2025, 3, 31)),
        ("March 31, 2025", "US", date(2025, 3, 31)),
        ("31 Mar 2025", "DE", date(2025, 3, 31)),
        ("31-Mar-2025", "DE", date(2025, 3, 31)),
        ("30/2/2025", "US", None),
        ("soon", "US", None),
        ("", "US", None),
    ],
)
def test_a_day_is_read_as_the_region_writes_it(text, region, day):
    assert day_of(text, region) == day


def of(source, day):
    values = {"consent_source": source, "consent_on": day}
    return evidence.of(values, "US", TODAY)


def test_evidence_needs_a_source_and_a_day_that_has_come():
    assert of("", "") is None
    assert of("paper", "2026-03-01") == Evidence(Source.PAPER, TODAY, "paper")
    faults = [of("", "2026-03-01"), of("paper", ""), of("paper", "2026-03-02")]
    assert all(isinstance(fault, Fault) for fault in faults)
    kinds = [fault.kind for fault in faults]
    assert kinds == ["consent_source", "consent_on", "consent_to_come"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "en"),
        ("pt_br", "pt-BR"),
        ("German", "de"),
        ("français", "fr"),
        ("xx", ""),
        ("Klingonese", ""),
        ("", ""),
    ],
)
def test_a_language_is_known_by_code_or_name(text, code):
    assert languages.language_of(text) == code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gamil.com", "gmail.com"),
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yaho.com", "yahoo.com"),
        ("example.con", "example.com"),
        ("gmail.com", ""),
        ("mail.com", ""),
        ("example.org", ""),
        ("company.co", ""),
    ],
)
def test_a_slip_in_a_domain_is_told_from_another_domain(typed, meant):
    assert mail_typos.meant(typed) == meant


def test_the_group_of_a_slip_fits_into_a_kind():
    longest = f"email_typo:{mail_typos.variant('a' * 60 + '.com')}"
    assert longest == "email_typo:.com"
    assert all(len(f"email_typo:{known}") <= 30 for known in mail_typos._WELL_KNOWN)
