"""Lists as people bring them, and lists a spreadsheet can be trusted with.

Reading is bounded: whatever the bytes are, memory stays small, and what cannot be read
is refused with a sentence for the person who brought it. A workbook is opened by a
process of its own, so that a hostile one takes nobody down with it.
"""

from portal.tabular.quoting import safe
from portal.tabular.records import Row
from portal.tabular.refusing import Unreadable
from portal.tabular.table import Table, open_table, size_of
from portal.tabular.writing import csv_lines, write_xlsx

__all__ = [
    "Row",
    "Table",
    "Unreadable",
    "csv_lines",
    "open_table",
    "safe",
    "size_of",
    "write_xlsx",
]
