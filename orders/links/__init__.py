"""Batches of claim links as orders: the draft, its facts and its pages' figures."""
