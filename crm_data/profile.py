"""All that the CRM database knows of one account. Its rows are read by key, however many others there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, case, func, select

from crm_data.rights import Rights, accounts_seen
from crm_data.schema import metadata

Row = dict[str, Any]
MOST = 50  # rows of a kind; the newest

_t = metadata.tables
_users = _t["users"]


@dataclass(frozen=True)
class Profile:
    """An account and what belongs to it, newest first. `counts`: how many there are of each kind."""

    account: Row
    parent: Row | None
    children: list[Row]
    contacts: list[Row]
    deals: list[Row]
    quotes: list[Row]
    invoices: list[Row]
    cases: list[Row]
    answers: list[Row]
    memberships: list[Row]
    loyalty: list[Row]
    counts: dict[str, int]


def profile(connection: Connection, account: int, rights: Rights) -> Profile | None:
    """The account with this key; None where there is none, or nobody with these rights may see it."""
    row = _account(connection, account, rights)
    if row is None:
        return None
    accounts = _t["accounts"]
    family = select(accounts.c.id, accounts.c.name).where(*accounts_seen(rights, accounts.c.id))
    parent = connection.execute(family.where(accounts.c.id == row["parent_id"])).mappings().first()
    found = {
        "children": _rows(
            connection, family.where(accounts.c.parent_id == account).order_by(accounts.c.name)
        ),
        "contacts": _of(
            connection, "contacts", account, "id last_name first_name title email phone email_consent"
        ),
        "deals": _rows(connection, _deals(account)),
        "quotes": _of(
            connection,
            "quotes",
            account,
            "id number sent_on valid_until accepted_on declined_on amount currency",
            newest="sent_on",
        ),
        "invoices": _rows(connection, _invoices(account)),
        "cases": _of(
            connection,
            "cases",
            account,
            "id subject status priority opened_at due_at resolved_at cause",
            newest="opened_at",
        ),
        "answers": _rows(connection, _answers(account)),
        "memberships": _of(
            connection,
            "memberships",
            account,
            "id started_on ended_on end_reason plan monthly_amount currency",
            newest="started_on",
        ),
        "loyalty": _of(
            connection, "loyalty", account, "id joined_on left_on tier points", newest="joined_on"
        ),
    }
    counts = {name: len(rows) for name, rows in found.items()}
    for name, table, key in _COUNTED:
        if counts[name] == MOST:
            counts[name] = _count(connection, _t[table], _t[table].c[key] == account)
    return Profile(row, dict(parent) if parent else None, counts=counts, **found)


_COUNTED = (
    ("children", "accounts", "parent_id"),
    ("contacts", "contacts", "account_id"),
    ("deals", "opportunities", "account_id"),
    ("quotes", "quotes", "account_id"),
    ("invoices", "invoices", "account_id"),
    ("cases", "cases", "account_id"),
    ("answers", "survey_answers", "account_id"),
    ("memberships", "memberships", "account_id"),
    ("loyalty", "loyalty", "account_id"),
)


def find_accounts(connection: Connection, prefix: str, rights: Rights, limit: int = 20) -> list[Row]:
    """The accounts whose name begins so, by name. Upper and lower case differ only beyond the prefix as
    written and with a capital, so that the index of names is used."""
    table = _t["accounts"]
    starts = dict.fromkeys((prefix, prefix[:1].upper() + prefix[1:], prefix.title(), prefix.upper()))
    found: dict[int, Row] = {}
    for start in starts:
        between = and_(table.c.name >= start, table.c.name < start + "\U0010ffff")
        asked = select(table.c.id, table.c.name, table.c.segment, table.c.city).where(between)
        asked = asked.where(*accounts_seen(rights, table.c.id))
        for row in _rows(connection, asked.order_by(table.c.name).limit(limit)):
            if row["name"].startswith(start):
                found.setdefault(row["id"], row)
    return sorted(found.values(), key=lambda row: (row["name"], row["id"]))[:limit]


def cities(connection: Connection, accounts: list[int]) -> dict[int, str]:
    """The cities of a few accounts, of those that have one."""
    table = _t["accounts"]
    found = select(table.c.id, table.c.city).where(table.c.id.in_(accounts), table.c.city.isnot(None))
    return {row.id: row.city for row in connection.execute(found)}


@dataclass(frozen=True)
class Signs:
    """What tells how an account fares. None: nothing is recorded that could tell.

    last_activity: day of the newest entry of the communication log up to now. open_cases, late_cases: those
    open, and those of them past their due time. answers, satisfied: in the last 365 days, of surveys that
    say from which score on an answer counts as satisfied. invoices: how many there are. overdue: those
    past due and not paid in full; oldest_due: since when.
    """

    last_activity: date | None
    open_cases: int
    late_cases: int
    cases: int
    answers: int
    satisfied: int
    invoices: int
    overdue: int
    oldest_due: date | None


def signs(connection: Connection, account: int, today: date) -> Signs:
    """The signs of an account as of a day."""
    log, cases = _t["activities"].c, _t["cases"].c
    after = today + timedelta(days=1)
    last = connection.scalar(
        select(func.max(log.happened_at)).where(log.account_id == account, log.happened_at < _utc(after))
    )
    is_open = case((cases.status != "resolved", 1), else_=0)
    is_late = case((and_(cases.status != "resolved", cases.due_at < _utc(after)), 1), else_=0)
    of_cases = connection.execute(
        select(func.count(), func.sum(is_open), func.sum(is_late)).where(cases.account_id == account)
    ).one()
    answer, survey = _t["survey_answers"].c, _t["surveys"].c
    satisfied = case((answer.score >= survey.satisfied_from, 1), else_=0)
    of_answers = connection.execute(
        select(func.count(), func.sum(satisfied))
        .select_from(_t["survey_answers"].join(_t["surveys"], survey.id == answer.survey_id))
        .where(
            answer.account_id == account,
            survey.kind == "CSAT",
            survey.satisfied_from.isnot(None),
            answer.score.isnot(None),
            answer.answered_at >= _utc(today - timedelta(days=365)),
            answer.answered_at < _utc(after),
        )
    ).one()
    bills = _rows(connection, _invoices(account, None))
    unpaid = [
        bill
        for bill in bills
        if bill["kind"] == "invoice" and bill["due_on"] and bill["due_on"] < today and bill["open"] > 0
    ]
    return Signs(
        last.date() if last else None,
        int(of_cases[1] or 0),
        int(of_cases[2] or 0),
        int(of_cases[0]),
        int(of_answers[0]),
        int(of_answers[1] or 0),
        len(bills),
        len(unpaid),
        min((bill["due_on"] for bill in unpaid), default=None),
    )


def _account(connection: Connection, account: int, rights: Rights) -> Row | None:
    accounts, regions = _t["accounts"], _t["regions"]
    statement = (
        select(accounts, _users.c.name.label("owner"), regions.c.name.label("region"))
        .select_from(
            accounts.outerjoin(_users, _users.c.id == accounts.c.owner_id).outerjoin(
                regions, regions.c.id == accounts.c.region_id
            )
        )
        .where(accounts.c.id == account, *accounts_seen(rights, accounts.c.id))
    )
    row = connection.execute(statement).mappings().first()
    return dict(row) if row else None


def _of(connection: Connection, name: str, account: int, columns: str, newest: str = "id") -> list[Row]:
    """The account's rows of a table; those without the day of `newest` last."""
    table = _t[name]
    shown = [table.c[column] for column in columns.split()]
    order = (table.c[newest].is_(None), table.c[newest].desc(), table.c.id.desc())
    return _rows(connection, select(*shown).where(table.c.account_id == account).order_by(*order).limit(MOST))


def _deals(account: int) -> Select[Any]:
    deal, product = _t["opportunities"].c, _t["products"].c
    shown = [deal[name] for name in ("id", "name", "status", "stage", "amount", "currency")]
    days = [deal.opened_on, deal.closed_on, deal.expected_close]
    newest = func.coalesce(deal.closed_on, deal.expected_close, deal.opened_on)
    return (
        select(*shown, *days, product.name.label("product"))
        .select_from(_t["opportunities"].outerjoin(_t["products"], product.id == deal.product_id))
        .where(deal.account_id == account)
        .order_by(case((deal.status == "open", 0), else_=1), newest.is_(None), newest.desc(), deal.id.desc())
        .limit(MOST)
    )


def _invoices(account: int, limit: int | None = MOST) -> Select[Any]:
    """With what each comes to, what of it is paid, and what is still open."""
    invoice = _t["invoices"].c
    amount = _sum_of("invoice_lines", invoice.id).label("amount")
    paid = _sum_of("payments", invoice.id).label("paid")
    found = (
        select(invoice.id, invoice.number, invoice.kind, invoice.issued_on, invoice.due_on, invoice.currency)
        .add_columns(amount, paid, (amount - paid).label("open"))
        .where(invoice.account_id == account)
        .order_by(invoice.issued_on.desc(), invoice.id.desc())
    )
    return found.limit(limit) if limit else found


def _sum_of(name: str, invoice: ColumnElement[int]) -> ColumnElement[Decimal]:
    table = _t[name]
    summed = select(func.sum(table.c.amount)).where(table.c.invoice_id == invoice).scalar_subquery()
    return func.coalesce(summed, 0, type_=table.c.amount.type)


def _answers(account: int) -> Select[Any]:
    answer, survey = _t["survey_answers"].c, _t["surveys"].c
    return (
        select(answer.id, answer.answered_at, answer.score, answer.comment, survey.name.label("survey"))
        .add_columns(survey.kind, survey.scale_max)
        .select_from(_t["survey_answers"].join(_t["surveys"], survey.id == answer.survey_id))
        .where(answer.account_id == account)
        .order_by(answer.answered_at.desc(), answer.id.desc())
        .limit(MOST)
    )


def _rows(connection: Connection, statement: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(statement).mappings()]


def _count(connection: Connection, table: Table, where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(where)) or 0


def _utc(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
