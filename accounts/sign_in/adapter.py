"""Adapter of django-allauth: accounts are created by invitation, mail is sent by the queue."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.http import HttpRequest, HttpResponse

from accounts.messages import tasks
from accounts.models import User
from accounts.sign_in import receivers
from accounts.sign_in import services as sign_ins


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always False: accounts are created by accepting an invitation."""
        return False

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **how)
        sign_ins.record(
            user=user, action=sign_ins.SIGNED_IN, request_origin=receivers.request_origin(request)
        )
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        receivers.password_failed(request, credentials.get("email", ""))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        request = allauth_context.request
        message = self.render_mail(
            template_prefix, email, {"request": request, "email": email, **context}
        )
        tasks.send_mail.defer(to=message.to, subject=message.subject, body=str(message.body))
