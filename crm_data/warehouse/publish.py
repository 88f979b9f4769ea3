"""Handing the copy to other processes: DuckDB lets nobody else even read a file that is open."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import time
from pathlib import Path

import duckdb

log = logging.getLogger(__name__)

#: At most this part of the time goes into publishing.
_SHARE = 0.03


def copy_open_file(source: Path, target: Path) -> None:
    """Copy a file that this process has open and locked. Raises OSError.

    By another process, because POSIX drops a process's locks on a file as soon as it closes any handle
    of it: copied from here, the next process could open the copy and write into it beside this one.
    """
    if os.name == "nt":
        shutil.copyfile(source, target)
        return
    done = subprocess.run(["cp", source, target], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.stderr.strip())


class Snapshots:
    """The published copy beside the file at `path`: always a whole one, replaced in one step."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.with_suffix(".snapshot.duckdb")
        self._not_before = 0.0
        self.due = not self.file.exists()

    def publish_sometimes(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Skipped when the last time was too short ago."""
        if time.monotonic() >= self._not_before:
            self.publish_now(connection)

    def publish_now(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nobody may write to the copy meanwhile. A failure is logged: the old snapshot goes on serving."""
        if not self.due:
            return
        began = time.monotonic()
        new = self.file.with_suffix(".new")
        try:
            connection.execute("CHECKPOINT")
            copy_open_file(self.path, new)
            new.replace(self.file)
            self.due = False
        except (duckdb.Error, OSError) as problem:
            new.unlink(missing_ok=True)
            log.warning("The copy could not be published for other processes: %s", problem)
        self._not_before = time.monotonic() + (time.monotonic() - began) / _SHARE
