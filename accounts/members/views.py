from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts import access
from accounts.invitations.tables import InvitationTable
from accounts.members import services as members
from accounts.members.forms import RoleForm
from accounts.members.tables import MemberTable
from accounts.permissions import require
from accounts.web.form_pages import confirm_page, form_page
from accounts.web.list_pages import paged, render_list
from accounts.web.requests import ClinicRequest


def member_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "member.view")
    unanswered = access.invitations(request.actor).filter(accepted_at=None, revoked_at=None)
    return render_list(
        request,
        "accounts/members/list.html",
        {
            "table": paged(
                request, MemberTable(access.memberships(request.actor).select_related("user"))
            ),
            "invited": paged(request, InvitationTable(unanswered.select_related("invited_by"))),
        },
    )


def member_role(request: ClinicRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(access.memberships(request.actor).select_related("user"), pk=pk)
    page = request.actor.url("accounts:members")
    return form_page(
        request,
        verb="member.update",
        form=RoleForm(request.POST or None, initial={"role": member.role}),
        template="accounts/web/form.html",
        save=lambda actor, fields: members.update_role(actor=actor, membership=member, **fields),
        success_url=lambda _: page,
        context={"title": f"Change the role of {member.user}", "parent": "Members", "cancel": page},
        success_message="Role changed.",
    )


def member_deactivate(request: ClinicRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(access.memberships(request.actor).select_related("user"), pk=pk)
    return confirm_page(
        request,
        verb="member.update",
        ask={
            "title": f"Deactivate {member.user}?",
            "consequences": [
                f"{request.actor.organization} closes to them from their next click on",
                "What they did stays, under their name",
                "Open invitations to them are revoked",
                "You can reactivate them",
            ],
            "submit": "Deactivate",
            "danger": True,
        },
        save=lambda actor: members.deactivate(actor=actor, membership=member),
        back=request.actor.url("accounts:members"),
        success_message=f"{member.user} is deactivated.",
    )


def member_reactivate(request: ClinicRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(access.memberships(request.actor).select_related("user"), pk=pk)
    role = member.get_role_display().lower()
    return confirm_page(
        request,
        verb="member.update",
        ask={
            "title": f"Reactivate {member.user}?",
            "consequences": [f"{request.actor.organization} opens to them again, as {role}"],
            "submit": "Reactivate",
        },
        save=lambda actor: members.reactivate(actor=actor, membership=member),
        back=request.actor.url("accounts:members"),
        success_message=f"{member.user} is a member again.",
    )
