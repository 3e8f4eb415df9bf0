"""Addresses of this app: each room has its own list."""

from django.urls import include, path

app_name = "billing"

ROOMS = (
    "payers",
    "service_codes",
    "policies",
    "authorizations",
    "ledger",
)

of_clinic = [path("", include(f"billing.{room}.urls")) for room in ROOMS]

urlpatterns = [
    path("c/<slug:organization>/", include(of_clinic)),
]
