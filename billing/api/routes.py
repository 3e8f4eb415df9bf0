from billing.api.resources.authorizations import Authorizations, Reservations

ROUTES = {
    "authorizations": Authorizations,
    "reservations": Reservations,
}
