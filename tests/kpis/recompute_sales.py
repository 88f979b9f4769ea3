"""Sales KPIs from the CRM's deals and their history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import Crm, Row, Versions, frame, known, only

CUSTOMER = ("account", "region", "country", "segment", "industry", "size", "channel")
DEAL = (*CUSTOMER, "owner", "team", "product", "family", "campaign", "stage", "close_reason")


@cache
def deals(crm: Crm) -> pd.DataFrame:
    """One row per deal; dimensions as of its closing, or of today while it is open."""
    columns = ("id", "status", "opened", "closed", "cents", "days", *DEAL)
    return frame((_deal(crm, row) for row in crm.rows["opportunities"]), columns)


def _deal(crm: Crm, row: Row) -> Row:
    opened, closed = row["opened_on"], row["closed_on"]
    day = closed or crm.today
    then = crm.deal_versions[row["id"]].at(day) if row["id"] in crm.deal_versions and closed else row
    return {
        **dimensions(crm, row, day, owner=(then or row)["owner_id"]),
        "id": row["id"],
        "status": row["status"],
        "opened": opened,
        "closed": closed,
        "cents": crm.flow_cents(row["amount"], row["currency"], day),
        "days": None if opened is None or closed is None else (closed - opened).days,
        "stage": row["stage"],
        "close_reason": row["close_reason"],
    }


def dimensions(crm: Crm, deal: Row, day: date, owner: int | None) -> Row:
    """Region and channel are the deal's own, else its account's; the region else its owner's, else that of
    its account's owner. The country is its account's, else that of its region."""
    of_account = crm.customer(deal["account_id"], day)
    own_region = crm.region_name(deal["region_id"]) or of_account["own_region"]
    return {
        **of_account,
        "region": own_region or crm.region_of_user(owner) or of_account["region"],
        "country": of_account["country"] or crm.country_of(deal["region_id"]),
        "channel": deal["channel"] or of_account["channel"],
        "owner": owner,
        "team": crm.team_of(owner),
        **crm.product(deal["product_id"]),
        "campaign": crm.name("campaigns", deal["campaign_id"]),
    }


def _closed(crm: Crm, window: Period, *statuses: str) -> pd.DataFrame:
    def counts(status: str, closed: date | None) -> bool:
        return status in statuses and closed is not None and closed in window

    return only(deals(crm), counts, "status", "closed")


def revenue_won(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(_closed(crm, window, "won"), known, "cents")
    return rows.assign(each=rows["cents"], per=1)


def deals_won(crm: Crm, window: Period) -> pd.DataFrame:
    return _closed(crm, window, "won").assign(each=1, per=1)


def win_rate(crm: Crm, window: Period) -> pd.DataFrame:
    rows = _closed(crm, window, "won", "lost")
    return rows.assign(each=(rows["status"] == "won").astype(int), per=1)


def sales_cycle(crm: Crm, window: Period) -> pd.DataFrame:
    """A win dated before its opening is bad data, and one without an opening has no cycle."""
    rows = only(_closed(crm, window, "won"), lambda days: days is not None and days >= 0, "days")
    return rows.assign(each=rows["days"], per=1)


@cache
def deal_spans(crm: Crm) -> pd.DataFrame:
    """Deals from opening to closing, cut at the days on which something about them changed."""
    columns = ("id", "start", "end", "cents", *DEAL[:-1])
    return frame((span for row in crm.rows["opportunities"] for span in _spans(crm, row)), columns)


def _spans(crm: Crm, row: Row) -> Iterator[Row]:
    opened, closed = row["opened_on"], row["closed_on"]
    if (
        opened is None
        or (closed is not None and closed <= opened)
        or (closed is None and row["status"] != "open")
    ):
        return  # undated, no day open, or nobody knows when it ended
    history = crm.deal_versions.get(row["id"]) or _since_last_written(crm, row)
    changes = [day for day in history.days if day > opened and (closed is None or day < closed)]
    spans: list[Row] = []
    for start in [opened, *changes]:
        then = history.known_at(start)
        if then and row["status"] == "open" and start == [opened, *changes][-1]:
            then = row
        state = _state(then)
        if spans and spans[-1]["state"] == state:
            continue
        spans.append({"state": state, "start": start, "then": then})
    for span, following in zip(spans, [*spans[1:], None], strict=True):
        then = span["then"] or {}
        yield {
            **dimensions(crm, row, span["start"], owner=then.get("owner_id")),
            "id": row["id"],
            "start": span["start"],
            "end": following["start"] if following else closed,
            "cents": crm.stock_cents(then.get("amount"), then.get("currency"), span["start"]),
            "stage": then.get("stage"),
        }


def _since_last_written(crm: Crm, row: Row) -> Versions:
    written = Versions()
    written.add(crm.day(row["updated_at"]), row)
    return written


def _state(version: Row | None) -> tuple[object, ...]:
    names = ("amount", "currency", "stage", "probability", "owner_id", "expected_close")
    return tuple((version or {}).get(name) for name in names)


def open_pipeline(crm: Crm, window: Period) -> pd.DataFrame:
    """As it stood at the end of the window's last day."""

    def open_then(start: date, end: date | None) -> bool:
        return start < window.end and (end is None or end >= window.end)

    rows = only(only(deal_spans(crm), open_then, "start", "end"), known, "cents")
    return rows.assign(each=rows["cents"], per=1)
