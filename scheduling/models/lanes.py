"""Which overlaps are legitimate, as ranges that an exclusion constraint can compare.

Two appointments collide when owner, time *and lane* overlap. An ordinary appointment takes every
lane. One whose service allows company takes a single lane, chosen so that it misses just the
company it may have and meets everything else:

- practitioner: members of a group are different patients, so a member's lane is its patient;
- patient: services that may run side by side differ (97153 beside 97155): the service's lane;
- room: as the practitioner for groups; for services side by side, the practitioners differ
  (negated, to keep the two kinds of id apart).

A lane is coarser than the rule behind it; `services.conflicts` has the whole of it, under locks.
"""

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db.models import Case, F, Func, Value, When

from billing.models.ranges import only

_EVERY_LANE = Func(
    Value(None), Value(None), function="int8range", output_field=BigIntegerRangeField()
)


def _negated(column: str) -> Func:
    return Func(
        -1 * F(column),
        -1 * F(column),
        Value("[]"),
        function="int8range",
        output_field=BigIntegerRangeField(),
    )


PRACTITIONER_LANE = Case(When(allows_group=True, then=only("patient_id")), default=_EVERY_LANE)
PATIENT_LANE = Case(When(allows_concurrent=True, then=only("service_code_id")), default=_EVERY_LANE)
ROOM_LANE = Case(
    When(allows_group=True, then=only("patient_id")),
    When(allows_concurrent=True, then=_negated("practitioner_id")),
    default=_EVERY_LANE,
)
