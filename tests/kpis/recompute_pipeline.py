"""Stage visits, expected closing days and quotes, from the deals' history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import groupby

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import Crm, Row, frame, only
from tests.kpis.recompute_sales import DEAL, deal_spans, dimensions

_DIMENSIONS = DEAL[:-1]


def _by_deal(crm: Crm) -> Iterator[list[Row]]:
    spans = deal_spans(crm).to_dict("records")
    for _, of_deal in groupby(spans, key=lambda span: span["id"]):
        yield sorted(of_deal, key=lambda span: span["start"])


@cache
def visits(crm: Crm) -> pd.DataFrame:
    """One row per unbroken stay of a deal in a stage."""
    place = {row["name"]: row["position"] for row in crm.rows["stages"]}
    columns = ("id", "entered", "left", "further", "first", "place", *_DIMENSIONS)
    return frame((visit for spans in _by_deal(crm) for visit in _visits(spans, place)), columns)


def _visits(spans: list[Row], place: dict[str, int]) -> Iterator[Row]:
    stays = [list(stay) for _, stay in groupby(spans, key=lambda span: span["stage"])]
    stays = [stay for stay in stays if stay[0]["stage"] is not None]
    for number, stay in enumerate(stays):
        stage, mine = stay[0]["stage"], place.get(stay[0]["stage"])
        later = [
            other[0]["start"]
            for other in stays[number + 1 :]
            if mine is not None and place.get(other[0]["stage"], -1) > mine
        ]
        if stay[0]["status"] == "won":
            later.append(stay[0]["closed"])
        yield {
            **{name: stay[0][name] for name in ("id", *_DIMENSIONS)},
            "entered": stay[0]["start"],
            "left": stay[-1]["end"],
            "further": min(later, default=None),
            "first": all(other[0]["stage"] != stage for other in stays[:number]),
            "place": mine,
        }


def stage_conversion(crm: Crm, window: Period) -> pd.DataFrame:
    """Judged once 90 days have passed; the ninetieth counts."""

    def judged(entered: date, first: bool, place: int | None) -> bool:
        return entered in window and first and place is not None and crm.today - entered > timedelta(days=90)

    rows = only(visits(crm), judged, "entered", "first", "place")
    reached = [
        int(further is not None and further - entered <= timedelta(days=90))
        for entered, further in zip(rows["entered"], rows["further"], strict=True)
    ]
    return rows.assign(each=pd.Series(reached, rows.index, dtype=object), per=1)


def time_in_stage(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(visits(crm), lambda left: left is not None and left in window, "left")
    days = [(left - entered).days for entered, left in zip(rows["entered"], rows["left"], strict=True)]
    return rows.assign(each=pd.Series(days, rows.index, dtype=object), per=1)


@cache
def close_dates(crm: Crm) -> pd.DataFrame:
    """One row per day that a deal was expected to close on, until another one was set."""
    columns = ("id", "due", "moved", "moved_to", *_DIMENSIONS)
    return frame((one for spans in _by_deal(crm) for one in _dates(spans)), columns)


def _dates(spans: list[Row]) -> Iterator[Row]:
    held = [list(same) for _, same in groupby(spans, key=lambda span: span["expected"])]
    for same, following in zip(held, [*held[1:], None], strict=True):
        if same[0]["expected"] is None:
            continue
        moved_to = following[0]["expected"] if following else None
        yield {
            **{name: same[-1][name] for name in ("id", *_DIMENSIONS)},
            "due": same[0]["expected"],
            "moved": following[0]["start"] if following and moved_to else None,
            "moved_to": moved_to,
        }


def slip_rate(crm: Crm, window: Period) -> pd.DataFrame:
    def stands(due: date, moved_to: date | None) -> bool:
        return due in window and not (moved_to and moved_to in window)

    rows = only(close_dates(crm), stands, "due", "moved_to")
    out = [int(to is not None and to >= window.end) for to in rows["moved_to"]]
    return rows.assign(each=pd.Series(out, rows.index, dtype=object), per=1)


def slips(crm: Crm, window: Period) -> pd.DataFrame:
    def later(due: date, moved: date | None, moved_to: date | None) -> bool:
        return moved is not None and moved in window and moved_to is not None and moved_to > due

    return only(close_dates(crm), later, "due", "moved", "moved_to").assign(each=1, per=1)


@cache
def quotes(crm: Crm) -> pd.DataFrame:
    columns = ("id", "sent", "accepted", *_DIMENSIONS[:-1])
    return frame((_quote(crm, row) for row in crm.rows["quotes"]), columns)


def _quote(crm: Crm, row: Row) -> Row:
    nothing = dict.fromkeys(("region_id", "channel", "product_id", "campaign_id", "account_id"))
    deal = crm.lookup["opportunities"].get(row["opportunity_id"])
    day = row["sent_on"] or crm.today
    owner = None if deal is None else _owner_at(crm, deal, day)
    of = (deal or nothing) | {"account_id": row["account_id"] or (deal or nothing)["account_id"]}
    found = dimensions(crm, of, day, owner)
    return {**found, "id": row["id"], "sent": row["sent_on"], "accepted": row["accepted_on"]}


def _owner_at(crm: Crm, deal: Row, day: date) -> int | None:
    """Of an open deal the last version is what it is now."""
    versions = crm.deal_versions.get(deal["id"])
    then = versions.at(day) if versions else None
    if then is None or (deal["status"] == "open" and versions and then is versions.at(crm.today)):
        then = deal
    owner: int | None = then["owner_id"]
    return owner


def quotes_sent(crm: Crm, window: Period) -> pd.DataFrame:
    return only(quotes(crm), lambda sent: sent is not None and sent in window, "sent").assign(each=1, per=1)


def quote_acceptance(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(quotes_sent(crm, window), lambda sent: crm.today - sent > timedelta(days=60), "sent")
    yes = [
        int(accepted is not None and timedelta() <= accepted - sent <= timedelta(days=60))
        for sent, accepted in zip(rows["sent"], rows["accepted"], strict=True)
    ]
    return rows.assign(each=pd.Series(yes, rows.index, dtype=object))
