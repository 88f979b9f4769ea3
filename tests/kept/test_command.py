"""`python -m kpis report --keep` and `python -m kpis kept`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from crm_data.edits import mark, unmark
from crm_data.schema import metadata
from kpis.__main__ import main
from tests.kept.conftest import Edited

WINDOW = ("--from", "2026-01-01", "--to", "2026-11-22", "--today", "2026-11-21")


@pytest.fixture(autouse=True)
def _home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_HOME", str(home))
    monkeypatch.setenv("CRM_USER", "Olga")
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_kept_listed_shown_and_deleted(edited: Edited, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "churn", *WINDOW, "--where", "region=EMEA", "--keep"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("Churn: ")
    key = said.err.split("report ")[-1].rstrip(".\n")
    listed = {one["id"]: one for one in json.loads(printed(capsys, "kept", "--json"))}
    assert listed[int(key)]["report"] == "churn"
    assert listed[int(key)]["filters"] == "Region: EMEA"
    assert listed[int(key)]["kept_by"] == "Olga"
    assert "figures are the same today." in printed(capsys, "kept", key)
    printed(capsys, "kept", key, "--delete")
    assert main(["kept", key]) == 1
    assert capsys.readouterr().err == f"There is no kept report no. {key} (any more).\n"


def test_what_changed_and_by_which_rows(
    edited: Edited, kept_ids: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(kept_ids["sales"])
    said = " ".join(printed(capsys, "kept", key).split())
    assert "figures differ today." in said
    assert "Revenue won restated: €" in said
    found = json.loads(printed(capsys, "kept", key, "--json"))
    one = found["restated"][0]
    assert (one["key"], one["at"], one["from"], one["to"]) == ("revenue_won", {}, "2026-01-01", "2026-11-22")
    moved = one["now"]["numerator"] - one["then"]["numerator"]
    assert moved == pytest.approx(float(sum(edited.moved.values())))
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "kept", key, "--rows", "revenue_won"))))
    assert {(int(row["id"]), row["what"]) for row in rows} == {
        (edited.raised["id"], "changed"),
        (edited.closed["id"], "added"),
        (edited.deleted["id"], "removed"),
    }
    assert {int(row["id"]): row["name"] for row in rows}[edited.deleted["id"]] == "", "it is gone"


def test_what_makes_no_sense_is_said(
    edited: Edited, kept_ids: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, said in (
        (["kept", "--delete"], "need the ID"),
        (["kept", str(kept_ids["sales"]), "--rows", "nonsense"], "no figure of this report that differs"),
    ):
        assert main(arguments) == 1
        assert said in capsys.readouterr().err


def test_a_filter_that_is_no_dimension_any_more_is_said(
    edited: Edited, crm_engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its figures are not compared with those of everything; marked again, they are."""
    accounts = metadata.tables["accounts"]
    with crm_engine.begin() as crm:
        crm.execute(update(accounts).where(accounts.c.id % 2 == 0).values(custom={"Tariff": "basic"}))
    mark(crm_engine, "accounts", "Tariff", "Price list")
    assert main(["report", "sales", *WINDOW, "--where", "account.tariff=basic", "--keep"]) == 0
    key = capsys.readouterr().err.split("report ")[-1].rstrip(".\n")
    assert "figures are the same today." in printed(capsys, "kept", key)
    unmark(crm_engine, "account.tariff")
    said = printed(capsys, "kept", key)
    assert "account.tariff: basic" in said
    assert "It cannot be compared with today's data. No custom column is marked as the dimension" in said
    mark(crm_engine, "accounts", "Tariff")
    said = printed(capsys, "kept", key)
    assert "Tariff: basic" in said
    assert "figures are the same today." in said
    unmark(crm_engine, "account.tariff")
