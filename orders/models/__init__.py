"""Giving: what was asked for, who decided, and what the provider was sent."""

from orders.models.approval import Approval, Contributor, Submission
from orders.models.claim import Claim, HandedOut, Handout
from orders.models.claim_mail import ClaimMail
from orders.models.links import LinkBatch
from orders.models.order import Order
from orders.models.placement import Attempt, Hint, Placement
from orders.models.po_sequence import PoSequence
from orders.models.reward import Reward
from orders.models.shipment import AddressRequest, Shipment

__all__ = [
    "AddressRequest",
    "Approval",
    "Attempt",
    "Claim",
    "ClaimMail",
    "Contributor",
    "HandedOut",
    "Handout",
    "Hint",
    "LinkBatch",
    "Order",
    "Placement",
    "PoSequence",
    "Reward",
    "Shipment",
    "Submission",
]
