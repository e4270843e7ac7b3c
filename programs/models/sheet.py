"""A list somebody brought: its file, how its columns are read, and every row of it."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.permissions import Access, Permission
from programs.models.catalogue import Product
from programs.models.program import Program
from programs.models.recipient import Recipient


class SheetQuerySet(models.QuerySet["Sheet"]):
    def reachable(self, access: Access) -> Self:
        """Lists this person may work on: what a list is for decides who may."""
        found = models.Q(pk__in=[])
        for purpose, permission in _PERMISSIONS.items():
            ids = access.program_ids(permission)
            within = models.Q() if ids is None else models.Q(program_id__in=ids)
            found |= within & models.Q(purpose=purpose)
        return self.filter(found)


class Sheet(models.Model):
    class Purpose(models.TextChoices):
        REWARDS = "rewards", _("Rewards")
        RECIPIENTS = "recipients", _("Address book")

    class Status(models.TextChoices):
        READING = "reading", _("Reading")
        MAPPING = "mapping", _("Waiting for its columns")
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")
        # An order, or the address book, is being made from its ready rows.
        FILLING = "filling", _("Preparing")
        REFUSED = "refused", _("Not readable")
        CANCELLED = "cancelled", _("Cancelled")

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="sheets"
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    name = models.CharField(max_length=150)
    # SHA-256 of the file, and its size in bytes.
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    # What makes posting the same form twice one list.
    form_key = models.UUIDField(unique=True, default=uuid.uuid4)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.READING
    )
    problem = models.CharField(max_length=250, blank=True)
    # What the reader wants people to know: the encoding, odd headers.
    notes = models.JSONField(default=list)
    # The headers in the file's order, and the first different values below each.
    columns = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    has_header = models.BooleanField(default=True)
    # The digest of the headers a mapping is remembered by.
    signature = models.CharField(max_length=64, blank=True)
    # Our field -> index of a column; our field -> one answer for the whole list.
    mapping = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    rows_total = models.PositiveIntegerField(default=0)
    rows_checked = models.PositiveIntegerField(default=0)
    problems_found = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Kept while its columns are changed, until they are accepted again.
    checked_at = models.DateTimeField(null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=["rewards", "recipients"]),
                name="sheet_purpose_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=[
                        "reading",
                        "mapping",
                        "checking",
                        "checked",
                        "filling",
                        "refused",
                        "cancelled",
                    ]
                ),
                name="sheet_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="sheet_newest"),
            models.Index(fields=["program", "digest"], name="sheet_same_file"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_reopened(self) -> bool:
        """Whether it was checked before, and its columns are asked for again."""
        before = (self.Status.READING, self.Status.MAPPING)
        return self.status in before and self.checked_at is not None


_PERMISSIONS = {
    Sheet.Purpose.REWARDS: Permission.ORDERS_CREATE,
    Sheet.Purpose.RECIPIENTS: Permission.RECIPIENTS_MANAGE,
}


class SheetChunk(models.Model):
    """A piece of the file as it came, until its rows are checked."""

    sheet = models.ForeignKey(
        Sheet, on_delete=models.CASCADE, related_name="chunks", db_index=False
    )
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "number"], name="sheet_chunk_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"Chunk {self.number} of {self.sheet_id}"


class SheetBlock(models.Model):
    """Rows read from the file and not checked yet: [[number, [cell, ...]], ...]."""

    sheet = models.ForeignKey(
        Sheet, on_delete=models.CASCADE, related_name="blocks", db_index=False
    )
    number = models.PositiveIntegerField()
    rows = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "number"], name="sheet_block_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"Block {self.number} of {self.sheet_id}"


class SheetRow(models.Model):
    """One row of the file, what was read in it, and what people corrected."""

    class Status(models.TextChoices):
        READY = "ready", _("Ready")
        PROBLEM = "problem", _("Problem")
        EXCLUDED = "excluded", _("Left out")
        # In an order, or in the address book.
        TAKEN = "taken", _("Used")

    # Every index is paid for by every row: these begin with the list, or have no use.
    sheet = models.ForeignKey(
        Sheet, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    # As a spreadsheet numbers it: the header is 1.
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    # Our field -> what was put in its place; the cells stay as they came.
    fixes = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status.choices)
    has_warning = models.BooleanField(default=False)
    # Normalised; empty where the row has none or none that can be used.
    name = models.CharField(max_length=150, blank=True)
    email = models.CharField(max_length=150, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    recipient = models.ForeignKey(
        Recipient,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    product = models.ForeignKey(
        Product, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    value_minor = models.BigIntegerField(null=True)
    quantity = models.PositiveIntegerField(default=1)
    # Goes by post, and so into an order of its own beside the list's digital one.
    is_postal = models.BooleanField(default=False, db_default=False)
    # Tells who a row by post is for where no contact does: a keyed digest over name and
    # address.
    resident = models.CharField(max_length=32, blank=True, db_default="", default="")
    # Tells the same reward for the same person in another list: a keyed digest.
    fingerprint = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "number"], name="sheet_row_numbered_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["ready", "problem", "excluded", "taken"]
                ),
                name="sheet_row_status_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sheet", "status", "number"], name="sheet_rows_by_status"
            ),
            models.Index(
                fields=["sheet", "email"],
                condition=~models.Q(email=""),
                name="sheet_rows_by_email",
            ),
            models.Index(
                fields=["sheet", "phone"],
                condition=~models.Q(phone=""),
                name="sheet_rows_by_phone",
            ),
            models.Index(
                fields=["sheet", "recipient"],
                condition=models.Q(recipient__isnull=False),
                name="sheet_rows_by_recipient",
            ),
            models.Index(
                fields=["sheet", "resident"],
                condition=~models.Q(resident=""),
                name="sheet_rows_by_resident",
            ),
            # Only rows that were used can be met again in another list.
            models.Index(
                fields=["fingerprint"],
                condition=models.Q(status="taken"),
                name="sheet_rows_sent_before",
            ),
        ]

    def __str__(self) -> str:
        return f"Row {self.number} of {self.sheet_id}"


class RowProblem(models.Model):
    """One thing wrong, or odd, in one row; its words are made from kind and params."""

    sheet = models.ForeignKey(
        Sheet, on_delete=models.CASCADE, related_name="problems", db_index=False
    )
    row = models.ForeignKey(SheetRow, on_delete=models.CASCADE, related_name="problems")
    kind = models.CharField(max_length=30)
    field = models.CharField(max_length=20)
    # An error keeps the row back, a warning does not.
    is_error = models.BooleanField(default=True)
    params = models.JSONField(default=dict)
    # What the field should hold instead, where that can be told safely.
    suggestion = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["sheet", "kind", "row"], name="row_problems_by_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} in row {self.row_id}"


class RememberedMapping(models.Model):
    """How a program read a file with these headers the last time."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=10, choices=Sheet.Purpose.choices)
    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    answers = models.JSONField(default=dict)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "purpose", "signature"],
                name="mapping_remembered_once",
            )
        ]

    def __str__(self) -> str:
        return f"Mapping {self.pk}"
