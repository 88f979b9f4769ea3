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
    _spoil_answers(crm)
    _spoil_invitations(crm, today)


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
