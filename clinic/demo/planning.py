"""Plans a team's courses of treatment, with their weekly times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import cycle
from random import Random

from accounts.models import Patient, Practitioner
from billing.models import Authorization, ServiceCode
from clinic.demo.courses import Course, Scenario, authorization_plans, scenarios
from clinic.demo.people import Team
from clinic.demo.profiles import ABA, PARENTS, Clinic, Treatment
from clinic.demo.timetable import Slot, Timetable
from scheduling.models import Location, Room

COACHING = Treatment(PARENTS, 0, ("97156",), (45,), (1,))
GROUP_CODE, DIRECTION_CODE = "97154", "97155"
GROUP_SIZE, GROUP_MINUTES = 4, 60
# The analyst joins some time after the technician has begun, in minutes.
DIRECTION_AFTER, DIRECTION_MINUTES = 30, 60


@dataclass(frozen=True)
class Places:
    office: Location
    home: Location
    telehealth: Location
    rooms: list[Room]
    group_room: Room | None


class Planner:
    """Finds the weekly times of one course after another, as long as there are free times."""

    def __init__(
        self,
        *,
        clinic: Clinic,
        team: Team,
        services: dict[str, ServiceCode],
        places: Places,
        random: Random,
        today: date,
    ) -> None:
        self._clinic, self._team, self._services = clinic, team, services
        self._places, self._random, self._today = places, random, today
        self._week = Timetable(random)

    def courses(self, *, complete: bool) -> list[Course]:
        """The team's courses. With `complete`, every scenario is among them."""
        planned = self._chosen()
        chosen = scenarios(self._random, len(planned), complete=complete)
        self._random.shuffle(chosen)
        found = []
        for number, ((patient, treatment), scenario) in enumerate(
            zip(planned, chosen, strict=True)
        ):
            course = Course(patient, treatment, scenario)
            course.evaluation = self._services.get(treatment.evaluation)
            self._plan_authorizations(course, number)
            found.append(course)
        self._place_all(found)
        return found

    def _chosen(self) -> list[tuple[Patient, Treatment]]:
        patients = iter(self._team.patients)
        found = [
            (next(patients), treatment)
            for treatment in self._clinic.treatments
            for _ in range(treatment.patients)
        ]
        in_aba = [patient for patient, treatment in found if treatment.kind == ABA]
        found += [(patient, COACHING) for patient in in_aba[::2]]
        if in_aba:
            found += [(patient, self._clinic.treatments[1]) for patient in in_aba[1::4]]
        return found

    def _plan_authorizations(self, course: Course, number: int) -> None:
        policy = self._team.policies[course.patient.pk]
        pattern = Authorization(
            organization_id=course.patient.organization_id,
            patient=course.patient,
            policy=policy,
            payer_id=policy.payer_id,
            number=f"{policy.payer.payer_id[:3]}-{course.patient.mrn}{number:02d}",
        )
        codes = [self._services[code] for code in course.treatment.codes]
        if course.evaluation:
            codes.append(course.evaluation)
        course.plans = authorization_plans(
            course.scenario, self._random, authorization=pattern, codes=codes, today=self._today
        )

    def _place_all(self, courses: list[Course]) -> None:
        turns = {
            kind: cycle(self._team.who_treat(kind))
            for kind in {course.treatment.kind for course in courses}
        }
        for course in courses:
            if course.treatment.kind == PARENTS:
                self._place_coaching(course, courses)
            else:
                self._place(course, next(turns[course.treatment.kind]))
        self._place_groups(courses)

    def _place(self, course: Course, practitioner: Practitioner) -> None:
        times = self._random.choice(course.treatment.times_a_week)
        at_home = self._random.randrange(100) < course.treatment.at_home_percent
        free_days = set(self._team.days_of(practitioner))
        for number in range(times):
            codes = [c for c in course.treatment.codes if c not in (GROUP_CODE, DIRECTION_CODE)]
            slot = self._slot(
                course.patient,
                practitioner,
                self._services[codes[number % len(codes)]],
                self._random.choice(course.treatment.minutes),
                sorted(free_days),
                at_home=at_home,
            )
            if slot is None:
                return
            free_days.discard(slot.weekday)
            course.slots.append(slot)
            if course.treatment.kind == ABA and number == 0:
                self._place_direction(course, slot)

    def _slot(
        self,
        patient: Patient,
        practitioner: Practitioner,
        service_code: ServiceCode,
        minutes: int,
        days: list[int],
        *,
        at_home: bool,
    ) -> Slot | None:
        found = self._week.find([patient, practitioner], days=days, minutes=minutes)
        if found is None:
            return None
        weekday, start = found
        room = None
        if not at_home:
            room = self._week.free_room(self._places.rooms, weekday, start, start + minutes)
        whose = [patient, practitioner, *([room] if room else [])]
        self._week.occupy(whose, weekday, start, start + minutes)
        location = self._places.home if at_home else self._places.office
        return Slot(weekday, start, minutes, practitioner, service_code, location, room)

    def _place_direction(self, course: Course, treatment: Slot) -> None:
        """The supervising analyst joins the technician: two services at the same time."""
        analyst = treatment.practitioner.supervisor
        start = treatment.start + DIRECTION_AFTER
        end = start + DIRECTION_MINUTES
        if analyst is None or end > treatment.end:
            return
        if treatment.weekday not in self._team.days_of(analyst):
            return
        if not self._week.is_free(analyst, treatment.weekday, start, end):
            return
        self._week.occupy([analyst], treatment.weekday, start, end)
        course.slots.append(
            Slot(
                treatment.weekday,
                start,
                DIRECTION_MINUTES,
                analyst,
                self._services[DIRECTION_CODE],
                treatment.location,
                treatment.room,
            )
        )

    def _place_coaching(self, course: Course, courses: list[Course]) -> None:
        """Place parent coaching, by video, with the analyst who directs the child's treatment."""
        treating = next(one for one in courses if one.patient == course.patient and one.slots)
        technician = treating.slots[0].practitioner
        analyst = technician.supervisor or technician
        minutes = course.treatment.minutes[0]
        days = self._team.days_of(analyst)
        found = self._week.find([course.patient, analyst], days=days, minutes=minutes)
        if found is None:
            return
        weekday, start = found
        self._week.occupy([course.patient, analyst], weekday, start, start + minutes)
        code = self._services[course.treatment.codes[0]]
        place = self._places.telehealth
        course.slots.append(Slot(weekday, start, minutes, analyst, code, place, None))

    def _place_groups(self, courses: list[Course]) -> None:
        """Place one weekly group for each technician, with some of their patients."""
        room = self._places.group_room
        if room is None or GROUP_CODE not in self._services:
            return
        for technician in self._team.who_treat(ABA):
            own = [
                course
                for course in courses
                if course.slots
                and course.slots[0].practitioner == technician
                and course.scenario not in (Scenario.PENDING, Scenario.PRIVATE)
            ][:GROUP_SIZE]
            whose = [technician, room, *(course.patient for course in own)]
            days = self._team.days_of(technician)
            found = self._week.find(whose, days=days, minutes=GROUP_MINUTES)
            if found is None or len(own) < GROUP_SIZE:
                continue
            weekday, start = found
            self._week.occupy(whose, weekday, start, start + GROUP_MINUTES)
            code = self._services[GROUP_CODE]
            slot = Slot(weekday, start, GROUP_MINUTES, technician, code, room.location, room)
            for course in own:
                course.slots.append(slot)
