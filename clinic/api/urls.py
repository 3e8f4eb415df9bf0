from django.urls import include, path, re_path

from clinic.api.router import router
from clinic.api.views import Redoc, Swagger, openapi, unknown_path

urlpatterns = [
    path("v1/", include((router.urls, "v1"))),
    path("v1/openapi", openapi, name="openapi"),
    path("docs", Swagger.as_view(url_name="api:openapi"), name="docs"),
    path("reference", Redoc.as_view(url_name="api:openapi"), name="reference"),
    path("auth/", include("allauth.headless.urls")),
    re_path("^.*$", unknown_path),
]
