"""The program's ledger: append-only, corrected only by new entries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.money import Money
from programs.models.program import Program


class BudgetEntry(models.Model):
    """One line of the ledger, in minor units, with the totals after it."""

    class Kind(models.TextChoices):
        FUND = "fund", _("Funded")
        HOLD = "hold", _("Held")
        SPEND = "spend", _("Spent")
        RELEASE = "release", _("Released")
        ADJUST = "adjust", _("Adjusted")

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="budget_entries"
    )
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # Positive, except that an adjustment may lower what was funded.
    amount_minor = models.BigIntegerField()
    # What makes posting it again a no-op, such as "spend:placement-12".
    key = models.CharField(max_length=80, unique=True)
    # A plain number: orders stand above programs.
    order_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=250, blank=True)
    funded_after_minor = models.BigIntegerField()
    held_after_minor = models.BigIntegerField()
    spent_after_minor = models.BigIntegerField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=50)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["fund", "hold", "spend", "release", "adjust"]
                ),
                name="budget_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="adjust") | models.Q(amount_minor__gte=0),
                name="budget_amount_sign",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "-id"], name="budget_by_program"),
            models.Index(fields=["order_id", "id"], name="budget_by_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"

    @property
    def amount(self) -> Money:
        return self.program.money(self.amount_minor)

    @property
    def available_after(self) -> Money:
        minor = self.funded_after_minor - self.held_after_minor - self.spent_after_minor
        return self.program.money(minor)
