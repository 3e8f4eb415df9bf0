from accounts.api.resource import Resource
from billing.api.resources.authorizations import Authorizations, Reservations
from billing.api.resources.catalog import Payers, ServiceCodes
from billing.api.resources.insurance import Insurance

ROUTES: dict[str, type[Resource]] = {
    "payers": Payers,
    "service-codes": ServiceCodes,
    "insurance": Insurance,
    "authorizations": Authorizations,
    "reservations": Reservations,
}
