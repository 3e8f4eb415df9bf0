from __future__ import annotations

from accounts.api.serializers import Output
from accounts.models import Practitioner


class PractitionerOutput(Output):
    class Meta:
        model = Practitioner
        fields = (
            "id",
            "user_id",
            "first_name",
            "last_name",
            "credential",
            "npi",
            "taxonomy",
            "supervisor_id",
            "hue",
            "is_active",
        )
        example = {
            "id": 151,
            "user_id": 11,
            "first_name": "Robin",
            "last_name": "Okafor",
            "credential": "BCBA",
            "npi": "1987654328",
            "taxonomy": "",
            "supervisor_id": None,
            "hue": 0,
            "is_active": True,
        }
