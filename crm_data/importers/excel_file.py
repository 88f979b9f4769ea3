"""Excel and OpenDocument spreadsheets."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound

from crm_data.importers.errors import ImportStopped, listed, nearest
from crm_data.importers.files import Found, Row, checked_headings
from crm_data.importers.formats import FileFormat

#: A sheet is held in memory whole, at up to six times its unpacked size.
LARGEST_UNPACKED = 500_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def is_spreadsheet(path: Path) -> bool:
    """Judged by the first bytes: exports are often named wrongly."""
    with path.open("rb") as file:
        return file.read(4) in (_ZIP, _OLE)


class ExcelFile:
    """One sheet of a spreadsheet, opened."""

    def __init__(self, file: Found, layout: FileFormat) -> None:
        self.name = file.name
        self.size = file.path.stat().st_size
        self.remark: str | None = None
        _guard(file)
        try:
            with CalamineWorkbook.from_path(file.path) as book:
                wanted = layout.sheet
                if wanted is not None and wanted not in book.sheet_names:
                    raise ImportStopped(
                        f"{self.name} has no sheet '{wanted}'.{nearest(wanted, book.sheet_names)} "
                        f"It has {listed(book.sheet_names)}."
                    )
                sheet = book.get_sheet_by_name(wanted) if wanted else book.get_sheet_by_index(0)
                self._cells = sheet.to_python(skip_empty_area=False)
        except PasswordError:
            raise ImportStopped(f"{self.name} is locked with a password. Save it without one.") from None
        except (CalamineError, WorksheetNotFound, zipfile.BadZipFile) as error:
            raise ImportStopped(
                f"{self.name} cannot be read as a spreadsheet; it may be damaged: {error}."
            ) from error
        self._heading_line = layout.heading_line
        above = self._cells[self._heading_line - 1 : self._heading_line]
        self.headings = checked_headings(above[0]) if above else []
        self._done = 0

    def rows(self) -> Iterator[Row]:
        for line, cells in enumerate(self._cells, 1):
            self._done = line
            if line > self._heading_line and any(cell != "" for cell in cells):
                yield Row(line, line, cells)

    def position(self) -> int:
        return self.size * self._done // max(len(self._cells), 1)


def _guard(file: Found) -> None:
    """Refuse a small file that unpacks to more than the memory holds."""
    if not zipfile.is_zipfile(file.path):
        return
    with zipfile.ZipFile(file.path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise ImportStopped(
            f"{file.name} unpacks to {unpacked / 1e6:,.0f} MB; a spreadsheet may have "
            f"{LARGEST_UNPACKED / 1e6:,.0f} MB here. Save it as CSV."
        )
