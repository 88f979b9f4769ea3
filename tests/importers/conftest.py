"""A desk to import at, and a shell to type into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.__main__ import main
from tests.importers.desk import Desk

Typist = Callable[..., tuple[int, str, str]]


@pytest.fixture
def desk(crm: Engine, tmp_path: Path) -> Desk:
    """A desk with a fresh CRM, on each database."""
    folder = tmp_path / "export"
    folder.mkdir()
    return Desk(crm, folder, tmp_path / "reports")


@pytest.fixture
def type_in(capsys: pytest.CaptureFixture[str]) -> Typist:
    """A command of crm_data run in this process: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as usage:
            code = int(usage.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
