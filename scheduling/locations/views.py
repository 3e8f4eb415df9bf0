from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.permissions import require
from accounts.web.form_pages import form_page
from accounts.web.list_pages import list_page
from accounts.web.requests import ClinicRequest
from scheduling import access
from scheduling.locations import services as locations
from scheduling.locations.forms import LocationEditForm, LocationForm, RoomEditForm, RoomForm
from scheduling.locations.tables import LocationTable

FORM = "scheduling/locations/form.html"


def location_list(request: ClinicRequest) -> HttpResponse:
    require(request.actor.role, "location.view")
    rows = access.locations(request.actor).annotate(room_count=Count("rooms"))
    return list_page(
        request, template="scheduling/locations/list.html", rows=rows, table=LocationTable
    )


def location(request: ClinicRequest, pk: int) -> HttpResponse:
    require(request.actor.role, "location.view")
    found = get_object_or_404(access.locations(request.actor), pk=pk)
    rooms = access.rooms(request.actor).filter(location=found)
    return render(request, "scheduling/locations/detail.html", {"location": found, "rooms": rooms})


def location_new(request: ClinicRequest) -> HttpResponse:
    return form_page(
        request,
        verb="location.create",
        form=LocationForm(request.POST or None),
        template=FORM,
        save=lambda actor, fields: locations.create(actor=actor, **fields),
        success_url=lambda made: request.actor.url("scheduling:location", pk=made.pk),
        context={
            "title": "New location",
            "cancel": request.actor.url("scheduling:locations"),
        },
        success_message="Location added.",
    )


def location_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.locations(request.actor), pk=pk)
    page = request.actor.url("scheduling:location", pk=pk)
    return form_page(
        request,
        verb="location.update",
        form=LocationEditForm(request.POST or None, row=found),
        template=FORM,
        save=lambda actor, fields: locations.update(actor=actor, location=found, **fields),
        success_url=lambda _: page,
        context={"title": f"Edit {found}", "cancel": page},
        success_message="Location saved.",
    )


def room_new(request: ClinicRequest, pk: int) -> HttpResponse:
    """`pk` is the location's."""
    found = get_object_or_404(access.locations(request.actor), pk=pk)
    page = request.actor.url("scheduling:location", pk=pk)
    return form_page(
        request,
        verb="room.create",
        form=RoomForm(request.POST or None),
        template=FORM,
        save=lambda actor, fields: locations.create_room(actor=actor, location=found, **fields),
        success_url=lambda _: page,
        context={"title": f"New room at {found}", "cancel": page},
        success_message="Room added.",
    )


def room_edit(request: ClinicRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(access.rooms(request.actor).select_related("location"), pk=pk)
    page = request.actor.url("scheduling:location", pk=found.location_id)
    return form_page(
        request,
        verb="room.update",
        form=RoomEditForm(request.POST or None, row=found),
        template=FORM,
        save=lambda actor, fields: locations.update_room(actor=actor, room=found, **fields),
        success_url=lambda _: page,
        context={"title": f"Edit {found.name}", "cancel": page},
        success_message="Room saved.",
    )
