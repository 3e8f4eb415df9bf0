"""The receiver in the documentation receives."""

from __future__ import annotations

import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from accounts.services import webhooks
from tests.webhooks.delivering import deliver

pytestmark = pytest.mark.django_db(transaction=True)


def written_receiver() -> str:
    text = Path(settings.BASE_DIR, "docs", "webhooks.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return str(code)


@contextmanager
def running(port: int, secret: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PORT": str(port), "SECRET": secret}
    command = [sys.executable, "-c", written_receiver()]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        deadline = time.monotonic() + 20
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
        process.terminate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    assert select.select([process.stdout], [], [], 10)[0], "nothing was printed"
    return process.stdout.readline().strip()


def test_the_receiver_is_as_short_as_it_says() -> None:
    assert len([one for one in written_receiver().splitlines() if one]) <= 20


def test_the_receiver_takes_each_message_once_and_refuses_others(new_webhook, admin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    webhook = new_webhook(f"http://127.0.0.1:{port}/")
    with running(port, webhook.secret) as process:
        delivery = webhooks.test(actor=admin, webhook=webhook)
        deliver()
        assert line(process) == f"webhook.tested {webhook.pk}"

        webhooks.replay(actor=admin, delivery=delivery)
        deliver()
        other = webhooks.test(actor=admin, webhook=webhook)
        deliver()
        assert line(process) == f"webhook.tested {webhook.pk}"
        assert delivery.attempts.count() == 2, "the replay came, and was known again"
        assert other.attempts.get().status_code == 204

        forged = httpx.post(f"http://127.0.0.1:{port}/", json={"type": "webhook.tested"})
        assert forged.status_code == 400
