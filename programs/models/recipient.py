"""A person who is given rewards; e-mail and phone are unique after normalisation."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.permissions import Access, Permission
from programs.models.program import Program


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Living records in the address book of a program with this permission."""
        living = self.filter(merged_into=None)
        ids = access.program_ids(permission)
        if ids is None:
            return living
        in_book = Recipient.programs.through.objects.filter(
            recipient_id=models.OuterRef("pk"), program_id__in=ids
        )
        return living.filter(models.Exists(in_book))

    def editable(self, access: Access) -> Self:
        """Those this person manages in every program whose address book has them.

        A record is one for the whole organisation: what one program's manager changes
        or drops, the others lose too.
        """
        managed = self.reachable(access, Permission.RECIPIENTS_MANAGE)
        ids = access.program_ids(Permission.RECIPIENTS_MANAGE)
        if ids is None:
            return managed
        books = Recipient.programs.through.objects.filter(
            recipient_id=models.OuterRef("pk")
        )
        return managed.exclude(models.Exists(books.exclude(program_id__in=ids)))


class Recipient(models.Model):
    name = models.CharField(_("name"), max_length=150)
    # Lower case, as email-validator normalises it; null when there is none.
    # Null and not "": uniqueness must not count people without one.
    email = models.EmailField(  # noqa: DJ001
        _("e-mail"), max_length=150, null=True
    )
    # E.164, such as +12025550123; null when there is none.
    phone = models.CharField(  # noqa: DJ001
        _("mobile"), max_length=20, null=True
    )
    # What the search looks into: name, e-mail and digits in lower case.
    search_text = models.CharField(max_length=350, blank=True)
    # The address books this person is in.
    programs = models.ManyToManyField(Program, related_name="recipients")
    # A merged record keeps its id, for the journal's sake, and nothing else.
    merged_into = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="merged_from",
        db_index=False,
    )
    # The preferences link, made when somebody first asks for it: a list of a hundred
    # thousand people would otherwise encrypt as many that nobody looks at.
    # Null and not "": uniqueness must not count people without one.
    preferences_digest = models.CharField(  # noqa: DJ001
        max_length=64, null=True
    )
    preferences_ciphertext = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Known by name and postal address alone, for a card in the post.
    is_by_post_only = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        # Lists of people pay for every index: unique=True would make PostgreSQL keep a
        # second one for LIKE, which nobody asks for, and most people lack a number, a
        # link and a merger.
        constraints = [
            models.UniqueConstraint(fields=["email"], name="recipient_email_unique"),
            models.UniqueConstraint(
                fields=["phone"],
                condition=models.Q(phone__isnull=False),
                name="recipient_phone_unique",
            ),
            models.UniqueConstraint(
                fields=["preferences_digest"],
                condition=models.Q(preferences_digest__isnull=False),
                name="recipient_preferences_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(email__isnull=False)
                | models.Q(phone__isnull=False)
                | models.Q(merged_into__isnull=False)
                | models.Q(is_by_post_only=True),
                name="recipient_reachable",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="recipient_by_name"),
            models.Index(
                fields=["merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="recipient_by_survivor",
            ),
        ]

    def __str__(self) -> str:
        return self.name
