"""The addresses of billing's pages, and what they say."""

from __future__ import annotations

import html
import re
from typing import Any

# Every page that reads, and what its address is about.
READ = {
    "payers": None,
    "payer": "payer",
    "service_codes": None,
    "service_code": "service",
    "patient_insurance": "patient",
    "authorizations": None,
    "authorization": "authorization",
    "authorization_history": "authorization",
    "entries": "authorization",
    "balance": "authorization",
}
# Every page and button that writes.
WRITE = {
    "payer_new": None,
    "payer_edit": "payer",
    "service_code_new": None,
    "service_code_edit": "service",
    "policy_new": "patient",
    "policy_edit": "policy",
    "policy_verify": "policy",
    "policy_end": "policy",
    "authorization_new": "patient",
    "authorization_edit": "authorization",
    "authorization_adjust": "authorization",
    "authorization_cancel": "authorization",
}
BUTTONS = {
    "payer_deactivate": "payer",
    "payer_reactivate": "payer",
    "authorization_activate": "authorization",
}
OF_ONE = {name: of for name, of in {**READ, **WRITE, **BUTTONS}.items() if of}


def text_of(response: Any) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))
