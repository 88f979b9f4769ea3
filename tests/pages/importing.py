"""The Import page as a person uses it: dropping files, and what the page says of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import PATIENCE

SALESFORCE = Path(__file__).resolve().parents[1] / "data" / "salesforce"

MAPPING = b"""
source = "old"
[[import]]
object = "accounts"
file = "a.csv"
id = "No"
columns = { name = "Firm" }
"""


def texts(test: AppTest) -> str:
    boxes = (*test.title, *test.header, *test.markdown, *test.error, *test.warning, *test.info, *test.success)
    return unescape("\n".join(box.value for box in boxes)).replace("\\", "")


def until(test: AppTest, done: Callable[[], object]) -> AppTest:
    """Run the page, as it runs by itself in a browser, until it is so."""
    deadline = time.monotonic() + PATIENCE
    while True:
        test.run()
        assert not test.exception
        if done():
            return test
        assert time.monotonic() < deadline, texts(test)


def drop(test: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Drop files, and wait until they were looked at."""
    test.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files]).run()
    return until(test, lambda: not test.button("cancel") if has(test, "cancel") else True)


def has(test: AppTest, key: str) -> bool:
    return any(button.key == key for button in test.button)


def salesforce(*names: str) -> list[tuple[str, bytes]]:
    return [(f"{name}.csv", (SALESFORCE / f"{name}.csv").read_bytes()) for name in names]
