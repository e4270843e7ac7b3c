"""The provider's bearer token, shared by every process."""

from django.db import models


class BearerToken(models.Model):
    """One row per credential set; the value is encrypted."""

    credentials_digest = models.CharField(max_length=64, unique=True)
    value_ciphertext = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True)
    # Whoever sets this far enough ahead is the one process that asks for a new token.
    refreshing_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Token {self.pk}"
