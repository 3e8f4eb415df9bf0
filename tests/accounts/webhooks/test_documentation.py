"""The receiver in the documentation receives."""

from __future__ import annotations

import os
import re
import select
import shlex
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.webhooks import services as webhooks
from tests.accounts.webhooks.delivering import deliver
from tests.accounts.webhooks.test_api import key
from tests.accounts.webhooks.test_outbox import record_event

pytestmark = pytest.mark.django_db(transaction=True)


def written(language: str) -> str:
    text = Path(settings.BASE_DIR, "docs", "webhooks.md").read_text()
    (code,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return str(code)


@contextmanager
def running(port: int, secret: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PORT": str(port), "SECRET": secret}
    command = [sys.executable, "-c", written("python")]
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


def test_the_example_receiver_is_as_short_as_documented() -> None:
    assert len([one for one in written("python").splitlines() if one]) <= 20


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


def test_replay_is_requested_as_documented(new_webhook, admin) -> None:
    webhook = new_webhook()
    bearer = key(admin, "webhooks:write").headers["Authorization"]
    known = {"$CARETALLY": "", "$WEBHOOK": str(webhook.pk), "Bearer $KEY": bearer}
    command = written("sh").replace("\\\n", " ")
    for name, value in known.items():
        command = command.replace(name, value)
    parser = ArgumentParser()
    parser.add_argument("-X")
    parser.add_argument("-H", action="append")
    parser.add_argument("-d")
    parser.add_argument("address")
    sent = parser.parse_args(shlex.split(command)[1:])
    headers = dict(one.split(": ", 1) for one in sent.H)

    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC)):
        webhooks.switch(actor=admin, webhook=webhook, is_active=False)
        record_event(admin)
        webhooks.switch(actor=admin, webhook=webhook, is_active=True)
        answer = Client().generic(sent.X, sent.address, sent.d, headers=headers)

    assert (answer.status_code, answer.json()["replayed"]) == (202, 1)
