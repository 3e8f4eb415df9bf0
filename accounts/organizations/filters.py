from __future__ import annotations

from accounts.models import (
    Organization,
)
from accounts.web.filters import SearchFilter


class OrganizationListFilter(SearchFilter):
    searched = ("name", "slug")

    class Meta:
        model = Organization
        fields: list[str] = []
