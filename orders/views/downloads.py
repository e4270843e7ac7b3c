"""Lists as files to take away."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from portal import tabular
from portal.tabular.writing import Cell


def download(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    is_secret: bool = False,
) -> HttpResponseBase:
    """A file of this name, which ends in .csv or .xlsx; CSV is sent as it is read.

    What `is_secret` touches no disk on its way.
    """
    if name.endswith(".csv"):
        response = StreamingHttpResponse(
            tabular.csv_lines(columns, rows), content_type="text/csv"
        )
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    # The response closes it.
    workbook: BinaryIO = BytesIO() if is_secret else TemporaryFile()  # noqa: SIM115
    tabular.write_xlsx(workbook, columns, rows, in_memory=is_secret)
    workbook.seek(0)
    return FileResponse(workbook, as_attachment=True, filename=name)
