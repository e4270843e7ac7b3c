"""Postal addresses: pasted or typed, judged by each country's rules, printed.

paste -> normalise -> judge -> confirmed, suggested, incomplete or undeliverable

Nothing here asks anybody: what cannot be known without asking, such as whether a house
stands in a street, is not judged.
"""
