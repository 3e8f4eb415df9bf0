"""The URLs of this app; each package has its own urls.py."""

from django.urls import include, path

app_name = "billing"

PACKAGES = (
    "payers",
    "service_codes",
    "policies",
    "authorizations",
    "ledger",
)

of_clinic = [path("", include(f"billing.{package}.urls")) for package in PACKAGES]

urlpatterns = [
    path("c/<slug:organization>/", include(of_clinic)),
]
