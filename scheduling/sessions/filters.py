from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from accounts.web.filters import IdFilter
from scheduling.appointments.filters import CalendarFilter
from scheduling.models import Session


class SessionFilter(CalendarFilter):
    note = django_filters.ChoiceFilter(
        label="Note",
        method="by_note",
        choices=[("unsigned", "To sign"), ("signed", "Signed")],
        empty_label="Any",
    )
    appointment = IdFilter(label="Appointment")

    instant = "started_at"

    class Meta:
        model = Session
        fields: list[str] = []

    def by_note(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "unsigned":
            return rows.unsigned()  # type: ignore[attr-defined]
        return rows.filter(note__status=value)
