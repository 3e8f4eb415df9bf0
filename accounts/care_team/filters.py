from __future__ import annotations

from accounts.models import (
    CareTeamMember,
)
from accounts.web.filters import DaysFilter, IdFilter, SearchFilter


class CareTeamListFilter(SearchFilter, DaysFilter):
    patient = IdFilter(label="Patient")
    practitioner = IdFilter(label="Practitioner")

    searched = ("practitioner__first_name", "practitioner__last_name")
    instant = "since"

    class Meta:
        model = CareTeamMember
        fields: list[str] = []
