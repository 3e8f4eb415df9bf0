"""Every endpoint under `/api/v1/`, put together from the apps."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from accounts.api.routes import ROUTES as ACCOUNTS
from billing.api.routes import ROUTES as BILLING
from scheduling.api.routes import ROUTES as SCHEDULING

router = SimpleRouter(trailing_slash=False)
for path, resource in {**ACCOUNTS, **BILLING, **SCHEDULING}.items():
    router.register(path, resource, basename=path)
