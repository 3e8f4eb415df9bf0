from django.db import models


class Role(models.TextChoices):
    ADMIN = "admin", "Administrator"
    PRACTITIONER = "practitioner", "Practitioner"
    VIEWER = "viewer", "Viewer"
    PATIENT = "patient", "Patient or guardian"
    # Not memberships: a super-administrator in a clinic, and the system.
    SUPERADMIN = "superadmin", "Super-administrator"
    SYSTEM = "system", "System"

    @classmethod
    def member_choices(cls) -> list[tuple[str, str]]:
        members = (cls.ADMIN, cls.PRACTITIONER, cls.VIEWER, cls.PATIENT)
        return [(role.value, str(role.label)) for role in members]


STAFF = frozenset({Role.ADMIN, Role.PRACTITIONER, Role.VIEWER})
