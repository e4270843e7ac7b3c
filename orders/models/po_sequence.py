"""The running number in automatic PONumbers."""

from django.db import models


class PoSequence(models.Model):
    pattern = models.CharField(max_length=60, unique=True)
    last_number = models.BigIntegerField()

    def __str__(self) -> str:
        return self.pattern
