"""The one way out besides the provider: a POST to an address that a person entered.

Whoever enters it must not reach by it what only this machine can (SSRF).
"""
