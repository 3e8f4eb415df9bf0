"""The services, staff and treatments of the two demo clinics."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from billing.models import Rounding

WEEKDAYS = (0, 1, 2, 3, 4)
TO_SATURDAY = (1, 2, 3, 4, 5)
FROM_SUNDAY = (6, 0, 1, 2, 3)

ABA = "aba"
PARENTS = "parents"
SPEECH = "speech"
OCCUPATIONAL = "occupational"
PHYSICAL = "physical"

GROUP_ROOM = "Group room"


@dataclass(frozen=True)
class Service:
    code: str
    label: str
    minutes: int
    rate: Decimal
    rounding: Rounding = Rounding.CMS
    allows_concurrent: bool = False
    allows_group: bool = False

    @property
    def is_timed(self) -> bool:
        return self.rounding != Rounding.SESSION


@dataclass(frozen=True)
class Staff:
    """`supervisor` is an index in the clinic's `staff`; `treats` are kinds of treatment."""

    first_name: str
    last_name: str
    credential: str
    taxonomy: str
    treats: tuple[str, ...]
    days: tuple[int, ...] = WEEKDAYS
    supervisor: int | None = None


@dataclass(frozen=True)
class Treatment:
    """A course of treatment: its services (the first is the usual one) and how often a week."""

    kind: str
    patients: int
    codes: tuple[str, ...]
    minutes: tuple[int, ...]
    times_a_week: tuple[int, ...]
    evaluation: str = ""
    at_home_percent: int = 0


@dataclass(frozen=True)
class Clinic:
    name: str
    slug: str
    time_zone: str
    npi: str
    tax_id: str
    taxonomy: str
    phone: str
    area_code: str
    address: str
    city: str
    region: str
    postal_code: str
    services: tuple[Service, ...]
    staff: tuple[Staff, ...]
    treatments: tuple[Treatment, ...]
    ages: tuple[int, int]
    payers: tuple[tuple[str, str], ...]
    rooms: tuple[str, ...]

    @property
    def patients(self) -> int:
        """The number of patients of one team."""
        return sum(treatment.patients for treatment in self.treatments)


RIVERSIDE = Clinic(
    name="Riverside Therapy",
    slug="riverside",
    time_zone="America/Chicago",
    npi="1356700017",
    tax_id="36-5550142",
    taxonomy="261QM1300X",
    phone="(312) 555-0142",
    area_code="312",
    address="240 River Walk",
    city="Chicago",
    region="IL",
    postal_code="60654",
    services=(
        Service(
            "97153", "ABA one to one, by technician", 120, Decimal("18.50"), allows_concurrent=True
        ),
        Service("97154", "ABA in a group, by technician", 60, Decimal("9.75"), allows_group=True),
        Service(
            "97155", "ABA plan changes, by analyst", 60, Decimal("32.00"), allows_concurrent=True
        ),
        Service("97156", "Coaching for parents", 45, Decimal("29.00")),
        Service("92507", "Speech therapy, one to one", 45, Decimal("94.00"), Rounding.SESSION),
        Service("92523", "Speech and language evaluation", 60, Decimal("215.00"), Rounding.SESSION),
        Service("97530", "Everyday tasks, one to one", 45, Decimal("41.00")),
        Service("97165", "OT evaluation, short", 45, Decimal("118.00"), Rounding.SESSION),
    ),
    staff=(
        Staff("Maya", "Lindqvist", "BCBA", "103K00000X", (PARENTS,)),
        Staff("Andre", "Castillo", "RBT", "106S00000X", (ABA,), supervisor=0),
        Staff("Priya", "Raman", "RBT", "106S00000X", (ABA,), TO_SATURDAY, supervisor=0),
        Staff("Jonah", "Weiss", "BCBA-D", "103K00000X", (PARENTS,)),
        Staff("Tasha", "Greene", "RBT", "106S00000X", (ABA,), FROM_SUNDAY, supervisor=3),
        Staff("Elena", "Petrova", "CCC-SLP", "235Z00000X", (SPEECH,)),
        Staff("Marcus", "Bell", "OTR/L", "225X00000X", (OCCUPATIONAL,)),
        Staff("Sofia", "Duarte", "COTA/L", "224Z00000X", (OCCUPATIONAL,), TO_SATURDAY, 6),
    ),
    treatments=(
        Treatment(
            ABA, 16, ("97153", "97154", "97155"), (90, 120, 150), (2, 3, 3), at_home_percent=30
        ),
        Treatment(SPEECH, 10, ("92507",), (45,), (1, 2), evaluation="92523"),
        Treatment(OCCUPATIONAL, 10, ("97530",), (45, 60), (1, 2), evaluation="97165"),
    ),
    ages=(2, 14),
    payers=(
        ("Prairie State Health Plan", "PSH01"),
        ("Lakeshore Mutual", "LKM22"),
        ("Meridian Family Care", "MFC70"),
        ("Heartland Community Plan", "HCP15"),
    ),
    rooms=("Room 1", "Room 2", "Room 3", "Room 4", "Room 5", "Speech room", "Gym", GROUP_ROOM),
)

HARBOR = Clinic(
    name="Harbor Physical Therapy",
    slug="harbor",
    time_zone="America/Los_Angeles",
    npi="1740200021",
    tax_id="94-5550177",
    taxonomy="261QP2000X",
    phone="(415) 555-0177",
    area_code="415",
    address="18 Harbor Street",
    city="San Francisco",
    region="CA",
    postal_code="94111",
    services=(
        Service("97110", "Exercise for strength and motion", 45, Decimal("36.00")),
        Service("97140", "Hands-on work on joints and tissue", 30, Decimal("34.50")),
        Service("97530", "Everyday tasks, one to one", 45, Decimal("41.00")),
        Service("97161", "PT evaluation, simple", 45, Decimal("112.00"), Rounding.SESSION),
        Service("97165", "OT evaluation, short", 45, Decimal("118.00"), Rounding.SESSION),
    ),
    staff=(
        Staff("Hannah", "Okafor", "PT, DPT", "225100000X", (PHYSICAL,)),
        Staff("Luis", "Mendoza", "PT, DPT", "225100000X", (PHYSICAL,), TO_SATURDAY),
        Staff("Grace", "Kim", "PTA", "225200000X", (PHYSICAL,), FROM_SUNDAY, 0),
        Staff("Owen", "Gallagher", "OTR/L", "225X00000X", (OCCUPATIONAL,)),
    ),
    treatments=(
        Treatment(PHYSICAL, 10, ("97110", "97140"), (45, 60), (2, 2, 3), evaluation="97161"),
        Treatment(PHYSICAL, 7, ("97110",), (45, 60), (1, 2), evaluation="97161"),
        Treatment(OCCUPATIONAL, 7, ("97530",), (45,), (1, 2), evaluation="97165"),
    ),
    ages=(19, 84),
    payers=(
        ("Golden Coast Insurance", "GCI08"),
        ("Pacific Union Health", "PUH31"),
        ("Sierra Workers' Fund", "SWF44"),
    ),
    rooms=("Treatment 1", "Treatment 2", "Treatment 3", "Exercise floor"),
)

CLINICS = (RIVERSIDE, HARBOR)
