"""Exports made up under the headings of real ones: what each cell holds, and what must become of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

ROWS = 6
DAY = date(2025, 3, 13)  # each row is of a later day, and none of a day that could be a month

#: Beginnings of Salesforce's ids, by the heading that holds them.
_SALESFORCE = {
    "AccountId": "001",
    "ContactId": "003",
    "LeadId": "00Q",
    "OpportunityId": "006",
    "CampaignId": "701",
    "OwnerId": "005",
    "WhoId": "003",
    "WhatId": "006",
    "Product2Id": "01t",
    "OrderId": "801",
    "UserRoleId": "00E",
    "ConvertedAccountId": "001",
    "ConvertedContactId": "003",
    "ConvertedOpportunityId": "006",
    "CreatedById": "005",
}
_OWN = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "Campaign": "701",
    "CampaignMember": "00v",
    "Case": "500",
    "CaseComment": "00a",
    "Task": "00T",
    "Event": "00U",
    "User": "005",
    "UserRole": "00E",
    "Order": "801",
    "OrderItem": "802",
    "OpportunityHistory": "008",
    "OpportunityContactRole": "00K",
    "Asset": "02i",
    "Contract": "800",
}

_WORDS = {
    "StageName": ["Prospecting", "Closed Won", "Closed Lost"],
    "Deal Stage": ["Qualified To Buy", "Closed Won", "Closed Lost"],
    "Stage": ["Qualification", "Closed Won", "Closed Lost"],
    "Deal - Stage": ["Lead in", "Offer", "Offer"],
    "Deal - Status": ["Open", "Won", "Lost"],
    "Sales Stage": ["Qualify", "Close", "Close"],
    "IsClosed": ["false", "true", "true"],
    "IsWon": ["false", "true", "false"],
    "IsDeleted": ["false"],
    "IsConverted": ["false"],
    "Is Converted": ["false"],
    "CurrencyIsoCode": ["EUR"],
    "Currency": ["EUR"],
    "Deal - Currency of Value": ["EUR"],
    "Ticket status": ["New", "Closed", "Waiting on contact"],
    "Lead Status": ["New", "Contacted", "Qualified"],
    "LeadSource": ["Web", "Trade Show", "Referral"],
    "Lead Source": ["Web", "Trade Show", "Referral"],
    "Country": ["Germany", "France", "Spain"],
    "Country/Region": ["Germany", "France", "Spain"],
    "BillingCountry": ["Germany", "France", "Spain"],
    "BillingCountryCode": ["DE", "FR", "ES"],
    "Email": ["ann{i}@example.com"],
    "StatusCode": ["Activated"],
    "CommentBody": ["Called back"],
}
#: Where a heading means another thing in one object.
_HERE = {
    ("dynamics", "Opportunity", "Status"): ["Open", "Won", "Lost"],
    ("dynamics", "Opportunity", "Status Reason"): ["In Progress", "Won", "Out-Sold"],
    ("salesforce", "Case", "Status"): ["New", "Closed", "Closed"],
    ("salesforce", "Lead", "Status"): ["Open - Not Contacted", "Working - Contacted", "Qualified"],
    ("salesforce", "CaseComment", "ParentId"): ["500"],
}
_NUMBERS = (
    "Amount",
    "Deal - Value",
    "Est. Revenue",
    "Actual Revenue",
    "ActualCost",
    "Actual Cost",
    "TotalAmount",
)


@dataclass(frozen=True)
class Export:
    """A kind of file, with the headings that it was seen with."""

    system: str
    object: str
    headings: tuple[str, ...]

    def rows(self, headings: Sequence[str], written: Callable[[datetime], str]) -> list[list[str]]:
        return [[self.cell(heading, i, written) for heading in headings] for i in range(ROWS)]

    def cell(self, heading: str, i: int, written: Callable[[datetime], str]) -> str:
        here = _HERE.get((self.system, self.object, heading))
        if here == ["500"]:
            return salesforce_id("500", i)
        if words := here or _WORDS.get(heading):
            return words[i % len(words)].format(i=i)
        if self.system == "salesforce" and (heading == "Id" or heading in _SALESFORCE):
            return salesforce_id(_OWN[self.object] if heading == "Id" else _SALESFORCE[heading], i)
        if self.system == "salesforce" and heading.endswith("Id"):
            return "000000000000000AAA"
        if heading in ("Associated Company IDs", "Associated Contact IDs"):
            return f"{2000 + i};{3000 + i}"
        if heading.startswith("(Do Not Modify)") and heading.rpartition(" ")[2] not in ("Checksum", "On"):
            return f"{{00000000-0000-0000-0000-{i:012d}}}"
        if heading.lower().endswith((" id", ".id", "- id")):
            return f"zcrm_3652397000000{4000 + i}" if self.system == "zoho" else str(4000 + i)
        if heading in _NUMBERS:
            return f"{1000 + i}.5"
        if (
            any(word in heading.lower() for word in ("date", "time", "created", " on"))
            and "id" not in heading.lower()
        ):
            return written(moment(i))
        if heading in ("Probability", "Probability (%)", "Deal - Probability"):
            return "50"
        if any(
            heading.endswith(word)
            for word in ("Name", "Name*", "name", "Subject", "Topic", "Title", "owner", "Owner")
        ):
            return f"{heading} {i}"
        return ""


def salesforce_id(prefix: str, i: int) -> str:
    """With the three signs of its check: an id of small letters and digits has none to tell of."""
    return f"{prefix.lower() if prefix.islower() else prefix}{i:0{15 - len(prefix)}d}" + _check(prefix)


def _check(prefix: str) -> str:
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    return signs[sum(1 << place for place, sign in enumerate(prefix) if sign.isupper())] + "AA"


def moment(i: int) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, 15, 30) + timedelta(days=i)  # noqa: DTZ001 - as a file says it


def exports(folder: Path) -> list[Export]:
    """Every kind of file whose headings are known."""
    names = {
        "dynamics_lead_export": ("dynamics", "Lead"),
        "dynamics_opportunity_export": ("dynamics", "Opportunity"),
        "hubspot_companies_export": ("hubspot", "Companies"),
        "hubspot_contacts_export": ("hubspot", "Contacts"),
        "hubspot_deals_export": ("hubspot", "Deals"),
        "hubspot_tickets_export": ("hubspot", "Tickets"),
        "pipedrive_deals_export": ("pipedrive", "Deals"),
        "pipedrive_import_sample": ("pipedrive", "People"),
        "zoho_campaigns_backup": ("zoho", "Campaigns"),
        "zoho_contacts_export": ("zoho", "Contacts"),
        "zoho_deals_export": ("zoho", "Deals"),
        "zoho_leads_export": ("zoho", "Leads"),
    }
    found = []
    for path in sorted(folder.rglob("*.header.csv")):
        stem = path.name.removesuffix(".header.csv")
        with path.open(encoding="utf-8-sig", newline="") as file:
            headings = next(csv.reader(file))
        found.append(Export(*names.get(stem, ("salesforce", stem)), tuple(headings)))
    return found


def write(
    path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]], encoding: str, delimiter: str
) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([headings, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path
