"""The real app on a loopback port of its own, with a demo CRM in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until the server must be healthy, or a page as expected, on a busy machine

#: The log of each server, and its process, by its address.
LOGS: dict[str, Path] = {}
PROCESSES: dict[str, int] = {}


def start_command(port: int) -> list[str]:
    """What `make run` types. A test of the house compares the two."""
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    return ["-m", "streamlit", "run", "app.py", *options]


def environment(home: Path) -> dict[str, str]:
    """This process's environment, with the CRM in `home`."""
    kept = {name: value for name, value in os.environ.items() if name != "CRM_DATABASE_URL"}
    return {**kept, "CRM_HOME": str(home)}


@contextmanager
def serve(home: Path, folder: Path = ROOT) -> Iterator[str]:
    """The address of the app in `folder`, healthy; stopped at the end."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = LOGS[address] = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *start_command(port)],
            cwd=folder,
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        PROCESSES[address] = process.pid
        try:
            _wait_until_healthy(process, port, log)
            yield address
        finally:
            _stop(process)


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The app was not healthy after {PATIENCE} s. Its log:\n{log.read_text()[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError("The app did not stop within 10 s of being asked to.") from None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
