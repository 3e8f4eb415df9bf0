"""What billing sends to webhooks."""

from accounts.webhooks.catalogue import DAY, ID, WHOLE, WORD, register

register("payer.created", "A payer was added.")
register("payer.updated", "A payer's details changed.", changed=("phone",))
register("payer.deactivated", "A payer is no longer in use.")
register("payer.reactivated", "A payer is in use again.")
register("service_code.created", "A service code was added.")
register("service_code.updated", "The terms of a service code changed.", changed=("is_active",))
register(
    "policy.created",
    "A patient got an insurance policy.",
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
    "An insurance policy was given an end.",
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
register("authorization.activated", "An authorization may be booked on.", patient=True)
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


_movement("granted", "An authorization got its units.")
_movement("adjusted", "The total of an authorization was changed.")
_movement("reserved", "Units were held for an appointment.")
_movement("released", "Held units were given back.")
_movement("expired", "Held units were given back because their time was over.")
_movement("consumed", "Held units were used by a completed session.")
_movement("reversed", "Used units were given back by a correction.")
