"""docs/editing.md says what the program does."""

from __future__ import annotations

from pathlib import Path

from crm_data import search
from crm_data.edits import act
from crm_data.edits.duplicates import _ALIKE

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "editing.md").read_text().replace("\n", " ")


def test_the_figures_in_the_document_are_those_of_the_program() -> None:
    assert f"waits {act.PATIENCE:.0f} seconds" in TEXT
    assert f"At most {search.MOST} are listed" in TEXT
    assert f"at least {_ALIKE:.0%} alike" in TEXT
    assert "`CRM_USER`" in TEXT
