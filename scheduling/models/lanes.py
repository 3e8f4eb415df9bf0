"""Which overlaps are allowed, as ranges that an exclusion constraint can compare.

Two appointments conflict when their owner (practitioner, patient or room), their time *and their
lane* overlap. An ordinary appointment is in every lane. An appointment whose service may be
concurrent or in a group is in a single lane, chosen so that the appointments with which it may
overlap have another lane, and all others share one with it:

- practitioner: the members of a group are different patients, so the lane is the patient's id;
- patient: concurrent services are different ones (97153 and 97155), so the lane is the service's
  id;
- room: for groups, the patient's id as above; concurrent services have different practitioners, so
  the lane is the practitioner's id (negated, to keep the two kinds of id apart).

Lanes express only a part of the rules: `appointments.conflicts` checks all of them, under locks.
"""

from django.contrib.postgres.fields import BigIntegerRangeField
from django.db.models import Case, F, Func, Value, When

from billing.models.ranges import one_value_range

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


PRACTITIONER_LANE = Case(
    When(allows_group=True, then=one_value_range("patient_id")), default=_EVERY_LANE
)
PATIENT_LANE = Case(
    When(allows_concurrent=True, then=one_value_range("service_code_id")), default=_EVERY_LANE
)
ROOM_LANE = Case(
    When(allows_group=True, then=one_value_range("patient_id")),
    When(allows_concurrent=True, then=_negated("practitioner_id")),
    default=_EVERY_LANE,
)
