"""The Chromium that the browser tests drive. `python -m tests.browser.chromium` finds one or installs one."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (  # macOS
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class NoChromium(Exception):
    """There is none, and none could be installed. The text holds the one command to type."""


def find() -> Path | None:
    """The first Chromium that starts: $CHROMIUM alone if set, else on the PATH, else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not _starts(named):
            raise NoChromium(f"CHROMIUM names {named}, which does not start. Type: unset CHROMIUM")
        return Path(shutil.which(named) or named)
    return next((Path(candidate) for candidate in _candidates() if _starts(candidate)), None)


def flags() -> list[str]:
    """What it is started with."""
    always = ["--enable-unsafe-swiftshader", "--disable-dev-shm-usage"]
    return [*always, "--no-sandbox"] if os.geteuid() == 0 else always  # as root it refuses to start with one


def install() -> Path:
    """Debian's package where we may install it, else Playwright's own download. Raises NoChromium."""
    for command in _installation():
        print("No Chromium found. Running:", " ".join(command), flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command, stdin=subprocess.DEVNULL, env=environment).returncode != 0:
            break
    found = find()
    if found is None:
        raise NoChromium(f"The browser tests need a Chromium. Type: {advice()}")
    return found


def advice() -> str:
    """The one command that installs a Chromium on this machine."""
    if _debian():
        return "sudo apt-get update && sudo apt-get install -y chromium"
    return f"{sys.executable} -m playwright install --with-deps chromium"


def _installation() -> list[list[str]]:
    if _debian() and os.geteuid() == 0:
        return [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]]
    return [[sys.executable, "-m", "playwright", "install", "chromium"]]


def _debian() -> bool:
    """Debian itself: Ubuntu's package of that name needs snap, which containers lack."""
    return sys.platform == "linux" and platform.freedesktop_os_release().get("ID") == "debian"


def _candidates() -> Iterator[str]:
    yield from (path for name in NAMES if (path := shutil.which(name)))
    yield from (path for path in APPLICATIONS if Path(path).exists())
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(command: str) -> bool:
    try:
        answer = subprocess.run([command, "--version"], capture_output=True, timeout=60)
    except OSError:
        return False
    return answer.returncode == 0


def main() -> int:
    try:
        print("Chromium:", find() or install())
    except NoChromium as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
