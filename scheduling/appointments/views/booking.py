"""The booking form, in the panel next to the calendar or as a page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.actor import Actor
from accounts.models import Patient
from accounts.permissions import require
from accounts.web.form_pages import form_page
from accounts.web.requests import ClinicRequest, day_in, id_in
from accounts.writes import record_views
from billing import access as billing_access
from billing.ledger.errors import count
from billing.models import ServiceCode
from scheduling import access
from scheduling.appointments import services as appointments
from scheduling.appointments.forms import BookingForm
from scheduling.appointments.preview import preview
from scheduling.appointments.views import panel
from scheduling.models import Appointment, Status

VERB = "appointment.book"
MAX_PATIENTS_OFFERED = 8
MAX_QUERY_LENGTH = 100
QUARTER = timedelta(minutes=15)


def book(request: ClinicRequest) -> HttpResponse:
    """Choose the patient first, then enter the rest; POST books."""
    require(request.actor.role, VERB)
    wanted = request.POST.get("patient") or request.GET.get("patient", "")
    if not wanted:
        return _pick_patient(request)
    patient = _patient(request, wanted)
    form = _form(request, patient)
    if request.method != "POST":
        record_views.view_part(actor=request.actor, patient=patient)
    return form_page(
        request,
        verb=VERB,
        form=form,
        template=_template(request),
        save=lambda actor, fields: appointments.book(actor=actor, **booking_arguments(form)),
        success_url=lambda booked: _booked(request, booked),
        context=_context(request, form),
    )


def book_preview(request: ClinicRequest) -> HttpResponse:
    """The same form with a preview of what is entered so far; saves nothing."""
    require(request.actor.role, VERB)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    patient = _patient(request, request.POST.get("patient", ""))
    record_views.view_part(actor=request.actor, patient=patient)
    form = _form(request, patient)
    form.is_valid()
    context = {"form": form, "changed": True, **_context(request, form)}
    return render(request, _template(request), context)


def entered_data(request: ClinicRequest) -> QueryDict:
    """What was entered. If the service has just been changed, with the service's usual length."""
    chosen = id_in(request.POST.get("service_code", ""))
    if request.GET.get("changed") != "service" or not chosen:
        return request.POST
    data = request.POST.copy()
    service = billing_access.service_codes(request.actor).filter(pk=chosen).first()
    if service is not None:
        data["minutes"] = str(service.default_minutes)
    return data


def booking_arguments(form: BookingForm) -> dict[str, Any]:
    """The arguments of `appointments.book`, from a valid form."""
    fields = form.cleaned_data
    starts_at, ends_at = form.times()
    return {
        "patient": form.patient,
        "practitioner": fields["practitioner"],
        "service_code": fields["service_code"],
        "starts_at": starts_at,
        "ends_at": ends_at,
        "authorization": form.chosen_authorization(),
        "room": fields["room"],
        "override_reason": fields.get("override_reason", ""),
    }


def previewed(form: BookingForm, *, moving: Appointment | None = None) -> dict[str, Any]:
    """Context of the panel: the preview of a valid form, and a notice if out of opening hours."""
    if not form.is_bound or not form.is_valid():
        return {"preview": None}
    wanted = booking_arguments(form)
    wanted.pop("override_reason")
    seen = preview(actor=form.actor, moving=moving, **wanted)
    clinic = form.actor.organization
    hours = f"{clinic.opens_at:%H:%M} to {clinic.closes_at:%H:%M}"
    notice = f"Outside the clinic's hours, {hours}." if seen.out_of_hours else ""
    return {"preview": seen, "out_of_hours": notice}


def _pick_patient(request: ClinicRequest) -> HttpResponse:
    """Find patients by name, MRN or date of birth; at first, list the practitioner's patients."""
    actor = request.actor
    text = request.GET.get("q", "").replace("\0", "")[:MAX_QUERY_LENGTH].strip()
    found = access.bookable_patients(actor).filter(is_active=True)
    if text:
        found = found.search(text)
    elif practitioner := id_in(request.GET.get("practitioner", "")):
        own = found.filter(care_team__practitioner_id=practitioner)
        found = own if own.exists() else found
    offered = list(found[:MAX_PATIENTS_OFFERED])
    record_views.listed(actor=actor, of="booking", patients=[patient.pk for patient in offered])
    query = request.GET.copy()
    query.pop("q", None)
    return render(
        request,
        "scheduling/appointments/pick_patient.html" + ("#panel" if request.htmx else ""),
        {
            "patients": offered,
            "q": text,
            "kept": list(query.items()),
            "query": query.urlencode(),
            "is_missing": request.method == "POST",
        },
        status=422 if request.method == "POST" else 200,
    )


def _patient(request: ClinicRequest, wanted: str) -> Patient:
    found: Patient = get_object_or_404(access.bookable_patients(request.actor), pk=id_in(wanted))
    return found


def _form(request: ClinicRequest, patient: Patient) -> BookingForm:
    actor = request.actor
    if request.method == "POST":
        return BookingForm(entered_data(request), actor=actor, patient=patient)
    form = BookingForm(actor=actor, patient=patient)
    form.prefill(_suggested_entries(request, form))
    return form


def _suggested_entries(request: ClinicRequest, form: BookingForm) -> dict[str, Any]:
    """From the chosen slot, and from the patient's last appointment and authorizations."""
    actor = request.actor
    chosen = id_in(request.GET.get("practitioner", ""))
    last = _last_appointment(actor, form.patient, chosen)
    service = _suggested_service(form, last)
    start = _suggested_start(request)
    practitioner = chosen or actor.practitioner_id or (last.practitioner_id if last else None)
    is_same = last is not None and service is not None and last.service_code_id == service.pk
    return {
        "service_code": service.pk if service else "",
        "practitioner": practitioner or "",
        "day": f"{start:%Y-%m-%d}",
        "start": f"{start:%H:%M}",
        "minutes": last.minutes if is_same and last else service.default_minutes if service else 60,
        "authorization": "",
        "room": "",
    }


def _last_appointment(actor: Actor, patient: Patient, practitioner: int) -> Appointment | None:
    """The patient's latest appointment, with that practitioner if there is one."""
    earlier = access.appointments(actor).filter(patient=patient).exclude(status=Status.CANCELLED)
    latest = earlier.order_by("-starts_at")
    theirs: Appointment | None = None
    if practitioner:
        theirs = latest.filter(practitioner=practitioner).first()
    return theirs or latest.first()


def _suggested_service(form: BookingForm, last: Appointment | None) -> ServiceCode | None:
    """The service of the last appointment, else the first authorized one, else the first one."""
    services = form.fields["service_code"].queryset  # type: ignore[attr-defined]
    if last is not None:
        for service in services:
            if service.pk == last.service_code_id:
                return cast(ServiceCode, service)
    authorized: ServiceCode | None = services.filter(authorizations__in=form.authorizations).first()
    return authorized or services.first()


def _suggested_start(request: ClinicRequest) -> datetime:
    """The slot's wall-clock time; else the opening time of the day shown, or later today."""
    try:
        return datetime.fromisoformat(request.GET.get("start", "")).replace(tzinfo=None)
    except ValueError:
        return _next_start(request)


def _next_start(request: ClinicRequest) -> datetime:
    """The opening time of the day shown; today, not before the next quarter of an hour."""
    clinic = request.actor.organization
    now = clinic.local(timezone.now()).replace(tzinfo=None)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    earliest = midnight + ((now - midnight) // QUARTER + 1) * QUARTER
    if earliest.date() > now.date() or earliest.time() >= clinic.closes_at:
        earliest = midnight + timedelta(days=1)
    day = max(day_in(request.GET.get("date", "")) or earliest.date(), earliest.date())
    return max(earliest, datetime.combine(day, clinic.opens_at))


def _template(request: ClinicRequest) -> str:
    return "scheduling/appointments/book.html" + ("#panel" if request.htmx else "")


def _context(request: ClinicRequest, form: BookingForm) -> dict[str, Any]:
    return {
        "patient": form.patient,
        "back": request.actor.url("scheduling:week"),
        "next": page_url(request),
        **previewed(form),
    }


def page_url(request: ClinicRequest) -> str:
    """The address of the calendar that the panel is open on, to return to; else empty."""
    here = request.POST.get("next") or request.htmx.current_url_abs_path or ""
    is_ours = url_has_allowed_host_and_scheme(here, {request.get_host()}, request.is_secure())
    return here if is_ours and "/book/" not in here else ""


def _booked(request: ClinicRequest, booked: Appointment) -> str | HttpResponse:
    if booked.authorization is None:
        messages.success(request, "Booked as private pay.")
    else:
        messages.success(
            request,
            f"Booked: {count(booked.units)} reserved, {booked.authorization.available_units} left "
            f"on {booked.authorization.number}.",
        )
    return panel.after_change(
        request, booked.pk, go_to=page_url(request) or _week_of(request.actor, booked)
    )


def _week_of(actor: Actor, booked: Appointment) -> str:
    """The practitioner's week, where the appointment can be seen."""
    day = actor.organization.local(booked.starts_at).date()
    week = actor.url("scheduling:week")
    return f"{week}?date={day}&practitioner={booked.practitioner_id}"
