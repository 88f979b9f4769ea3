"""Files with exactly the headings that each system exports are recognised, whole and in part, and come in."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from crm_data.importers.recognise import recognise
from crm_data.schema import metadata
from tests.recognise.conftest import Load
from tests.recognise.exports import DAY, ROWS, Export, exports, moment, salesforce_id, write

Published = Callable[[str], Path]

#: Known, but with no place in the CRM.
STAY_OUT = {"Asset", "Contract", "OrderItem"}

#: How dates are written, in two orders; the encoding and the separator go along.
SPELLINGS = {
    "month first, UTF-8": ("%m/%d/%Y %H:%M", "utf-8-sig", ","),
    "day first, UTF-16": ("%d/%m/%Y %H:%M", "utf-16", "\t"),
    "day first, Windows": ("%d.%m.%Y %H:%M", "cp1252", ";"),
}

#: Without these columns a file of the kind is of no use, so every view of it has them.
ALWAYS = {
    ("salesforce", "Account"): ["Id", "Name", "BillingCountryCode"],
    ("salesforce", "Contact"): ["Id", "LastName", "AccountId"],
    ("salesforce", "Lead"): ["Id", "LastName", "CreatedDate", "ConvertedOpportunityId", "LeadSource"],
    ("salesforce", "Opportunity"): [
        "Id",
        "Name",
        "StageName",
        "CloseDate",
        "Amount",
        "AccountId",
        "CurrencyIsoCode",
    ],
    ("salesforce", "OpportunityHistory"): ["Id", "OpportunityId", "CreatedDate", "StageName"],
    ("salesforce", "OpportunityContactRole"): ["Id", "OpportunityId", "ContactId"],
    ("salesforce", "Campaign"): ["Id", "Name", "StartDate"],
    ("salesforce", "CampaignMember"): ["Id", "CampaignId", "LeadId", "CreatedDate"],
    ("salesforce", "Case"): ["Id", "Subject", "Status", "CreatedDate", "ClosedDate"],
    ("salesforce", "CaseComment"): ["Id", "ParentId", "CommentBody", "CreatedDate"],
    ("salesforce", "Task"): ["Id", "WhatId", "Subject", "ActivityDate"],
    ("salesforce", "Event"): ["Id", "WhatId", "Subject", "ActivityDateTime"],
    ("salesforce", "User"): ["Id", "FirstName", "LastName", "Username"],
    ("salesforce", "UserRole"): ["Id", "Name"],
    ("salesforce", "Order"): ["Id", "AccountId", "EffectiveDate", "TotalAmount", "StatusCode"],
    ("hubspot", "Companies"): ["Record ID", "Company name", "Country/Region"],
    ("hubspot", "Contacts"): ["Record ID", "Last Name", "Associated Company IDs", "Lifecycle Stage"],
    ("hubspot", "Deals"): ["Record ID", "Deal Name", "Deal Stage", "Close Date", "Amount", "Currency"],
    ("hubspot", "Tickets"): ["Ticket ID", "Ticket name", "Ticket status", "Create date"],
    ("dynamics", "Lead"): ["(Do Not Modify) Lead", "(Do Not Modify) Modified On", "Last Name", "Lead Source"],
    ("dynamics", "Opportunity"): [
        "(Do Not Modify) Opportunity",
        "Topic",
        "Status",
        "Est. Close Date",
        "Est. Revenue",
        "Currency",
    ],
    ("zoho", "Campaigns"): ["Record Id", "Campaign Name", "Start Date", "Created Time"],
    ("zoho", "Contacts"): ["Record Id", "Last Name", "Account Name.id", "Email"],
    ("zoho", "Deals"): ["Record Id", "Deal Name", "Stage", "Closing Date", "Amount", "Account Name.id"],
    ("zoho", "Leads"): ["Record Id", "Last Name", "Created Time", "Lead Source"],
    ("pipedrive", "Deals"): [
        "Deal - ID",
        "Deal - Title",
        "Deal - Status",
        "Deal - Expected close date",
        "Deal - Value",
        "Deal - Currency of Value",
    ],
    ("pipedrive", "People"): ["Person - Name*", "Person - Email (Work)", "Organization - Name*"],
}

#: What must stand in the CRM: (object, column, of row i). None: not looked at.
BECOMES: dict[tuple[str, str], list[tuple[str, str, Callable[[int], Any]]]] = {
    ("salesforce", "Account"): [("accounts", "country", lambda i: ["DE", "FR", "ES"][i % 3])],
    ("salesforce", "Lead"): [("leads", "channel", lambda i: ["Website", "Events", "Referral"][i % 3])],
    ("salesforce", "Opportunity"): [
        ("opportunities", "stage", lambda i: ["Prospecting", "Won", "Lost"][i % 3]),
        ("opportunities", "status", lambda i: ["open", "won", "lost"][i % 3]),
        ("opportunities", "amount", lambda i: Decimal(f"{1000 + i}.5")),
        ("opportunities", "closed_on", lambda i: day(i) if i % 3 else None),
        ("opportunities", "expected_close", lambda i: day(i)),
    ],
    ("salesforce", "Case"): [("cases", "status", lambda i: "resolved" if i % 3 else "open")],
    ("hubspot", "Companies"): [("accounts", "country", lambda i: ["DE", "FR", "ES"][i % 3])],
    ("hubspot", "Deals"): [
        ("opportunities", "status", lambda i: ["open", "won", "lost"][i % 3]),
        ("opportunities", "amount", lambda i: Decimal(f"{1000 + i}.5")),
        ("opportunities", "closed_on", lambda i: day(i) if i % 3 else None),
        ("opportunities", "currency", lambda _: "EUR"),
    ],
    ("hubspot", "Tickets"): [
        ("cases", "status", lambda i: ["open", "resolved", "waiting"][i % 3]),
        ("cases", "opened_at", lambda i: moment(i).replace(tzinfo=UTC)),
    ],
    ("dynamics", "Opportunity"): [
        ("opportunities", "status", lambda i: ["open", "won", "lost"][i % 3]),
        ("opportunities", "expected_close", lambda i: day(i)),
        ("opportunities", "amount", lambda i: Decimal(f"{1000 + i}.5")),
    ],
    ("dynamics", "Lead"): [("leads", "channel", lambda i: ["Website", "Events", "Referral"][i % 3])],
    ("zoho", "Campaigns"): [("campaigns", "starts_on", lambda i: day(i))],
    ("zoho", "Deals"): [
        ("opportunities", "status", lambda i: ["open", "won", "lost"][i % 3]),
        ("opportunities", "expected_close", lambda i: day(i)),
        ("opportunities", "amount", lambda i: Decimal(f"{1000 + i}.5")),
    ],
    ("zoho", "Leads"): [("leads", "created_at", lambda i: moment(i).replace(tzinfo=UTC))],
    ("pipedrive", "Deals"): [
        ("opportunities", "status", lambda i: ["open", "won", "lost"][i % 3]),
        ("opportunities", "expected_close", lambda i: day(i)),
        ("opportunities", "amount", lambda i: Decimal(f"{1000 + i}.5")),
    ],
}


def day(i: int) -> date:
    return date(DAY.year, DAY.month, DAY.day + i)


@pytest.fixture(scope="module")
def kinds(published: Published) -> list[Export]:
    return exports(published("vendor_headers"))


def written(pattern: str) -> Callable[[datetime], str]:
    return lambda when: when.strftime(pattern)


def test_no_file_is_taken_for_another(kinds: list[Export], tmp_path: Path) -> None:
    """The whole cross table, from the headings alone: no rows, and a name that says nothing."""
    found = {}
    for kind in kinds:
        path = write(tmp_path / "x.csv", kind.headings, [], "utf-8", ",")
        (one,) = recognise([path])
        found[kind.system, kind.object] = (one.system, one.object)
        assert one.confidence > 0.7
        assert one.reasons
    assert found == {key: key for key in found}
    assert len(found) == 30


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("system", ["salesforce", "hubspot", "dynamics", "zoho", "pipedrive"])
def test_each_systems_files_come_in(
    kinds: list[Export], own: Engine, load: Load, tmp_path: Path, system: str, spelling: str
) -> None:
    """Shuffled, a part of the columns only, in capitals or not; linked and with the right values."""
    pattern, encoding, delimiter = SPELLINGS[spelling]
    chance = random.Random(f"{system} {spelling}")
    folder = tmp_path / "export"
    folder.mkdir()
    mine = [kind for kind in kinds if kind.system == system and kind.object not in STAY_OUT]
    for number, kind in enumerate(mine):
        always = ALWAYS[kind.system, kind.object]
        others = [heading for heading in kind.headings if heading not in always]
        chosen = [*always, *chance.sample(others, len(others) * 2 // 3)]
        chance.shuffle(chosen)
        shouted = [heading.upper() if spelling.startswith("day") else heading for heading in chosen]
        write(folder / f"{number:02d}.csv", shouted, kind.rows(chosen, written(pattern)), encoding, delimiter)
    recognised = recognise([folder])
    assert [(one.system, one.object) for one in recognised] == [(kind.system, kind.object) for kind in mine]
    outcome, _ = load(folder)
    assert outcome.report is None, outcome.report and outcome.report.read_text()
    for kind in mine:
        for table_name, column, expected in BECOMES.get((kind.system, kind.object), ()):
            table = metadata.tables[table_name]
            with own.connect() as connection:
                query = select(table.c[column]).order_by(table.c.id)
                found = [value for (value,) in connection.execute(query)]
            assert found == [expected(i) for i in range(ROWS)], (kind.object, column)


def test_salesforces_records_are_linked(kinds: list[Export], own: Engine, load: Load, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for kind in kinds:
        if kind.system == "salesforce":
            rows = kind.rows(kind.headings, written("%Y-%m-%d %H:%M:%S"))
            write(folder / f"{kind.object}.csv", kind.headings, rows, "utf-8", ",")
    outcome, _ = load(folder)
    assert outcome.report is None
    t = metadata.tables
    links = [
        ("contacts", "account_id", "accounts", "001"),
        ("opportunities", "account_id", "accounts", "001"),
        ("opportunities", "lead_id", "leads", "00Q"),
        ("opportunities", "contact_id", "contacts", "003"),
        ("opportunities", "owner_id", "users", "005"),
        ("opportunities", "campaign_id", "campaigns", "701"),
        ("opportunity_history", "opportunity_id", "opportunities", "006"),
        ("leads", "converted_account_id", "accounts", "001"),
        ("campaign_members", "campaign_id", "campaigns", "701"),
        ("campaign_members", "lead_id", "leads", "00Q"),
        ("case_comments", "case_id", "cases", "500"),
        ("case_comments", "author_id", "users", "005"),
        ("users", "team_id", "teams", "00E"),
        ("invoices", "account_id", "accounts", "001"),
        ("invoice_lines", "invoice_id", "invoices", "801"),
    ]
    with own.connect() as connection:
        for table, column, target, prefix in links:
            other = t[target].alias()
            query = select(other.c.source_id).select_from(
                t[table].join(other, t[table].c[column] == other.c.id)
            ).order_by(other.c.source_id)  # fmt: skip
            found = [key for (key,) in connection.execute(query)]
            assert found == [salesforce_id(prefix, i) for i in range(ROWS)], (table, column)
        kinds_of = connection.execute(select(t["activities"].c.kind, t["activities"].c.opportunity_id)).all()
    assert sorted({kind for kind, _ in kinds_of}) == ["meeting", "task"]
    assert all(deal is not None for _, deal in kinds_of)
