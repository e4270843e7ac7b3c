"""Keys by which other systems call the trigger API: who may, what, and from where."""

import ipaddress
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.permissions import Access, Permission
from programs.models.program import Program


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Keys of programs in which this person holds the permission."""
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(program_id__in=ids)


class ApiKey(models.Model):
    """What one system may do in one program. The secrets it shows are below."""

    class Scope(models.TextChoices):
        EVENTS_WRITE = "events:write", _("Report events")
        EVENTS_READ = "events:read", _("Read what became of events")
        REWARDS_WRITE = "rewards:write", _("Send rewards")
        REWARDS_READ = "rewards:read", _("Read rewards")
        PRODUCTS_READ = "products:read", _("Read products")

    class Mode(models.TextChoices):
        TEST = "test", _("Test: everything is checked, nothing is bought")
        LIVE = "live", _("Live: rewards are bought")

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="api_keys", db_index=False
    )
    name = models.CharField(_("name"), max_length=100)
    mode = models.CharField(_("mode"), max_length=4, choices=Mode.choices)
    scopes = models.JSONField(_("scopes"), default=list)
    # Networks in CIDR notation it may call from; none means from anywhere.
    networks = models.JSONField(_("networks"), default=list)
    rate_per_minute = models.PositiveIntegerField(_("calls a minute"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    revoked_at = models.DateTimeField(null=True)
    # Its rewards are asked for in this person's name, who so can never approve them.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["test", "live"]), name="api_key_mode_known"
            )
        ]
        indexes = [models.Index(fields=["program", "-id"], name="api_key_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_test(self) -> bool:
        return self.mode == self.Mode.TEST

    def is_over(self, now: datetime) -> bool:
        """Whether it was revoked or has expired."""
        has_expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is not None or has_expired

    def may(self, scope: str) -> bool:
        """Whether this is among its scopes."""
        return scope in self.scopes

    def may_come_from(self, address: str) -> bool:
        """Whether it may be used from this IP address."""
        if not self.networks:
            return True
        ip = ipaddress.ip_address(address)
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        return any(ip in ipaddress.ip_network(each) for each in self.networks)


class KeySecret(models.Model):
    """A secret of a key; while it is rotated, the old one works beside the new one."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="secrets")
    # The secret itself is shown once and never stored.
    digest = models.CharField(max_length=64)
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField(auto_now_add=True)
    # When it was replaced: until then both work.
    expires_at = models.DateTimeField(null=True)
    # To the minute, which is enough to tell whether anybody still uses it.
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="key_secret_once")
        ]

    def __str__(self) -> str:
        return f"…{self.last_four}"
