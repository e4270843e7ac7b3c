"""Rewards that another system pulls the trigger of.

accepting -> decide (outbox) -> deciding -> order, collect or verified (outbox)
-> ordering -> submit (outbox) -> the same approvals and placements as any order
"""
