import json
import logging

import pytest
import structlog
from django.db import IntegrityError
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve

from clinic.logs import logging_settings
from clinic.middleware import AddressBehindProxies, RequestLog
from scheduling.models import ProgressNote


@pytest.fixture
def format_as_json():
    of_the_site = structlog.get_config()
    config = logging_settings(level="INFO", as_json=True)["formatters"]["events"]
    structlog.configure(**of_the_site)  # what loggers that were used already refer to
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=config["processors"], foreign_pre_chain=config["foreign_pre_chain"]
    )
    return lambda record: json.loads(formatter.format(record))


def record(message: str, *args: object, exc_info: object = None) -> logging.LogRecord:
    return logging.LogRecord("clinic", logging.ERROR, __file__, 1, message, args, exc_info)


def test_addresses_and_refused_rows_are_left_out(format_as_json) -> None:
    try:
        raise ValueError(
            "no mail to ana.lima+1@example.org\nDETAIL:  Key (name)=(Ana Lima) exists."
        )
    except ValueError as error:
        caught = (type(error), error, error.__traceback__)

    line = format_as_json(record("cannot mail %s", "ana@example.org", exc_info=caught))

    assert line["event"] == "cannot mail [e-mail]"
    assert "ValueError: no mail to [e-mail]" in line["exception"]
    assert "Ana" not in json.dumps(line)


@pytest.mark.django_db
def test_every_line_of_a_refused_note_is_left_out(format_as_json) -> None:
    note = "Ana was calm.\n\nCONTEXT: at home.\nHit her brother."
    try:
        ProgressNote.objects.create(
            organization_id=1, session_id=1, narrative=note, status="signed"
        )
    except IntegrityError as error:
        caught = (type(error), error, error.__traceback__)

    logged = format_as_json(record("not saved", exc_info=caught))["exception"]

    for words in ("calm", "at home", "brother"):
        assert words in str(caught[1])
        assert words not in logged
    assert logged.count("DETAIL: [left out]") == 2
    assert "\nThe above exception was the direct cause" in logged
    assert "django.db.utils.IntegrityError: " in logged


def test_what_stands_after_a_refused_row_stays(format_as_json) -> None:
    text = "refused\nDETAIL:  Key (name)=(Ana\nLima) exists.\nHINT:  Choose another.\n"

    assert format_as_json(record(text))["event"] == (
        "refused\nDETAIL: [left out]\nHINT:  Choose another.\n"
    )


def test_a_request_is_logged_without_its_query_string() -> None:
    request = RequestFactory().get("/account/login/", {"q": "Ana Lima"})

    assert RequestLog.format_request(request) == "GET /account/login/"


def test_a_links_secret_part_is_not_logged() -> None:
    request = RequestFactory().get("/account/password/reset/key/1-secret/")
    request.resolver_match = resolve(request.path)

    assert "secret" not in RequestLog.format_request(request)


@pytest.mark.django_db
def test_every_request_has_an_id(client: Client) -> None:
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as lines:
        client.get("/account/login/", {"q": "Ana Lima"})

    [line] = [line for line in lines if line["event"] == "request_finished"]
    assert line["code"] == 200
    assert line["request"] == "GET /account/login/"
    assert line["request_id"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first was made up by the client
        (2, "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),  # fewer proxies than there should be
        (1, "", "127.0.0.1"),
    ],
)
def test_of_the_proxies_only_the_trusted_ones_are_believed(
    proxies: int, forwarded: str, address: str
) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})

    with override_settings(TRUSTED_PROXY_COUNT=proxies):
        AddressBehindProxies(lambda request: request)(request)

    assert request.META["REMOTE_ADDR"] == address
