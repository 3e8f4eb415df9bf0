from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from accounts import access
from accounts.care_team import services as care_team
from accounts.care_team.forms import CareTeamForm
from accounts.web.form_pages import confirm_page, form_page
from accounts.web.requests import ClinicRequest


def care_team_add(request: ClinicRequest, pk: int) -> HttpResponse:
    patient = get_object_or_404(access.patients(request.actor), pk=pk)
    page = request.actor.url("accounts:patient", pk=pk)
    return form_page(
        request,
        verb="care_team.add",
        form=CareTeamForm(request.actor, patient, request.POST or None),
        template="accounts/web/form.html",
        save=lambda actor, fields: care_team.add(actor=actor, patient=patient, **fields),
        success_url=lambda _: page,
        context={
            "title": "Add to the care team",
            "parent": patient,
            "cancel": page,
            "submit": "Add",
        },
        success_message="Added to the care team.",
    )


def care_team_remove(request: ClinicRequest, pk: int) -> HttpResponse:
    members = access.care_team(request.actor).select_related("patient", "practitioner")
    member = get_object_or_404(members, pk=pk)
    name = member.practitioner.name
    return confirm_page(
        request,
        verb="care_team.remove",
        ask={
            "title": f"Take {name} out of the care team?",
            "consequences": [
                f"The record of {member.patient} closes to {name}",
                "Booking them for the patient again adds them again",
            ],
            "submit": "Take out",
            "danger": True,
        },
        save=lambda actor: care_team.remove(actor=actor, member=member),
        back=request.actor.url("accounts:patient", pk=member.patient_id),
        success_message=f"{name} is no longer in the care team.",
    )
