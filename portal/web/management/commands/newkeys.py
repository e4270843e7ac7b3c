import secrets
from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Print fresh keys as lines for .env. Each run prints others."
    # The checks would refuse the very installation that needs its first keys.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"SECRET_KEY={secrets.token_urlsafe(48)}")
        self.stdout.write(f"DIGEST_KEY={secrets.token_urlsafe(48)}")
        self.stdout.write(f"ENCRYPTION_KEYS={Fernet.generate_key().decode()}")
