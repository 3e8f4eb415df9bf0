"""What billing sends to webhooks."""

from accounts.webhooks.catalogue import DAY, ID, WHOLE, WORD, register

register("payer.created", "A payer was added.")
register("payer.updated", "A payer's details changed.", changed=("phone",))
register("payer.deactivated", "A payer was deactivated.")
register("payer.reactivated", "A payer was reactivated.")
register("service_code.created", "A service code was added.")
register("service_code.updated", "The terms of a service code changed.", changed=("is_active",))
register(
    "policy.created",
    "An insurance policy of a patient was added.",
    of="insurance_policy",
    patient=True,
    payer=ID,
    priority=WHOLE,
)
register(
    "policy.updated",
    "An insurance policy changed.",
    of="insurance_policy",
    patient=True,
    changed=("member_id",),
)
register(
    "policy.ended",
    "An insurance policy was given an end date.",
    of="insurance_policy",
    patient=True,
    end=DAY,
)
register(
    "policy.verified",
    "A payer was asked whether a policy covers the patient.",
    of="insurance_policy",
    patient=True,
    check=ID,
    result=WORD,
)
register(
    "authorization.created",
    "An insurer's authorization was entered.",
    patient=True,
    units=WHOLE,
    start=DAY,
    end=DAY,
)
register(
    "authorization.updated",
    "An authorization's terms changed.",
    patient=True,
    changed=("end_date",),
)
register("authorization.activated", "A pending authorization was activated.", patient=True)
register("authorization.cancelled", "An authorization was cancelled.", patient=True)


def _movement(name: str, summary: str) -> None:
    register(
        f"unit.{name}",
        summary,
        of="authorization",
        patient=True,
        entry=WHOLE,
        units=WHOLE,
        available=WHOLE,
    )


_movement("granted", "Units were granted on an authorization.")
_movement("adjusted", "The total of an authorization was changed.")
_movement("reserved", "Units were reserved for an appointment.")
_movement("released", "Reserved units were released.")
_movement("expired", "Reserved units were released because the reservation expired.")
_movement("consumed", "Reserved units were consumed by a completed session.")
_movement("reversed", "A consumption of units was reversed by a correction.")
