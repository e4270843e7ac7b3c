"""A batch of very many links, sealed like any, written straight into the table."""

from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from orders.claims import sealing
from orders.models import Claim, LinkBatch, Order
from orders.models.order import new_reference
from orders.states import OrderStatus, RewardStatus
from portal.accounts.models import User
from portal.permissions import Role
from programs.sheets import loading
from tests import factories
from tests.orders.claims import made

_BATCH: Final = 10_000
_COLUMNS: Final = (
    "batch_id",
    "reward_id",
    "number",
    "code",
    "provider_claim_id",
    "secret_ciphertext",
    "link_digest",
    "token_digest",
    "issue",
    "problem",
    "created_at",
    "opens",
    "scans",
    "holder_digest",
    "version",
)


def make(quantity: int) -> tuple[LinkBatch, User]:
    """A completed order of so many links, as one line, and who manages it."""
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program(
        "Spring",
        funded=20 * quantity,
        funded_by=adam,
        delivery_types=["DigitalDelivery", "Links"],
    )
    manager = factories.make_member("Manu", program, Role.MANAGER)
    product = factories.make_product("CVS", values=[15])
    order = made.make_draft(
        program, product, manager, quantity=quantity, is_one_line=True
    )
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.COMPLETED)
    order.rewards.update(status=RewardStatus.SENT)
    batch = LinkBatch.objects.select_related("order__program").get(order=order)
    reward_id = order.rewards.get().pk
    for start in range(1, quantity + 1, _BATCH):
        numbers = range(start, min(start + _BATCH, quantity + 1))
        with transaction.atomic():
            rows = (_row(batch.pk, reward_id, number) for number in numbers)
            loading.load(Claim, _COLUMNS, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return batch, manager


def _row(batch_id: int, reward_id: int, number: int) -> tuple[object, ...]:
    link = f"https://claims.example.com/c/{batch_id:08}{number:024}"
    secret = sealing.fresh(link, f"ANSWER{number:06}")
    return (
        batch_id,
        reward_id,
        number,
        new_reference(),
        f"claim-{number}",
        sealing.seal(secret),
        sealing.link_digest(link),
        sealing.token_digest(secret.token),
        1,
        "",
        timezone.now(),
        0,
        0,
        "",
        1,
    )
