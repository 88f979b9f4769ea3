"""Excel and OpenDocument spreadsheets."""

from __future__ import annotations

import json
import subprocess
import sys
import time as time_of_day
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from crm_data.importers import workbook_process
from crm_data.importers.cells import Cell
from crm_data.importers.errors import ImportStopped, listed, nearest
from crm_data.importers.files import Found, Row, checked_headings
from crm_data.importers.formats import FileFormat
from crm_data.importers.totals import Passed

#: A sheet is held in memory whole by the process that reads it, at up to six times its unpacked size.
LARGEST_UNPACKED = 500_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SPREADSHEETS = ("[Content_Types].xml", "mimetype")  # a part that tells a workbook from any other archive
_PATIENCE = 600  # seconds
_STANDSTILL = 20  # seconds without any computing

_READERS: dict[str, Callable[[Any], Cell]] = {
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "time": time.fromisoformat,
    "seconds": lambda seconds: timedelta(seconds=seconds),
}


def is_spreadsheet(path: Path) -> bool:
    """Judged by the first bytes: exports are often named wrongly."""
    with path.open("rb") as file:
        return file.read(4) in (_ZIP, _OLE)


def is_archive(path: Path) -> bool:
    """A ZIP archive that is no workbook."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(name in _SPREADSHEETS for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def sheet_names(file: Found) -> list[str]:
    """The sheets of a workbook, in their order. Raises ImportStopped."""
    return _read(file, None).sheets


class ExcelFile:
    """One sheet of a spreadsheet, opened."""

    def __init__(self, file: Found, layout: FileFormat) -> None:
        self.name = file.name
        self.size = file.path.stat().st_size
        self._sheet = _read(file, layout.sheet)
        self.remark = self._sheet.remark(file.name)
        sheets = self._sheet.sheets
        if layout.sheet is not None and layout.sheet not in sheets:
            raise ImportStopped(
                f"{self.name} has no sheet '{layout.sheet}'.{nearest(layout.sheet, sheets)} "
                f"It has {listed(sheets)}."
            )
        self._layout = layout
        self.passed = Passed(layout)
        above = next((cells for line, cells in self._sheet.rows() if line == layout.heading_line), None)
        self.headings = checked_headings(above) if above else []
        self._done = 0

    def rows(self) -> Iterator[Row]:
        self.passed = Passed(self._layout)
        for line, cells in self._sheet.rows():
            self._done = line
            if line <= self._layout.heading_line or self.passed.is_total(cells):
                continue
            if self.passed.is_end(cells):
                return
            if any(cell != "" for cell in cells):
                yield Row(line, line, cells)

    def position(self) -> int:
        return self.size * self._done // max(self._sheet.lines, 1)


class _Sheet:
    """The rows of a sheet, in a file that goes with this object."""

    def __init__(self, path: Path, name: str, sheet: str) -> None:
        self._rows = NamedTemporaryFile()  # noqa: SIM115 - it lives as long as this object
        command = [sys.executable, "-I", workbook_process.__file__, str(path.resolve()), sheet]
        with subprocess.Popen(command, stdout=self._rows, stderr=subprocess.DEVNULL) as process:
            _await(process)
        with Path(self._rows.name).open("rb") as lines:
            said = json.loads(lines.readline() or b"null")
            self.lines, last = 0, b""
            for line in lines:
                self.lines, last = self.lines + 1, line
        if last.startswith(b"{"):
            said = json.loads(last)
        if process.returncode != 0 or said is None:
            raise ImportStopped(f"{name} takes more memory or time than a spreadsheet may. Save it as CSV.")
        if "problem" in said:
            raise ImportStopped(f"{name} {said['problem']}")
        self.sheets: list[str] = said["sheets"]
        self._lacking: tuple[int, str] = said["lacking"]

    def remark(self, name: str) -> str | None:
        """About the cells that read as empty though they are not."""
        many, first = self._lacking
        if not many:
            return None
        cells = "1 cell holds" if many == 1 else f"{many:,} cells hold"
        return (
            f"{name}: {cells} an error or a formula without its result, such as {first}. They read as empty. "
            "Correct them in a spreadsheet program, save the file and import it again"
        )

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        with Path(self._rows.name).open("rb") as lines:
            lines.readline()
            for number, line in enumerate(lines, 1):
                yield number, [_READERS[c[0]](c[1]) if type(c) is list else c for c in json.loads(line)]


def _await(process: subprocess.Popen[bytes]) -> None:
    """Wait for its end, and end it where it takes too long or, out of memory, stands still."""
    began = worked = time_of_day.monotonic()
    used = 0.0
    while True:
        try:
            process.wait(timeout=1)
            return
        except subprocess.TimeoutExpired:
            now, so_far = time_of_day.monotonic(), _cpu_seconds(process.pid)
            if so_far is None or so_far > used:
                used, worked = so_far or used, now
            if now - began > _PATIENCE or now - worked > _STANDSTILL:
                process.kill()


def _cpu_seconds(process: int) -> float | None:
    """What a process has computed so far; None where the system does not tell."""
    try:
        numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(numbers[11]) + int(numbers[12])) / 100


def _read(file: Found, sheet: str | None) -> _Sheet:
    _guard(file)
    state = file.path.stat()
    return _kept(file.path, file.name, sheet or "", state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _kept(path: Path, name: str, sheet: str, _changed: int, _size: int) -> _Sheet:
    """Looking at a workbook and importing it read it once."""
    return _Sheet(path, name, sheet)


def _guard(file: Found) -> None:
    """Refuse what was cut off, and a small file that unpacks to more than the memory holds."""
    if not zipfile.is_zipfile(file.path):
        with file.path.open("rb") as binary:
            if binary.read(4) == _ZIP:
                raise ImportStopped(
                    f"{file.name} is damaged: it begins as an archive or a workbook and ends too early. "
                    "Get it again."
                )
        return
    try:
        with zipfile.ZipFile(file.path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise ImportStopped(
            f"{file.name} cannot be read as a spreadsheet; it may be damaged: {error}."
        ) from error
    if unpacked > LARGEST_UNPACKED:
        raise ImportStopped(
            f"{file.name} unpacks to {unpacked / 1e6:,.0f} MB; a spreadsheet may have "
            f"{LARGEST_UNPACKED / 1e6:,.0f} MB here. Save it as CSV."
        )
