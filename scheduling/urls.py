"""The URLs of this app; each package has its own urls.py."""

from django.urls import include, path

app_name = "scheduling"

PACKAGES = (
    "calendar",
    "appointments",
    "sessions",
    "authorization_dates",
    "locations",
)

of_clinic = [path("", include(f"scheduling.{package}.urls")) for package in PACKAGES]

urlpatterns = [
    path("c/<slug:organization>/", include(of_clinic)),
]
