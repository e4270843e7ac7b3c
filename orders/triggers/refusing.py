"""Saying no to an award, within a verb that holds its lock."""

from orders.award_states import AwardStatus
from orders.models import Award
from orders.triggers import acting, routing
from orders.triggers.problems import Refused
from portal.audit import journal
from portal.audit.actions import Action


def refuse(award: Award, refusal: Refused) -> None:
    """It is not sent; its event may be replayed once the reason is gone."""
    award.due_at = None
    routing.move(
        award,
        AwardStatus.REFUSED,
        problem=refusal.code,
        detail=str(refusal.detail),
    )
    journal.record(
        Action.AWARD_REFUSED,
        award,
        actor=acting.of_award(award),
        program_id=award.program_id,
        data={"event": award.event_id, "code": refusal.code.value},
    )
