"""When a message may go out: every kind of history, channel and program setting."""

from dataclasses import dataclass, replace

import pytest
from django.utils import timezone

from portal.actors import Actor, ActorKind
from programs import consent, merging, recipients, wordings
from programs.consent import Channel, Purpose, Source
from programs.models import Program

CONTACTS = {
    Channel.EMAIL: ("dana@example.com", "dana@example.org", "sam@example.com"),
    Channel.SMS: ("+12025550123", "+12025550124", "+12025550125"),
}
FIELDS = {Channel.EMAIL: "email", Channel.SMS: "phone"}


@dataclass
class Story:
    """Dana, one channel, and what happens to her one step after another."""

    program: Program
    actor: Actor
    channel: Channel

    def __post_init__(self):
        # A second way to reach her, so that the channel's own can be empty.
        self.aside = {
            Channel.EMAIL: {"phone": "+12025550111"},
            Channel.SMS: {"email": "aside@example.com"},
        }[self.channel]
        self.first, self.second, self.third = CONTACTS[self.channel]
        self.dana = self._add("Dana", self.first, **self.aside)

    def _add(self, name, contact, **aside):
        given = {"email": None, "phone": None, **aside, FIELDS[self.channel]: contact}
        return recipients.add(self.program, name=name, actor=self.actor, **given)

    def _move(self, recipient, contact):
        recipient.refresh_from_db()
        given = {"email": recipient.email, "phone": recipient.phone}
        recipients.edit(
            recipient,
            name=recipient.name,
            version=recipient.version,
            actor=self.actor,
            **{**given, FIELDS[self.channel]: contact},
        )
        recipient.refresh_from_db()

    def _grant(self, recipient, purpose=Purpose.REWARDS):
        consent.grant(
            recipient,
            self.channel,
            purpose=purpose,
            wording=wordings.current(),
            source=Source.PREFERENCES,
            given_on=timezone.localdate(),
            actor=replace(self.actor, kind=ActorKind.RECIPIENT),
        )

    def _withdraw(self, recipient):
        consent.withdraw(recipient, self.channel, source=Source.REPLY, actor=self.actor)

    def grants(self):
        self._grant(self.dana)

    def withdraws(self):
        self._withdraw(self.dana)

    def grants_marketing(self):
        self._grant(self.dana, Purpose.MARKETING)

    def changes_contact(self):
        self._move(self.dana, self.second)

    def changes_back(self):
        self._move(self.dana, self.first)

    def loses_contact(self):
        self._move(self.dana, None)

    def takes_over(self, *, stopped):
        """A contact that Sam had, who agreed to messages or stopped them."""
        sam = self._add(
            "Sam",
            self.third,
            **{
                Channel.EMAIL: {"phone": "+12025550112"},
                Channel.SMS: {"email": "other@example.com"},
            }[self.channel],
        )
        (self._withdraw if stopped else self._grant)(sam)
        self._move(sam, None)
        self._move(self.dana, self.third)

    def takes_over_stopped(self):
        self.takes_over(stopped=True)

    def takes_over_granted(self):
        self.takes_over(stopped=False)

    def _twin(self):
        return self._add("Dana R.", self.third)

    def _merge(self, twin, take):
        self.dana.refresh_from_db()
        twin.refresh_from_db()
        choice = merging.Take(**{FIELDS[self.channel]: take})
        merging.merge(self.dana, twin, take=choice, actor=self.actor)
        self.dana.refresh_from_db()

    def merges_a_stopped_twin(self):
        twin = self._twin()
        self._withdraw(twin)
        self._merge(twin, merging.Side.KEEP)

    def merges_a_granted_twin(self):
        twin = self._twin()
        self._grant(twin)
        self._merge(twin, merging.Side.KEEP)

    def merges_a_granted_twin_and_its_contact(self):
        twin = self._twin()
        self._grant(twin)
        self._merge(twin, merging.Side.OTHER)


YES, NO = True, False
S = Story
# What happens, then: SMS, e-mail that needs recorded consent, e-mail that does not.
HISTORIES = {
    "nothing": ([], NO, NO, YES),
    "agreed": ([S.grants], YES, YES, YES),
    "agreed twice": ([S.grants, S.grants], YES, YES, YES),
    "agreed to marketing only": ([S.grants_marketing], NO, NO, YES),
    "stopped": ([S.withdraws], NO, NO, NO),
    "agreed, stopped": ([S.grants, S.withdraws], NO, NO, NO),
    "stopped, agreed": ([S.withdraws, S.grants], YES, YES, YES),
    "stopped, agreed to marketing": ([S.withdraws, S.grants_marketing], NO, NO, NO),
    "agreed, stopped, agreed": ([S.grants, S.withdraws, S.grants], YES, YES, YES),
    "stopped, agreed, stopped": ([S.withdraws, S.grants, S.withdraws], NO, NO, NO),
    "another contact": ([S.changes_contact], NO, NO, YES),
    "agreed, another contact": ([S.grants, S.changes_contact], NO, NO, YES),
    "agreed, another contact and back": (
        [S.grants, S.changes_contact, S.changes_back],
        *(YES, YES, YES),
    ),
    "stopped, another contact": ([S.withdraws, S.changes_contact], NO, NO, NO),
    "stopped, agreed, another contact": (
        [S.withdraws, S.grants, S.changes_contact],
        *(NO, NO, NO),
    ),
    "stopped, another contact, agreed": (
        [S.withdraws, S.changes_contact, S.grants],
        *(YES, YES, YES),
    ),
    "stopped, another contact, agreed, and back": (
        [S.withdraws, S.changes_contact, S.grants, S.changes_back],
        *(NO, NO, NO),
    ),
    "no contact": ([S.loses_contact], NO, NO, NO),
    "agreed, no contact": ([S.grants, S.loses_contact], NO, NO, NO),
    "somebody else's contact, stopped by them": ([S.takes_over_stopped], NO, NO, NO),
    "the same, then agreed": ([S.takes_over_stopped, S.grants], YES, YES, YES),
    "agreed, then such a contact": ([S.grants, S.takes_over_stopped], NO, NO, NO),
    "somebody else's contact, agreed by them": ([S.takes_over_granted], NO, NO, YES),
    "merged with a stopped twin": ([S.merges_a_stopped_twin], NO, NO, NO),
    "agreed, merged with a stopped twin": (
        [S.grants, S.merges_a_stopped_twin],
        *(NO, NO, NO),
    ),
    "merged with a stopped twin, agreed": (
        [S.merges_a_stopped_twin, S.grants],
        *(YES, YES, YES),
    ),
    "merged with a granted twin, own contact": (
        [S.merges_a_granted_twin],
        *(NO, NO, YES),
    ),
    "merged with a granted twin, its contact": (
        [S.merges_a_granted_twin_and_its_contact],
        *(YES, YES, YES),
    ),
    "stopped, merged with a granted twin, its contact": (
        [S.withdraws, S.merges_a_granted_twin_and_its_contact],
        *(NO, NO, NO),
    ),
}
EmailConsent = Program.EmailConsent


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("setting", EmailConsent.values)
@pytest.mark.parametrize("channel", list(Channel))
def test_a_message_may_go_out_only_as_the_table_says(
    program, manager, channel, setting, history
):
    steps, sms, recorded, not_withdrawn = HISTORIES[history]
    program.email_consent = setting
    story = Story(program, manager, channel)

    for step in steps:
        step(story)
    answer = consent.allows(story.dana, channel, program=program)

    by_email = recorded if setting == EmailConsent.RECORDED else not_withdrawn
    assert answer.allowed == (sms if channel == Channel.SMS else by_email)
    assert answer.reason
