"""The communication log: calls, mails, meetings, chats, notes and tasks around leads, deals and cases."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo.contacts import People
from crm_data.demo.plan import Days, Instants, Plan
from crm_data.demo.seasons import Integers, at, choose, spell, working_day

KINDS = {"call": 34, "email": 30, "meeting": 16, "note": 9, "task": 7, "chat": 4}
_MINUTES = np.array([9.0, 0.0, 42.0, 0.0, 0.0, 7.0])
_SUBJECTS = {
    "call": ("Follow-up call", "First call", "Call about the offer"),
    "email": ("Documents sent", "Question answered", "Offer sent"),
    "meeting": ("Demonstration", "On-site visit", "Review meeting"),
    "note": ("Note on the buyer", "Note on the budget", "Note on competitors"),
    "task": ("Send the contract", "Prepare the offer", "Call back"),
    "chat": ("Chat on the web site", "Chat about a price", "Chat about delivery"),
}
_BODIES = (
    "Wants to decide before the quarter ends.",
    "Asked for two references.",
    "Budget is approved.",
    "Waits for the works council.",
)


def activities(
    plan: Plan, leads: pd.DataFrame, deals: pd.DataFrame, cases: pd.DataFrame, people: People
) -> pd.DataFrame:
    rng = plan.random("activities")
    rows = pd.concat(
        [_of_leads(rng, leads), _of_deals(plan, rng, deals, people), _of_cases(rng, cases)], ignore_index=True
    )
    count = len(rows)
    kind = choose(rng, KINDS, count)
    spoken = np.isin(kind, [0, 2, 5])
    both_ways = spoken | (kind == 1)
    subjects = [text for name in KINDS for text in _SUBJECTS[name]]
    minutes = np.ceil(_MINUTES[kind] * rng.lognormal(0, 0.5, count))
    rows = rows.assign(
        kind=pd.Categorical.from_codes(kind, list(KINDS)),
        direction=pd.Categorical.from_codes(
            np.where(both_ways, (rng.random(count) < 0.35).astype(int), -1), ["out", "in"]
        ),
        minutes=pd.array(minutes, dtype="Int64"),
        subject=pd.Categorical.from_codes(kind * 3 + rng.integers(0, 3, count), subjects),
        body=pd.Categorical.from_codes(
            np.where(rng.random(count) < 0.3, rng.integers(0, len(_BODIES), count), -1), _BODIES
        ),
    )
    rows["minutes"] = rows["minutes"].where(spoken)
    inside = (rows["happened_at"] <= plan.now) & (rows["happened_at"] >= pd.Timestamp(plan.start))
    rows = rows[inside].sort_values("happened_at", kind="stable", ignore_index=True)
    rows.insert(0, "id", np.arange(1, len(rows) + 1))
    return rows


def _of_leads(rng: np.random.Generator, leads: pd.DataFrame) -> pd.DataFrame:
    """The first answer to the enquiry."""
    answered = leads[leads["first_response_at"].notna()]
    return _rows(answered["first_response_at"].to_numpy(), answered["owner_id"]).assign(
        lead_id=answered["id"].to_numpy(), account_id=answered["converted_account_id"].to_numpy()
    )


def _of_deals(plan: Plan, rng: np.random.Generator, deals: pd.DataFrame, people: People) -> pd.DataFrame:
    row = np.repeat(np.arange(len(deals)), 1 + rng.poisson(1.4, len(deals)))
    opened: Days = deals["opened_on"].to_numpy().astype("datetime64[D]")[row]
    ended = deals["closed_on"].fillna(pd.Timestamp(plan.today)).to_numpy().astype("datetime64[D]")[row]
    span = np.maximum((ended - opened).astype(np.int64), 0)
    day = working_day(opened + (rng.random(len(row)) * span).astype(np.int64))
    account = deals["account_id"].to_numpy()[row]
    contact = np.where(rng.random(len(row)) < 0.8, people.of(rng, account - 1), 0)
    return _rows(at(day, rng.uniform(7, 16, len(row))), deals["owner_id"].iloc[row]).assign(
        opportunity_id=deals["id"].to_numpy()[row], account_id=account, contact_id=contact
    )


def _of_cases(rng: np.random.Generator, cases: pd.DataFrame) -> pd.DataFrame:
    """Some cases need a call."""
    called = cases[cases["first_response_at"].notna() & (rng.random(len(cases)) < 0.35)]
    when = called["first_response_at"].to_numpy() + spell(rng.uniform(0.1, 3, len(called)))
    return _rows(when, called["owner_id"]).assign(
        case_id=called["id"].to_numpy(),
        account_id=called["account_id"].to_numpy(),
        contact_id=called["contact_id"].to_numpy(),
    )


def _rows(when: Instants, user: pd.Series | Integers) -> pd.DataFrame:
    keys = ("account_id", "contact_id", "lead_id", "opportunity_id", "case_id")
    return pd.DataFrame({"happened_at": when, "user_id": np.asarray(user), **dict.fromkeys(keys, 0)})
