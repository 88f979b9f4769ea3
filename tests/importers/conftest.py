"""A desk to import at."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.importers.desk import Desk


@pytest.fixture
def desk(crm: Engine, tmp_path: Path) -> Desk:
    """A desk with a fresh CRM, on each database."""
    folder = tmp_path / "export"
    folder.mkdir()
    return Desk(crm, folder, tmp_path / "reports")
