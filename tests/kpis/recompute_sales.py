"""Sales KPIs from the CRM's deals and their history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import Crm, Row, Versions, frame, known, only

CUSTOMER = ("account", "region", "country", "segment", "industry", "size", "channel")
DEAL = (*CUSTOMER, "owner", "team", "product", "family", "campaign", "stage", "close_reason")


@cache
def deals(crm: Crm) -> pd.DataFrame:
    """One row per deal; dimensions as of its closing, or of today while it is open."""
    columns = ("id", "status", "opened", "closed", "cents", "days", "contact", *DEAL)
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
        "contact": _since_contact(crm, row),
        "stage": row["stage"],
        "close_reason": row["close_reason"],
    }


@cache
def _first_contacts(crm: Crm, key: str) -> dict[int, date]:
    """The day of the first activity with each account, or each lead."""
    found: dict[int, date] = {}
    for row in crm.rows["activities"]:
        if row[key] is not None:
            day = crm.day(row["happened_at"])
            found[row[key]] = min(found.get(row[key], day), day)
    return found


def _since_contact(crm: Crm, deal: Row) -> int | None:
    days = [
        _first_contacts(crm, key)[deal[key]]
        for key in ("account_id", "lead_id")
        if deal[key] in _first_contacts(crm, key)
    ]
    if not days or deal["closed_on"] is None or min(days) > deal["closed_on"]:
        return None
    return int((deal["closed_on"] - min(days)).days)


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


def win_rate_value(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(_closed(crm, window, "won", "lost"), lambda cents: cents is not None and cents > 0, "cents")
    each = rows["cents"].where(rows["status"] == "won", 0)
    return rows.assign(each=each.astype(object), per=rows["cents"])


def deals_lost(crm: Crm, window: Period) -> pd.DataFrame:
    return _closed(crm, window, "lost").assign(each=1, per=1)


def deals_opened(crm: Crm, window: Period) -> pd.DataFrame:
    return only(deals(crm), lambda day: day is not None and day in window, "opened").assign(each=1, per=1)


def first_contact(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(_closed(crm, window, "won"), known, "contact")
    return rows.assign(each=rows["contact"], per=1)


@cache
def deal_spans(crm: Crm) -> pd.DataFrame:
    """Deals from opening to closing, cut at the days on which something about them changed."""
    columns = ("id", "status", "closed", "start", "end", "cents", "weighted", "expected", *DEAL[:-1])
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
            "status": row["status"],
            "closed": closed,
            "start": span["start"],
            "end": following["start"] if following else closed,
            "cents": (cents := crm.stock_cents(then.get("amount"), then.get("currency"), span["start"])),
            "weighted": _weighted(cents, then.get("probability")),
            "expected": then.get("expected_close"),
            "stage": then.get("stage"),
        }


def _weighted(cents: int | None, probability: float | None) -> int | None:
    if cents is None or probability is None:
        return None
    exact = Decimal(cents) * Decimal(f"{probability:.6f}")
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _since_last_written(crm: Crm, row: Row) -> Versions:
    written = Versions()
    written.add(crm.day(row["updated_at"]), row)
    return written


def _state(version: Row | None) -> tuple[object, ...]:
    names = ("amount", "currency", "stage", "probability", "owner_id", "expected_close")
    return tuple((version or {}).get(name) for name in names)


def open_deals(crm: Crm, window: Period) -> pd.DataFrame:
    """As they stood at the end of the window's last day."""

    def open_then(start: date, end: date | None) -> bool:
        return start < window.end and (end is None or end >= window.end)

    return only(deal_spans(crm), open_then, "start", "end").assign(each=1, per=1)


def open_pipeline(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(open_deals(crm, window), known, "cents")
    return rows.assign(each=rows["cents"])


def weighted_pipeline(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(open_deals(crm, window), known, "weighted")
    return rows.assign(each=rows["weighted"])
