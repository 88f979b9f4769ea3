"""What the pages for contacts and cases read: records with the names around them, the queue, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from crm_data.rights import Rights, accounts_seen, cases_seen
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.organisation import teams, users
from crm_data.schema.sales import products
from crm_data.schema.service import case_comments, case_reopenings, cases

#: Counting stops here: nobody pages further, and a million takes time.
MOST = 1000

_URGENCY = case({"urgent": 0, "high": 1, "normal": 2, "low": 3}, value=cases.c.priority)
_TABLES = {
    "account_id": accounts,
    "contact_id": contacts,
    "merged_into_id": contacts,
    "owner_id": users,
    "author_id": users,
    "team_id": teams,
    "product_id": products,
}


@dataclass(frozen=True)
class Queue:
    """Which cases to list. `status` may also be `unresolved`; keys and words that are None do not narrow."""

    status: str | None = "unresolved"
    priority: str | None = None
    kind: str | None = None
    team: int | None = None
    owner: int | None = None
    overdue: bool = False
    subject: str = ""


def queue(
    connection: Connection, viewer: Rights, wanted: Queue, now: datetime, *, offset: int, limit: int
) -> tuple[list[Row[Any]], int]:
    """Cases, the most urgent first, then what is due first; and how many there are, up to `MOST`."""
    conditions = [*cases_seen(viewer), *_narrowed(wanted, now)]
    some = select(cases.c.id).where(*conditions).limit(MOST + 1).subquery()
    count = int(connection.scalar(select(func.count()).select_from(some)) or 0)
    resolved = wanted.status == "resolved"
    order: list[ColumnElement[Any]] = (
        [cases.c.resolved_at.desc(), cases.c.id]
        if resolved
        else [_URGENCY, func.coalesce(cases.c.due_at, cases.c.opened_at), cases.c.id]
    )
    statement = _cases().where(*conditions).order_by(*order).limit(limit).offset(min(offset, MOST))
    return list(connection.execute(statement)), count


def figures(connection: Connection, viewer: Rights, now: datetime) -> dict[str, int]:
    """How many cases are open, waiting and overdue, as the CRM has it at this moment."""
    late = func.count().filter(cases.c.due_at < now)
    statement = select(cases.c.status, func.count(), late).where(
        cases.c.status.in_(("open", "waiting")), *cases_seen(viewer)
    )
    rows = connection.execute(statement.group_by(cases.c.status)).all()
    found = {row[0]: row[1] for row in rows}
    return {
        "open": found.get("open", 0),
        "waiting": found.get("waiting", 0),
        "overdue": sum(row[2] for row in rows),
    }


def case_record(connection: Connection, viewer: Rights, key: int) -> Row[Any] | None:
    """A case with the names around it."""
    statement = _cases().where(cases.c.id == key, *cases_seen(viewer))
    return connection.execute(statement).first()


def timeline(connection: Connection, key: int) -> list[tuple[datetime, str, str | None, str]]:
    """Comments and reopenings, the oldest first: when, what (public, internal, reopened), who, text."""
    said = case_comments.outerjoin(users, users.c.id == case_comments.c.author_id)
    found = [
        (row.written_at, "public" if row.public else "internal", row.name, row.body)
        for row in connection.execute(
            select(case_comments, users.c.name).select_from(said).where(case_comments.c.case_id == key)
        )
    ]
    found += [
        (row.reopened_at, "reopened", None, "")
        for row in connection.execute(select(case_reopenings).where(case_reopenings.c.case_id == key))
    ]
    return sorted(found, key=lambda one: one[0])


def contact_record(connection: Connection, viewer: Rights, key: int) -> Row[Any] | None:
    """A contact with its account's name and country."""
    joined = contacts.outerjoin(accounts, accounts.c.id == contacts.c.account_id)
    statement = select(contacts, accounts.c.name.label("account"), accounts.c.country).select_from(joined)
    conditions = [contacts.c.id == key, *accounts_seen(viewer, contacts.c.account_id)]
    return connection.execute(statement.where(*conditions)).first()


def choices(connection: Connection) -> dict[str, dict[int, str]]:
    """Users, teams and products to choose from, by field."""
    active = select(users.c.id, users.c.name).where(users.c.active).order_by(users.c.name)
    return {
        "owner_id": {row.id: row.name for row in connection.execute(active.limit(2000))},
        "team_id": _all(connection, select(teams.c.id, teams.c.name).order_by(teams.c.name)),
        "product_id": _all(connection, select(products.c.id, products.c.name).order_by(products.c.name)),
    }


def names(connection: Connection, wanted: Mapping[str, Iterable[int]]) -> dict[tuple[str, int], str]:
    """The names behind keys, by field and key."""
    found = {}
    for field, keys in wanted.items():
        table, listed = _TABLES[field], list(dict.fromkeys(keys))[:500]
        name = _person() if table is contacts else table.c.name
        for row in connection.execute(select(table.c.id, name.label("name")).where(table.c.id.in_(listed))):
            found[field, row.id] = row.name or f"No. {row.id}"
    return found


def called(connection: Connection, viewer: Rights, field: str, typed: str) -> list[tuple[int, str, bool]]:
    """The accounts or contacts that somebody may mean: key, name, and whether it is just that name.

    `no. 12` or `12` is a key.
    """
    table = _TABLES[field]
    seen = accounts_seen(viewer, accounts.c.id if table is accounts else contacts.c.account_id)
    name = accounts.c.name if table is accounts else _person()
    number = typed.lower().removeprefix("no.").strip()
    if number.isascii() and number.isdigit() and len(number) < 19:
        by_key = select(table.c.id, name.label("name")).where(table.c.id == int(number), *seen)
        if rows := connection.execute(by_key).all():
            return [(row.id, row.name or f"No. {row.id}", True) for row in rows]
    if table is accounts:
        upper = typed + "\U0010ffff"
        same = and_(accounts.c.name >= typed, accounts.c.name < upper)
        statement = select(accounts.c.id, name.label("name")).where(same, *seen)
        rows = connection.execute(statement.order_by(accounts.c.name).limit(6)).all()
        return [(row.id, row.name, row.name == typed) for row in rows]
    given, _, family = typed.rpartition(" ")
    parts = [contacts.c.last_name == family, *([contacts.c.first_name == given] if given else [])]
    same_person = or_(and_(*parts), contacts.c.email == typed)
    statement = select(contacts.c.id, name.label("name")).where(
        same_person, contacts.c.merged_into_id.is_(None), *seen
    )
    return [(row.id, row.name, True) for row in connection.execute(statement.limit(6))]


def _person() -> ColumnElement[Any]:
    full = func.trim(func.coalesce(contacts.c.first_name, "") + " " + func.coalesce(contacts.c.last_name, ""))
    return func.coalesce(func.nullif(full, ""), contacts.c.email, contacts.c.phone)


def _cases() -> Select[Any]:
    joined = cases
    for table, key in (
        (accounts, cases.c.account_id),
        (contacts, cases.c.contact_id),
        (users, cases.c.owner_id),
        (teams, cases.c.team_id),
        (products, cases.c.product_id),
    ):
        joined = joined.outerjoin(table, table.c.id == key)  # type: ignore[assignment]
    return select(
        cases,
        accounts.c.name.label("account"),
        _person().label("contact"),
        users.c.name.label("owner"),
        teams.c.name.label("team"),
        products.c.name.label("product"),
    ).select_from(joined)


def _narrowed(wanted: Queue, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status == "unresolved":
        conditions.append(cases.c.status.in_(("open", "waiting")))
    elif wanted.status:
        conditions.append(cases.c.status == wanted.status)
    for column, value in (
        (cases.c.priority, wanted.priority),
        (cases.c.kind, wanted.kind),
        (cases.c.team_id, wanted.team),
        (cases.c.owner_id, wanted.owner),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.overdue:
        conditions.append((cases.c.due_at < now) & (cases.c.status != "resolved"))
    if wanted.subject.strip():
        conditions.append(
            cases.c.subject.icontains(wanted.subject.strip().replace("\0", ""), autoescape=True)
        )
    return conditions


def _all(connection: Connection, statement: Select[Any]) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(statement.limit(2000))}
