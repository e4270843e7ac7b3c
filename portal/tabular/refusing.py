"""What a list that cannot be read is answered with."""


class Unreadable(Exception):
    """This list cannot be read; the text says why and what to do, for the person.

    It names rows and limits, never a cell's content.
    """
