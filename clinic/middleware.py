from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django_structlog.middlewares import RequestMiddleware

# URL parameters that are secrets: they grant access to anybody who has the URL.
SECRET_PARTS = {"key", "token", "uidb36"}


class RequestLog(RequestMiddleware):
    """Logs one line per request, without query string, body, or the secret part of a link."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        match = request.resolver_match
        if match and SECRET_PARTS & match.kwargs.keys():
            return f"{request.method} /{match.route}"
        return f"{request.method} {request.path}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Does not replace `request.user` as the library would: with the replaced object,
        django-allauth does not recognize an app by its access token.
        """
        structlog.contextvars.bind_contextvars(user_id=getattr(request.user, "pk", None))


class CompressPages(GZipMiddleware):
    """Only pages: API answers are small and keep their strong ETag. See docs/decisions/0030."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


class NoStoreByDefault:
    """Browsers must not store a page unless its view allows it. See docs/decisions/0033."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class AddressBehindProxies:
    """Takes the client's address from the outermost trusted proxy, not from the client itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.headers.get("X-Forwarded-For", "").split(",")
        if len(seen) >= settings.TRUSTED_PROXY_COUNT:
            address = seen[-settings.TRUSTED_PROXY_COUNT].strip()
            request.META["REMOTE_ADDR"] = address or request.META["REMOTE_ADDR"]
        return self.get_response(request)
