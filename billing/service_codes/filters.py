from __future__ import annotations

from accounts.web.filters import NamesFilter
from billing.models import ServiceCode


class ServiceCodeFilter(NamesFilter):
    searched = ("code", "label")

    class Meta:
        model = ServiceCode
        fields: list[str] = []
