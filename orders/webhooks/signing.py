"""Signatures by the Standard Webhooks scheme, so that a receiver knows it is us."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook

from orders.models import Announcement, Endpoint
from portal import crypto

_RANDOM_BYTES: Final = 32
# For the receiver to copy: refuses what is not ours, too old, or altered.
EXAMPLE: Final = """\
# pip install standardwebhooks
import os

from standardwebhooks import Webhook

def receive(body: bytes, headers: dict[str, str]) -> dict:
    webhook = Webhook(os.environ["LAUREL_WEBHOOK_SECRET"])
    return webhook.verify(body, headers)  # raises WebhookVerificationError
"""


def new_secret() -> str:
    """A secret as the scheme writes it; stored encrypted, shown once."""
    random = secrets.token_bytes(_RANDOM_BYTES)
    return f"whsec_{base64.b64encode(random).decode()}"


def headers(
    endpoint: Endpoint, announcement: Announcement, at: datetime
) -> Mapping[str, str]:
    """What goes with the body; while the secret is rotated, both of them sign."""
    ciphertexts = [endpoint.secret_ciphertext]
    if endpoint.has_old_secret(at):
        ciphertexts.append(endpoint.old_secret_ciphertext)
    signatures = [
        Webhook(crypto.decrypt(ciphertext)).sign(
            str(announcement), at, announcement.body
        )
        for ciphertext in ciphertexts
    ]
    return {
        "Content-Type": "application/json",
        "webhook-id": str(announcement),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
