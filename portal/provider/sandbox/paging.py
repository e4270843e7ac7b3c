"""The list envelope `{data, page, pageSize, totalCount}`, pages from one."""

import math
from collections.abc import Callable, Mapping, Sequence

from portal.provider.sandbox.knobs import Knobs
from portal.provider.sandbox.messages import Reply


def page(
    query: Mapping[str, str],
    knobs: Knobs,
    *,
    total: int,
    rows: Callable[[int, int], Sequence[object]],
    default: int,
    most: int,
) -> Reply:
    """One page, of `rows(how many, how many skipped)`; 400 outside 1 to `most`."""
    try:
        index = int(query.get("pageindex", "1"))
        size = int(query.get("pagesize", str(default)))
    except ValueError:
        index = size = 0
    if index < 1 or not 1 <= size <= most:
        message = f"pageIndex starts at 1, and pageSize goes from 1 to {most}."
        return Reply(400, {"Errors": [{"Property": "pageSize", "Errors": [message]}]})
    size = min(size, knobs.page_size_cap)
    if knobs.past_the_end == "repeat":
        index = min(index, max(1, math.ceil(total / size)))
    data = list(rows(size, (index - 1) * size))
    if knobs.list_shape == "bare":
        return Reply(200, data)
    envelope = {"Data": data, "Page": index, "PageSize": size, "TotalCount": total}
    return Reply(200, envelope)
