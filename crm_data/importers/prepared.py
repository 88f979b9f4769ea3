"""An import that was read and not yet written: its rows wait on disk, and the CRM knows nothing of it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from crm_data.importers.errors import ImportStopped
from crm_data.importers.outcome import Tally
from crm_data.importers.stage import Stage


@dataclass(frozen=True)
class Prepared:
    """What `read` gives and `load` takes. It can be loaded once or never; `close` throws it away.

    `path` names the file that holds it, so that another page run can `reopen` it; None: it lives as
    long as the process.
    """

    stage: Stage
    source: str
    mapping: str  # the text of the mapping
    organisation: Mapping[str, Any]  # settings for a CRM that has none
    started: datetime
    objects: Mapping[str, list[int]]  # object -> the parts of the mapping that give its rows, in order
    whole: frozenset[str]  # the objects of which the files have every row
    files: list[dict[str, Any]]  # name, size, SHA-256 and place of each
    remarks: list[str]  # what had to be guessed about the files
    tallies: Mapping[str, Tally]  # object -> what was counted while its rows were read

    @property
    def path(self) -> Path | None:
        return self.stage.path

    def close(self) -> None:
        """Throw away the rows that were read. Safe to call twice."""
        self.stage.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def save(self) -> Prepared:
        """Write everything but the rows, which are there already, into the file."""
        known = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "stage"}
        self.stage.remember("prepared", pickle.dumps(known, 5))
        return self


def reopen(path: Path) -> Prepared:
    """The import that `read` left in this file. The file is this program's own: give no other."""
    if not path.is_file():
        raise ImportStopped("What was read is not there any more. Give the files again.")
    stage = Stage(path)
    return Prepared(stage, **pickle.loads(stage.recall("prepared")))
