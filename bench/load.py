"""Many clients on keep-alive connections, in one thread, as light as Python can be.

The generator shares the machine with what it measures: HTTP is written and read by hand, no more of
it than the two servers speak.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.figures import Sample
from bench.place import HOST

PATIENCE_SECONDS = 120  # a browser would wait longer


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = ""

    def to_bytes(self, port: int) -> bytes:
        content = b"" if self.body is None else json.dumps(self.body).encode()
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: {HOST}:{port}",
            f"Content-Length: {len(content)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        if content:
            lines.append("Content-Type: application/json")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


# A client's whole day: it yields requests, and is sent the answer to each.
Script = Callable[[], Iterator[Request]]


class Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        status = int(head[9:12])
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        content = bytes(self._buffer[end + 4 : end + 4 + length])
        del self._buffer[: end + 4 + length]
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(Answer(status, content))

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionError("The server hung up."))

    async def ask(self, request: bytes) -> Answer:
        self._waiting = asyncio.get_running_loop().create_future()
        if self._transport.is_closing():
            raise ConnectionError("The server has hung up.")
        self._transport.write(request)
        return await asyncio.wait_for(self._waiting, PATIENCE_SECONDS)

    def close(self) -> None:
        self._transport.close()


@dataclass
class Outcome:
    sample: Sample
    failures: Counter[str] = field(default_factory=Counter)
    by_kind: dict[str, list[float]] = field(default_factory=dict)


def run(scripts: list[Script], *, port: int, seconds: float) -> Outcome:
    """Each script on its own connection, until the time is over or the scripts end."""
    return asyncio.run(_run(scripts, port, seconds))


async def _run(scripts: list[Script], port: int, seconds: float) -> Outcome:
    loop = asyncio.get_running_loop()
    outcome = Outcome(Sample(0, 0))
    connections = []
    for _ in scripts:
        connections.append((await loop.create_connection(Connection, HOST, port))[1])
    began = time.perf_counter()
    clients = zip(connections, scripts, strict=True)
    await asyncio.gather(
        *(_client(one, script, port, began + seconds, outcome) for one, script in clients)
    )
    outcome.sample.seconds = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return outcome


async def _client(
    connection: Connection, script: Script, port: int, until: float, outcome: Outcome
) -> None:
    day = script()
    request = next(day, None)
    while request is not None and time.perf_counter() < until:
        since = time.perf_counter()
        try:
            answer = await connection.ask(request.to_bytes(port))
        except (OSError, TimeoutError) as error:
            outcome.failures[type(error).__name__] += 1
            outcome.sample.failures += 1
            return
        took = (time.perf_counter() - since) * 1000
        if answer.status >= 400:
            outcome.failures[f"{answer.status} {request.kind} {answer.content[:200]!r}"] += 1
            outcome.sample.failures += 1
        else:
            outcome.sample.operations += 1
            outcome.sample.milliseconds.append(took)
            outcome.by_kind.setdefault(request.kind, []).append(took)
        try:
            request = day.send(answer)  # type: ignore[attr-defined]
        except StopIteration:
            return
