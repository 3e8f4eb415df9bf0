"""Addresses of this app: each room has its own list."""

from django.urls import include, path

app_name = "scheduling"

ROOMS = (
    "calendar",
    "appointments",
    "sessions",
    "authorization_dates",
    "locations",
)

of_clinic = [path("", include(f"scheduling.{room}.urls")) for room in ROOMS]

urlpatterns = [
    path("c/<slug:organization>/", include(of_clinic)),
]
