"""A real browser on the product's own server; whatever the browser complains of fails the test."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    WebError,
)

from conftest import ProductServer
from e2e import accessibility
from e2e import browser as system_browser
from e2e.desk import Desk, furnished

# Playwright keeps an event loop in the thread of the test, which Django would refuse to work in.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

COMPLAINTS = pytest.StashKey[list[str]]()
WATCHED = pytest.StashKey[list[BrowserContext]]()
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
NewContext = Callable[..., BrowserContext]
SignIn = Callable[[BrowserContext, AbstractBaseUser], None]
SignedIn = Callable[..., Page]


@pytest.fixture(scope="session")
def base_url(live_server: ProductServer) -> str:
    return live_server.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = system_browser.find()
    if path is None:
        pytest.exit(system_browser.ADVICE, returncode=1)
    # Chromium's sandbox does not work for root, as whom containers run.
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {**browser_type_launch_args, "executable_path": path, "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "en-US", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def new_context(new_context: NewContext, request: pytest.FixtureRequest) -> NewContext:
    """`new_context(java_script_enabled=False)`: a browser of its own, watched."""
    complaints = request.node.stash.setdefault(COMPLAINTS, [])
    contexts = request.node.stash.setdefault(WATCHED, [])

    def watched(**options: Any) -> BrowserContext:
        context = new_context(**options)
        _watch(context, complaints)
        contexts.append(context)
        return context

    return watched


def _watch(context: BrowserContext, complaints: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        # A refused write answers 4xx on purpose, and the browser logs that: see on_response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text}")

    def on_error(error: WebError) -> None:
        complaints.append(f"script: {error.error}")

    def on_response(response: Response) -> None:
        is_page = response.request.resource_type in ("document", "xhr", "fetch")
        if response.status >= (500 if is_page else 400):
            complaints.append(f"{response.status} {response.url}")

    context.on("console", on_console)
    context.on("weberror", on_error)
    context.on("response", on_response)


def heard(context: BrowserContext) -> None:
    """Returns when what the browser has said so far has arrived."""
    for page in context.pages:
        page.evaluate("0")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    result = yield
    for context in item.stash.get(WATCHED, []):
        heard(context)
    if complaints := item.stash.get(COMPLAINTS, []):
        pytest.fail("The browser complained:\n" + "\n".join(complaints), pytrace=False)
    return result


@pytest.fixture
def sign_in(base_url: str) -> SignIn:
    """Puts the user's session into the browser, without the sign-in page."""

    def sign_in(context: BrowserContext, user: AbstractBaseUser) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base_url}])

    return sign_in


@pytest.fixture
def signed_in(new_context: NewContext, sign_in: SignIn) -> SignedIn:
    """`signed_in(user, size=..., has_touch=True)`: a page of a browser of the user's own."""

    def signed_in(
        user: AbstractBaseUser | None, *, size: ViewportSize | None = None, **options: Any
    ) -> Page:
        assert user is not None
        context = new_context(**options)
        sign_in(context, user)
        page = context.new_page()
        if size:
            page.set_viewport_size(size)
        return page

    return signed_in


@pytest.fixture
def desk() -> Desk:
    return furnished()


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """Axe finds nothing serious on the page in its present state."""

    def check(page: Page) -> None:
        found = accessibility.problems(page)
        assert not found, "\n".join(found)

    return check
