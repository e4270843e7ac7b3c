"""Laurel's ground floor: who may act, and what was done."""
