from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts import access
from accounts.invitations import services as invitations
from accounts.invitations.forms import AddressForm, InviteForm
from accounts.models import Patient
from accounts.roles import Role
from accounts.web.form_pages import confirm_page, form_page
from accounts.web.requests import ClinicRequest


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
        template="accounts/web/form.html",
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
        template="accounts/web/form.html",
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
