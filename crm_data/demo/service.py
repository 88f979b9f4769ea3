"""Cases: what customers ask, when they are answered, and which come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from crm_data.demo.contacts import People
from crm_data.demo.places import COUNTRIES, TEAMS
from crm_data.demo.plan import Instants, Plan
from crm_data.demo.products import FAULTY, NAMES, on_sale
from crm_data.demo.prospects import SEGMENTS
from crm_data.demo.seasons import Integers, at, choose, local_hours, season, spell, working_day
from crm_data.demo.staff import SERVICE_TEAMS, TEAM_NAMES, Staff

FAULTY_SEGMENT = "Mid-market"
FAULT_SHARE = 0.24  # cases about the fault, against all others of the last whole quarter
APPETITE = np.array([1.0, 2.0, 1.7, 4.5])  # cases a month, by segment, against a small business
CAUSES = {"How-to": 34, "Configuration": 20, "Billing": 14, "Defect": 13, "Access": 12, "Outage": 7}
CHANNELS = {"email": 42, "portal": 28, "phone": 20, "chat": 10}
PRIORITIES = ("low", "normal", "high", "urgent")
_PRIORITY_ENDS = np.array([0.18, 0.76, 0.95])
RESPONSE_HOURS = np.array([24.0, 8.0, 4.0, 1.0])
DUE_HOURS = np.array([120.0, 72.0, 24.0, 8.0])
_SUBJECTS = {
    "How-to": ("How do I export the monthly report?", "Where do I add a colleague?"),
    "Configuration": ("Readings arrive an hour late", "Rule does not fire"),
    "Billing": ("Question about an invoice", "Please change our billing address"),
    "Defect": ("Device reboots on its own", "Screen stays blank after the update"),
    "Access": ("Locked out after password change", "Single sign-on fails"),
    "Outage": ("No data since this morning", "Connection lost at one site"),
}
_OFFSET = np.array([country.utc_offset for country in COUNTRIES])
_EUROPE = np.array([TEAMS[country.team] == "EMEA" for country in COUNTRIES])


def fault_from(plan: Plan) -> date:
    """The day on which the first faulty units reach customers: two weeks into the last whole quarter."""
    return plan.quarter_start + timedelta(14)


@dataclass(frozen=True)
class Service:
    cases: pd.DataFrame  # with the columns `account` (a position) and `faulty`, which the table has not
    reopenings: pd.DataFrame
    comments: pd.DataFrame


def service(
    plan: Plan, accounts: pd.DataFrame, months: pd.DataFrame, people: People, staff: Staff
) -> Service:
    rng = plan.random("cases")
    usual = _usual(plan, rng, accounts, months)
    cases = pd.concat([usual, _faulty(plan, rng, accounts, months, usual)], ignore_index=True)
    account = cases["account"].to_numpy()
    country = accounts["country_number"].to_numpy()[account]
    cases = cases.assign(
        opened_at=at(cases["day"].to_numpy().astype("datetime64[D]"), local_hours(rng, _OFFSET[country]))
    )
    inside = (cases["opened_at"] <= plan.now) & (cases["opened_at"] >= pd.Timestamp(plan.start))
    cases = cases[inside].sort_values("opened_at", kind="stable", ignore_index=True)
    cases.insert(0, "id", np.arange(1, len(cases) + 1))
    cases, reopenings = _handled(plan, rng, cases)
    cases = _described(plan, rng, cases, accounts, people, staff)
    return Service(cases, reopenings, _comments(plan, rng, cases))


def _usual(
    plan: Plan, rng: np.random.Generator, accounts: pd.DataFrame, months: pd.DataFrame
) -> pd.DataFrame:
    segment = accounts["segment"].to_numpy()[months["account"]]
    first_weeks = 1 + 1.2 * (months["number"].to_numpy() < 2)
    row = _weighted(rng, APPETITE[segment] * first_weeks, plan.cases)
    month = months.iloc[row]
    day = month["date"].to_numpy().astype("datetime64[D]") + rng.integers(0, 30, len(row))
    day = np.where(rng.random(len(row)) < 0.85, working_day(day), day)
    about = rng.random(len(row))
    product = np.where(about < 0.62, month["plan"].to_numpy() + 1, rng.integers(4, len(NAMES) + 1, len(row)))
    product = np.where(about > 0.95, 0, on_sale(plan, day, product))
    return pd.DataFrame(
        {"account": month["account"].to_numpy(), "day": day, "product_id": product, "faulty": False}
    )


def _faulty(
    plan: Plan, rng: np.random.Generator, accounts: pd.DataFrame, months: pd.DataFrame, usual: pd.DataFrame
) -> pd.DataFrame:
    """Cases about the fault, from the shipping date to the end of the quarter, in one segment only."""
    first, last = np.datetime64(fault_from(plan)), np.datetime64(plan.quarter_end)
    start = np.datetime64(plan.quarter_start)
    others = usual["day"].between(start, last, inclusive="left").sum()
    segment = accounts["segment"].to_numpy()[months["account"]] == SEGMENTS.index(FAULTY_SEGMENT)
    there = np.flatnonzero(segment & months["date"].between(start, last, inclusive="left").to_numpy())
    count = int(others * FAULT_SHARE) if len(there) else 0
    days = np.arange(first, last)
    fading = season(days) * np.linspace(1.3, 0.5, len(days))
    day = days[_weighted(rng, fading, count)]
    account = months["account"].to_numpy()[there[rng.integers(0, max(len(there), 1), count)]]
    return pd.DataFrame(
        {"account": account, "day": day, "product_id": NAMES.index(FAULTY) + 1, "faulty": True}
    )


def _weighted(rng: np.random.Generator, weights: np.ndarray, count: int) -> Integers:
    ends = np.cumsum(weights)
    if not len(ends):
        return np.zeros(0, np.int64)
    return np.searchsorted(ends, rng.random(count) * ends[-1], side="right")


def _handled(plan: Plan, rng: np.random.Generator, cases: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Priority, due times, first response, resolution, reopening."""
    count = len(cases)
    opened = cases["opened_at"].to_numpy()
    faulty = cases["faulty"].to_numpy()
    priority = np.searchsorted(_PRIORITY_ENDS, rng.random(count))
    priority = np.where(faulty, np.maximum(priority, 2), priority)
    slow = np.where(faulty, 1.9, 1.0)
    response = opened + spell(RESPONSE_HOURS[priority] * 0.36 * slow * rng.lognormal(0, 0.75, count))
    solved = response + spell(DUE_HOURS[priority] * 0.25 * slow * rng.lognormal(0, 0.8, count))
    stuck = np.flatnonzero(rng.random(count) < 0.03)  # until somebody clears up
    solved[stuck] = response[stuck] + spell(np.float64(24) * (5 + 3 * (stuck % 6)))
    again = np.flatnonzero((rng.random(count) < 0.055 * slow) & (solved <= plan.now))
    reopened = solved[again] + spell(rng.exponential(70, len(again)) + 1)
    again, reopened = again[reopened <= plan.now], reopened[reopened <= plan.now]
    reopenings = pd.DataFrame(
        {"case_id": cases["id"].to_numpy()[again], "resolved_at": solved[again], "reopened_at": reopened}
    ).sort_values("reopened_at", kind="stable", ignore_index=True)
    reopenings.insert(0, "id", np.arange(1, len(reopenings) + 1))
    solved[again] = reopened + spell(rng.lognormal(2.8, 0.9, len(again)))
    solved = np.where(solved <= plan.now, solved, np.datetime64("NaT", "us"))
    handled = cases.assign(
        priority=pd.Categorical.from_codes(priority, PRIORITIES),
        first_response_at=np.where(response <= plan.now, response, np.datetime64("NaT", "us")),
        response_due_at=opened + spell(RESPONSE_HOURS[priority]),
        due_at=opened + spell(DUE_HOURS[priority]),
        resolved_at=solved,
        status=np.where(~np.isnat(solved), "resolved", np.where(rng.random(count) < 0.3, "waiting", "open")),
        on_time=solved <= opened + spell(DUE_HOURS[priority]),
    )
    return handled, reopenings


def _described(
    plan: Plan,
    rng: np.random.Generator,
    cases: pd.DataFrame,
    accounts: pd.DataFrame,
    people: People,
    staff: Staff,
) -> pd.DataFrame:
    count = len(cases)
    account = cases["account"].to_numpy()
    europe = _EUROPE[accounts["country_number"].to_numpy()[account]]
    team = np.where(europe, TEAM_NAMES.index(SERVICE_TEAMS[0]), TEAM_NAMES.index(SERVICE_TEAMS[1]))
    faulty = cases["faulty"].to_numpy()
    cause = np.where(faulty, list(CAUSES).index("Defect"), choose(rng, CAUSES, count))
    subjects = [text for name in CAUSES for text in _SUBJECTS[name]]
    unknown = (rng.random(count) < 0.015) & ~faulty  # nobody found out who asked
    request = (cause != list(CAUSES).index("Defect")) & (rng.random(count) < 0.16)
    return cases.assign(
        kind=pd.Categorical.from_codes(request.astype(np.int8), ["case", "request"]),
        account_id=np.where(unknown, 0, accounts["id"].to_numpy()[account]),
        contact_id=np.where(unknown, 0, people.of(rng, account)),
        owner_id=np.where(rng.random(count) < 0.01, 0, staff.members(rng, team)),
        team_id=team + 1,
        subject=pd.Categorical.from_codes(cause * 2 + rng.integers(0, 2, count), subjects),
        description=pd.Categorical.from_codes(
            np.where(rng.random(count) < 0.6, cause, -1),
            [f"{name}: please see the attached log." for name in CAUSES],
        ),
        channel=pd.Categorical.from_codes(choose(rng, CHANNELS, count), list(CHANNELS)),
        cause=pd.Categorical.from_codes(np.where(rng.random(count) < 0.94, cause, -1), list(CAUSES)),
    )


def _comments(plan: Plan, rng: np.random.Generator, cases: pd.DataFrame) -> pd.DataFrame:
    """The answer, and some words to and fro until the end."""
    row = np.repeat(np.arange(len(cases)), 1 + rng.poisson(0.9, len(cases)))
    opened: Instants = cases["first_response_at"].fillna(cases["opened_at"]).to_numpy()[row]
    closed: Instants = cases["resolved_at"].fillna(pd.Timestamp(plan.now)).to_numpy()[row]
    share = rng.random(len(row)) * (np.r_[True, row[1:] != row[:-1]][: len(row)] == 0)
    written = opened + ((closed - opened).astype(np.int64) * share).astype("timedelta64[us]")
    texts = (
        "We are looking into it.",
        "Please try again now.",
        "Could you send us the serial number?",
        "Solved with the customer on the phone.",
        "Passed on to the product team.",
    )
    owner = cases["owner_id"].to_numpy()[row]
    frame = pd.DataFrame(
        {
            "case_id": cases["id"].to_numpy()[row],
            "author_id": owner,
            "written_at": written,
            "body": pd.Categorical.from_codes(rng.integers(0, len(texts), len(row)), texts),
            "public": (rng.random(len(row)) < 0.55).astype(np.int64),
        }
    )
    frame = frame[frame["written_at"] <= plan.now].sort_values("written_at", kind="stable", ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame
