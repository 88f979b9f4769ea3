"""The list of what an import rejected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from crm_data.importers.errors import ImportStopped
from crm_data.importers.outcome import Outcome, write_report
from crm_data.importers.stage import Stage


def rejected_report(folder: Path, started: datetime, source: str, stage: Stage) -> Path | None:
    """The list of what was rejected. It is written before the import is final: none goes unlisted."""
    if not stage.has_rejected():
        return None
    name = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in source)
    path = folder / f"{started:%Y%m%d-%H%M%S-%f}-{name}-rejected.csv"
    try:
        write_report(path, stage.rejected())
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise ImportStopped(
            f"The list of rejected rows, {path}, cannot be written: {error.strerror}. Nothing was imported."
        ) from error
    return path


@contextmanager
def withdrawn_report(outcome: Outcome) -> Iterator[None]:
    """No report stays of an import that did not happen."""
    try:
        yield
    except BaseException:
        if outcome.report is not None:
            outcome.report.unlink(missing_ok=True)
        raise
