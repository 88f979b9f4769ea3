"""A database beside the CRM to look for pairs in: in a limited memory, and on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from crm_data.importers.errors import ImportStopped

_MEMORY = "400MB"


def limited(folder: str) -> duckdb.DuckDBPyConnection:
    limits: dict[str, Any] = {"memory_limit": _MEMORY, "temp_directory": folder}
    limits["preserve_insertion_order"] = False  # which takes memory
    return duckdb.connect(str(Path(folder, "pairs.duckdb")), config=limits)


@contextmanager
def room() -> Iterator[None]:
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise ImportStopped(
            "There is no room to look for duplicates: free some memory, and space for temporary files. "
            f"({str(error).splitlines()[0]})"
        ) from error
