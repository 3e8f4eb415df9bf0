from __future__ import annotations

from typing import Any

import django_filters

from accounts.models import (
    Invitation,
)
from accounts.roles import Role
from accounts.web.filters import DaysFilter, IdFilter, SearchFilter


class InvitationListFilter(SearchFilter, DaysFilter):
    role = django_filters.ChoiceFilter(label="Role", choices=Role.member_choices())
    state = django_filters.ChoiceFilter(
        label="State", choices=Invitation.State.choices, method="in_state"
    )
    patient = IdFilter(label="Patient")

    searched = ("email",)

    class Meta:
        model = Invitation
        fields: list[str] = []

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.in_state(Invitation.State(value))
