"""Published data comes in without a mapping from anybody, with its published figures and every link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Connection, Engine, Select, func, select

from crm_data.edits import Invalid, mark
from crm_data.engine import ROOT
from crm_data.importers.mapping import read_mapping
from crm_data.importers.run import run_import
from crm_data.schema import metadata
from crm_data.warehouse import open_copy
from kpis import Period, Question, ask
from tests.recognise.conftest import Load

Published = Callable[[str], Path]
t = metadata.tables


def test_mavens_figures_without_a_mapping(own: Engine, load: Load, published: Published) -> None:
    outcome, proposal = load(published("maven_crm_sales"))
    assert outcome.report is None
    deals = t["opportunities"]
    with own.connect() as connection:
        by_status = pairs(connection, select(deals.c.status, func.count()).group_by(deals.c.status))
        won = connection.scalar(select(func.sum(deals.c.amount)).where(deals.c.status == "won"))
        known = connection.scalar(select(func.count(deals.c.amount)).where(deals.c.status == "lost"))
        products = connection.scalar(select(func.count(deals.c.product_id)))
        regions = connection.scalar(select(func.count(t["users"].c.region_id)))
    assert by_status == {"won": 4238, "lost": 2473, "open": 2089}
    assert won == Decimal(10_005_534)
    assert round(by_status["won"] / (by_status["won"] + by_status["lost"]), 4) == 0.6315
    assert known == 0  # a lost deal's value is written as 0, and so not known
    assert products == 8800  # "GTXPro" is "GTX Pro"
    assert regions == 35
    assert any("'GTXPro' is taken as 'GTX Pro'" in remark for remark in proposal.remarks)


def pairs(connection: Connection, query: Select[Any]) -> dict[Any, Any]:
    return dict(tuple(row) for row in connection.execute(query))


#: (file, its column, the object it fills, the column of the CRM, the file that it refers to)
LINKS = {
    "sf_data_cloud_workshop": [
        ("Contact", "AccountId", "contacts", "account_id", "Account"),
        ("Opportunity", "AccountId", "opportunities", "account_id", "Account"),
        ("Case", "AccountId", "cases", "account_id", "Account"),
        ("Case", "ContactId", "cases", "contact_id", "Contact"),
        ("CampaignMember", "CampaignId", "campaign_members", "campaign_id", "Campaign"),
        ("CampaignMember", "LeadId", "campaign_members", "lead_id", "Lead"),
        ("CampaignMember", "ContactId", "campaign_members", "contact_id", "Contact"),
        ("Task", "AccountId", "activities", "account_id", "Account"),
        ("Task", "WhoId", "activities", "contact_id", "Contact"),
        ("Task", "WhoId", "activities", "lead_id", "Lead"),
    ],
    "sf_gen_ai_demo": [
        ("Contact", "AccountId", "contacts", "account_id", "Account"),
        ("Opportunity", "AccountId", "opportunities", "account_id", "Account"),
        ("Case", "AccountId", "cases", "account_id", "Account"),
        ("Case", "ContactId", "cases", "contact_id", "Contact"),
    ],
    "sf_dev_org_powerbi": [
        ("Contact", "AccountId", "contacts", "account_id", "Account"),
        ("Opportunity", "AccountId", "opportunities", "account_id", "Account"),
        ("Lead", "ConvertedAccountId", "leads", "converted_account_id", "Account"),
        ("OpportunityHistory", "OpportunityId", "opportunity_history", "opportunity_id", "Opportunity"),
    ],
    "sf_stomita_migration": [
        ("Contact", "AccountId", "contacts", "account_id", "Account"),
        ("Opportunity", "AccountId", "opportunities", "account_id", "Account"),
    ],
}
FILLED = {
    "Account": "accounts",
    "Contact": "contacts",
    "Lead": "leads",
    "Opportunity": "opportunities",
    "OpportunityHistory": "opportunity_history",
    "Case": "cases",
    "Campaign": "campaigns",
    "CampaignMember": "campaign_members",
    "Task": "activities",
}


@pytest.mark.parametrize("org", LINKS)
def test_a_salesforce_org_comes_in_whole(own: Engine, load: Load, published: Published, org: str) -> None:
    """Every row of every object, linked as joining the files with pandas links them."""
    folder = published(org)
    files = {path.stem: pd.read_csv(path, dtype=str, encoding="utf-8-sig") for path in folder.glob("*.csv")}
    outcome, _ = load(folder)
    assert outcome.report is None
    with own.connect() as connection:
        for name, object_name in FILLED.items():
            if name in files:
                assert connection.scalar(select(func.count()).select_from(t[object_name])) == len(files[name])
        for name, column, object_name, filled, other in LINKS[org]:
            wanted = files[name].merge(
                files[other][["Id"]], left_on=column, right_on="Id", suffixes=("", "_to")
            )
            wanted_pairs = set(zip(wanted["Id"], wanted[column], strict=True))
            there = t[FILLED[other]].alias()
            query = select(t[object_name].c.source_id, there.c.source_id).join(
                there, there.c.id == t[object_name].c[filled]
            )
            assert {tuple(row) for row in connection.execute(query)} == wanted_pairs, (name, column)
        owners = select(t["users"].c.source_id, func.count()).join(
            t["opportunities"], t["opportunities"].c.owner_id == t["users"].c.id
        )
        if "OwnerId" in files["Opportunity"]:
            counted = files["Opportunity"]["OwnerId"].value_counts().to_dict()
            assert pairs(connection, owners.group_by(t["users"].c.source_id)) == counted


def test_converted_leads_are_linked_to_their_deals(own: Engine, load: Load, published: Published) -> None:
    folder = published("sf_dev_org_powerbi")
    leads = pd.read_csv(folder / "Lead.csv", dtype=str)
    deals = pd.read_csv(folder / "Opportunity.csv", dtype=str)
    wanted = leads[leads["ConvertedOpportunityId"].isin(deals["Id"])]
    assert len(wanted) > 3
    load(folder)
    query = select(t["opportunities"].c.source_id, t["leads"].c.source_id).join(
        t["leads"], t["leads"].c.id == t["opportunities"].c.lead_id
    )
    with own.connect() as connection:
        found = {tuple(row) for row in connection.execute(query)}
        status = select(func.count()).where(t["leads"].c.status == "converted")
        says_so = (leads["IsConverted"] == "TRUE") | (leads["Status"] == "Closed - Converted")
        assert connection.scalar(status) == says_so.sum()
    assert found == set(zip(wanted["ConvertedOpportunityId"], wanted["Id"], strict=True))


def test_the_figures_of_the_migrated_org(own: Engine, load: Load, published: Published) -> None:
    load(published("sf_stomita_migration"))
    deals = t["opportunities"]
    query = select(func.count(), func.sum(deals.c.amount)).where(deals.c.status == "won")
    with own.connect() as connection:
        assert tuple(connection.execute(query).one()) == (640, Decimal(11_257_622))


def test_a_second_import_changes_nothing(own: Engine, load: Load, published: Published) -> None:
    first, _ = load(published("sf_gen_ai_demo"))
    second, _ = load(published("sf_gen_ai_demo"))
    for name, counts in second.objects.items():
        assert (counts.added, counts.updated, counts.rejected) == (0, 0, 0)
        assert counts.unchanged == first.objects[name].added


def test_telcos_churn(own: Engine, published: Published, tmp_path: Path) -> None:
    """1,869 of 7,043 customers left within the month; by contract, as everybody finds who groups the file."""
    folder = published("ibm_telco_churn")
    mapping = read_mapping(ROOT / "docs" / "examples" / "ibm_telco.toml")
    run_import(own, mapping, [folder], tmp_path, lambda *_: None)
    september = Period(date(2024, 9, 1), date(2024, 10, 1))
    with open_copy(own, tmp_path / "copy.duckdb", refresh=False) as copy:
        copy.refresh(now=datetime(2024, 10, 5, 12, tzinfo=UTC))
        question = Question(("churn_rate",), september, by=("plan",), today=date(2024, 10, 5))
        ((reading,),) = ask(copy, question)
    assert reading.numerator == 1869
    assert reading.denominator == 7043
    file = pd.read_csv(folder / "Telco-Customer-Churn.csv")
    by_contract = file.assign(left=file["Churn"] == "Yes").groupby("Contract")["left"].agg(["sum", "count"])
    found = {cell.at["plan"]: (cell.numerator, cell.denominator) for cell in reading.cells}
    assert found == {name: (row["sum"], row["count"]) for name, row in by_contract.iterrows()}


def test_telcos_churn_by_custom_columns(own: Engine, published: Published, tmp_path: Path) -> None:
    """By contract 42.7, 11.3 and 2.8 %, as is published everywhere; the contract, and how they pay, as custom
    columns that are marked. And by both, for those without a partner, as the file itself says."""
    folder = published("ibm_telco_churn")
    example = (ROOT / "docs" / "examples" / "ibm_telco.toml").read_text(encoding="utf-8")
    mapped = tmp_path / "telco.toml"
    mapped.write_text(example.replace("custom = { ", 'custom = { Contract = "Contract", '), encoding="utf-8")
    run_import(own, read_mapping(mapped), [folder], tmp_path, lambda *_: None)
    for heading in ("Contract", "Payment method", "Partner"):
        mark(own, "accounts", heading)
    with pytest.raises(Invalid, match="more than 1,000 different values"):
        mark(own, "accounts", "Total charges")
    september, today = Period(date(2024, 9, 1), date(2024, 10, 1)), date(2024, 10, 5)
    both = ("account.contract", "account.payment_method")
    alone = (("account.partner", ("No",)),)
    with open_copy(own, tmp_path / "copy.duckdb", refresh=False) as copy:
        copy.refresh(now=datetime(2024, 10, 5, 12, tzinfo=UTC))
        questions = (
            Question(("churn_rate",), september, today, by=both[:1]),
            Question(("churn_rate",), september, today, by=both, where=alone),
        )
        (contracts,), (pairs,) = ask(copy, *questions)
    assert contracts.numerator == 1869
    assert contracts.denominator == 7043
    shares = {cell.at["account.contract"]: round(100 * (cell.value or 0), 1) for cell in contracts.cells}
    assert shares == {"Month-to-month": 42.7, "One year": 11.3, "Two year": 2.8}
    file = pd.read_csv(folder / "Telco-Customer-Churn.csv").query("Partner == 'No'")
    groups = file.assign(left=file["Churn"] == "Yes").groupby(["Contract", "PaymentMethod"])["left"]
    found = {tuple(cell.at[key] for key in both): [cell.numerator, cell.n] for cell in pairs.cells}
    assert found == {key: list(row) for key, row in groups.agg(["sum", "count"]).iterrows()}
