"""What a person does to a page, counted: the design allows each journey so many actions."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from accounts.models import User
from tests.factories import PASSWORD

HOLD_MILLISECONDS = 600


class Actions:
    """An action is a click, a tap, a key pressed on purpose, or one field filled."""

    def __init__(self) -> None:
        self.actions = 0

    def click(self, target: Locator) -> None:
        self.actions += 1
        target.click()

    def tap(self, target: Locator) -> None:
        self.actions += 1
        target.tap()

    def drag(self, target: Locator, to: Locator) -> None:
        """To grab and to drop."""
        self.actions += 2
        target.drag_to(to, source_position={"x": 20, "y": 4}, target_position={"x": 20, "y": 4})

    def hold(self, target: Locator) -> None:
        """A finger that stays where it is."""
        self.actions += 1
        box = target.bounding_box()
        assert box is not None
        finger = [{"x": box["x"] + 20, "y": box["y"] + 6}]
        touch = target.page.context.new_cdp_session(target.page)
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": finger})
        target.page.wait_for_timeout(HOLD_MILLISECONDS)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def fill(self, target: Locator, text: str) -> None:
        self.actions += 1
        target.fill(text)

    def choose(self, target: Locator, option: str) -> None:
        self.actions += 1
        target.select_option(option)

    def press(self, page: Page, key: str) -> None:
        self.actions += 1
        page.keyboard.press(key)


def type_password(page: Page, user: User, password: str = PASSWORD) -> None:
    """On the sign-in page."""
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
