"""Leads, what became of them, and what it cost."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import Crm, Row, frame, only
from tests.kpis.recompute_customers import purchases

SPEND = ["region", "channel", "campaign", "spend_kind"]
LEAD = "region country segment channel owner team campaign lead_status".split()
HORIZON = 90
PATIENCE = 7
PROMPT = 4 * 3600


@cache
def costs(crm: Crm) -> pd.DataFrame:
    """Region and channel are the cost's own, else its campaign's."""
    rows = []
    for row in crm.rows["spend"]:
        campaign = {} if row["campaign_id"] is None else crm.lookup["campaigns"][row["campaign_id"]]
        rows.append(
            {
                "day": row["spent_on"],
                "cents": crm.flow_cents(row["amount"], row["currency"], row["spent_on"]),
                "region": crm.region_name(row["region_id"] or campaign.get("region_id")),
                "channel": row["channel"] or campaign.get("channel"),
                "campaign": campaign.get("name"),
                "spend_kind": row["kind"],
            }
        )
    return frame(rows, ["day", "cents", *SPEND])


def spend_loaded(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(costs(crm), window.__contains__, "day")
    return rows.assign(each=rows["cents"], per=1)


def spend_paid(crm: Crm, window: Period) -> pd.DataFrame:
    return only(spend_loaded(crm, window), "media".__eq__, "spend_kind")


@cache
def leads(crm: Crm) -> pd.DataFrame:
    deals = crm.group("opportunities", "lead_id")
    bought = purchases(crm)
    rows = (_lead(crm, row, deals[row["id"]], bought) for row in crm.rows["leads"])
    return frame(rows, ["created", "deal", "bought", "answered", "seconds", *LEAD])


def _lead(crm: Crm, row: Row, deals: list[Row], days: dict[int, list[date]]) -> Row:
    created = crm.day(row["created_at"])
    bought = [day for day in days.get(row["converted_account_id"], []) if day >= created]
    opened = [deal["opened_on"] for deal in deals if deal["opened_on"] and deal["opened_on"] >= created]
    answer = row["first_response_at"]
    return {
        "created": created,
        "deal": min(opened, default=None),
        "bought": min(bought, default=None),
        "answered": answer and crm.day(answer),
        "seconds": answer and crm.worked(row["created_at"], answer),
        "region": crm.region_name(row["region_id"]) or crm.region_of_user(row["owner_id"]),
        "country": row["country"] or crm.country_of(row["region_id"]),
        "segment": row["segment"],
        "channel": row["channel"],
        "owner": row["owner_id"],
        "team": crm.team_of(row["owner_id"]),
        "campaign": crm.name("campaigns", row["campaign_id"]),
        "lead_status": row["status"],
    }


def _converted(crm: Crm, window: Period, outcome: str, horizon: int = HORIZON) -> pd.DataFrame:
    """Only leads that have had their days."""
    rows = only(leads(crm), lambda day: day in window and (crm.today - day).days > horizon, "created")
    within = [
        int(day is not None and 0 <= (day - created).days <= horizon)
        for created, day in zip(rows["created"], rows[outcome], strict=True)
    ]
    return rows.assign(each=within, per=1)


def lead_conversion(crm: Crm, window: Period) -> pd.DataFrame:
    return _converted(crm, window, "bought")


def lead_to_opportunity(crm: Crm, window: Period) -> pd.DataFrame:
    return _converted(crm, window, "deal")


def leads_answered(crm: Crm, window: Period) -> pd.DataFrame:
    return _converted(crm, window, "answered")


def leads_created(crm: Crm, window: Period) -> pd.DataFrame:
    return only(leads(crm), window.__contains__, "created").assign(each=1, per=1)


def lead_response(crm: Crm, window: Period) -> pd.DataFrame:
    """Only leads that have had their week; answered in it, and in four hours of work."""
    rows = _converted(crm, window, "answered", PATIENCE)
    prompt = [
        int(within and 0 <= seconds <= PROMPT)
        for within, seconds in zip(rows["each"], rows["seconds"], strict=True)
    ]
    return rows.assign(each=prompt)


def lead_response_time(crm: Crm, window: Period) -> pd.DataFrame:
    answered = only(leads(crm), lambda day: day is not None and day in window, "answered")
    rows = only(answered, lambda seconds: seconds >= 0, "seconds")
    return rows.assign(each=rows["seconds"], per=1)
