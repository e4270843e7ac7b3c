"""Text that a spreadsheet would run as a formula, and the apostrophe that stops it.

The characters are those OWASP names for CSV injection, with their full-width twins,
also behind the blanks and quotation marks that spreadsheets skip.
"""

import re
from typing import Final

_FORMULA: Final = re.compile("""['"\\s]*[=+\\-@＝＋－＠\t\r\n\0]""")
_QUOTED: Final = re.compile(f"'{_FORMULA.pattern}")


def safe(cell: str) -> str:
    """This text, with an apostrophe in front if a spreadsheet would run it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def plain(cell: str) -> str:
    """The text that `safe` was given."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell, 1) else cell


def has_apostrophes(text: str) -> bool:
    """Whether any cell of this text may be one that `safe` changed."""
    return "'" in text and bool(_QUOTED.search(text))
