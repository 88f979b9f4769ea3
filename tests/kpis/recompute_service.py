"""What customers say when they are asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_cases import CUSTOMER, about_case, account_of
from tests.kpis.recompute_crm import Crm, Row, frame, only

SURVEY = [*CUSTOMER, "owner", "team", "product", "cause", "survey"]
ANSWER_WITHIN = 30


def _account(crm: Crm, row: Row, invitation: Row | None, case: Row | None) -> int | None:
    """Whom a survey is about: what it says itself, else its invitation, its case, its contact."""
    contact = row["contact_id"] or (invitation or {}).get("contact_id")
    said = [record["account_id"] for record in (row, invitation) if record is not None]
    said += [account_of(crm, case)] if case is not None else []
    said.append(crm.lookup["contacts"].get(contact, {}).get("account_id"))
    return next((account for account in said if account is not None), None)


@cache
def answers(crm: Crm, kind: str = "CSAT") -> pd.DataFrame:
    """Answers to a kind of survey that count: the last for its case and survey of those not blank."""
    last: dict[object, tuple[object, int]] = {}
    for row in crm.rows["survey_answers"]:
        if row["score"] is not None:
            key, place = case_and_survey(crm, row), (row["answered_at"], row["id"])
            last[key] = max(last.get(key, place), place)
    return frame(
        (
            _answer(crm, row)
            for row in crm.rows["survey_answers"]
            if crm.lookup["surveys"][row["survey_id"]]["kind"] == kind
            and row["score"] is not None
            and last[case_and_survey(crm, row)][1] == row["id"]
        ),
        ["id", "day", "score", "satisfied", *SURVEY],
    )


def case_and_survey(crm: Crm, row: Row) -> object:
    """Answers without a case are each their own."""
    case = _case_id(crm, row)
    return (case, row["survey_id"]) if case is not None else row["id"]


def _case_id(crm: Crm, row: Row) -> int | None:
    invitation = crm.lookup["survey_invitations"].get(row.get("invitation_id"), {})
    return row["case_id"] or invitation.get("case_id")


def _answer(crm: Crm, row: Row) -> Row:
    day, survey = crm.day(row["answered_at"]), crm.lookup["surveys"][row["survey_id"]]
    return {
        **_surveyed(crm, row, day),
        "id": row["id"],
        "day": day,
        "score": row["score"],
        "satisfied": int(row["score"] >= survey["satisfied_from"]),
    }


def _surveyed(crm: Crm, row: Row, day: date) -> Row:
    invitation = crm.lookup["survey_invitations"].get(row.get("invitation_id"))
    case = crm.lookup["cases"].get(_case_id(crm, row))
    return {
        **crm.customer(_account(crm, row, invitation, case), day),
        **about_case(crm, case),
        "survey": crm.name("surveys", row["survey_id"]),
    }


def csat(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(answers(crm), window.__contains__, "day")
    return rows.assign(each=rows["satisfied"], per=1)


def nps(crm: Crm, window: Period) -> pd.DataFrame:
    """Promoters count 100, detractors -100."""
    rows = only(answers(crm, "NPS"), window.__contains__, "day")
    each = [100 if score > 8 else -100 if score < 7 else 0 for score in rows["score"]]
    return rows.assign(each=each, per=1)


def ces(crm: Crm, window: Period) -> pd.DataFrame:
    """In hundredths; the only survey of effort has a scale of 1 to 7."""
    rows = only(answers(crm, "CES"), window.__contains__, "day")
    return rows.assign(each=[round(score * 100) for score in rows["score"]], per=1)


@cache
def invitations(crm: Crm, kind: str) -> pd.DataFrame:
    answered = crm.group("survey_answers", "invitation_id")
    rows = []
    for row in crm.rows["survey_invitations"]:
        if crm.lookup["surveys"][row["survey_id"]]["kind"] != kind:
            continue
        sent = crm.day(row["sent_at"])
        days = [
            crm.day(answer["answered_at"]) for answer in answered[row["id"]] if answer["score"] is not None
        ]
        rows.append({**_surveyed(crm, row, sent), "sent": sent, "answered": min(days, default=None)})
    return frame(rows, ["sent", "answered", *SURVEY])


def response(kind: str) -> Callable[[Crm, Period], pd.DataFrame]:
    """Only surveys that have had their thirty days."""

    def of(crm: Crm, window: Period) -> pd.DataFrame:
        horizon = timedelta(days=ANSWER_WITHIN)
        rows = only(invitations(crm, kind), lambda day: day in window and day + horizon < crm.today, "sent")
        within = [
            int(answered is not None and sent <= answered <= sent + horizon)
            for sent, answered in zip(rows["sent"], rows["answered"], strict=True)
        ]
        return rows.assign(each=within, per=1)

    return of
