from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from clinic.api.router import router
from clinic.api.views import Redoc, Swagger, nothing_here

urlpatterns = [
    path("v1/", include((router.urls, "v1"))),
    path("v1/openapi", SpectacularAPIView.as_view(), name="openapi"),
    path("docs", Swagger.as_view(url_name="api:openapi"), name="docs"),
    path("reference", Redoc.as_view(url_name="api:openapi"), name="reference"),
    path("auth/", include("allauth.headless.urls")),
    re_path("^.*$", nothing_here),
]
