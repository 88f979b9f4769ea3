"""A demo CRM in a folder of its own, for a server to show."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crm_data.demo import make
from crm_data.engine import connect, prepare
from crm_data.warehouse import open_copy

TODAY = date(2026, 11, 21)


def make_demo(home: Path, events: int) -> None:
    """A demo CRM in `home` that ends on TODAY."""
    engine = connect(f"sqlite:///{home / 'crm.db'}")
    prepare(engine)
    make.make_demo(engine, events=events, today=TODAY)
    engine.dispose()


def refresh(home: Path) -> None:
    """Bring the copy of the CRM in `home` up to date, as the app would."""
    engine = connect(f"sqlite:///{home / 'crm.db'}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_HOME", str(home))
        open_copy(engine).close()
    engine.dispose()
