"""Who is what in a program."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.permissions import Role
from programs.models.program import Program


class Membership(models.Model):
    """One role of one person in one program; a person may hold several."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "program", "role"], name="membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    role__in=["administrator", "manager", "approver", "auditor"]
                ),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} in {self.program_id}"
