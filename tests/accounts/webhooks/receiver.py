"""A real HTTP receiver in a thread, which answers as the first part of the path says."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SLOW_SECONDS = 0.8


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found


@dataclass
class Receiver:
    port: int = 0
    host: str = "127.0.0.1"
    scheme: str = "http"
    requests: list[Received] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)  # to a path, instead of what it says

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/{path}"

    def at(self, path: str) -> list[Received]:
        return [one for one in list(self.requests) if one.path == f"/{path}"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up were killed or timed out: both are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # the sender was killed in mid-sentence
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver = self.server.receiver
        receiver.requests.append(Received(self.path, headers, body, time.monotonic()))
        said = receiver.answers.get(self.path[1:], self.path[1:])
        self._answer(said.partition("/")[0])

    def _answer(self, said: str) -> None:
        if said == "slow":
            time.sleep(SLOW_SECONDS)
        elif said == "silent":
            time.sleep(30)
        elif said == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return
        elif said == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return
        elif said == "drip":
            self._drip()
            return
        self.send_response(int(said) if said.isdigit() else 200)
        if said == "302":
            self.send_header("Location", self.server.receiver.url("landed"))
        content = b"x" * 5000 if said == "long" else b"Thank\0you"
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(300):
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.1)

    def log_message(self, *args: Any) -> None:
        """Nothing to the terminal."""


@contextmanager
def receiving(tls: Any = None) -> Iterator[Receiver]:
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.receiver = Receiver(port=server.server_address[1], scheme="https" if tls else "http")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
