"""Practitioners: who renders services, under whose supervision, and as which member."""

from __future__ import annotations

from typing import TypedDict, Unpack

from accounts import access
from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotFound, translates
from accounts.models import Organization, Practitioner, User
from accounts.writes import events, fields
from accounts.writes.rows import change, locked, not_found, refuse_stale, tidy
from accounts.writes.transaction import write


class PractitionerFields(TypedDict, total=False):
    first_name: str
    last_name: str
    npi: str
    credential: str
    taxonomy: str
    supervisor: Practitioner | None
    user: User | None
    hue: int
    external_id: str
    is_active: bool


@write("practitioner.create")
def create(*, actor: Actor, **details: Unpack[PractitionerFields]) -> Practitioner:
    """Raises Invalid, NotFound, Conflict `npi_taken`, Conflict `member_is_practitioner`."""
    practitioner = Practitioner(organization=actor.organization, **tidy(details))
    _check_references(actor, details)
    _check(practitioner)
    practitioner.save(force_insert=True)
    events.record(actor=actor, action="practitioner.created", obj=practitioner)
    return practitioner


@write("practitioner.update")
def update(
    *,
    actor: Actor,
    practitioner: Practitioner,
    expected_digest: str = "",
    **details: Unpack[PractitionerFields],
) -> Practitioner:
    """`expected_digest` is of what the page showed.

    Raises NotFound, Invalid, Conflict `npi_taken`, `member_is_practitioner`, `stale`.
    """
    queue(actor)
    current = locked(access.practitioners(actor), practitioner)
    refuse_stale(current, details, expected_digest)
    _check_references(actor, details)
    _refuse_loop(current, details.get("supervisor"))
    return change(actor=actor, row=current, to=details, action="practitioner.updated", check=_check)


def queue(actor: Actor) -> None:
    """Lock the clinic before any practitioner.

    Concurrent changes together could make a loop of supervisors.
    """
    Organization.objects.select_for_update(no_key=True).get(pk=actor.organization.pk)


def _check(practitioner: Practitioner) -> None:
    fields.check(practitioner)
    others = Practitioner.objects.of(practitioner.organization).exclude(pk=practitioner.pk)
    if practitioner.npi and others.filter(npi=practitioner.npi).exists():
        raise npi_taken()
    if practitioner.user_id and others.filter(user=practitioner.user_id).exists():
        raise member_is_practitioner()


def _check_references(actor: Actor, details: PractitionerFields) -> None:
    supervisor, user = details.get("supervisor"), details.get("user")
    if supervisor and not access.practitioners(actor).filter(pk=supervisor.pk).exists():
        raise not_found(supervisor, field="supervisor")
    if user and not actor.organization.memberships.filter(user=user, is_active=True).exists():
        raise NotFound("This person is not a member of the clinic. Invite them.", field="user")


def _refuse_loop(practitioner: Practitioner, supervisor: Practitioner | None) -> None:
    above = dict(
        Practitioner.objects.of(practitioner.organization).values_list("pk", "supervisor_id")
    )
    step = supervisor.pk if supervisor else None
    while step is not None:
        if step == practitioner.pk:
            raise Invalid(
                f"{supervisor} is supervised by {practitioner.name}, directly or through others. "
                "Choose another supervisor.",
                code="supervisor_loop",
                field="supervisor",
            )
        step = above.get(step)


@translates("practitioner_npi_once")
def npi_taken() -> Conflict:
    return Conflict(
        "Another practitioner of the clinic has this NPI.", code="npi_taken", field="npi"
    )


@translates("practitioner_user_once")
def member_is_practitioner() -> Conflict:
    return Conflict(
        "This member signs in as another practitioner already.",
        code="member_is_practitioner",
        field="user",
    )


@translates("practitioner_not_own_supervisor")
def own_supervisor() -> Invalid:
    return Invalid(
        "Nobody supervises themselves. Choose another supervisor.",
        code="supervisor_loop",
        field="supervisor",
    )
