from __future__ import annotations

import django_filters

from accounts.models import (
    Membership,
)
from accounts.roles import Role
from accounts.web.filters import ActiveFilter, DaysFilter, IdFilter, SearchFilter


class MemberListFilter(SearchFilter, DaysFilter):
    role = django_filters.ChoiceFilter(label="Role", choices=Role.member_choices())
    state = ActiveFilter()
    user = IdFilter(label="User")

    searched = ("user__name", "user__email")

    class Meta:
        model = Membership
        fields: list[str] = []
