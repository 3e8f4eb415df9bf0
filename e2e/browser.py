"""Finds the browser the tests drive; run as a script it also installs one if there is none."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ADVICE = (
    "The tests drive a real browser, and none was found or could be installed. "
    "Install Chromium (Debian and Ubuntu: apt-get install chromium; elsewhere: "
    ".venv/bin/playwright install --with-deps chromium), or name one in CARETALLY_BROWSER."
)


def find() -> str | None:
    if named := os.environ.get("CARETALLY_BROWSER"):
        return named
    paths = [path for name in NAMES if (path := shutil.which(name))]
    return next((path for path in [*paths, _playwrights_own()] if _runs(path)), None)


def _playwrights_own() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _runs(path: str) -> bool:
    """A launcher may be there without its browser, or the browser without its libraries."""
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run([path, "--version"], stdout=quiet, stderr=quiet, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, stdout=sys.stderr, timeout=900).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install() -> None:
    is_root = os.geteuid() == 0
    playwright = [sys.executable, "-m", "playwright", "install"]
    if is_root and shutil.which("apt-get"):
        _succeeds(["apt-get", "update", "-qq"])
        if _succeeds(["apt-get", "install", "-y", "-qq", "chromium"]):
            return
        playwright.append("--with-deps")
    _succeeds([*playwright, "chromium"])


def main() -> None:
    if not find():
        print("No browser found; installing Chromium ...", file=sys.stderr)
        _install()
    path = find()
    if not path:
        sys.exit(ADVICE)
    print(path)


if __name__ == "__main__":
    main()
