"""Entering a clinic: directly if there is one, by choosing one of several, or by an invitation."""

from __future__ import annotations

from typing import cast

from allauth.account.utils import perform_login
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import access
from accounts.actor import Actor
from accounts.invitations import services as invitations
from accounts.invitations.forms import AcceptForm
from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from accounts.web.form_pages import form_page
from accounts.web.middleware import request_id
from accounts.web.requests import ClinicRequest


@login_required
def entrance(request: ClinicRequest) -> HttpResponse:
    clinics = access.organizations(request.user)[:2]
    if len(clinics) == 1 and not request.user.is_superuser:
        return redirect("clinic:home", organization=clinics[0].slug)
    return redirect("accounts:clinics")


@login_required
def clinics(request: ClinicRequest) -> HttpResponse:
    roles = {
        membership.organization_id: membership.get_role_display()
        for membership in request.user.memberships.filter(is_active=True)
    }
    found = access.organizations(request.user).order_by("name")
    return render(
        request,
        "accounts/sign_in/clinics.html",
        {"clinics": [(clinic, roles.get(clinic.pk, Role.SUPERADMIN.label)) for clinic in found]},
    )


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation's link opens: make an account, sign in, or join with the one signed in."""
    found = invitations.by_token(token)
    if not found.is_open:
        raise invitations.over(found)
    user = request.user if request.user.is_authenticated else None
    has_account = user is not None or invitations.has_account(found)
    data = request.POST if request.method == "POST" else None
    return form_page(
        cast(ClinicRequest, request),
        verb="invitation.accept",
        actor=_invited(request, found, user),
        form=forms.Form(data) if has_account else AcceptForm(data),
        template="accounts/sign_in/invitation.html",
        save=lambda actor, fields: invitations.accept(actor=actor, token=token, **fields),
        success_url=lambda member: _enter(request, member),
        context={
            "invitation": found,
            "is_theirs": user is not None and invitations.is_for(found, user),
            "has_account": has_account,
        },
    )


def _invited(request: HttpRequest, invitation: Invitation, user: User | None) -> Actor:
    """An actor for accepting: not a member yet, with the role of the invitation."""
    return Actor(
        user=user,
        organization=invitation.organization,
        role=Role(invitation.role),
        channel="web",
        request_id=request_id(),
        address=request.META.get("REMOTE_ADDR") or None,
    )


def _enter(request: HttpRequest, member: Membership) -> HttpResponse:
    home = reverse("clinic:home", args=[member.organization.slug])
    if request.user.is_authenticated:
        return redirect(home)
    # The mailed link and the new password are enough to sign in.
    return perform_login(request, member.user, email_verification="none", redirect_url=home)
