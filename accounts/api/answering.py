"""How an answer comes about: in one transaction where the request asks for one, and rendered."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from rest_framework import viewsets
from rest_framework.response import Response

from accounts.api import etags
from accounts.writes import idempotent_answers
from accounts.writes.transaction import in_transaction

SAFE = ("GET", "HEAD", "OPTIONS")


class Answering(viewsets.GenericViewSet):
    """Django REST framework's dispatch around idempotency keys, preconditions and tags.

    An answer is rendered inside the transaction, so that what is kept for a retry is what was sent.
    """

    http_method_names = ["get", "head", "post", "patch", "delete"]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs = args, kwargs
        request = self.initialize_request(request, *args, **kwargs)
        self.request, self.headers = request, self.default_response_headers
        try:
            self.initial(request, *args, **kwargs)
            is_safe = request.method in SAFE
            answer = self._rendered(self._run()) if is_safe else self._written()
            if is_safe or self.shows_what_is_read():
                answer = etags.conditional(request, answer)
        except Exception as error:
            answer = self._rendered(self.handle_exception(error))
        self.response = self._with_headers(answer)
        return self.response

    def _written(self) -> HttpResponse:
        auth = self.request.auth
        if auth is None or not self.is_known():
            return self._rendered(self._run())
        self.prepare()
        if idempotent_answers.HEADER in self.request.headers:
            return idempotent_answers.once(
                self.request,
                actor=auth.actor,
                credential=auth.credential,
                run=lambda: self._rendered(self._run()),
                refuse=lambda error: self._rendered(self.handle_exception(error)),
            )
        if self.depends_on_row():
            return in_transaction(
                lambda: self._rendered(self._run()), actor=auth.actor, verb="api.matched"
            )
        return self._rendered(self._run())

    def prepare(self) -> None:
        """Whatever is slow, while no transaction is open."""
        raise NotImplementedError

    def shows_what_is_read(self) -> bool:
        """Whether the answer to a write is what a GET would show now, so that its tag is of use."""
        raise NotImplementedError

    def deprecation(self) -> Any:
        """When what the request uses ends, if it does."""
        raise NotImplementedError

    def is_known(self) -> bool:
        """Whether the address has this method at all."""
        return self.action not in (None, "metadata")

    def depends_on_row(self) -> bool:
        """Whether what is written hangs on the row as it is read: nobody may change it between."""
        method = self.request.method
        return method == "PATCH" or ("If-Match" in self.request.headers and method not in SAFE)

    def _run(self) -> Response:
        name = (self.request.method or "").lower()
        known = name in self.http_method_names
        handler = getattr(self, name, self.http_method_not_allowed) if known else None
        handler = handler or self.http_method_not_allowed
        return handler(self.request, *self.args, **self.kwargs)

    def _rendered(self, response: Response) -> HttpResponse:
        answer = self.finalize_response(self.request, response, *self.args, **self.kwargs)
        answer.render()
        content = HttpResponse(answer.rendered_content or b"", status=answer.status_code)
        for name, value in answer.items():
            content[name] = value
        if not answer.content:
            del content["Content-Type"]
        content["Cache-Control"] = "private, no-cache"
        return content

    def _with_headers(self, answer: HttpResponse) -> HttpResponse:
        if deprecation := self.deprecation():
            for name, value in deprecation.headers.items():
                answer[name] = value
        if allowance := getattr(self.request._request, "allowance", None):
            limit, remaining, seconds = allowance
            answer["RateLimit-Limit"] = str(limit)
            answer["RateLimit-Remaining"] = str(remaining)
            answer["RateLimit-Reset"] = str(seconds)
        return answer
