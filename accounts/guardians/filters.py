from __future__ import annotations

from accounts.models import (
    Guardian,
)
from accounts.web.filters import IdFilter, SearchFilter


class GuardianListFilter(SearchFilter):
    patient = IdFilter(label="Patient")

    searched = ("name", "email", "phone")

    class Meta:
        model = Guardian
        fields: list[str] = []
