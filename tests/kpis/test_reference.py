"""The reference of all KPIs is what the definitions say."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpis import DEFINITIONS
from kpis.__main__ import main
from kpis.clauses import conditions
from kpis.model import KPI
from kpis.reference import COMMAND, as_markdown, mentions, terms

FILE = Path(__file__).resolve().parents[2] / "docs" / "kpis.md"


def test_docs_kpis_is_made_from_the_definitions() -> None:
    made = as_markdown(DEFINITIONS.values())
    assert FILE.read_text(encoding="utf-8").rstrip() == made.rstrip(), f"definitions changed: run\n{COMMAND}"


def test_the_command_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--markdown"]) == 0
    assert capsys.readouterr().out.rstrip() == as_markdown(DEFINITIONS.values()).rstrip()


@pytest.mark.parametrize("key", DEFINITIONS)
def test_it_names_every_reason_to_leave_a_row_out(key: str) -> None:
    one = DEFINITIONS[key]
    said = terms(one)
    if isinstance(one, KPI):
        assert all(demand.otherwise in said["Left out"] for demand in conditions(one))
    assert all(text for text in (one.help, one.formula, one.source, *said.values()))


def test_a_definition_is_found_by_its_words_in_any_order() -> None:
    assert mentions(DEFINITIONS["win_rate"], "RATE win")
    assert mentions(DEFINITIONS["win_rate"], "")
    assert not mentions(DEFINITIONS["win_rate"], "win zebra")
