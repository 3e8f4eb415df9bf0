"""Invitations: a mailed link that makes its recipient a member of the clinic."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import access
from accounts.actor import Actor
from accounts.errors import Conflict, Invalid, NotFound
from accounts.guardians.services import member_is_guardian
from accounts.invitations import rules as membership_rules
from accounts.messages import tasks
from accounts.models import Guardian, Invitation, Membership, Patient, Practitioner, User
from accounts.models.membership import InvitationQuerySet
from accounts.roles import Role
from accounts.writes import events, fields
from accounts.writes.rows import locked, not_found
from accounts.writes.transaction import write

INVITATION_VALIDITY = timedelta(days=7)


@write("invitation.invite")
def invite(
    *,
    actor: Actor,
    email: str,
    role: Role,
    patient: Patient | None = None,
    guardian: Guardian | None = None,
    practitioner: Practitioner | None = None,
) -> Invitation:
    """Invite by mail. The record named is the one they will sign in for or as.

    An earlier invitation of theirs that is still open is revoked: the newest mail counts. So one
    address has one open invitation to work here, and one for each patient or guardian.
    Raises Invalid, NotFound, NotAllowed (see `membership_rules.check`), Conflict `already_member`,
    `record_has_user`, `member_is_guardian`.
    """
    invitation = Invitation(
        organization=actor.organization,
        email=email.strip().lower(),
        role=role,
        patient=patient,
        guardian=guardian,
        practitioner=practitioner,
        token_hash=_unknown_token(),
        invited_by=actor.user,
        expires_at=timezone.now() + INVITATION_VALIDITY,
    )
    fields.check(invitation)
    _check(actor, invitation)
    _revoke_earlier(actor, invitation)
    invitation.save(force_insert=True)
    events.record(
        actor=actor,
        action="invitation.sent",
        obj=invitation,
        patient=_patient_of(invitation),
        role=role,
    )
    membership_rules.tell_administrators(actor, email=invitation.email, role=role)
    tasks.send_invitation.defer(invitation_id=invitation.pk)
    return invitation


@write("invitation.resend")
def resend(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Send a new link, valid from now; the earlier one stops working.

    The same checks apply as to a new invitation, and the actor becomes its sender. Raises Conflict
    `invitation_over`, and what `invite` raises.
    """
    current = _locked_pending(actor, invitation)
    _check(actor, current)
    _revoke_earlier(actor, current)
    current.token_hash = _unknown_token()
    current.expires_at = timezone.now() + INVITATION_VALIDITY
    current.invited_by = actor.user or current.invited_by
    current.save(update_fields=["token_hash", "expires_at", "invited_by"])
    events.record(
        actor=actor, action="invitation.resent", obj=current, patient=_patient_of(current)
    )
    membership_rules.tell_administrators(actor, email=current.email, role=current.role)
    tasks.send_invitation.defer(invitation_id=current.pk)
    return current


@write("invitation.revoke")
def revoke(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Invalidate the link. Raises NotFound, Conflict `invitation_over`."""
    current = _locked_pending(actor, invitation)
    _revoke(actor, current)
    return current


def revoke_all(*, actor: Actor, user: User) -> None:
    """Invalidate every open link to an address of the user, in the caller's transaction."""
    _revoke_open(actor, access.invitations(actor).filter(email__in=_addresses(user)))


@write("invitation.accept")
def accept(*, actor: Actor, token: str, name: str = "", password: str = "") -> Membership:
    """Make the actor's user a member; without a user, make one with this name and password.

    Raises NotFound, Invalid, NotAllowed `own_access`, Conflict `invitation_over`,
    `other_address`, `has_account`, `other_role`, `record_has_user`, `member_is_guardian`.
    """
    invitation = _locked_by_token(actor, token)
    user = actor.user or _new_user(invitation, name, password)
    if actor.user and not is_for(invitation, user):
        raise Conflict(
            f"This invitation is for {invitation.email}. Sign out, and open the link again.",
            code="other_address",
        )
    if invitation.invited_by_id == user.pk:  # by an address that they added afterwards
        raise membership_rules.own_access()
    actor = replace(actor, user=user)
    membership = _join(actor, invitation, user)
    _link_record(invitation, user)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    events.record(
        actor=actor,
        action="invitation.accepted",
        obj=invitation,
        patient=_patient_of(invitation),
        role=invitation.role,
        user=user.pk,
    )
    return membership


def by_token(token: str) -> Invitation:
    """The invitation of a link, also if it is over. Raises NotFound."""
    found = (
        Invitation.objects.select_related("organization", "guardian__patient", "patient")
        .filter(token_hash=Invitation.hash_of(token), organization__is_active=True)
        .first()
    )
    if found is None:
        raise NotFound("This link is not known. Open the one in the newest mail.")
    return found


def _unknown_token() -> str:
    """For a token that no invitation has, also before its mail is sent."""
    return Invitation.hash_of(secrets.token_urlsafe(32))


def _check(actor: Actor, invitation: Invitation) -> None:
    """Raises unless the actor may admit this person, as things are now."""
    _check_record(actor, invitation)
    _check_free(invitation)
    is_own = actor.user and is_for(invitation, actor.user)
    membership_rules.check(actor, role=invitation.role, user=actor.user if is_own else None)
    _refuse_member(invitation)


def _check_record(actor: Actor, invitation: Invitation) -> None:
    patient, guardian = invitation.patient, invitation.guardian
    practitioner = invitation.practitioner
    if patient and not access.patients(actor).filter(pk=patient.pk).exists():
        raise not_found(patient, field="patient")
    if guardian and not access.guardians(actor).filter(pk=guardian.pk).exists():
        raise not_found(guardian, field="guardian")
    if practitioner and not access.practitioners(actor).filter(pk=practitioner.pk).exists():
        raise not_found(practitioner, field="practitioner")
    if invitation.role == Role.PATIENT and bool(patient) == bool(guardian):
        raise Invalid("Choose the patient, or the guardian, who will sign in.", field="patient")
    if invitation.role != Role.PATIENT and (patient or guardian):
        raise Invalid("Only a patient or guardian signs in for a patient.", field="patient")
    if practitioner and invitation.role not in (Role.PRACTITIONER, Role.ADMIN):
        raise Invalid("Only who treats patients signs in as a practitioner.", field="practitioner")
    if guardian and not guardian.may_sign_in:
        raise Conflict(f"{guardian.name} may not sign in for the patient.", field="guardian")


def _check_free(invitation: Invitation) -> None:
    guardian = invitation.guardian
    for record in (invitation.patient, guardian, invitation.practitioner):
        if record and record.user_id:
            raise _record_has_user(record)
    if guardian:
        others = _other_guardians(guardian).exclude(user=None).select_related("user")
        if any(is_for(invitation, other.user) for other in others if other.user):
            raise member_is_guardian()


def _refuse_member(invitation: Invitation) -> None:
    member = (
        Membership.objects.filter(
            organization=invitation.organization, user__email__iexact=invitation.email
        )
        .filter(is_active=True)
        .first()
    )
    # A guardian of two children is invited for each of them.
    if member and not member.role == invitation.role == Role.PATIENT:
        raise Conflict(
            f"{invitation.email} is a member already, as {member.get_role_display().lower()}.",
            code="already_member",
            field="email",
        )


def _revoke_earlier(actor: Actor, invitation: Invitation) -> None:
    earlier = access.invitations(actor).filter(email=invitation.email).exclude(pk=invitation.pk)
    if invitation.role == Role.PATIENT:
        _revoke_open(
            actor, earlier.filter(patient=invitation.patient, guardian=invitation.guardian)
        )
    else:
        _revoke_open(actor, earlier.exclude(role=Role.PATIENT))


def _revoke_open(actor: Actor, invited: InvitationQuerySet) -> None:
    for one in invited.open().order_by("pk").select_for_update(of=("self",), no_key=True):
        _revoke(actor, one)


def _revoke(actor: Actor, invitation: Invitation) -> None:
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    events.record(
        actor=actor, action="invitation.revoked", obj=invitation, patient=_patient_of(invitation)
    )


def _locked_pending(actor: Actor, invitation: Invitation) -> Invitation:
    current = locked(access.invitations(actor), invitation)
    if current.accepted_at or current.revoked_at:
        raise over(current)
    return current


def _locked_by_token(actor: Actor, token: str) -> Invitation:
    found = locked(Invitation.objects.filter(organization=actor.organization), by_token(token))
    if not found.is_open:
        raise over(found)
    return found


def over(invitation: Invitation) -> Conflict:
    """The error that says why the link no longer works, and what to do."""
    if invitation.accepted_at:
        what = "was accepted already. Sign in with your e-mail and password"
    elif invitation.revoked_at:
        what = "was withdrawn. Ask the clinic for a new one"
    else:
        what = "has expired. Ask the clinic for a new one"
    return Conflict(f"This invitation {what}.", code="invitation_over")


def _new_user(invitation: Invitation, name: str, password: str) -> User:
    """Create the account. Opening the mailed link verifies the address."""
    if has_account(invitation):
        raise Conflict(
            f"{invitation.email} has an account already. Sign in, and open the link again.",
            code="has_account",
        )
    user = User(email=invitation.email, name=name.strip())
    if not user.name:
        raise Invalid("Give your name.", field="name")
    user.set_password(password)
    fields.check(user)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
    user.save(force_insert=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def has_account(invitation: Invitation) -> bool:
    """Whether the invited person can sign in, instead of creating an account."""
    known = Q(email__iexact=invitation.email) | Q(emailaddress__email__iexact=invitation.email)
    return User.objects.filter(known).exists()


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the invited address belongs to the user."""
    return invitation.email in _addresses(user)


def _addresses(user: User) -> set[str]:
    verified = EmailAddress.objects.filter(user=user, verified=True)
    return {email.lower() for email in (user.email, *verified.values_list("email", flat=True))}


def _join(actor: Actor, invitation: Invitation, user: User) -> Membership:
    membership, is_new = Membership.objects.select_for_update(no_key=True).get_or_create(
        organization=invitation.organization, user=user, defaults={"role": invitation.role}
    )
    before = membership.role
    if membership.is_active and before != invitation.role:
        raise Conflict(
            f"You are a member of this clinic already, as {membership.get_role_display().lower()}."
            " Ask its administrator to change your role.",
            code="other_role",
        )
    if is_new or membership.is_active:
        return membership
    membership.role, membership.is_active = invitation.role, True
    membership.save(update_fields=["role", "is_active"])
    of: dict[str, Any] = {"actor": actor, "obj": membership, "user": user.pk}
    events.record(action="member.reactivated", **of)
    if before != membership.role:
        events.record(action="member.role_changed", before=before, after=membership.role, **of)
    return membership


def _link_record(invitation: Invitation, user: User) -> None:
    """Link the record to the user by a conditional update: a record keeps its first user."""
    if invitation.guardian and _other_guardians(invitation.guardian).filter(user=user).exists():
        raise member_is_guardian()
    for record in (invitation.patient, invitation.guardian, invitation.practitioner):
        if record is None:
            continue
        free = (
            type(record)._default_manager.filter(pk=record.pk).filter(Q(user=None) | Q(user=user))
        )
        if not free.update(user=user):
            raise _record_has_user(record)


def _other_guardians(guardian: Guardian) -> QuerySet[Guardian]:
    """The other guardians of the same patient."""
    return Guardian.objects.filter(patient=guardian.patient_id).exclude(pk=guardian.pk)


def _record_has_user(record: Patient | Guardian | Practitioner) -> Conflict:
    return Conflict(f"Somebody signs in for {record} already.", code="record_has_user")


def _patient_of(invitation: Invitation) -> Patient | None:
    if invitation.guardian:
        return invitation.guardian.patient
    return invitation.patient
