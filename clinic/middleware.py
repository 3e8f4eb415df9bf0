from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django_structlog.middlewares import RequestMiddleware

# What stands in these places of a URL opens something for whoever holds it.
SECRET_PARTS = {"key", "token", "uidb36"}


class RequestLog(RequestMiddleware):
    """One line per request: never its query string, its body, or a link's secret part."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        match = request.resolver_match
        if match and SECRET_PARTS & match.kwargs.keys():
            return f"{request.method} /{match.route}"
        return f"{request.method} {request.path}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """The library puts another object in the place of `request.user`, which stays who it was:
        django-allauth would not know an app by its access token.
        """
        structlog.contextvars.bind_contextvars(user_id=getattr(request.user, "pk", None))


class CompressPages(GZipMiddleware):
    """Pages alone: an API answer is small and keeps its strong ETag. See docs/decisions/0030."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


class NoStoreByDefault:
    """No browser keeps a page, unless the page says so. See docs/decisions/0033."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class AddressBehindProxies:
    """The client's address is what the outermost trusted proxy saw, not what the client claims."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.headers.get("X-Forwarded-For", "").split(",")
        if len(seen) >= settings.TRUSTED_PROXY_COUNT:
            address = seen[-settings.TRUSTED_PROXY_COUNT].strip()
            request.META["REMOTE_ADDR"] = address or request.META["REMOTE_ADDR"]
        return self.get_response(request)
