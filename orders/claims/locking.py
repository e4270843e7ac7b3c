"""The lock under which links of a batch are handed out, assigned and taken in."""

from orders.models import LinkBatch


def lock(batch_id: int) -> LinkBatch:
    """The batch with its order and program, locked until the transaction ends.

    Whoever locks its order as well does so first.
    """
    batches = LinkBatch.objects.select_for_update(of=("self",))
    return batches.select_related("order__program").get(pk=batch_id)
