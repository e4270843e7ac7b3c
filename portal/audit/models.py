"""The journal: one entry per act, chained by digests, append-only in the database."""

from typing import Self

from django.db import models

from portal.permissions import Access, Permission


class EntryQuerySet(models.QuerySet["Entry"]):
    def reachable(self, access: Access) -> Self:
        """Entries of programs whose journal this person may read."""
        ids = access.program_ids(Permission.JOURNAL_VIEW)
        return self if ids is None else self.filter(program_id__in=ids)

    def about(self, subject_type: str, *subject_ids: object) -> Self:
        """Entries on these subjects."""
        ids = [str(i) for i in subject_ids]
        return self.filter(subject_type=subject_type, subject_id__in=ids)


class Entry(models.Model):
    """One act. Holds ids and field names, never personal data."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=50)
    channel = models.CharField(max_length=20)
    action = models.CharField(max_length=50)
    subject_type = models.CharField(max_length=50)
    subject_id = models.CharField(max_length=50)
    # Plain numbers, not foreign keys: the journal outlives what it speaks of.
    program_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=32, blank=True)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "sequence"],
                name="journal_by_subject",
            ),
            models.Index(fields=["program_id", "-sequence"], name="journal_by_program"),
            models.Index(fields=["action", "-sequence"], name="journal_by_action"),
            models.Index(fields=["actor_id", "-sequence"], name="journal_by_actor"),
            models.Index(fields=["at"], name="journal_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"
