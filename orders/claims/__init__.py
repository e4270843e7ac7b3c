"""Claim links after they were bought: kept, handed out, claimed, stopped."""
