from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models.tenancy import same_organization
from accounts.roles import Role


class Membership(models.Model):
    """What a user is in one clinic."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=Role.member_choices())
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["user__email"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[value for value, _ in Role.member_choices()]),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        return self.in_state(Invitation.State.OPEN)

    def in_state(self, state: Invitation.State) -> InvitationQuerySet:
        """`Invitation.state` is the same of one row."""
        if state == Invitation.State.ACCEPTED:
            return self.filter(accepted_at__isnull=False)
        if state == Invitation.State.REVOKED:
            return self.filter(accepted_at=None, revoked_at__isnull=False)
        unanswered = self.filter(accepted_at=None, revoked_at=None)
        now = timezone.now()
        if state == Invitation.State.OPEN:
            return unanswered.filter(expires_at__gt=now)
        return unanswered.filter(expires_at__lte=now)


class Invitation(models.Model):
    """A link by e-mail that makes its reader a member. Only the token's hash is stored.

    Nobody `invited_by` means that a program did.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        REVOKED = "revoked"
        EXPIRED = "expired"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField("e-mail", max_length=254)
    role = models.CharField(max_length=16, choices=Role.member_choices())
    patient = models.ForeignKey(
        "accounts.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    guardian = models.ForeignKey(
        "accounts.Guardian", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    practitioner = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            *same_organization(
                "invitation",
                patient="accounts.Patient",
                guardian="accounts.Guardian",
                practitioner="accounts.Practitioner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.get_role_display()}"

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @property
    def state(self) -> State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.revoked_at:
            return self.State.REVOKED
        return self.State.OPEN if self.expires_at > timezone.now() else self.State.EXPIRED

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
