from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from clinic.views.home import home

# Uses our own sign-in, with its rate limits and second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

of_clinic = [path("", home, name="home")]

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/", include(("clinic.api.urls", "api"))),
    path("c/<slug:organization>/", include((of_clinic, "clinic"))),
    path("", include("accounts.urls")),
    path("", include("billing.urls")),
    path("", include("scheduling.urls")),
]
