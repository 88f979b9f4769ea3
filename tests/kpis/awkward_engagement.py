"""Entries of the log about nobody or by nobody, late at night; members who left before they joined."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from crm_data.schema import customers
from tests.kpis.awkward_rows import DAY, add, every, instant, put, put_every


def spoil_engagement(crm: Connection, today: date) -> None:
    log, members, points = customers.activities, customers.loyalty, customers.loyalty_points
    put_every(crm, log, 17, 1, account_id=None)  # known from its contact, deal or case
    put_every(crm, log, 34, 2, account_id=None, contact_id=None)
    put_every(crm, log, 51, 3, account_id=None, contact_id=None, opportunity_id=None)
    put_every(crm, log, 13, 4, user_id=None)
    for number, row in enumerate(every(crm, log, 29, 5)):
        put(crm, log, row["id"], happened_at=instant(row["happened_at"].date(), (21, 22, 23)[number % 3]))
    add(crm, log, kind="note", happened_at=instant(today + 20 * DAY, 9), account_id=3)  # planned
    for number, row in enumerate(every(crm, members, 7, 2)):
        joined = row["joined_on"]
        left = (joined - 3 * DAY, joined, joined + 60 * DAY, today)[number % 4]
        put(crm, members, row["id"], left_on=left)
    for row in every(crm, members, 11, 3):  # in it twice
        again = {"account_id": row["account_id"], "joined_on": row["joined_on"] + 9 * DAY}
        add(crm, members, **again, tier="<b>Gold</b>")
    for number, row in enumerate(every(crm, points, 19, 1)):
        put(crm, points, row["id"], points=(0, -row["points"])[number % 2])
