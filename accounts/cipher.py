"""Encryption of secrets at rest, with keys derived from the installation's secret key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


def cipher(purpose: str) -> MultiFernet:
    """A cipher with a key of its own for each purpose.

    Values encrypted under earlier secret keys can still be decrypted.
    """
    return MultiFernet(
        [_fernet(purpose, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _fernet(purpose: str, key: str | bytes) -> Fernet:
    digest = hashlib.sha256(f"{purpose} ".encode() + force_bytes(key)).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
