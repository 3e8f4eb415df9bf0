from accounts.api.resource import Resource
from billing.authorizations.api import Authorizations
from billing.ledger.api import Reservations
from billing.payers.api import Payers
from billing.policies.api import Insurance
from billing.service_codes.api import ServiceCodes

ROUTES: dict[str, type[Resource]] = {
    "payers": Payers,
    "service-codes": ServiceCodes,
    "insurance": Insurance,
    "authorizations": Authorizations,
    "reservations": Reservations,
}
