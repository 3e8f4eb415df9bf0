from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models.tenancy import (
    SameOrganization,
    TenantQuerySet,
    same_organization,
    unique_in_organization,
)
from accounts.models.triggers import Guard, append_only, never_deleted, refuse
from accounts.validators import validate_plain_text
from billing.units import whole_minutes


class SessionQuerySet(TenantQuerySet):
    def completed(self) -> SessionQuerySet:
        return self.filter(ended_at__isnull=False)

    def unsigned(self) -> SessionQuerySet:
        """Completed sessions whose note has not been signed yet."""
        return self.filter(is_note_due=True)


class Session(models.Model):
    """The session that took place for an appointment; it has an end and units once completed.

    `is_note_due` is set by triggers: the session is completed and its note not signed yet. It is
    not set for an imported session, whose note is in the other system, unless one was begun here.
    """

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    appointment = models.OneToOneField(
        "scheduling.Appointment", on_delete=models.PROTECT, related_name="session"
    )
    patient = models.ForeignKey(
        "accounts.Patient", on_delete=models.PROTECT, related_name="sessions"
    )
    practitioner = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.PROTECT, related_name="sessions"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    units = models.PositiveIntegerField(null=True)
    is_note_due = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["organization", "-started_at", "-id"], name="session_by_start"),
            models.Index(fields=["practitioner", "-started_at"], name="session_of_practitioner"),
            models.Index(fields=["patient", "-started_at"], name="session_of_patient"),
            # Partial, hence small: every home page asks for the notes to sign.
            models.Index(
                fields=["organization", "practitioner", "started_at"],
                condition=Q(is_note_due=True),
                name="session_note_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, units__isnull=True)
                | Q(ended_at__gt=F("started_at"), units__gte=0),
                name="session_ends_with_units",
            ),
            *same_organization(
                "session",
                patient="accounts.Patient",
                practitioner="accounts.Practitioner",
            ),
            SameOrganization(
                field="appointment",
                to="scheduling.Appointment",
                also=("patient",),
                name="session_of_its_patient",
            ),
            unique_in_organization("session"),
        ]
        triggers = [
            never_deleted("session"),
            Guard(
                name="session_says_what_is_due",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("ended_at", "is_note_due"),
                declare=[("status", "text")],
                func="""
                    status := (SELECT note.status FROM scheduling_progressnote AS note
                                WHERE note.session_id = NEW.id);
                    NEW.is_note_due := NEW.ended_at IS NOT NULL AND coalesce(
                        status = 'draft',
                        (SELECT external_id = '' FROM scheduling_appointment
                          WHERE id = NEW.appointment_id));
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Session of {self.patient}, {self.started_at:%Y-%m-%d}"

    @property
    def minutes(self) -> int | None:
        if self.ended_at is None:
            return None
        return whole_minutes(self.started_at, self.ended_at)


class ProgressNote(models.Model):
    """The clinical note of a session. Once signed it is locked: only addenda can be added."""

    class Format(models.TextChoices):
        SOAP = "soap", "Subjective, objective, assessment, plan"
        NARRATIVE = "narrative", "Narrative"

    class Status(models.TextChoices):
        DRAFT = "draft"
        SIGNED = "signed"

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="note")
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.SOAP)
    subjective = models.TextField(max_length=10_000, blank=True, validators=[validate_plain_text])
    objective = models.TextField(max_length=10_000, blank=True, validators=[validate_plain_text])
    assessment = models.TextField(max_length=10_000, blank=True, validators=[validate_plain_text])
    plan = models.TextField(max_length=10_000, blank=True, validators=[validate_plain_text])
    narrative = models.TextField(max_length=40_000, blank=True, validators=[validate_plain_text])
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    signed_at = models.DateTimeField(null=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", signed_at__isnull=True, signed_by__isnull=True)
                | Q(status="signed", signed_at__isnull=False, signed_by__isnull=False),
                name="note_signed_by_someone",
            ),
            *same_organization("note", session="scheduling.Session"),
            unique_in_organization("note"),
        ]
        triggers = [
            refuse(
                "signed_note_locked",
                pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.status = 'signed'"),
            ),
            # Updates the session, so that the session's own trigger sets is_note_due again.
            Guard(
                name="note_tells_its_session",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),
                func="""
                    UPDATE scheduling_session SET is_note_due = is_note_due
                     WHERE id = NEW.session_id AND ended_at IS NOT NULL
                       AND is_note_due <> (NEW.status = 'draft');
                    RETURN NULL;
                """,
            ),
            never_deleted("note"),
        ]

    def __str__(self) -> str:
        return f"Note of {self.session}"

    @property
    def is_signed(self) -> bool:
        return self.status == self.Status.SIGNED

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Label and text of each section of this format."""
        if self.format == self.Format.NARRATIVE:
            return [("Narrative", self.narrative)]
        names = ("subjective", "objective", "assessment", "plan")
        return [(name.capitalize(), getattr(self, name)) for name in names]

    @property
    def is_empty(self) -> bool:
        return not any(text.strip() for _, text in self.sections)


class Addendum(models.Model):
    """A later addition to a signed note. Never changed."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    note = models.ForeignKey(ProgressNote, on_delete=models.PROTECT, related_name="addenda")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=10_000, validators=[validate_plain_text])
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "addenda"
        ordering = ["at", "id"]
        constraints = [*same_organization("addendum", note="scheduling.ProgressNote")]
        triggers = [
            *append_only("addendum"),
            Guard(
                name="addendum_to_signed_note",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM FROM scheduling_progressnote
                        WHERE id = NEW.note_id AND status = 'signed';
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'The note is not signed'
                            USING ERRCODE = 'restrict_violation',
                            CONSTRAINT = 'addendum_to_signed_note';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Addendum of {self.at:%Y-%m-%d} to {self.note}"
