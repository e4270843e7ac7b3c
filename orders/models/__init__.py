"""Giving: what was asked for, who decided, and what the provider was sent."""

from orders.models.approval import Approval, Contributor, Submission
from orders.models.claim import Claim, HandedOut, Handout
from orders.models.claim_mail import ClaimMail
from orders.models.event import Award, Event, RefusedCall
from orders.models.links import LinkBatch
from orders.models.order import Order
from orders.models.placement import Attempt, Hint, Placement
from orders.models.po_sequence import PoSequence
from orders.models.reward import Reward
from orders.models.rule import Rule, RuleGift, RuleHand, RuleVersion, Side, Way
from orders.models.shipment import AddressRequest, Shipment
from orders.models.webhook import (
    Announcement,
    Delivery,
    DeliveryAttempt,
    Endpoint,
    Kind,
)

__all__ = [
    "AddressRequest",
    "Announcement",
    "Approval",
    "Attempt",
    "Award",
    "Claim",
    "ClaimMail",
    "Contributor",
    "Delivery",
    "DeliveryAttempt",
    "Endpoint",
    "Event",
    "HandedOut",
    "Handout",
    "Hint",
    "Kind",
    "LinkBatch",
    "Order",
    "Placement",
    "PoSequence",
    "RefusedCall",
    "Reward",
    "Rule",
    "RuleGift",
    "RuleHand",
    "RuleVersion",
    "Shipment",
    "Side",
    "Submission",
    "Way",
]
