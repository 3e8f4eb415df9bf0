from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts import access
from accounts.forms.member import AddressForm, InviteForm, RoleForm
from accounts.http import ClinicRequest
from accounts.lists import paged, render_list
from accounts.models import Patient
from accounts.pages import confirm_page, form_page
from accounts.permissions import require
from accounts.roles import Role
from accounts.services import invitations, members
from accounts.tables import InvitationTable, MemberTable


def member_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "member.view")
    unanswered = access.invitations(request.actor).filter(accepted_at=None, revoked_at=None)
    return render_list(
        request,
        "accounts/members.html",
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
        template="accounts/form.html",
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


def invite(request: ClinicRequest) -> HttpResponse:
    page = request.actor.url("accounts:members")
    return form_page(
        request,
        verb="invitation.invite",
        form=InviteForm(
            request.actor,
            request.POST or None,
            initial={"practitioner": request.GET.get("practitioner")},
        ),
        template="accounts/form.html",
        save=lambda actor, fields: invitations.invite(actor=actor, **fields),
        success_url=lambda _: page,
        context={
            "title": "Invite somebody",
            "parent": "Members",
            "cancel": page,
            "text": "They get a link by mail that works for 7 days.",
            "submit": "Send invitation",
        },
        success_message="Invited. The mail is on its way.",
    )


def invite_patient(request: ClinicRequest, pk: int) -> HttpResponse:
    patient = get_object_or_404(access.patients(request.actor), pk=pk)
    return _invite_to_record(request, patient, {"patient": patient})


def invite_guardian(request: ClinicRequest, pk: int) -> HttpResponse:
    guardian = get_object_or_404(access.guardians(request.actor).select_related("patient"), pk=pk)
    return _invite_to_record(request, guardian.patient, {"guardian": guardian})


def _invite_to_record(
    request: ClinicRequest, patient: Patient, record: dict[str, Any]
) -> HttpResponse:
    [invited] = record.values()
    name = patient.called_name if invited == patient else invited.name
    page = request.actor.url("accounts:patient", pk=patient.pk)
    return form_page(
        request,
        verb="invitation.invite",
        form=AddressForm(request.POST or None, initial={"email": invited.email}),
        template="accounts/form.html",
        save=lambda actor, fields: invitations.invite(
            actor=actor, role=Role.PATIENT, **fields, **record
        ),
        success_url=lambda _: page,
        context={
            "title": f"Invite {name}",
            "parent": patient,
            "cancel": page,
            "text": f"They will see {patient.called_name}'s appointments, units and sessions.",
            "submit": "Send invitation",
        },
        success_message="Invited. The mail is on its way.",
        viewed_patient=patient,
    )


def invitation_resend(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.invitations(request.actor), pk=pk)
    return confirm_page(
        request,
        verb="invitation.resend",
        ask={
            "title": f"Send {found.email} a new link?",
            "consequences": ["The earlier link stops working", "The new one works for 7 days"],
            "submit": "Send again",
        },
        save=lambda actor: invitations.resend(actor=actor, invitation=found),
        back=request.actor.url("accounts:members"),
        success_message="Sent again. The mail is on its way.",
    )


def invitation_revoke(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.invitations(request.actor), pk=pk)
    return confirm_page(
        request,
        verb="invitation.revoke",
        ask={
            "title": f"Revoke the invitation of {found.email}?",
            "consequences": ["The link in the mail stops working"],
            "submit": "Revoke",
            "danger": True,
        },
        save=lambda actor: invitations.revoke(actor=actor, invitation=found),
        back=request.actor.url("accounts:members"),
        success_message="Invitation revoked.",
    )
