"""What a person does to a page, counted: the design allows each journey so many actions."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


class Hands:
    """An action is a click, a tap, a key pressed on purpose, or one field filled."""

    def __init__(self) -> None:
        self.actions = 0

    def click(self, target: Locator) -> None:
        self.actions += 1
        target.click()

    def tap(self, target: Locator) -> None:
        self.actions += 1
        target.tap()

    def fill(self, target: Locator, text: str) -> None:
        self.actions += 1
        target.fill(text)

    def choose(self, target: Locator, option: str) -> None:
        self.actions += 1
        target.select_option(option)

    def press(self, page: Page, key: str) -> None:
        self.actions += 1
        page.keyboard.press(key)
