"""The part of a form that asks for a postal address, the same wherever it is asked for.

It looks like nothing in particular: whoever stands above gives it a page, with
components/address_block.html.
"""
