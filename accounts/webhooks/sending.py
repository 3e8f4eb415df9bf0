"""Sends one request to a receiver: signed, to a checked address, with a total timeout."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import structlog
from django.conf import settings
from standardwebhooks import Webhook

from accounts.webhooks import addresses

MAX_KEPT_BYTES = 1024
LOOKUPS = 800  # a DNS server that does not answer blocks a thread for a while
AGENT = "Caretally-Webhooks/1"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What goes out; `secrets` are all that are valid now, the newest first."""

    id: str
    url: str
    body: str
    secrets: list[str]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    status_code: int | None = None
    error: str = ""
    response: str = ""
    duration_ms: int = 0

    @property
    def is_delivered(self) -> bool:
        return not self.error and self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        return self.status_code == 410


def headers(message: Message, at: datetime) -> dict[str, str]:
    """As the Standard Webhooks specification requires, with one signature for each valid secret."""
    signed = [
        Webhook(secret).sign(msg_id=message.id, timestamp=at, data=message.body)
        for secret in message.secrets
    ]
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signed),
    }


class Sender:
    """Sends messages while it is open. Each connection is used for one message only."""

    def __init__(self, tls: Any = None) -> None:
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="webhook-lookup")
        self._client = httpx.AsyncClient(
            verify=tls or httpx.create_ssl_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # `send` has one timeout for the whole exchange
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def send(self, message: Message) -> Outcome:
        """Whatever goes wrong is an outcome."""
        began = time.monotonic()
        received = _Received()
        error = await _why_not(lambda: self._exchange(message, received))
        return Outcome(
            status_code=received.status_code,
            error=error.replace("\0", "\ufffd"),
            response=received.text,
            duration_ms=int((time.monotonic() - began) * 1000),
        )

    async def _exchange(self, message: Message, received: _Received) -> None:
        parts = addresses.require_form(message.url)
        port = addresses.port_of(parts)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(settings.WEBHOOK_TIMEOUT_SECONDS):
            found = await loop.run_in_executor(
                self._lookups, addresses.resolve, str(parts.hostname), port
            )
            addresses.require_scheme(parts, found)
            for address in found:
                try:
                    return await self._post(message, str(address), received)
                except httpx.ConnectError:
                    if address == found[-1]:
                        raise
        return None

    async def _post(self, message: Message, address: str, received: _Received) -> None:
        """To the address itself; host and TLS name stay those of the endpoint."""
        parts = urlsplit(message.url)
        request = self._client.build_request(
            "POST",
            httpx.URL(message.url).copy_with(host=address),
            content=message.body.encode(),
            headers={
                "host": parts.netloc,
                "content-type": "application/json",
                "accept-encoding": "identity",
                "user-agent": AGENT,
                **headers(message, datetime.now(UTC)),
            },
            extensions={"sni_hostname": parts.hostname},
        )
        response = await self._client.send(request, stream=True)
        try:
            received.status_code = response.status_code
            async for piece in response.aiter_raw():
                received.content += piece
                if len(received.content) >= MAX_KEPT_BYTES:
                    break
        finally:
            await response.aclose()


class _Received:
    status_code: int | None = None
    content: bytes = b""

    @property
    def text(self) -> str:
        """The beginning of the answer as text, without NUL, which PostgreSQL cannot store."""
        return self.content[:MAX_KEPT_BYTES].decode(errors="replace").replace("\0", "\ufffd")


async def _why_not(exchange: Callable[[], Awaitable[None]]) -> str:
    try:
        await exchange()
    except TimeoutError:
        return f"No answer within {settings.WEBHOOK_TIMEOUT_SECONDS:g} seconds."
    except addresses.Forbidden as error:
        return str(error)[:200]
    except httpx.ConnectError as error:
        return f"No connection: {error}"[:200]
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"The answer broke off: {error or type(error).__name__}"[:200]
    except OSError as error:
        return f"The host was not found: {error.strerror or error}"[:200]
    except Exception as error:  # any error is a failed attempt
        log.exception("webhook_attempt_broke", error=type(error).__name__)
        return f"The attempt broke off: {type(error).__name__}"
    return ""
