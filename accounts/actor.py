from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from accounts.roles import STAFF, Role

if TYPE_CHECKING:
    from accounts.models import Organization, User


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who does something, in which clinic and role, through which channel and request.

    `practitioner_id` is the actor's own practitioner record in this clinic, if they have one.
    `idempotency_key` names this attempt: the same key again gives the first result again.
    `api_key_id` is the key of the program that acts where no user does.
    """

    user: User | None
    organization: Organization
    role: Role
    channel: str
    request_id: str = ""
    address: str | None = None
    practitioner_id: int | None = None
    idempotency_key: str = ""
    api_key_id: int | None = None

    @classmethod
    def system(cls, organization: Organization, *, channel: str) -> Actor:
        """For commands and jobs, which act for the clinic without a user."""
        return cls(
            user=None,
            organization=organization,
            role=Role.SYSTEM,
            channel=channel,
            request_id=str(uuid.uuid4()),
        )

    @classmethod
    def founder(cls, user: User | None, *, channel: str) -> Actor:
        """For writes outside any clinic, such as creating one. A command has no user."""
        from accounts.models import Organization

        return cls(
            user=user,
            organization=Organization(),
            role=Role.SUPERADMIN if user else Role.SYSTEM,
            channel=channel,
            request_id=str(uuid.uuid4()),
        )

    def with_key(self, key: str) -> Actor:
        return replace(self, idempotency_key=key)

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def is_patient(self) -> bool:
        return self.role == Role.PATIENT

    def may(self, verb: str) -> bool:
        from accounts import permissions

        return permissions.allows(self.role, verb)

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """The address of a page of this clinic."""
        if args:
            return reverse(name, args=[self.organization.slug, *args])
        return reverse(name, kwargs={"organization": self.organization.slug, **kwargs})
