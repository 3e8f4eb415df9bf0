"""Which role may do what. One row per verb; every app adds its own rows to the same table.

A verb is also the name of a write (`@write("patient.create")`). Who may do it *to which record* is
said by `access`: a practitioner may complete an appointment, and sees only their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.errors import NotAllowed
from accounts.roles import Role

ADMIN = frozenset({Role.ADMIN})
STAFF = frozenset({Role.ADMIN, Role.PRACTITIONER})
READERS = frozenset({Role.ADMIN, Role.PRACTITIONER, Role.VIEWER})
OVERSIGHT = frozenset({Role.ADMIN, Role.VIEWER})
RUNS_CLINIC = frozenset({Role.ADMIN, Role.SUPERADMIN})
EVERYONE = READERS | {Role.PATIENT}
SUPERADMIN = frozenset({Role.SUPERADMIN})
SYSTEM_ONLY: frozenset[Role] = frozenset()

_table: dict[str, frozenset[Role]] = {}


def register(rows: dict[str, Iterable[Role]]) -> None:
    for verb, roles in rows.items():
        _table[verb] = frozenset(roles)


def table() -> dict[str, frozenset[Role]]:
    return dict(_table)


def allows(role: Role, verb: str) -> bool:
    """Raises KeyError for a verb that has no row: a write without a row is a fault of ours."""
    return role == Role.SYSTEM or role in _table[verb]


def require(role: Role, verb: str) -> None:
    if not allows(role, verb):
        raise NotAllowed(
            f"{role.label}s may not do this. Ask an administrator of the clinic.",
            code="role_not_allowed",
            verb=verb,
        )


register(
    {
        "patient.list": READERS | SUPERADMIN,
        "patient.create": ADMIN,
        "patient.update": ADMIN,
        "guardian.add": ADMIN,
        "guardian.update": ADMIN,
        "care_team.add": ADMIN,
        "care_team.ensure": ADMIN,
        "care_team.remove": ADMIN,
        "practitioner.view": READERS | SUPERADMIN,
        "practitioner.create": RUNS_CLINIC,
        "practitioner.update": RUNS_CLINIC,
        "member.view": OVERSIGHT | SUPERADMIN,
        "member.update": RUNS_CLINIC,
        "invitation.invite": RUNS_CLINIC,
        "invitation.resend": RUNS_CLINIC,
        "invitation.revoke": RUNS_CLINIC,
        "invitation.accept": EVERYONE,
        "organization.view": OVERSIGHT | SUPERADMIN,
        "organization.create": SUPERADMIN,
        "organization.update": RUNS_CLINIC,
        "user.update": SUPERADMIN,
        "event.view": OVERSIGHT,
        "history.view": READERS | SUPERADMIN,
        "audit.export": OVERSIGHT,
        "api_key.view": ADMIN,
        "api_key.create": ADMIN,
        "api_key.rotate": ADMIN,
        "api_key.revoke": ADMIN,
        "webhook.view": ADMIN,
        "webhook.create": ADMIN,
        "webhook.update": ADMIN,
        "webhook.rotate": ADMIN,
        "webhook.delete": ADMIN,
        "webhook.test": ADMIN,
        "webhook.replay": ADMIN,
        "glass.break": frozenset({Role.PRACTITIONER}) | SUPERADMIN,
        "glass.view": READERS | SUPERADMIN,
        "record.view": EVERYONE | SUPERADMIN,
    }
)
