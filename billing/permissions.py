from accounts.permissions import (
    ADMIN,
    EVERYONE,
    READERS,
    SUPERADMIN,
    SYSTEM_ONLY,
    register,
)

register(
    {
        "payer.view": READERS | SUPERADMIN,
        "payer.create": ADMIN,
        "payer.update": ADMIN,
        "payer.deactivate": ADMIN,
        "payer.reactivate": ADMIN,
        "service_code.view": READERS | SUPERADMIN,
        "service_code.create": ADMIN,
        "service_code.update": ADMIN,
        "policy.create": ADMIN,
        "policy.update": ADMIN,
        "policy.end": ADMIN,
        "authorization.view": EVERYONE | SUPERADMIN,
        "ledger.view": READERS | SUPERADMIN,
        "authorization.create": ADMIN,
        "authorization.update": ADMIN,
        "authorization.activate": ADMIN,
        "authorization.cancel": ADMIN,
        "unit.grant": ADMIN,
        "unit.adjust": ADMIN,
        "unit.reserve": ADMIN,
        "unit.release": ADMIN,
        "unit.expire": ADMIN,
        "unit.consume": ADMIN,
        "unit.reverse": ADMIN,
        "unit.load": SYSTEM_ONLY,
    }
)
