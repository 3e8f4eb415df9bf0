"""Administration of the installation, for super-administrators: clinics, users, roles and jobs.

It contains no patient's record, and no secret or mailed link that would open one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

# These register models when imported; some are unregistered below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from procrastinate.contrib.django.admin import ProcrastinateJobAdmin
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actor import Actor
from accounts.models import Membership, Organization, User
from accounts.organizations import services as organizations
from accounts.organizations.forms import OrganizationForm
from accounts.users import services as users
from accounts.web.middleware import request_id

admin.site.site_header = admin.site.site_title = "Caretally installation"
admin.site.index_title = "Clinics and users"
admin.site.unregister([Group, EmailAddress, Authenticator, UserSession, ProcrastinateJob])


def _founder(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return replace(
        Actor.founder(request.user, channel="admin"),
        request_id=request_id(),
        address=request.META.get("REMOTE_ADDR") or None,
    )


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    """Saves through the services, so that the change is recorded in the clinic's audit log."""

    list_display = ("name", "slug", "time_zone", "is_active", "created_at")
    search_fields = ("name", "slug")
    fields = ("slug", "is_active", *OrganizationForm.Meta.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ("is_active",)

    def save_model(
        self, request: HttpRequest, obj: Organization, form: forms.ModelForm, change: bool
    ) -> None:
        founder = _founder(request)
        if change:
            organizations.update(actor=replace(founder, organization=obj), **form.cleaned_data)
        else:
            obj.pk = organizations.create(actor=founder, **form.cleaned_data).pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Users join by invitation and choose their own name, address and password.

    Saves through the services, so that the change is recorded.
    """

    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_superuser", "last_login", "date_joined")
    readonly_fields = ("email", "name", "last_login", "date_joined")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Users cannot deactivate or demote themselves.
        own = ("is_active", "is_superuser") if obj == request.user else ()
        return (*self.readonly_fields, *own)

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        users.update(
            actor=_founder(request),
            user=obj,
            is_active=obj.is_active,
            is_superuser=obj.is_superuser,
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Read only. Roles are changed on the clinic's own page of members."""

    list_display = ("user", "organization", "role", "is_active")
    list_filter = ("role", "is_active")
    list_select_related = ("user", "organization")
    search_fields = ("user__email", "organization__name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ProcrastinateJob)
class JobAdmin(ProcrastinateJobAdmin):
    """Without the arguments: a waiting mail may contain a link to set a password."""

    fields = ["id", "task_name", "status", "queue_name", "priority", "scheduled_at", "attempts"]
    list_display = ["id", "task_name", "status", "attempts", "scheduled_at"]
    list_filter = ["status", "queue_name", "task_name"]
