"""Every endpoint × caller, and what an empty request gets.

400 is a body that lacks its fields, 409 a rule that stands against it; 404 is what somebody else's
record answers, 403 what one's role may never do, 401 who comes without a key or token.

`cast.py` and the one of the pages' table say who is who and have one of each kind of thing that an
address is about. `kad` to `kvi` are programs with a key of every scope, the others people with
the token of their app.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from tests.api.cast import CAST, KINDS
from tests.api.site import Endpoint, endpoints

TABLE = """
# address                         method kad kpr kou kvi adm pra out vie pat gua sup str for nob

patients                          GET    200 200 200 200 200 200 200 200 200 200 200 404 404 401
patients                          POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
patients/{id}                     GET    200 200 404 200 200 200 404 200 200 200 404 404 404 401
patients/{id}                     PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401

guardians                         GET    200 200 200 200 200 200 200 200 200 200 200 404 404 401
guardians                         POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
guardians/{id}                    GET    200 200 404 200 200 200 404 200 200 200 404 404 404 401
guardians/{id}                    PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401

care-team                         GET    200 200 200 200 200 200 200 200 200 200 200 404 404 401
care-team                         POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
care-team/{id}                    GET    200 200 404 200 200 200 404 200 200 200 404 404 404 401
care-team/{id}                    DELETE 204 403 403 403 204 403 403 403 403 403 403 404 404 401

break-glass-grants                GET    200 200 200 200 200 200 200 200 403 403 200 404 404 401
break-glass-grants                POST   403 400 400 403 403 400 400 403 403 403 400 404 404 401
break-glass-grants/{id}           GET    200 404 404 200 200 200 404 200 403 403 404 404 404 401

practitioners                     GET    200 200 200 200 200 200 200 200 403 403 200 404 404 401
practitioners                     POST   400 403 403 403 400 403 403 403 403 403 400 404 404 401
practitioners/{id}                GET    200 200 200 200 200 200 200 200 403 403 200 404 404 401
practitioners/{id}                PATCH  200 403 403 403 200 403 403 403 403 403 200 404 404 401

memberships                       GET    200 403 403 200 200 403 403 200 403 403 200 404 404 401
memberships/{id}                  GET    200 403 403 200 200 403 403 200 403 403 200 404 404 401
memberships/{id}                  PATCH  200 403 403 403 200 403 403 403 403 403 200 404 404 401
memberships/{id}/deactivate       POST   200 403 403 403 200 403 403 403 403 403 200 404 404 401
memberships/{id}/reactivate       POST   200 403 403 403 200 403 403 403 403 403 200 404 404 401

invitations                       GET    200 403 403 200 200 403 403 200 403 403 200 404 404 401
invitations                       POST   400 403 403 403 400 403 403 403 403 403 400 404 404 401
invitations/{id}                  GET    200 403 403 200 200 403 403 200 403 403 200 404 404 401
invitations/{id}/resend           POST   200 403 403 403 200 403 403 403 403 403 200 404 404 401
invitations/{id}/revoke           POST   200 403 403 403 200 403 403 403 403 403 200 404 404 401

organizations                     GET    200 403 403 200 200 403 403 200 403 403 200 404 404 401
organizations/{id}                GET    200 403 403 200 200 403 403 200 403 403 200 404 404 401
organizations/{id}                PATCH  200 403 403 403 200 403 403 403 403 403 200 404 404 401

events                            GET    200 403 403 200 200 403 403 200 403 403 403 404 404 401
events/{id}                       GET    200 403 403 200 200 403 403 200 403 403 403 404 404 401

api-keys                          GET    200 403 403 403 200 403 403 403 403 403 403 404 404 401
api-keys                          POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
api-keys/{id}                     GET    200 403 403 403 200 403 403 403 403 403 403 404 404 401
api-keys/{id}                     DELETE 403 403 403 403 204 403 403 403 403 403 403 404 404 401
api-keys/{id}/rotate              POST   403 403 403 403 200 403 403 403 403 403 403 404 404 401

webhooks                          GET    200 403 403 403 200 403 403 403 403 403 403 404 404 401
webhooks                          POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
webhooks/{id}                     GET    200 403 403 403 200 403 403 403 403 403 403 404 404 401
webhooks/{id}                     PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401
webhooks/{id}                     DELETE 204 403 403 403 204 403 403 403 403 403 403 404 404 401
webhooks/{id}/replay              POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
webhooks/{id}/rotate              POST   200 403 403 403 200 403 403 403 403 403 403 404 404 401
webhooks/{id}/test                POST   202 403 403 403 202 403 403 403 403 403 403 404 404 401

webhook-deliveries                GET    200 403 403 403 200 403 403 403 403 403 403 404 404 401
webhook-deliveries/{id}           GET    200 403 403 403 200 403 403 403 403 403 403 404 404 401
webhook-deliveries/{id}/attempts  GET    200 403 403 403 200 403 403 403 403 403 403 404 404 401
webhook-deliveries/{id}/replay    POST   202 403 403 403 202 403 403 403 403 403 403 404 404 401

payers                            GET    200 200 200 200 200 200 200 200 403 403 200 404 404 401
payers                            POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
payers/{id}                       GET    200 200 200 200 200 200 200 200 403 403 200 404 404 401
payers/{id}                       PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401
payers/{id}/deactivate            POST   200 403 403 403 200 403 403 403 403 403 403 404 404 401
payers/{id}/reactivate            POST   409 403 403 403 409 403 403 403 403 403 403 404 404 401

service-codes                     GET    200 200 200 200 200 200 200 200 403 403 200 404 404 401
service-codes                     POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
service-codes/{id}                GET    200 200 200 200 200 200 200 200 403 403 200 404 404 401
service-codes/{id}                PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401

insurance                         GET    200 200 200 200 200 200 200 200 200 200 200 404 404 401
insurance                         POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
insurance/{id}                    GET    200 200 404 200 200 200 404 200 200 200 404 404 404 401
insurance/{id}                    PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401
insurance/{id}/checks             GET    200 200 404 200 200 200 404 200 200 200 404 404 404 401
insurance/{id}/deactivate         POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
insurance/{id}/verify             POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401

authorizations                    GET    200 200 200 200 200 200 200 200 200 200 200 404 404 401
authorizations                    POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
authorizations/{id}               GET    200 200 404 200 200 200 404 200 200 200 404 404 404 401
authorizations/{id}               PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401
authorizations/{id}/activate      POST   409 403 403 403 409 403 403 403 403 403 403 404 404 401
authorizations/{id}/adjust        POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
authorizations/{id}/availability  GET    400 400 404 400 400 400 404 400 400 400 404 404 404 401
authorizations/{id}/balance       GET    400 400 404 400 400 400 404 400 400 400 404 404 404 401
authorizations/{id}/cancel        POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
authorizations/{id}/entries       GET    200 200 404 200 200 200 404 200 403 403 404 404 404 401
authorizations/{id}/reserve       POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401

reservations                      GET    200 200 200 200 200 200 200 200 403 403 200 404 404 401
reservations/{id}                 GET    200 200 404 200 200 200 404 200 403 403 404 404 404 401
reservations/{id}/consume         POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
reservations/{id}/release         POST   200 403 403 403 200 403 403 403 403 403 403 404 404 401
reservations/{id}/reverse         POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401

appointments                      GET    200 200 200 200 200 200 200 200 200 200 403 404 404 401
appointments                      POST   400 400 400 403 400 400 400 403 403 403 403 404 404 401
appointments/preview              POST   400 400 400 403 400 400 400 403 403 403 403 404 404 401
appointments/{id}                 GET    200 200 404 200 200 200 404 200 200 200 403 404 404 401
appointments/{id}                 PATCH  200 200 404 403 200 200 404 403 403 403 403 404 404 401
appointments/{id}/cancel          POST   200 200 404 403 200 200 404 403 409 409 403 404 404 401
appointments/{id}/check-in        POST   200 200 404 403 200 200 404 403 403 403 403 404 404 401
appointments/{id}/complete        POST   400 400 404 403 400 400 404 403 403 403 403 404 404 401
appointments/{id}/confirm         POST   200 200 404 403 200 200 404 403 200 200 403 404 404 401
appointments/{id}/no-show         POST   200 200 404 403 200 200 404 403 403 403 403 404 404 401
appointments/{id}/preview         POST   200 200 404 403 200 200 404 403 403 403 403 404 404 401
appointments/{id}/reopen          POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
appointments/{id}/reschedule      POST   400 400 404 403 400 400 404 403 403 403 403 404 404 401
appointments/{id}/restore         POST   409 409 404 403 409 409 404 403 403 403 403 404 404 401
appointments/{id}/start           POST   200 200 404 403 200 200 404 403 403 403 403 404 404 401

sessions                          GET    200 200 200 200 200 200 200 200 403 403 403 404 404 401
sessions/{id}                     GET    200 200 404 200 200 200 404 200 403 403 403 404 404 401
sessions/{id}/addendum            POST   400 400 404 403 400 400 404 403 403 403 403 404 404 401
sessions/{id}/note                GET    200 200 404 200 200 200 404 200 403 403 403 404 404 401
sessions/{id}/note                POST   403 200 404 403 403 200 404 403 403 403 403 404 404 401
sessions/{id}/sign                POST   403 403 404 403 403 200 404 403 403 403 403 404 404 401

locations                         GET    200 200 200 200 200 200 200 200 403 403 403 404 404 401
locations                         POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
locations/{id}                    GET    200 200 200 200 200 200 200 200 403 403 403 404 404 401
locations/{id}                    PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401

rooms                             GET    200 200 200 200 200 200 200 200 403 403 403 404 404 401
rooms                             POST   400 403 403 403 400 403 403 403 403 403 403 404 404 401
rooms/{id}                        GET    200 200 200 200 200 200 200 200 403 403 403 404 404 401
rooms/{id}                        PATCH  200 403 403 403 200 403 403 403 403 403 403 404 404 401
"""


# What an address is about where it is not the first of its kind.
ABOUT = {
    "appointments/{id}/reopen": "completed",
    "reservations/{id}/reverse": "consumed",
    "sessions/{id}/addendum": "signed",
}


@dataclass(frozen=True)
class Row:
    endpoint: Endpoint
    kind: str
    outcomes: dict[str, str]

    def __str__(self) -> str:
        return f"{self.endpoint}"

    @property
    def method(self) -> str:
        return self.endpoint.method

    @property
    def takes_a_body(self) -> bool:
        return self.method in ("POST", "PATCH")


def _row(line: str) -> Row:
    address, method, *outcomes = line.split()
    known = {(one.method, one.address): one for one in endpoints()}
    assert (method, address) in known, f"there is no {method} {address}"
    endpoint = known[method, address]
    kind = ABOUT.get(address) or KINDS[endpoint.noun] if endpoint.is_of_one else ""
    return Row(endpoint, kind, dict(zip(CAST, outcomes, strict=True)))


@functools.cache
def rows() -> tuple[Row, ...]:
    lines = (line.strip() for line in TABLE.splitlines())
    return tuple(_row(line) for line in lines if line and not line.startswith("#"))
