"""Cases: opened, closed, waiting, answered and resolved in time; and the articles that spare them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import Crm, Row, frame, only

CUSTOMER = "account region country segment industry size channel".split()
CASE = [*CUSTOMER, *"owner team product family cause priority case_channel case_kind".split()]
SECOND = timedelta(seconds=1)
UNDONE_WITHIN = timedelta(days=7)


def about_case(crm: Crm, case: Row | None) -> Row:
    """Who worked on a case, and what it was about. The team is the case's own, else its owner's."""
    if case is None:
        return dict.fromkeys(("owner", "team", "product", "family", "cause"))
    team = crm.name("teams", case["team_id"]) or crm.team_of(case["owner_id"])
    done_by = {"owner": case["owner_id"], "team": team, "cause": case["cause"]}
    return {**done_by, **crm.product(case["product_id"])}


def account_of(crm: Crm, case: Row) -> int | None:
    """The case's own account, else its contact's."""
    own: int | None = case["account_id"]
    return own if own is not None else crm.lookup["contacts"].get(case["contact_id"], {}).get("account_id")


def dimensions(crm: Crm, case: Row, day: date) -> Row:
    words = {"priority": case["priority"], "case_channel": case["channel"]}
    customer = crm.customer(account_of(crm, case), day)
    return {**customer, **about_case(crm, case), **words, "case_kind": case["kind"]}


def hundredths(seconds: int) -> int:
    """Of an hour, halves up."""
    return (seconds + 18) // 36


def business_seconds(crm: Crm, since: datetime, until: datetime) -> int:
    """Day by day, the part of the office's hours that is between the two instants."""
    if until < since:
        return -business_seconds(crm, until, since)
    zone = ZoneInfo(crm.rows["organisation"][0]["time_zone"])
    hours = {row["weekday"]: row for row in crm.rows["working_hours"]}
    off = {row["day"] for row in crm.rows["holidays"]}
    total, day = timedelta(0), crm.day(since)
    while day <= crm.day(until):
        if day.isoweekday() in hours and day not in off:
            row = hours[day.isoweekday()]
            opens, closes = (
                (datetime.combine(day, time()) + timedelta(minutes=row[name]))
                .replace(tzinfo=zone)
                .astimezone(UTC)
                for name in ("opens_minute", "closes_minute")
            )
            total += max(min(until, closes) - max(since, opens), timedelta(0))
        day += timedelta(days=1)
    return total // SECOND


@cache
def cases(crm: Crm) -> pd.DataFrame:
    names = "opened answered resolved answer_due due".split()
    instants = "opened_at first_response_at resolved_at response_due_at due_at".split()
    rows = []
    for case in crm.rows["cases"]:
        days = {
            name: crm.day(case[at]) if case[at] else None for name, at in zip(names, instants, strict=True)
        }
        opened, answered, resolved = (case[at] for at in instants[:3])
        rows.append(
            {
                **dimensions(crm, case, crm.day(opened)),
                **days,
                "response": hundredths(business_seconds(crm, opened, answered)) if answered else None,
                "resolution": hundredths((resolved - opened) // SECOND) if resolved else None,
                "answered_in_time": int(bool(answered and answered <= case["response_due_at"]))
                if case["response_due_at"]
                else None,
                "in_time": int(bool(resolved and resolved <= case["due_at"])) if case["due_at"] else None,
            }
        )
    return frame(rows, [*names, "response", "resolution", "answered_in_time", "in_time", *CASE])


def cases_opened(crm: Crm, window: Period) -> pd.DataFrame:
    return only(cases(crm), window.__contains__, "opened").assign(each=1, per=1)


def _in_time(crm: Crm, window: Period, due: str, done: str, kept: str) -> pd.DataFrame:
    """Those whose time is over, or that are done. What is due today may still be done in time."""
    rows = only(cases(crm), lambda day: day is not None and day in window, due)
    rows = only(rows, lambda due_day, done_day: due_day < crm.today or done_day is not None, due, done)
    return rows.assign(each=rows[kept], per=1)


def sla_kept(crm: Crm, window: Period) -> pd.DataFrame:
    return _in_time(crm, window, "due", "resolved", "in_time")


def response_kept(crm: Crm, window: Period) -> pd.DataFrame:
    return _in_time(crm, window, "answer_due", "answered", "answered_in_time")


def _took(crm: Crm, window: Period, done: str, took: str) -> pd.DataFrame:
    rows = only(cases(crm), lambda day: day is not None and day in window, done)
    rows = only(rows, lambda hours: hours >= 0, took)
    return rows.assign(each=rows[took], per=1)


def response_time(crm: Crm, window: Period) -> pd.DataFrame:
    return _took(crm, window, "answered", "response")


def resolution_time(crm: Crm, window: Period) -> pd.DataFrame:
    return _took(crm, window, "resolved", "resolution")


def _story(crm: Crm, case: Row, reopened: list[Row]) -> Iterator[tuple[datetime, datetime | None]]:
    """From when until when a case was open, each time."""
    began = case["opened_at"]
    for row in sorted(reopened, key=lambda row: (row["reopened_at"], row["id"])):
        yield began, row["resolved_at"]
        began = row["reopened_at"]
    yield began, case["resolved_at"]


@cache
def spans(crm: Crm) -> pd.DataFrame:
    """Each time a case was open; those that end before they begin, or begin before the case, are nonsense."""
    reopened = crm.group("case_reopenings", "case_id")
    rows = []
    for case in crm.rows["cases"]:
        opened = crm.day(case["opened_at"])
        for began, ended in _story(crm, case, reopened[case["id"]]):
            if began >= case["opened_at"] and (ended is None or ended >= began):
                start, end = crm.day(began), crm.day(ended) if ended else None
                rows.append({**dimensions(crm, case, start), "start": start, "end": end, "opened": opened})
    return frame(rows, ["start", "end", "opened", *CASE])


def backlog(crm: Crm, window: Period) -> pd.DataFrame:
    """Open at the end of the window's last day."""
    rows = only(
        spans(crm),
        lambda start, end: start < window.end and (end is None or end >= window.end),
        *("start", "end"),
    )
    return rows.assign(each=1, per=1)


def backlog_age(crm: Crm, window: Period) -> pd.DataFrame:
    rows = backlog(crm, window)
    return rows.assign(each=[(window.end - opened).days for opened in rows["opened"]])


def backlog_old(crm: Crm, window: Period) -> pd.DataFrame:
    rows = backlog_age(crm, window)
    return rows.assign(each=[int(age > 7) for age in rows["each"]])


def backlog_for(least: int, most: float) -> Callable[[Crm, Period], pd.DataFrame]:
    """Those that were opened so many days before the end of the window."""

    def rows(crm: Crm, window: Period) -> pd.DataFrame:
        found = only(backlog_age(crm, window), lambda age: least <= age <= most, "each")
        return found.assign(each=1)

    return rows


@cache
def closings(crm: Crm) -> pd.DataFrame:
    reopened = crm.group("case_reopenings", "case_id")
    rows = []
    for case in crm.rows["cases"]:
        times = [(row["resolved_at"], row["reopened_at"], row["id"]) for row in reopened[case["id"]]]
        again = [(closed, back) for closed, back, _ in sorted(times, key=lambda one: one[1:])]
        for number, (closed, back) in enumerate([*again, (case["resolved_at"], None)]):
            if closed is not None:
                day = crm.day(closed)
                rows.append(
                    {
                        **dimensions(crm, case, day),
                        "closed": day,
                        "back": crm.day(back) if back else None,
                        "first": number == 0,
                    }
                )
    return frame(rows, ["closed", "back", "first", *CASE])


def cases_closed(crm: Crm, window: Period) -> pd.DataFrame:
    return only(closings(crm), window.__contains__, "closed").assign(each=1, per=1)


def reopened(crm: Crm, window: Period) -> pd.DataFrame:
    """Only closings that have had their seven days."""
    rows = only(cases_closed(crm, window), lambda day: day + UNDONE_WITHIN < crm.today, "closed")
    undone = [
        int(back is not None and back <= closed + UNDONE_WITHIN)
        for closed, back in zip(rows["closed"], rows["back"], strict=True)
    ]
    return rows.assign(each=undone)


def first_contact(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(reopened(crm, window), bool, "first")
    return rows.assign(each=1 - rows["each"])


@cache
def articles(crm: Crm) -> pd.DataFrame:
    rows = []
    for row in crm.rows["article_views"]:
        article = crm.lookup["articles"][row["article_id"]]
        known_of = {"article": article["id"], "article_category": article["category"]}
        votes = row["helpful"] + row["unhelpful"]
        rows.append({**row, **known_of, **crm.product(article["product_id"]), "votes": votes})
    columns = "day views helpful votes article article_category product family".split()
    return frame(rows, columns)


def article_views(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(articles(crm), window.__contains__, "day")
    return rows.assign(each=rows["views"], per=rows["views"])


def article_helpful(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(articles(crm), window.__contains__, "day")
    rows = only(rows, bool, "votes")
    return rows.assign(each=rows["helpful"], per=rows["votes"])
