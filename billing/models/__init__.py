from billing.models.authorization import Authorization, AuthorizedService
from billing.models.eligibility import EligibilityCheck
from billing.models.ledger import LedgerEntry, Reservation
from billing.models.payer import InsurancePolicy, Payer
from billing.models.service_code import Rounding, ServiceCode

__all__ = [
    "Authorization",
    "AuthorizedService",
    "EligibilityCheck",
    "InsurancePolicy",
    "LedgerEntry",
    "Payer",
    "Reservation",
    "Rounding",
    "ServiceCode",
]
