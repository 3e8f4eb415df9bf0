from accounts.permissions import ADMIN, EVERYONE, READERS, STAFF, SYSTEM_ONLY, register
from accounts.roles import Role

register(
    {
        "location.view": READERS,
        "location.create": ADMIN,
        "location.update": ADMIN,
        "room.create": ADMIN,
        "room.update": ADMIN,
        "authorization.shorten": ADMIN,
        "calendar.view": READERS,
        "appointment.list": READERS,
        "appointment.view": EVERYONE,
        "appointment.book": STAFF,
        "appointment.reschedule": STAFF,
        "appointment.override": ADMIN,
        "appointment.confirm": STAFF | {Role.PATIENT},
        "appointment.check_in": STAFF,
        "appointment.cancel": STAFF | {Role.PATIENT},
        "appointment.restore": STAFF,
        "appointment.start": STAFF,
        "appointment.complete": STAFF,
        "appointment.mark_no_show": STAFF,
        "appointment.reopen": ADMIN,
        "appointment.record_past": SYSTEM_ONLY,
        "session.view": READERS,
        "note.view": READERS,
        "note.write": frozenset({Role.PRACTITIONER, Role.ADMIN}),
        "note.sign": frozenset({Role.PRACTITIONER, Role.ADMIN}),
        "note.amend": frozenset({Role.PRACTITIONER, Role.ADMIN}),
    }
)
