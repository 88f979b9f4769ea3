"""Cases, and what customers say afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import Crm, Row, frame, only

CUSTOMER = "account region country segment industry size channel".split()
CASE = [*CUSTOMER, "owner", "team", "product", "family", "cause", "priority", "case_channel"]
SURVEY = [*CUSTOMER, "owner", "team", "product", "survey"]
ANSWER_WITHIN = 30


def _case_dimensions(crm: Crm, case: Row | None) -> Row:
    """Who worked on a case, and what it was about. The team is the case's own, else its owner's."""
    if case is None:
        return dict.fromkeys(("owner", "team", "product", "family"))
    team = crm.name("teams", case["team_id"]) or crm.team_of(case["owner_id"])
    return {"owner": case["owner_id"], "team": team, **crm.product(case["product_id"])}


@cache
def cases(crm: Crm) -> pd.DataFrame:
    rows = []
    for case in crm.rows["cases"]:
        opened = crm.day(case["opened_at"])
        rows.append(
            {
                **crm.customer(case["account_id"], opened),
                **_case_dimensions(crm, case),
                "opened": opened,
                "cause": case["cause"],
                "priority": case["priority"],
                "case_channel": case["channel"],
            }
        )
    return frame(rows, ["opened", *CASE])


def _account(crm: Crm, row: Row, invitation: Row | None, case: Row | None) -> int | None:
    """Whom a survey is about: what it says itself, else its invitation, its case, its contact."""
    known = [record for record in (row, invitation, case) if record is not None]
    contact = row["contact_id"] or (invitation or {}).get("contact_id")
    said = [record["account_id"] for record in known] + [
        crm.lookup["contacts"].get(contact, {}).get("account_id")
    ]
    return next((account for account in said if account is not None), None)


def cases_opened(crm: Crm, window: Period) -> pd.DataFrame:
    return only(cases(crm), window.__contains__, "opened").assign(each=1, per=1)


@cache
def answers(crm: Crm) -> pd.DataFrame:
    """Answers to satisfaction surveys that count: the last for its case and survey of those not blank."""
    last: dict[object, tuple[object, int]] = {}
    for row in crm.rows["survey_answers"]:
        if row["score"] is not None:
            key, place = case_and_survey(crm, row), (row["answered_at"], row["id"])
            last[key] = max(last.get(key, place), place)
    return frame(
        (
            _answer(crm, row)
            for row in crm.rows["survey_answers"]
            if crm.lookup["surveys"][row["survey_id"]]["kind"] == "CSAT"
            and row["score"] is not None
            and last[case_and_survey(crm, row)][1] == row["id"]
        ),
        ["id", "day", "satisfied", *SURVEY],
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
        "satisfied": int(row["score"] >= survey["satisfied_from"]),
    }


def _surveyed(crm: Crm, row: Row, day: date) -> Row:
    invitation = crm.lookup["survey_invitations"].get(row.get("invitation_id"))
    case = crm.lookup["cases"].get(_case_id(crm, row))
    return {
        **crm.customer(_account(crm, row, invitation, case), day),
        **_case_dimensions(crm, case),
        "survey": crm.name("surveys", row["survey_id"]),
    }


def csat(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(answers(crm), window.__contains__, "day")
    return rows.assign(each=rows["satisfied"], per=1)


@cache
def invitations(crm: Crm) -> pd.DataFrame:
    answered = crm.group("survey_answers", "invitation_id")
    rows = []
    for row in crm.rows["survey_invitations"]:
        if crm.lookup["surveys"][row["survey_id"]]["kind"] != "CSAT":
            continue
        sent = crm.day(row["sent_at"])
        days = [
            crm.day(answer["answered_at"]) for answer in answered[row["id"]] if answer["score"] is not None
        ]
        rows.append({**_surveyed(crm, row, sent), "sent": sent, "answered": min(days, default=None)})
    return frame(rows, ["sent", "answered", *SURVEY])


def csat_response(crm: Crm, window: Period) -> pd.DataFrame:
    """Only surveys that have had their thirty days."""
    horizon = timedelta(days=ANSWER_WITHIN)
    rows = only(invitations(crm), lambda day: day in window and day + horizon < crm.today, "sent")
    within = [
        int(answered is not None and sent <= answered <= sent + horizon)
        for sent, answered in zip(rows["sent"], rows["answered"], strict=True)
    ]
    return rows.assign(each=within, per=1)
