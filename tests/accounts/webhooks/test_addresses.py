"""No webhook leads into a private network: not when it is saved, and not when it is sent."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from accounts.errors import Invalid
from accounts.webhooks import addresses
from accounts.webhooks import services as webhooks
from accounts.webhooks.sending import Message, Outcome, Sender
from tests import event_loop
from tests.accounts.webhooks.receiver import receiving

PRIVATE = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://localhost/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1:8443/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.0.0.8/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001::1]/",
    "https://[2001:db8::1]/",
]
MALFORMED = [
    "",
    "receiver.example/hooks",
    "http://203.0.114.7/",
    "ftp://203.0.114.7/",
    "file:///etc/passwd",
    "gopher://203.0.114.7/",
    "https://",
    "https:///path",
    "https://user:secret@203.0.114.7/",
    "https://203.0.114.7@127.0.0.1/",
    "https://203.0.114.7/#part",
    "https://203.0.114.7\\@127.0.0.1/",
    "https://[fe80::1%25eth0]/",
    "https://203.0.114.7:0/",
    "https://203.0.114.7:99999/",
    "https://[203.0.114.7/",
    "https://203.0.114.7/ a",
    "https://203.0.114.7/\r\nHost: x",
    "https://bücher.example/",
    "https://203.0.114.7/" + "a" * 500,
]


@pytest.fixture
def _production(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the resolver says, instead of what it would."""
    known: dict[str, list[str]] = {}
    asked = socket.getaddrinfo

    def resolve(host: str, port: int, **options: Any) -> Any:
        if host not in known:
            return asked(host, port, **options)
        found = [ipaddress.ip_address(one) for one in known[host]]
        families = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [(families[one.version], 1, 6, "", (str(one), port)) for one in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolve)
    return known


def send(url: str, *, tls: Any = None) -> Outcome:
    async def sent() -> Outcome:
        async with Sender(tls) as sender:
            return await sender.send(Message(id="msg_1", url=url, body="{}", secrets=["whsec_YQ"]))

    return event_loop.run(sent())


@pytest.mark.usefixtures("_production")
@pytest.mark.parametrize("url", PRIVATE + MALFORMED)
def test_refused_when_saved(url, new_webhook) -> None:
    with pytest.raises(Invalid) as refused:
        new_webhook(url)

    assert refused.value.field == "url"


@pytest.mark.usefixtures("_production")
@pytest.mark.parametrize("url", PRIVATE + MALFORMED)
def test_refused_again_when_sent(url) -> None:
    outcome = send(url)

    assert outcome.status_code is None
    assert outcome.error


@pytest.mark.usefixtures("_production")
@pytest.mark.parametrize(
    "url",
    [
        "https://203.0.114.7/hooks?a=b",
        "https://8.8.8.8:8443/",
        "https://[2606:4700::1111]/",
        "https://[64:ff9b::808:808]/",
        "https://[::ffff:8.8.8.8]/",
    ],
)
def test_the_internet_is_open(url) -> None:
    assert addresses.checked(f" {url} ") == url


@pytest.mark.usefixtures("_production")
def test_a_name_that_leads_inside_is_refused(names, new_webhook) -> None:
    names["inside.example"] = ["10.0.0.5"]
    names["mixed.example"] = ["203.0.114.7", "127.0.0.1"]

    for host in names:
        with pytest.raises(Invalid, match="private or reserved"):
            new_webhook(f"https://{host}/")


@pytest.mark.usefixtures("_production")
def test_a_changed_address_is_checked_too(names, new_webhook, admin) -> None:
    names["inside.example"] = ["10.0.0.5"]
    webhook = new_webhook()

    with pytest.raises(Invalid):
        webhooks.update(
            actor=admin,
            webhook=webhook,
            url="https://inside.example/",
            event_types=["*"],
            description="",
            is_active=True,
        )


@pytest.mark.usefixtures("_production")
def test_a_name_that_turned_inside_since_is_refused(names) -> None:
    with receiving() as receiver:
        url = f"https://turning.example:{receiver.port}/200"
        names["turning.example"] = ["203.0.114.7"]
        assert addresses.checked(url) == url
        names["turning.example"] = ["127.0.0.1"]

        outcome = send(url)

    assert "127.0.0.1 lies in a private or reserved network" in outcome.error
    assert receiver.requests == []


def test_plain_http_never_leaves_for_the_internet(names, settings) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    names["receiver.example"] = ["203.0.114.7"]

    with pytest.raises(Invalid, match="Only https"):
        addresses.checked("http://receiver.example/")
    assert "Only https" in send("http://receiver.example/").error
    with pytest.raises(Invalid):
        addresses.checked("https://169.254.169.254/")


def test_a_host_that_does_not_resolve_yet_may_be_saved(monkeypatch) -> None:
    def nobody(*args: Any, **options: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", nobody)

    assert addresses.checked("https://soon.example/") == "https://soon.example/"
    assert "The host was not found" in send("https://soon.example/").error


def test_host_and_tls_name_stay_the_endpoints_own(names, tmp_path) -> None:
    """Connected to the address that was checked, and verified by the name that was given."""
    server, client = certificates(tmp_path, "receiver.example")
    names["receiver.example"] = names["other.example"] = ["127.0.0.1"]
    with receiving(server) as receiver:
        good = send(f"https://receiver.example:{receiver.port}/200", tls=client)
        wrong = send(f"https://other.example:{receiver.port}/200", tls=client)

    assert good.is_delivered
    assert "CERTIFICATE_VERIFY_FAILED" in wrong.error
    (received,) = receiver.requests
    assert received.headers["host"] == f"receiver.example:{receiver.port}"


def test_the_next_address_is_tried_where_one_does_not_answer(names) -> None:
    with receiving() as receiver:
        names["receiver.example"] = ["127.0.0.9", "127.0.0.1"]
        outcome = send(f"http://receiver.example:{receiver.port}/200")

    assert outcome.is_delivered


def certificates(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for `name`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    both = folder / "both.pem"
    both.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(pem)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    client = ssl.create_default_context(cafile=str(both))
    return server, client
