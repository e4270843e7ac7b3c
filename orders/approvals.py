"""Four eyes: a decision binds to the content that was on screen.

A contributor never approves, whatever their roles; the database refuses it as well.
"""

from django.db import transaction

from orders import content, drafts, lifecycle, notices
from orders.models import Approval, Order
from orders.states import OrderStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action

Decision = Approval.Decision


class SelfApproval(Exception):
    """The approver had a hand in the order."""


class CommentMissing(Exception):
    """Asking for changes and rejecting need a reason for the requester."""


class TooLateToUndo(Exception):
    """The release hold is over."""


@transaction.atomic(durable=True)
def approve(
    order: Order, *, content_hash: str, actor: Actor, comment: str = ""
) -> Order:
    """Approve exactly this content. Raises StaleOrder or SelfApproval."""
    order = _locked_for_decision(order, content_hash, actor)
    decision = _decide(order, Decision.APPROVED, actor, comment)
    drafts.start_release_hold(order)
    notices.to_requester(order, Decision.APPROVED, decision)
    _journal(Action.ORDER_APPROVED, order, actor)
    return order


@transaction.atomic(durable=True)
def request_changes(
    order: Order, *, content_hash: str, actor: Actor, comment: str
) -> Order:
    """Hand the order back to its requester, who is told why; frees its money."""
    _need(comment)
    order = _locked_for_decision(order, content_hash, actor)
    decision = _decide(order, Decision.CHANGES_REQUESTED, actor, comment)
    drafts.release(order, actor=actor)
    lifecycle.move(order, OrderStatus.CHANGES_REQUESTED)
    notices.to_requester(order, Decision.CHANGES_REQUESTED, decision)
    _journal(Action.ORDER_CHANGES_REQUESTED, order, actor)
    return order


@transaction.atomic(durable=True)
def reject(order: Order, *, content_hash: str, actor: Actor, comment: str) -> Order:
    """Say no, for good; the requester is told why and the money is free again."""
    _need(comment)
    order = _locked_for_decision(order, content_hash, actor)
    decision = _decide(order, Decision.REJECTED, actor, comment)
    drafts.release(order, actor=actor)
    lifecycle.move(order, OrderStatus.REJECTED)
    drafts.cancel_rewards(order)
    notices.to_requester(order, Decision.REJECTED, decision)
    _journal(Action.ORDER_REJECTED, order, actor)
    return order


@transaction.atomic(durable=True)
def undo(order: Order, *, actor: Actor) -> Order:
    """Take an approved order back while its release hold runs.

    A contributor gets it back as a draft; an approver puts it back for a decision.
    Raises TooLateToUndo.
    """
    order = lifecycle.lock(order.pk)
    if not order.can_be_undone():
        raise TooLateToUndo
    contributes = is_contributor(order, actor)
    order.release_at = None
    if contributes:
        drafts.release(order, actor=actor)
        lifecycle.move(order, OrderStatus.DRAFT)
    else:
        decision = _decide(order, Decision.UNDONE, actor, "")
        lifecycle.move(order, OrderStatus.SUBMITTED)
        notices.to_requester(order, Decision.UNDONE, decision)
        notices.to_approvers(order)
    _journal(Action.ORDER_UNDONE, order, actor)
    return order


def is_contributor(order: Order, actor: Actor) -> bool:
    """Whether this person had a hand in the order and so can never approve it."""
    return order.contributors.filter(user_id=actor.person_id).exists()


def is_last(
    order: Order, decision: Decision, content_hash: str, *, actor: Actor
) -> bool:
    """Whether the last decision is this person's, just so, on just this content."""
    last = order.approvals.order_by("-pk").first()
    return last is not None and (
        (last.decision, last.content_hash, last.user_id)
        == (decision, content_hash, actor.person_id)
    )


def _locked_for_decision(order: Order, content_hash: str, actor: Actor) -> Order:
    order = lifecycle.lock(order.pk)
    current = content.hash_of(content.of(order))
    shown_is_current = content_hash == order.content_hash == current
    if order.status != OrderStatus.SUBMITTED or not shown_is_current:
        raise lifecycle.StaleOrder(order)
    if is_contributor(order, actor):
        raise SelfApproval
    return order


def _decide(order: Order, decision: Decision, actor: Actor, comment: str) -> Approval:
    return Approval.objects.create(
        order=order,
        user_id=actor.person_id,
        decision=decision,
        content_hash=order.content_hash,
        version=order.version,
        comment=comment.strip(),
    )


def _need(comment: str) -> None:
    if not comment.strip():
        raise CommentMissing


def _journal(action: Action, order: Order, actor: Actor) -> None:
    journal.record(
        action,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"content": order.content_hash, "estimate": order.estimate_minor},
    )
