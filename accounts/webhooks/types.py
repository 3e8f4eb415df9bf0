"""The event types of this app."""

from accounts.webhooks.catalogue import ID, SCOPES, TESTED, WORD, register

register("patient.created", "A patient was added.", patient=True)
register(
    "patient.updated", "A patient's details changed.", patient=True, changed=("phone", "email")
)
register("guardian.added", "A guardian was added to a patient.", patient=True)
register("guardian.updated", "A guardian's details changed.", patient=True, changed=("phone",))
register(
    "care_team.added",
    "A practitioner joined a patient's care team.",
    of="care_team_member",
    patient=True,
    practitioner=ID,
)
register(
    "care_team.removed",
    "A practitioner left a patient's care team.",
    of="care_team_member",
    patient=True,
    practitioner=ID,
)
register("practitioner.created", "A practitioner was added.")
register("practitioner.updated", "A practitioner's details changed.", changed=("credential",))
register(
    "member.role_changed",
    "A member got another role.",
    of="membership",
    user=ID,
    before=WORD,
    after=WORD,
)
register("member.deactivated", "A member may no longer sign in.", of="membership", user=ID)
register("member.reactivated", "A member may sign in again.", of="membership", user=ID)
register("user.deactivated", "A person's account was closed, for every clinic.")
register("user.reactivated", "A person's account was opened again.")
register("invitation.sent", "Somebody was invited.", role=WORD)
register("invitation.resent", "An invitation was sent anew.")
register("invitation.revoked", "An invitation was taken back.")
register("invitation.accepted", "An invitation was accepted.", role=WORD, user=ID)
register(
    "organization.updated",
    "The clinic's settings changed.",
    changed=("late_cancellation_hours",),
)
register("api_key.created", "An API key was made.", role=WORD, scopes=SCOPES)
register("api_key.rotated", "An API key got a new secret.")
register("api_key.revoked", "An API key was revoked.")
register(
    "glass.broken",
    "Somebody opened a patient's record from outside the care team.",
    of="break_glass",
    patient=True,
)
register(TESTED, "Somebody pressed the test button of this webhook.", of="webhook")
