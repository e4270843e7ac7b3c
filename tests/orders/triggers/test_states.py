"""Awards: every pair of states, through the verb that moves them."""

import pytest

from orders.award_states import (
    AWARD_GONE,
    AWARD_OPEN,
    AWARD_STATES,
    AWARD_TRANSITIONS,
    EVENT_STATES,
    RULE_STATES,
    VERSION_STATES,
    AwardStatus,
    EventStatus,
    RuleStatus,
    VersionStatus,
)
from orders.models import Award
from orders.triggers import accepting, routing
from tests.orders.triggers import made

STATES = sorted(AwardStatus)


@pytest.fixture
def award(db, rule, key, cvs, program):
    return Award(
        program=program,
        event=accepting.accept(made.make_call(), key=key),
        rule=rule,
        rule_version=rule.in_force,
        product=cvs,
        value_minor=1500,
        way="email",
    )


def test_every_word_has_a_meaning():
    for states, words in (
        (AWARD_STATES, AwardStatus),
        (EVENT_STATES, EventStatus),
        (RULE_STATES, RuleStatus),
        (VERSION_STATES, VersionStatus),
    ):
        assert set(states) == set(words)
        assert all(state.meaning for state in states.values())


def test_what_is_over_is_not_open():
    assert {AwardStatus.REFUSED} == AWARD_OPEN & AWARD_GONE


@pytest.mark.parametrize("before", STATES)
def test_an_award_moves_only_as_the_table_says(award, before):
    award.status = before
    award.save()

    for after in STATES:
        award.status = before
        if after in AWARD_TRANSITIONS[before]:
            routing.move(award, after)
            assert Award.objects.get(pk=award.pk).status == after
        else:
            with pytest.raises(routing.AwardMoved):
                routing.move(award, after)
