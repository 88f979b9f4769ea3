"""A proposal is a mapping like any other; whoever knows better has the last word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.recognise import CUSTOM, LEFT_OUT, Override, overridden, propose, recognise
from crm_data.importers.run import run_import
from tests.recognise.conftest import Load, rows

DEALS = """\
Id,Name,StageName,Amount,CloseDate,OwnerId
006000000000001AAA,A,Closed Won,$1,1/31/2026,005000000000001AAA
"""


def test_the_text_of_a_proposal_is_the_mapping(tmp_path: Path) -> None:
    path = tmp_path / "Opportunity.csv"
    path.write_text(DEALS)
    proposal = propose(recognise([path]))
    again = parse_mapping(proposal.text)
    assert again.source == proposal.mapping.source == "salesforce"
    assert [(b.table.name, b.pattern, b.id.heading, b.rows) for b in again.blocks] == [
        (b.table.name, b.pattern, b.id.heading, b.rows) for b in proposal.mapping.blocks
    ]
    assert again.organisation == {"base_currency": "USD"}


def test_the_books_are_kept_in_the_currency_of_most_rows(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    lines = ["Record ID,Deal Name,Deal Stage,Amount,Currency,Close Date,Create Date"]
    for key, currency in enumerate(["CHF", "Swiss Franc", "EUR", "EUR", "chf", "XQQ", ""], 1):
        lines.append(f"{key},Deal {key},closedwon,1000,{currency},2026-10-01 10:00,2026-09-01 10:00")
    path.write_text("\n".join(lines))
    proposal = propose(recognise([path]))
    assert proposal.mapping.organisation == {"base_currency": "CHF"}
    assert not any("No file says the currency" in one for one in proposal.remarks)
    said = propose(recognise([path]), currency="EUR")
    assert said.mapping.organisation == {"base_currency": "EUR"}, "what a person or the CRM says comes first"


def test_a_person_knows_better(own: Engine, tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("Company,Chief,Sector,Secret,Country\nAcme,Ann,Tools,x,Germany\nBolt,Ben,Nuts,y,France\n")
    (found,) = recognise([path])
    assert found.object == "accounts"
    override = Override(
        "things.csv",
        columns={"Chief": "segment", "Secret": LEFT_OUT, "Sector": CUSTOM, "Country": "accounts.city"},
    )
    seen = {column.heading: column for column in overridden(found, override).columns}
    assert seen["Chief"].becomes == ("accounts.segment",)
    assert seen["Sector"].custom
    assert (seen["Secret"].becomes, seen["Secret"].custom) == ((), False)
    proposal = propose([found], [override])
    run_import(own, proposal.mapping, [path], tmp_path, lambda *_: None)
    assert rows(own, "accounts", "name", "segment", "industry", "city", "custom") == [
        ("Acme", "Ann", None, "Germany", {"Sector": "Tools"}),
        ("Bolt", "Ben", None, "France", {"Sector": "Nuts"}),
    ]


def test_another_system_may_be_said(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("Full name,Mail\nAnn,ann@example.com\n")
    (found,) = recognise([path])
    assert found.object == "contacts"
    said = overridden(found, Override("things.csv", object="users"))
    assert (said.object, said.fills, said.problem, said.confidence) == ("users", "users", None, 1)
    with pytest.raises(ImportStopped, match="There is no system 'zohoo'"):
        overridden(found, Override("things.csv", system="zohoo"))
    with pytest.raises(ImportStopped, match="have no column 'segmnt'"):
        overridden(found, Override("things.csv", object="accounts", columns={"Mail": "segmnt"}))


def test_words_of_ones_own(own: Engine, load: Load, home: Path, tmp_path: Path) -> None:
    (home / "vocabulary.toml").write_text('[deal_status]\nwon = ["Ka-ching"]\n[stages]\nWon = ["Ka-ching"]\n')
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deal ID,Deal name,Stage,Amount,Close date\n1,A,KA-CHING,10,2026-04-03\n2,B,Lost,20,2026-04-03\n"
    )
    load(path)
    assert rows(own, "opportunities", "stage", "status", "closed_on") == [
        ("Won", "won", date(2026, 4, 3)),
        ("Lost", "lost", date(2026, 4, 3)),
    ]
