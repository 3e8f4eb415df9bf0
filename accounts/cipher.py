"""Secrets at rest: encrypted with keys that only the installation's secret key gives."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


def cipher(purpose: str) -> MultiFernet:
    """A cipher of its own for each purpose; what earlier secret keys encrypted stays readable."""
    return MultiFernet(
        [_fernet(purpose, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _fernet(purpose: str, key: str | bytes) -> Fernet:
    digest = hashlib.sha256(f"{purpose} ".encode() + force_bytes(key)).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
