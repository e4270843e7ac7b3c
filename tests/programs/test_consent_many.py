"""The rule over many contacts says what it says over each of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import crypto
from programs import consent, consent_many, merging
from programs.consent import Channel, Decision, Purpose, Source
from programs.consent_many import Target
from programs.models import ConsentEntry, Program, Recipient
from tests import factories

pytestmark = pytest.mark.django_db

CONTACTS = {
    Channel.EMAIL: ["dana@example.com", "eli@example.com", "nobody@example.com"],
    Channel.SMS: ["+12025550101", "+12025550102", "+12025550103"],
}
ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(list(Channel)),
        st.sampled_from([Purpose.REWARDS, Purpose.REWARDS, Purpose.MARKETING]),
        st.sampled_from(list(Decision)),
        st.integers(0, 2),
    ),
    max_size=8,
)


@pytest.fixture
def people(program, manager):
    dana = factories.make_recipient(
        "Dana", program, email="dana@example.com", phone="+12025550101"
    )
    eli = factories.make_recipient("Eli", program, email="eli@example.com")
    twin = factories.make_recipient("Dana B", program, email="twin@example.com")
    merging.merge(dana, twin, take=merging.Take(), actor=manager)
    twin.refresh_from_db()
    return [dana, eli, twin]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(ENTRIES, st.sampled_from(Program.EmailConsent.values))
def test_it_answers_as_for_each_one(program, people, entries, email_consent):
    program.email_consent = email_consent
    for who, channel, purpose, decision, which in entries:
        contact = CONTACTS[channel][which]
        ConsentEntry.objects.create(
            recipient=people[who],
            channel=channel,
            purpose=purpose,
            decision=decision,
            contact_digest=crypto.digest(contact, purpose="contact"),
            source=Source.PAPER,
            given_on=timezone.localdate(),
            actor_kind="person",
            actor_id="1",
        )
    targets = [
        Target(person and person.pk, channel, contact)
        for person in (*people, None)
        for channel in Channel
        for contact in CONTACTS[channel]
    ]
    expected = {}
    for position, (pk, channel, contact) in enumerate(targets):
        answer = (
            consent.allows(
                Recipient.objects.get(pk=pk), channel, program=program, contact=contact
            )
            if pk
            else consent.allows_stranger(channel, contact, program=program)
        )
        if not answer.allowed:
            expected[position] = answer
    assert consent_many.refusals_of(program, targets) == expected


def test_it_takes_few_queries_however_many_there_are(program, people):
    def queries(count: int) -> int:
        targets = [
            Target(people[0].pk, Channel.EMAIL, f"p{n}@example.com")
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as captured:
            consent_many.refusals_of(program, targets)
        return len(captured)

    assert queries(1000) == queries(1) <= 5
