"""Finding the files that a mapping names, and opening each as rows of cells under headings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from crm_data.importers.cells import Cell, as_text
from crm_data.importers.errors import ImportStopped, listed, nearest


@dataclass(frozen=True)
class Found:
    """A file to import. `name` is its path below the folder that was given."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # where it begins in the file, counted from 1; in a spreadsheet its row
    last_line: int
    cells: Sequence[Cell]


class OpenTable(Protocol):
    """A file that was opened: its headings are known, its rows are read as they are asked for."""

    name: str
    size: int  # bytes
    headings: list[str]
    remark: str | None  # what had to be guessed

    def rows(self) -> Iterator[Row]: ...

    def position(self) -> int:
        """Bytes of `size` that have been read."""


def find_files(paths: Iterable[Path]) -> list[Found]:
    """Every file at these paths; those in a folder with all below it, hidden ones not."""
    found: dict[Path, Found] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(file for file in path.rglob("*") if file.is_file())
            names = [(file, file.relative_to(path).as_posix()) for file in below]
        elif path.is_file():
            names = [(path, path.name)]
        else:
            raise ImportStopped(f"There is no file or folder {path}.")
        for file, name in names:
            if not any(part.startswith(".") for part in name.split("/")):
                found.setdefault(file.resolve(), Found(file, name))
    return list(found.values())


def matching(files: Sequence[Found], pattern: str, place: str, optional: bool) -> list[Found]:
    """The files whose name, or path below the folder given, fits the pattern."""
    fitting = [
        file for file in files if fnmatchcase(file.name, pattern) or fnmatchcase(file.path.name, pattern)
    ]
    if not fitting and not optional:
        names = [file.name for file in files]
        raise ImportStopped(
            f"{place}: no file fits '{pattern}'.{nearest(pattern, names)} "
            + (f"There are {listed(names)}." if names else "The folder has no files.")
        )
    return fitting


def digest(path: Path) -> str:
    """The file's SHA-256, which says later exactly what was imported."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked_headings(cells: Sequence[Cell]) -> list[str]:
    """A row of headings as texts: spaces collapsed, the byte order mark and trailing empty ones gone."""
    headings = [" ".join(as_text(cell).replace("\ufeff", "").split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def folded(heading: str) -> str:
    """Headings that are the same folded are taken for the same."""
    return " ".join(heading.split()).casefold()


def locate(needed: Iterable[str], headings: Sequence[str], place: str) -> dict[str, int]:
    """The column of each needed heading; capitals and spaces do not matter. Raises ImportStopped."""
    columns: dict[str, list[int]] = {}
    for index, heading in enumerate(headings):
        columns.setdefault(folded(heading), []).append(index)
    located = {}
    for name in needed:
        exact = [index for index, heading in enumerate(headings) if heading == name]
        places = exact or columns.get(folded(name), [])
        if not places:
            raise ImportStopped(
                f"{place}: there is no column '{name}'.{nearest(name, headings)} "
                + (f"The file has {listed(headings)}." if any(headings) else "The file has no headings.")
            )
        if len(places) > 1:
            raise ImportStopped(
                f"{place}: {len(places)} columns are headed '{name}', so it is not clear which is meant. "
                "Rename one of them in the file."
            )
        located[name] = places[0]
    return located
