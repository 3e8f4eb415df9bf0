from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, cast

import structlog
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts import access
from accounts.actor import Actor
from accounts.errors import DomainError
from accounts.models import User
from accounts.roles import Role
from accounts.web.requests import ClinicRequest

MAX_CLINICS_LISTED = 50  # in the list of clinics to switch to

GetResponse = Callable[[ClinicRequest], HttpResponse]


class ActorMiddleware:
    """Set `request.actor` for every page below `/c/<organization>/`.

    The clinic is in the address, so that two tabs can show two clinics. Users who are not members
    get 404, as for a clinic that does not exist.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        request.actor = cast(Actor, None)  # outside a clinic there is no actor
        request.clinics = []
        with timezone.override(None):  # the clinic's time zone applies to this request only
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        slug = kwargs.pop("organization", None)
        if slug is None:
            return None
        if not request.user.is_authenticated:
            return to_sign_in(cast(ClinicRequest, request))
        page = cast(ClinicRequest, request)
        memberships = access.memberships_around(page.user, slug, most=MAX_CLINICS_LISTED)
        page.actor = actor = actor_for(page.user, slug, page, channel="web", among=memberships)
        page.clinics = [one.organization for one in memberships]
        timezone.activate(actor.organization.zone)
        structlog.contextvars.bind_contextvars(
            organization_id=actor.organization.pk, role=actor.role.value
        )
        return None


def actor_for(
    user: User, slug: str, request: HttpRequest, *, channel: str, among: Iterable[Any]
) -> Actor:
    """The user as an actor of that clinic, from `access.memberships_of`.

    Raises Http404 if they may not enter it.
    """
    membership = next((one for one in among if one.organization.slug == slug), None)
    practitioner_id = None
    if membership is not None:
        organization, role = membership.organization, Role(membership.role)
        if role in (Role.PRACTITIONER, Role.ADMIN):
            practitioner_id = membership.renders_as
    elif user.is_superuser:
        organization = get_object_or_404(access.organizations(user), slug=slug)
        role = Role.SUPERADMIN
    else:
        raise Http404
    return Actor(
        user=user,
        organization=organization,
        role=role,
        channel=channel,
        request_id=request_id(),
        address=request.META.get("REMOTE_ADDR") or None,
        practitioner_id=practitioner_id,
    )


def request_id() -> str:
    bound = structlog.contextvars.get_contextvars()
    return str(bound.get("request_id") or uuid.uuid4())


def to_sign_in(request: ClinicRequest) -> HttpResponse:
    to_sign_in = redirect_to_login(request.get_full_path())
    if request.htmx:
        return HttpResponseClientRedirect(to_sign_in.url)
    return to_sign_in


class PageErrors:
    """Turns a DomainError into an error page, or into a toast for htmx.

    Pages that show the error on their form catch it first (`accounts.web.form_pages`).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: ClinicRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        structlog.get_logger(__name__).info("refused", code=exception.code)
        if exception.status == 404:
            return render(request, "404.html", status=404)
        return _error_page(request, exception)


def _error_page(request: ClinicRequest, error: DomainError) -> HttpResponse:
    if request.htmx:
        toast = render(request, "components/toast.html", {"error": error}, status=error.status)
        toast["HX-Retarget"] = "#toasts"
        toast["HX-Reswap"] = "beforeend"
        return toast
    return render(request, "errors/refused.html", {"error": error}, status=error.status)
