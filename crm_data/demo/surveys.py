"""Surveys: who was asked after what, who answered, and how."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_data.demo.contacts import People
from crm_data.demo.plan import Instants, Plan
from crm_data.demo.seasons import at, local_hours, spell

AFTER_CASE, AFTER_DELIVERY, RECOMMEND, EFFORT = 1, 2, 3, 4
# Chances of each score.
_CSAT = np.array([0.03, 0.04, 0.065, 0.325, 0.54])
_CSAT_LATE = np.array([0.07, 0.09, 0.14, 0.36, 0.34])
_CSAT_FAULT = np.array([0.26, 0.24, 0.20, 0.19, 0.11])
_NPS = np.array([0.01, 0.01, 0.01, 0.01, 0.03, 0.04, 0.07, 0.14, 0.22, 0.24, 0.22])
_CES = np.array([0.02, 0.03, 0.06, 0.11, 0.22, 0.30, 0.26])
_SCALES = {AFTER_CASE: (_CSAT, 1), AFTER_DELIVERY: (_CSAT, 1), RECOMMEND: (_NPS, 0), EFFORT: (_CES, 1)}
_RESPONSE = np.array([0.0, 0.42, 0.33, 0.3, 0.34])  # by survey


@dataclass(frozen=True)
class Answers:
    surveys: pd.DataFrame
    invitations: pd.DataFrame
    answers: pd.DataFrame


def surveys() -> pd.DataFrame:
    rows = [
        (AFTER_CASE, "After a case", "CSAT", 1, 5, 4),
        (AFTER_DELIVERY, "After delivery", "CSAT", 1, 5, 4),
        (RECOMMEND, "Would you recommend us?", "NPS", 0, 10, 9),
        (EFFORT, "How easy was it?", "CES", 1, 7, 5),
    ]
    return pd.DataFrame(rows, columns=["id", "name", "kind", "scale_min", "scale_max", "satisfied_from"])


def answers(
    plan: Plan,
    accounts: pd.DataFrame,
    months: pd.DataFrame,
    people: People,
    cases: pd.DataFrame,
    invoices: pd.DataFrame,
) -> Answers:
    rng = plan.random("surveys")
    asked = pd.concat(
        [_after_cases(rng, cases), _after_delivery(rng, accounts, people, invoices)], ignore_index=True
    )
    expected = (len(asked) * _RESPONSE[asked["survey_id"]].mean()) if len(asked) else 0.0
    wanted = int(max(plan.answers - expected, 0) / _RESPONSE[RECOMMEND])
    asked = pd.concat([asked, _recommend(rng, months, people, wanted)], ignore_index=True)
    inside = (asked["sent_at"] <= plan.now) & (asked["sent_at"] >= pd.Timestamp(plan.start))
    asked = asked[inside].sort_values("sent_at", kind="stable", ignore_index=True)
    asked.insert(0, "id", np.arange(1, len(asked) + 1))
    answered = _answered(plan, rng, asked)
    return Answers(surveys(), asked, answered)


def _after_cases(rng: np.random.Generator, cases: pd.DataFrame) -> pd.DataFrame:
    """Hours after a case is resolved: satisfaction for most, effort for some."""
    solved = cases[cases["resolved_at"].notna() & (cases["contact_id"] > 0) & (cases["account_id"] > 0)]
    count = len(solved)
    satisfaction = solved[rng.random(count) < 0.92].assign(survey_id=AFTER_CASE)
    effort = solved[rng.random(count) < 0.4].assign(survey_id=EFFORT)
    both = pd.concat([satisfaction, effort], ignore_index=True)
    return pd.DataFrame(
        {
            "survey_id": both["survey_id"],
            "account_id": both["account_id"],
            "contact_id": both["contact_id"],
            "case_id": both["id"],
            "sent_at": both["resolved_at"].to_numpy() + spell(rng.uniform(0.5, 20, len(both))),
            "late": ~both["on_time"].to_numpy(bool),
            "faulty": both["faulty"].to_numpy(bool),
        }
    )


def _after_delivery(
    rng: np.random.Generator, accounts: pd.DataFrame, people: People, invoices: pd.DataFrame
) -> pd.DataFrame:
    """Weeks after the first invoice of a deal."""
    sold = invoices[(invoices["opportunity_id"] > 0) & (invoices["kind"] == "invoice")]
    account = sold["account_id"].to_numpy() - 1
    day = sold["issued_on"].to_numpy().astype("datetime64[D]") + rng.integers(10, 25, len(sold))
    return _plain(AFTER_DELIVERY, account, people.of(rng, account), at(day, rng.uniform(6, 16, len(sold))))


def _recommend(rng: np.random.Generator, months: pd.DataFrame, people: People, count: int) -> pd.DataFrame:
    row = rng.integers(0, max(len(months), 1), count if len(months) else 0)
    account = months["account"].to_numpy()[row]
    day = months["date"].to_numpy().astype("datetime64[D]")[row] + rng.integers(0, 28, len(row))
    return _plain(RECOMMEND, account, people.of(rng, account), at(day, local_hours(rng, np.zeros(len(row)))))


def _plain(survey: int, account: np.ndarray, contact: np.ndarray, sent: Instants) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "survey_id": survey,
            "account_id": account + 1,
            "contact_id": contact,
            "case_id": 0,
            "sent_at": sent,
            "late": False,
            "faulty": False,
        }
    )


def _answered(plan: Plan, rng: np.random.Generator, asked: pd.DataFrame) -> pd.DataFrame:
    """Some answer, a few twice; a few leave the score blank."""
    eager = _RESPONSE[asked["survey_id"]] * np.where(asked["faulty"], 1.25, 1.0)
    replied = asked[rng.random(len(asked)) < eager]
    when = replied["sent_at"].to_numpy() + spell(np.minimum(rng.lognormal(2.2, 1.2, len(replied)), 24 * 20))
    replied = replied.assign(answered_at=when)
    twice = replied[rng.random(len(replied)) < 0.012]
    twice = twice.assign(answered_at=twice["answered_at"].to_numpy() + spell(rng.uniform(1, 72, len(twice))))
    replied = pd.concat([replied, twice])
    replied = replied[replied["answered_at"] <= plan.now].sort_values("answered_at", kind="stable")
    score = np.zeros(len(replied))
    late, faulty = replied["late"].to_numpy(bool), replied["faulty"].to_numpy(bool)
    for survey, (chances, lowest) in _SCALES.items():
        here = (replied["survey_id"] == survey).to_numpy()
        score[here] = lowest + _draw(rng, chances, here.sum())
        if chances is _CSAT:
            score[here & late] = 1 + _draw(rng, _CSAT_LATE, (here & late).sum())
            score[here & faulty] = 1 + _draw(rng, _CSAT_FAULT, (here & faulty).sum())
    words = {1: "Waited far too long.", 5: "Quick and friendly, thank you.", 3: "It was all right."}
    said = pd.Series(score, index=replied.index).map(words).where(rng.random(len(replied)) < 0.25)
    return pd.DataFrame(
        {
            "id": np.arange(1, len(replied) + 1),
            "survey_id": replied["survey_id"].to_numpy(),
            "invitation_id": replied["id"].to_numpy(),
            "account_id": replied["account_id"].to_numpy(),
            "contact_id": replied["contact_id"].to_numpy(),
            "case_id": replied["case_id"].to_numpy(),
            "answered_at": replied["answered_at"].to_numpy(),
            "score": pd.Series(score).where(rng.random(len(replied)) < 0.98),
            "comment": said.to_numpy(),
        }
    )


def _draw(rng: np.random.Generator, chances: np.ndarray, count: int) -> np.ndarray:
    return np.searchsorted(np.cumsum(chances), rng.random(count) * chances.sum(), side="right")
