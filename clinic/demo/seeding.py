"""Creates the demo clinics and fills their weeks, in one transaction; the same on the same day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random

from django.db import connection, transaction

from accounts.actor import Actor
from accounts.models import Guardian, Organization, Patient, Practitioner, User
from accounts.organizations import services as organizations
from accounts.roles import Role
from billing.models import ServiceCode
from billing.payers import services as payers
from billing.service_codes import services as service_codes
from clinic.demo import people, profiles
from clinic.demo.appointments import Calendar
from clinic.demo.courses import Course, Scenario
from clinic.demo.history import History
from clinic.demo.people import Team
from clinic.demo.planning import Places, Planner
from clinic.demo.story import set_recent_outcomes
from scheduling.locations import services as locations
from scheduling.models import Location, Room

CHANNEL = "demo"
# The tables' statistics are updated after so many teams, so that checks still use the indexes.
ANALYZE_EVERY = 10

Progress = Callable[[str], None]


def exists() -> bool:
    slugs = [clinic.slug for clinic in profiles.CLINICS]
    return Organization.objects.filter(slug__in=slugs).exists()


@transaction.atomic
def seed(*, scale: int, now: datetime, progress: Progress) -> None:
    """Create `scale` teams for each clinic, with practitioners, patients and weeks around `now`."""
    people.user("root@caretally.example", "Robin Castle", is_superadmin=True)
    owner = people.user("owner@caretally.example", "Olivia Brandt")
    for clinic in profiles.CLINICS:
        _ClinicSeeder(clinic, now=now, progress=progress).seed(owner=owner, scale=scale)


class _ClinicSeeder:
    def __init__(self, clinic: profiles.Clinic, *, now: datetime, progress: Progress) -> None:
        self._clinic, self._now, self._progress = clinic, now, progress

    def seed(self, *, owner: User, scale: int) -> None:
        organization = self._organization()
        self._system = Actor.system(organization, channel=CHANNEL)
        self._desk = self._members(organization, owner)
        self._services = self._make_services()
        self._payers = [
            payers.create(actor=self._desk, name=name, payer_id=payer_id)
            for name, payer_id in self._clinic.payers
        ]
        self._home = locations.create(
            actor=self._desk, name="At the patient's home", place_of_service="12"
        )
        self._video = locations.create(actor=self._desk, name="Video visit", place_of_service="10")
        for number in range(scale):
            self._team(number)
            self._progress(f"{self._clinic.name}: team {number + 1} of {scale}")
        Organization.objects.filter(pk=organization.pk).update(
            mrn_counter=scale * self._clinic.patients
        )

    def _organization(self) -> Organization:
        clinic = self._clinic
        return organizations.create(
            actor=Actor.founder(None, channel=CHANNEL),
            name=clinic.name,
            slug=clinic.slug,
            time_zone=clinic.time_zone,
            npi=clinic.npi,
            tax_id=clinic.tax_id,
            taxonomy=clinic.taxonomy,
            phone=clinic.phone,
            address_line1=clinic.address,
            city=clinic.city,
            region=clinic.region,
            postal_code=clinic.postal_code,
        )

    def _members(self, organization: Organization, owner: User) -> Actor:
        """Create the members. Returns the administrator, who also acts as the front desk."""
        slug = self._clinic.slug
        admin = people.user(f"admin@{slug}.example", "Dana Whitfield")
        viewer = people.user(f"viewer@{slug}.example", "Victor Hale")
        people.member(organization, admin, Role.ADMIN)
        people.member(organization, viewer, Role.VIEWER)
        is_first = self._clinic is profiles.CLINICS[0]
        people.member(organization, owner, Role.ADMIN if is_first else Role.VIEWER)
        return self._actor(organization, admin, Role.ADMIN)

    def _actor(self, organization: Organization, user: User | None, role: Role) -> Actor:
        return Actor(
            user=user,
            organization=organization,
            role=role,
            channel=CHANNEL,
            request_id=f"demo-{self._clinic.slug}",
        )

    def _make_services(self) -> dict[str, ServiceCode]:
        return {
            service.code: service_codes.create(
                actor=self._desk,
                code=service.code,
                label=service.label,
                is_timed=service.is_timed,
                rounding=service.rounding,
                default_minutes=service.minutes,
                default_rate=service.rate,
                allows_concurrent=service.allows_concurrent,
                allows_group=service.allows_group,
            )
            for service in self._clinic.services
        }

    def _team(self, number: int) -> None:
        random = Random(f"{self._clinic.slug}:{number}")
        team = self._people(random, number)
        planner = Planner(
            clinic=self._clinic,
            team=team,
            services=self._services,
            places=self._places(number),
            random=random,
            today=self._system.organization.local(self._now).date(),
        )
        courses = planner.courses(complete=number == 0)
        calendar = Calendar(self._system.organization, random, self._now)
        for course in courses:
            for plan in course.plans:
                plan.authorization.created_at = calendar.created_at(plan.authorization)
        planned_appointments = calendar.appointments(courses)
        if number == 0:
            set_recent_outcomes(calendar, planned_appointments, now=self._now)
            self._sign_ins(courses)
        history = History(
            system=self._system,
            desk=self._desk,
            practitioners={
                one.pk: self._actor(self._system.organization, one.user, Role.PRACTITIONER)
                for one in team.practitioners
            },
            random=random,
        )
        history.write(courses, planned_appointments)
        _check_now(analyze=number % ANALYZE_EVERY == 0)

    def _people(self, random: Random, number: int) -> Team:
        organization = self._system.organization
        today = organization.local(self._now).date()
        staff: list[Practitioner] = people.practitioners(
            organization, self._clinic, random, team=number
        )
        patients = people.patients(
            organization,
            self._clinic,
            random,
            first_number=number * self._clinic.patients + 1,
            now=self._now,
        )
        people.guardians(self._clinic, random, patients)
        policies = people.policies(random, patients, self._payers, today=today)
        days = [profile.days for profile in self._clinic.staff]
        if number == 0:
            # The practitioner whom the demo signs in as works today, whatever the weekday.
            days[0] = tuple(sorted({*days[0], today.weekday()}))
        return Team(staff, self._clinic.staff, days, patients, policies)

    def _places(self, number: int) -> Places:
        name = f"{self._clinic.name}{f' {number + 1}' if number else ''}"
        address = f"{self._clinic.address}, {self._clinic.city}"
        office: Location = locations.create(actor=self._desk, name=name, address=address)
        rooms: list[Room] = [
            locations.create_room(actor=self._desk, location=office, name=room)
            for room in self._clinic.rooms
        ]
        group_rooms = [room for room in rooms if room.name == profiles.GROUP_ROOM]
        return Places(
            office=office,
            home=self._home,
            telehealth=self._video,
            rooms=[room for room in rooms if room not in group_rooms],
            group_room=group_rooms[0] if group_rooms else None,
        )

    def _sign_ins(self, courses: list[Course]) -> None:
        """Let a patient with an ordinary course sign in, or a guardian of two such patients."""
        today = self._system.organization.local(self._now).date()
        steady = [
            course.patient
            for course in courses
            if course.scenario in (Scenario.STEADY, Scenario.CAPPED)
        ]
        adults = [patient for patient in steady if patient.age_on(today) >= people.ADULT]
        if adults:
            self._patient_user(adults[0])
        else:
            self._guardian_user(list(dict.fromkeys(steady))[:2])

    def _patient_user(self, patient: Patient) -> None:
        email = f"patient@{self._clinic.slug}.example"
        patient.user = people.user(email, patient.called_name)
        patient.email = email
        patient.save(update_fields=["user", "email"])
        people.member(self._system.organization, patient.user, Role.PATIENT)

    def _guardian_user(self, children: list[Patient]) -> None:
        email = f"guardian@{self._clinic.slug}.example"
        user = people.user(email, f"Lena {children[0].legal_last_name}")
        people.member(self._system.organization, user, Role.PATIENT)
        for child in children:
            child.legal_last_name = children[0].legal_last_name
            child.save(update_fields=["legal_last_name"])
            child.guardians.all().delete()
            Guardian.objects.create(
                organization=self._system.organization,
                patient=child,
                name=user.name,
                relationship="Mother",
                phone=self._clinic.phone.replace("0142", "0118"),
                email=email,
                user=user,
            )


def _check_now(*, analyze: bool) -> None:
    """Run the deferred checks after each team, so that few of them are left for the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if analyze:
            cursor.execute("ANALYZE")
