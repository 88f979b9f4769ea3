"""The published data set comes in whole, and its figures are those that others published."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from crm_data.engine import ROOT, connect
from crm_data.importers.mapping import read_mapping
from crm_data.importers.run import run_import
from crm_data.organisation import read_organisation
from crm_data.schema.customers import accounts
from crm_data.schema.organisation import regions, teams, users
from crm_data.schema.sales import opportunities, opportunity_history, products
from crm_data.schema.system import audit_log, imports
from tests.importers.desk import Desk, counts

MAPPING = ROOT / "docs" / "examples" / "maven_crm_sales.toml"

Published = Callable[[str], Path]


def test_the_published_figures(crm: Engine, published: Published, tmp_path: Path) -> None:
    folder = published("maven_crm_sales")
    desk = Desk(crm, folder, tmp_path)
    outcome = run_import(crm, read_mapping(MAPPING), [folder], tmp_path, lambda *_: None)
    assert outcome.report is None
    assert counts(outcome, "opportunities") == (8800, 8800, 0, 0, 0, 0)
    assert {name: c.added for name, c in outcome.objects.items()} == {
        "products": 7,
        "regions": 3,
        "teams": 6,
        "users": 41,
        "accounts": 85,
        "opportunities": 8800,
    }
    with crm.connect() as connection:
        by_status = {
            row.status: tuple(row)[1:]
            for row in connection.execute(
                select(
                    opportunities.c.status,
                    func.count(),
                    func.count(opportunities.c.amount),
                    func.sum(opportunities.c.amount),
                    func.count(opportunities.c.opened_on),
                    func.count(opportunities.c.account_id),
                ).group_by(opportunities.c.status)
            )
        }
        settings = read_organisation(connection)
    assert by_status == {
        "won": (4238, 4238, Decimal(10_005_534), 4238, 4238),
        "lost": (2473, 0, None, 2473, 2473),
        "open": (2089, 0, None, 1589, 664),
    }
    assert (settings.base_currency, settings.week_start) == ("USD", 1)
    notes = {(note.object, note.column): (note.rows, note.text) for note in outcome.notes}
    assert notes["opportunities", "account_id"] == (1425, "without an account")
    assert notes["opportunities", "product_id"] == (1480, "mapped: GTXPro → GTX Pro (1,480)")
    assert notes["accounts", "industry"] == (12, "mapped: technolgy → technology (12)")
    assert desk.rows(opportunity_history, "id") == []


def test_every_deal_is_the_one_in_the_file(crm: Engine, published: Published, tmp_path: Path) -> None:
    """Row by row against the files, read here without the importer."""
    folder = published("maven_crm_sales")
    run_import(crm, read_mapping(MAPPING), [folder], tmp_path, lambda *_: None)
    manager = users.alias()
    query = (
        select(
            opportunities.c.source_id,
            users.c.name.label("agent"),
            manager.c.name.label("manager"),
            teams.c.name.label("team"),
            regions.c.name.label("region"),
            products.c.name.label("product"),
            accounts.c.name.label("account"),
            opportunities.c.stage,
            opportunities.c.opened_on,
            opportunities.c.closed_on,
            opportunities.c.amount,
        )
        .join(users, users.c.id == opportunities.c.owner_id)
        .join(manager, manager.c.id == users.c.manager_id)
        .join(teams, teams.c.id == users.c.team_id)
        .join(regions, regions.c.id == users.c.region_id)
        .join(products, products.c.id == opportunities.c.product_id)
        .outerjoin(accounts, accounts.c.id == opportunities.c.account_id)
    )
    with crm.connect() as connection:
        found = {
            row.source_id: tuple("" if v is None else str(v) for v in row[1:])
            for row in connection.execute(query)
        }
    people = {row["sales_agent"]: row for row in read(folder / "sales_teams.csv")}
    wanted = {
        row["opportunity_id"]: (
            row["sales_agent"],
            people[row["sales_agent"]]["manager"],
            "Team " + people[row["sales_agent"]]["manager"],
            people[row["sales_agent"]]["regional_office"],
            row["product"].replace("GTXPro", "GTX Pro"),
            row["account"],
            row["deal_stage"],
            row["engage_date"],
            row["close_date"],
            f"{row['close_value']}" if row["deal_stage"] == "Won" else "",
        )
        for row in read(folder / "sales_pipeline.csv")
    }
    found = {key: (*values[:-1], values[-1].removesuffix(".0000")) for key, values in found.items()}
    assert found == wanted


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_accounts_keep_what_the_file_says(crm: Engine, published: Published, tmp_path: Path) -> None:
    folder = published("maven_crm_sales")
    run_import(crm, read_mapping(MAPPING), [folder], tmp_path, lambda *_: None)
    parent = accounts.alias()
    query = select(accounts, parent.c.name.label("parent")).outerjoin(
        parent, parent.c.id == accounts.c.parent_id
    )
    with crm.connect() as connection:
        found = {row["name"]: row for row in connection.execute(query).mappings()}
    file = read(folder / "accounts.csv")
    assert len(file) == len(found) == 85
    for row in file:
        account = found[row["account"]]
        assert (account["parent"] or "") == row["subsidiary_of"]
        assert account["annual_revenue"] == Decimal(row["revenue"]) * 1_000_000
        assert account["employees"] == int(row["employees"])
        assert account["custom"] == {"year_established": row["year_established"]}
        assert account["version"] == 1
    assert Counter(account["industry"] for account in found.values())["technology"] == 12
    assert {account["country"] for account in found.values()} == set(
        "US KE PH JP IT NO KR JO BR DE PA BE RO PL CN".split()
    )


def test_a_second_import_changes_nothing(crm: Engine, published: Published, tmp_path: Path) -> None:
    folder = published("maven_crm_sales")
    desk = Desk(crm, folder, tmp_path)
    mapping = read_mapping(MAPPING)
    first = run_import(crm, mapping, [folder], tmp_path, lambda *_: None)
    before = desk.everything()
    second = run_import(crm, mapping, [folder], tmp_path, lambda *_: None)
    assert desk.everything() == before
    for name, c in second.objects.items():
        assert (c.added, c.updated, c.rejected, c.unchanged) == (0, 0, 0, first.objects[name].added)
    assert len(desk.rows(imports, "id")) == len(desk.rows(audit_log, "id")) == 2


def test_from_the_command_line(empty_url: str, published: Published, tmp_path: Path) -> None:
    """On a database without tables, as a person would type it."""
    done = run(empty_url, tmp_path, str(published("maven_crm_sales")), "--map", str(MAPPING), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["objects"]["opportunities"]["added"] == 8800
    assert said["report"] is None
    engine = connect(empty_url)
    with engine.connect() as connection:
        won = opportunities.c.status == "won"
        assert connection.scalar(select(func.sum(opportunities.c.amount)).where(won)) == 10_005_534
        entry = connection.execute(select(imports)).one()
    engine.dispose()
    assert entry.started_at < entry.finished_at
    assert {file["name"] for file in entry.files} == {
        "products.csv",
        "sales_teams.csv",
        "accounts.csv",
        "sales_pipeline.csv",
    }
    again = run(empty_url, tmp_path, str(published("maven_crm_sales")), "--source", "maven_crm_sales")
    assert again.returncode == 0
    assert "8,800" in again.stdout


def run(url: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CRM_DATABASE_URL": url, "CRM_HOME": str(home), "COLUMNS": "200"}
    command = [sys.executable, "-m", "crm_data", "import", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
