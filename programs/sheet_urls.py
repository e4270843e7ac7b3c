"""Addresses of lists: bringing one, its columns, its rows."""

from django.urls import URLPattern, path

from programs.views import sheet_files, sheet_map, sheet_row, sheet_rows, sheets

_one = "bulk/<int:pk>/"

sheet_urls: list[URLPattern] = [
    path("bulk/", sheets.sheet_list, name="sheet_list"),
    path("bulk/new/", sheets.sheet_create, name="sheet_create"),
    path("bulk/sample.csv", sheet_files.sheet_sample, name="sheet_sample"),
    path("recipients/import/", sheets.recipient_import, name="recipient_import"),
    path(_one, sheets.sheet_detail, name="sheet_detail"),
    path(f"{_one}map/", sheet_map.sheet_map, name="sheet_map"),
    path(f"{_one}columns/", sheet_map.sheet_reopen, name="sheet_reopen"),
    path(f"{_one}rows/", sheet_rows.sheet_rows, name="sheet_rows"),
    path(f"{_one}rows/<int:number>/", sheet_row.sheet_row, name="sheet_row"),
    path(f"{_one}repair/", sheet_rows.sheet_repair, name="sheet_repair"),
    path(f"{_one}problems.csv", sheet_files.sheet_problems, name="sheet_problems"),
    path(
        f"{_one}corrections/", sheet_files.sheet_corrections, name="sheet_corrections"
    ),
    path(f"{_one}add/", sheet_rows.sheet_add, name="sheet_add"),
    path(f"{_one}cancel/", sheets.sheet_cancel, name="sheet_cancel"),
]
