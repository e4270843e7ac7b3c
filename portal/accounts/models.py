"""People who sign in. Their roles in programs are `programs.Membership` rows."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.actors import Actor, ActorKind, Channel
from portal.permissions import Role


class UserManager(BaseUserManager["User"]):
    """Looks people up by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person on the staff. Deactivated, never deleted: the journal names them."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("System")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), max_length=150, unique=True)
    name = models.CharField(_("name"), max_length=100)
    organisation_role = models.CharField(
        _("organisation-wide role"),
        max_length=20,
        blank=True,
        choices=[
            (Role.ADMINISTRATOR.value, Role.ADMINISTRATOR.label),
            (Role.AUDITOR.value, Role.AUDITOR.label),
        ],
    )
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=50, blank=True)
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(
                    organisation_role__in=["", Role.ADMINISTRATOR, Role.AUDITOR]
                ),
                name="user_organisation_role_known",
            ),
            models.CheckConstraint(
                condition=models.Q(theme__in=["system", "light", "dark"]),
                name="user_theme_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def zone(self) -> str:
        """The IANA name of the zone this person sees times in."""
        return self.time_zone or settings.DEFAULT_TIME_ZONE


class Invitation(models.Model):
    """A link by which somebody sets a password and becomes a user, once."""

    email = models.EmailField(_("e-mail"), max_length=150)
    name = models.CharField(_("name"), max_length=100)
    organisation_role = models.CharField(max_length=20, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    token_ciphertext = models.TextField()
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


def actor_of(user: User, request_id: str = "") -> Actor:
    """This person, acting in the browser."""
    return Actor(ActorKind.PERSON, str(user.pk), Channel.WEB, request_id)
