"""Which addresses webhooks may have: public ones, none inside a private network.

A name is resolved when an endpoint is saved and again for every attempt. The connection is made to
the address that was checked, so that a changed DNS answer has no effect.
"""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from accounts.errors import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_URL_LENGTH = 500
# IPv4-mapped IPv6: the IPv4 address is checked.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
TUNNELS = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32", "64:ff9b:1::/48", "::/96")))
# Not public, although Python's `is_global` says so.
CLOSED = tuple(
    map(
        ipaddress.ip_network,
        ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),
    )
)

LOOKUP_SECONDS = 3
_lookups = ThreadPoolExecutor(max_workers=8, thread_name_prefix="webhook-lookup")


class Forbidden(Exception):
    """The address may not receive webhooks; the message says why."""


class Checked(str):
    """An address that was checked and may be saved."""


def checked(url: str) -> Checked:
    """Check the address of an endpoint. Raises Invalid, naming the field.

    This queries DNS, which may take seconds: call it while no transaction is open. An address that
    was checked already is returned as it is.
    """
    if isinstance(url, Checked):
        return url
    try:
        parts = require_form(url.strip())
        require_scheme(parts, _looked_up(str(parts.hostname), port_of(parts)))
    except Forbidden as error:
        raise Invalid(str(error), field="url", code="address_refused") from error
    return Checked(url.strip())


def _looked_up(host: str, port: int) -> list[Address]:
    """The host's addresses; none if it does not resolve yet. Attempts resolve it again.

    A numeric address needs no DNS query.
    """
    try:
        return resolve(host, port, flags=socket.AI_NUMERICHOST)
    except OSError:
        looking = _lookups.submit(resolve, host, port)
    try:
        return looking.result(LOOKUP_SECONDS)
    except TimeoutError as error:
        looking.cancel()
        raise Invalid(
            f"No name server answered within {LOOKUP_SECONDS} seconds. Try again.",
            field="url",
            code="lookup_timeout",
        ) from error
    except OSError:
        return []


def require_form(url: str) -> Any:
    """The parts of an http(s) address without credentials. Raises Forbidden."""
    if len(url) > MAX_URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        raise Forbidden(
            f"Give an address of at most {MAX_URL_LENGTH} plain characters, beginning with https://."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Forbidden("This address cannot be read.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise Forbidden("Give an address that begins with https:// and names a host.")
    if parts.scheme == "http" and not settings.WEBHOOK_ALLOW_PRIVATE:
        raise Forbidden("Only https:// addresses are accepted: what is sent must not be read.")
    if "@" in parts.netloc:
        raise Forbidden("Leave user name and password out: messages are signed instead.")
    if parts.fragment or "\\" in url or "%" in parts.netloc:
        raise Forbidden("Leave out fragments, backslashes and zones.")
    return parts


def require_scheme(parts: Any, found: list[Address]) -> None:
    """Refuse plain http to public addresses. Raises Forbidden."""
    if parts.scheme == "http" and not all(map(_is_private, found)):
        raise Forbidden("Only https:// addresses are accepted: what is sent must not be read.")


def port_of(parts: Any) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def resolve(host: str, port: int, *, flags: int = 0) -> list[Address]:
    """Every address of a host, in the resolver's order. Raises Forbidden, OSError.

    Reject the host if any address is forbidden.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except UnicodeError as error:
        raise Forbidden("This host name cannot be read.") from error
    found = list(dict.fromkeys(ipaddress.ip_address(str(one[4][0])) for one in answers))
    for address in found:
        require_open(address)
    return found


def require_open(address: Address) -> None:
    """Raises Forbidden for an address of a private network, or that is not a single host."""
    inner = _unwrapped(address)
    if settings.WEBHOOK_ALLOW_PRIVATE and _is_private(inner) and not inner.is_link_local:
        return
    if not _is_public(inner):
        raise Forbidden(
            f"{address} lies in a private or reserved network. Give an address that is reached "
            "from the internet."
        )


def _unwrapped(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_private(address: Address) -> bool:
    inner = _unwrapped(address)
    is_host = not (inner.is_reserved or inner.is_unspecified)
    return inner.is_loopback or (inner.is_private and is_host)


def _is_public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not getattr(address, "is_site_local", False)
        and not any(address in network for network in (*TUNNELS, *CLOSED))
    )
