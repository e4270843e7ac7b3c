"""Giving: what was asked for, who decided, and what the provider was sent."""

from orders.models.approval import Approval, Contributor, Submission
from orders.models.order import Order
from orders.models.placement import Attempt, Hint, Placement
from orders.models.po_sequence import PoSequence
from orders.models.reward import Reward

__all__ = [
    "Approval",
    "Attempt",
    "Contributor",
    "Hint",
    "Order",
    "Placement",
    "PoSequence",
    "Reward",
    "Submission",
]
