"""Cases from nobody known, and surveys answered late, twice or not at all."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from crm_data.schema import service
from tests.kpis.awkward_rows import DAY, add, every, instant, put, put_every


def spoil_service(crm: Connection, today: date) -> None:
    cases = service.cases
    put_every(crm, cases, 10, 1, account_id=None)
    put_every(crm, cases, 20, 1, contact_id=None, cause=None)
    put_every(crm, cases, 14, 2, team_id=None)
    for row in every(crm, cases, 9, 3):
        put(crm, cases, row["id"], opened_at=instant(row["opened_at"].date(), 22 + row["id"] % 2))
    _spoil_handling(crm, today)
    _spoil_knowledge(crm)
    _spoil_answers(crm)
    _spoil_invitations(crm, today)


def _spoil_handling(crm: Connection, today: date) -> None:
    """Answered and resolved before they were opened, never due, due today, reopened again and again."""
    cases, again = service.cases, service.case_reopenings
    put_every(crm, cases, 13, 4, due_at=None, response_due_at=None)
    put_every(crm, cases, 40, 5, due_at=instant(today, 21), response_due_at=instant(today, 21))
    for row in every(crm, cases, 31, 6):
        early = row["opened_at"] - (row["id"] % 3) * DAY - timedelta(minutes=row["id"] % 77)
        put(crm, cases, row["id"], first_response_at=early)
    reopened = {row["case_id"] for row in every(crm, again, 1, 0)}
    for row in every(crm, cases, 29, 7):
        if row["resolved_at"] is None or row["resolved_at"] < row["opened_at"]:
            continue
        if row["id"] % 2:  # nobody was that quick
            put(crm, cases, row["id"], resolved_at=row["opened_at"] - 2 * DAY)
        elif row["id"] not in reopened:  # closed and opened again, twice on the last day
            closed = row["opened_at"] + 0.5 * (row["resolved_at"] - row["opened_at"])
            for resolved, back in ((closed, row["resolved_at"]), (row["opened_at"], closed)):
                add(crm, again, case_id=row["id"], resolved_at=resolved, reopened_at=back)
    put_every(crm, cases, 37, 8, account_id=None)


def _spoil_knowledge(crm: Connection) -> None:
    put_every(crm, service.articles, 5, 1, category=None, product_id=None)
    put_every(crm, service.articles, 7, 2, title='<img src=x onerror="alert(1)">')
    put_every(crm, service.article_views, 50, 3, views=0, helpful=0, unhelpful=0)


def _spoil_answers(crm: Connection) -> None:
    table = service.survey_answers
    put_every(crm, table, 12, 1, account_id=None)
    put_every(crm, table, 24, 1, invitation_id=None, contact_id=None)
    names = ("survey_id", "invitation_id", "account_id", "contact_id", "case_id")
    for number, row in enumerate(every(crm, table, 7, 2)):
        again = {name: row[name] for name in names}
        at = row["answered_at"] + (0, 1, 40)[number % 3] * DAY  # at the same instant, next day, next month
        add(crm, table, **again, answered_at=at, score=(1.0, None, 5.0, 2.0)[number % 4])


def _spoil_invitations(crm: Connection, today: date) -> None:
    table = service.survey_invitations
    for number, row in enumerate(every(crm, table, 25, 3)):  # as old as the horizon, more or less
        sent = instant(today - (28 + number % 5) * DAY, 22, 59) + number % 4 * timedelta(minutes=1)
        put(crm, table, row["id"], sent_at=sent)
    for number, row in enumerate(every(crm, service.survey_answers, 10, 4)):  # answered at the horizon
        if row["invitation_id"] is not None:
            put(crm, table, row["invitation_id"], sent_at=row["answered_at"] - (29 + number % 4) * DAY)
