"""Addresses of this app: each room has its own list."""

from django.urls import include, path

app_name = "accounts"

ROOMS = (
    "patients",
    "break_glass",
    "invitations",
    "guardians",
    "care_team",
    "practitioners",
    "members",
    "organizations",
    "api_keys",
    "webhooks",
    "audit",
    "search",
)

of_clinic = [path("", include(f"accounts.{room}.urls")) for room in ROOMS]

urlpatterns = [
    path("", include("accounts.sign_in.urls")),
    path("c/<slug:organization>/", include(of_clinic)),
]
