from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models.tenancy import TenantQuerySet, same_organization, unique_in_organization
from accounts.validators import validate_plain_text


class PatientSearchVector(models.Func):
    """`to_tsvector` with a fixed configuration: immutable, as a generated column demands."""

    function = "to_tsvector"
    template = (
        "to_tsvector('simple'::regconfig, mrn || ' ' || legal_first_name || ' ' || legal_last_name"
        " || ' ' || preferred_name || ' ' || phone || ' ' || email)"
    )
    arity = 0
    output_field = SearchVectorField()


class PatientQuerySet(TenantQuerySet):
    def search(self, text: str) -> PatientQuerySet:
        """Patients with, for every word of `text`, a name, MRN, phone or e-mail starting with it.

        A date (2015-03-09 or 03/09/2015) is matched against the date of birth.
        """
        birth_date = _as_date(text.strip())
        if birth_date:
            return self.filter(date_of_birth=birth_date)
        words = [word.strip("'\\:&|!()<>*") for word in text.replace("'", " ").split()[:8]]
        terms = [f"'{word}':*" for word in words if word]
        if not terms:
            return self.none() if text.strip() else self
        query = SearchQuery(" & ".join(terms), config="simple", search_type="raw")
        return self.filter(search=query)


class Patient(models.Model):
    """Someone the clinic treats. `search` is kept by the database."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="patients"
    )
    mrn = models.CharField("MRN", max_length=40, validators=[validate_plain_text])
    legal_first_name = models.CharField(max_length=100, validators=[validate_plain_text])
    legal_last_name = models.CharField(max_length=100, validators=[validate_plain_text])
    preferred_name = models.CharField(max_length=100, blank=True, validators=[validate_plain_text])
    date_of_birth = models.DateField()
    phone = models.CharField(max_length=32, blank=True, validators=[validate_plain_text])
    email = models.EmailField("e-mail", max_length=254, blank=True)
    address_line1 = models.CharField(
        "address", max_length=120, blank=True, validators=[validate_plain_text]
    )
    city = models.CharField(max_length=80, blank=True, validators=[validate_plain_text])
    region = models.CharField("state", max_length=40, blank=True, validators=[validate_plain_text])
    postal_code = models.CharField(max_length=16, blank=True, validators=[validate_plain_text])
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patient_records",
        editable=False,
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    search = models.GeneratedField(
        expression=PatientSearchVector(), output_field=SearchVectorField(), db_persist=True
    )

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["legal_last_name", "legal_first_name", "id"]
        indexes = [
            GinIndex(fields=["search"], name="patient_search"),
            models.Index(
                fields=["organization", "legal_last_name", "legal_first_name", "id"],
                name="patient_by_name",
            ),
            models.Index(fields=["organization", "date_of_birth"], name="patient_by_birth"),
        ]
        constraints = [
            models.UniqueConstraint("organization", Lower("mrn"), name="patient_mrn_once"),
            unique_in_organization("patient"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Last name first, the name they go by in quotes when it differs from the legal one."""
        name = f"{self.legal_last_name}, {self.legal_first_name}"
        if self.preferred_name and self.preferred_name != self.legal_first_name:
            return f"{name} “{self.preferred_name}”"
        return name

    @property
    def called_name(self) -> str:
        return f"{self.preferred_name or self.legal_first_name} {self.legal_last_name}"

    def age_on(self, day: date) -> int:
        born = self.date_of_birth
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Guardian(models.Model):
    """A person who answers for a patient, and may sign in for them once invited."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="guardians")
    name = models.CharField(max_length=150, validators=[validate_plain_text])
    relationship = models.CharField(max_length=60, validators=[validate_plain_text])
    phone = models.CharField(max_length=32, blank=True, validators=[validate_plain_text])
    email = models.EmailField("e-mail", max_length=254, blank=True)
    may_sign_in = models.BooleanField(default=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="guardianships",
        editable=False,
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "user"],
                condition=models.Q(user__isnull=False),
                name="guardian_user_once",
            ),
            *same_organization("guardian", patient="accounts.Patient"),
            unique_in_organization("guardian"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.relationship})"


class CareTeamMember(models.Model):
    """A practitioner who treats a patient, and so may open their record."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_team")
    practitioner = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.PROTECT, related_name="care_team"
    )
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["practitioner__last_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "practitioner"], name="care_team_once"),
            *same_organization(
                "care_team", patient="accounts.Patient", practitioner="accounts.Practitioner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner} for {self.patient}"


def _as_date(text: str) -> date | None:
    for pattern in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
    return None
