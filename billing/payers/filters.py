from __future__ import annotations

from accounts.web.filters import NamesFilter
from billing.models import Payer


class PayerFilter(NamesFilter):
    searched = ("name", "payer_id")

    class Meta:
        model = Payer
        fields: list[str] = []
