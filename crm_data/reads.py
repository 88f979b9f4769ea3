"""Names and details behind keys, fetched from the CRM database for the few rows that are shown.

Whoever calls has already checked that the viewer may see these rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, cast, func, literal, or_, select
from sqlalchemy.sql.expression import FromClause

from crm_data.schema import metadata

_t = metadata.tables
_MANY = 500  # keys in one statement; databases limit how many values one may carry


@dataclass(frozen=True)
class _Record:
    """How a record of a table is shown: its title, and a few more columns by their heading."""

    rows: FromClause
    title: ColumnElement[Any]
    details: dict[str, ColumnElement[Any]]


def _person(table: str) -> ColumnElement[Any]:
    """First and last name; either may be missing."""
    first, last = _t[table].c.first_name, _t[table].c.last_name
    return func.nullif(func.trim(func.coalesce(first, "") + " " + func.coalesce(last, "")), "")


def _joined(first: ColumnElement[Any], *more: ColumnElement[Any]) -> ColumnElement[Any]:
    """The texts with dots between them, without those that are missing."""
    for other in more:
        first = first + func.coalesce(literal(" · ") + other, "")
    return first


def _outer(table: str, **parents: str) -> FromClause:
    """A table with the tables that its keys lead to: `account_id="accounts"`."""
    found: FromClause = _t[table]
    for key, parent in parents.items():
        found = found.outerjoin(_t[parent], _t[table].c[key] == _t[parent].c.id)
    return found


_RECORDS = {
    "users": _Record(_t["users"], _t["users"].c.name, {}),
    "accounts": _Record(
        _outer("accounts", owner_id="users"),
        _t["accounts"].c.name,
        {
            "Segment": _t["accounts"].c.segment,
            "City": _t["accounts"].c.city,
            "Owner": _t["users"].c.name,
        },
    ),
    "opportunities": _Record(
        _outer("opportunities", account_id="accounts", owner_id="users", product_id="products"),
        func.coalesce(_t["opportunities"].c.name, _joined(literal("Deal"), _t["accounts"].c.name)),
        {
            "Account": _t["accounts"].c.name,
            "Owner": _t["users"].c.name,
            "Product": _t["products"].c.name,
            "Amount": _t["opportunities"].c.amount,
            "Currency": _t["opportunities"].c.currency,
        },
    ),
    "leads": _Record(
        _outer("leads", owner_id="users", campaign_id="campaigns"),
        func.coalesce(_t["leads"].c.company, _person("leads"), "Lead"),
        {
            "Person": _person("leads"),
            "Status": _t["leads"].c.status,
            "Campaign": _t["campaigns"].c.name,
            "Owner": _t["users"].c.name,
        },
    ),
    "cases": _Record(
        _outer("cases", account_id="accounts", owner_id="users", product_id="products"),
        _t["cases"].c.subject,
        {
            "Account": _t["accounts"].c.name,
            "Status": _t["cases"].c.status,
            "Product": _t["products"].c.name,
            "Owner": _t["users"].c.name,
        },
    ),
    "articles": _Record(_t["articles"], _t["articles"].c.title, {}),
    "article_views": _Record(
        _outer("article_views", article_id="articles"),
        _t["articles"].c.title,
        {"Category": _t["articles"].c.category, "Views": _t["article_views"].c.views},
    ),
    "survey_answers": _Record(
        _outer("survey_answers", survey_id="surveys", account_id="accounts", case_id="cases"),
        _joined(_t["surveys"].c.name, _t["accounts"].c.name),
        {
            "Account": _t["accounts"].c.name,
            "Case": _t["cases"].c.subject,
            "Score": _t["survey_answers"].c.score,
            "Comment": _t["survey_answers"].c.comment,
        },
    ),
    "survey_invitations": _Record(
        _outer("survey_invitations", survey_id="surveys", account_id="accounts", case_id="cases"),
        _joined(_t["surveys"].c.name, _t["accounts"].c.name),
        {"Account": _t["accounts"].c.name, "Case": _t["cases"].c.subject},
    ),
    "spend": _Record(
        _outer("spend", campaign_id="campaigns"),
        _joined(_t["spend"].c.kind, func.coalesce(_t["campaigns"].c.name, _t["spend"].c.channel)),
        {
            "Campaign": _t["campaigns"].c.name,
            "Amount": _t["spend"].c.amount,
            "Currency": _t["spend"].c.currency,
        },
    ),
    "invoice_lines": _Record(
        _outer("invoice_lines", invoice_id="invoices", product_id="products").outerjoin(
            _t["accounts"], _t["invoices"].c.account_id == _t["accounts"].c.id
        ),
        _joined(
            func.coalesce(_t["invoices"].c.number, literal("Invoice")),
            literal("line ") + cast(_t["invoice_lines"].c.position, String),
        ),
        {
            "Account": _t["accounts"].c.name,
            "Product": _t["products"].c.name,
            "Amount": _t["invoice_lines"].c.amount,
            "Currency": _t["invoices"].c.currency,
        },
    ),
    "invoices": _Record(
        _outer("invoices", account_id="accounts"),
        func.coalesce(_t["invoices"].c.number, literal("Invoice")),
        {
            "Account": _t["accounts"].c.name,
            "Issued": _t["invoices"].c.issued_on,
            "Due": _t["invoices"].c.due_on,
            "Currency": _t["invoices"].c.currency,
        },
    ),
    "quotes": _Record(
        _outer("quotes", account_id="accounts", opportunity_id="opportunities"),
        func.coalesce(_t["quotes"].c.number, literal("Quote")),
        {
            "Account": _t["accounts"].c.name,
            "Deal": _t["opportunities"].c.name,
            "Amount": _t["quotes"].c.amount,
            "Currency": _t["quotes"].c.currency,
        },
    ),
    "targets": _Record(
        _t["targets"],
        _joined(literal("Target"), _t["targets"].c.member),
        {"From": _t["targets"].c.period_start, "To": _t["targets"].c.period_end},
    ),
    "contacts": _Record(
        _outer("contacts", account_id="accounts"),
        func.coalesce(_person("contacts"), _t["contacts"].c.email, _t["contacts"].c.phone),
        {
            "Account": _t["accounts"].c.name,
            "E-mail": _t["contacts"].c.email,
            "Phone": _t["contacts"].c.phone,
        },
    ),
    "memberships": _Record(
        _outer("memberships", account_id="accounts"),
        func.coalesce(_t["accounts"].c.name, literal("Customer")),
        {
            "Plan": _t["memberships"].c.plan,
            "From": _t["memberships"].c.started_on,
            "Until": _t["memberships"].c.ended_on,
        },
    ),
    "emails": _Record(
        _outer("emails", campaign_id="campaigns", contact_id="contacts"),
        _joined(func.coalesce(_t["campaigns"].c.name, literal("Mail")), _person("contacts")),
        {"Contact": _person("contacts"), "Campaign": _t["campaigns"].c.name},
    ),
    "campaign_members": _Record(
        _outer("campaign_members", campaign_id="campaigns", contact_id="contacts", lead_id="leads"),
        _joined(_t["campaigns"].c.name, func.coalesce(_person("contacts"), _person("leads"))),
        {
            "Campaign": _t["campaigns"].c.name,
            "Company": _t["leads"].c.company,
            "Status": _t["campaign_members"].c.status,
            "Responded": _t["campaign_members"].c.responded_at,
        },
    ),
    "web_traffic": _Record(
        _t["web_traffic"],
        _joined(_t["web_traffic"].c.source, _t["web_traffic"].c.country),
        {"Visitors": _t["web_traffic"].c.visitors, "Page views": _t["web_traffic"].c.page_views},
    ),
    "social_mentions": _Record(
        _outer("social_mentions", product_id="products"),
        _joined(_t["social_mentions"].c.network, _t["social_mentions"].c.author),
        {"Text": _t["social_mentions"].c.text, "Product": _t["products"].c.name},
    ),
    "loyalty": _Record(
        _outer("loyalty", account_id="accounts"),
        func.coalesce(_t["accounts"].c.name, literal("Member")),
        {"Joined": _t["loyalty"].c.joined_on, "Left": _t["loyalty"].c.left_on},
    ),
    "loyalty_points": _Record(
        _outer("loyalty_points", loyalty_id="loyalty").outerjoin(
            _t["accounts"], _t["loyalty"].c.account_id == _t["accounts"].c.id
        ),
        func.coalesce(_t["accounts"].c.name, literal("Member")),
        {"Reason": _t["loyalty_points"].c.reason, "Points": _t["loyalty_points"].c.points},
    ),
    "activities": _Record(
        _outer("activities", account_id="accounts", user_id="users"),
        _joined(_t["activities"].c.kind, _t["activities"].c.subject),
        {"Account": _t["accounts"].c.name, "By": _t["users"].c.name},
    ),
}

#: The dimensions whose members are keys.
_OF_DIMENSION = {"owner": "users", "account": "accounts", "article": "articles"}


def labels(connection: Connection, record: str, keys: Iterable[int]) -> dict[int, str]:
    """Names by key, of a dimension (owner, account, article) or a table. Keys that are gone are left out.

    Names that several of these records share carry their key.
    """
    name = _OF_DIMENSION.get(record, record)
    found: dict[int, str] = {}
    for some in _portions(keys):
        found.update(tuple(row) for row in connection.execute(_select(name, some)))
    shared = Counter(found.values())
    return {key: f"{name} (no. {key})" if shared[name] > 1 else name for key, name in found.items()}


def keys(connection: Connection, dimension: str, value: str) -> list[int]:
    """The keys of the owners, accounts or articles that have this name or key."""
    name = _OF_DIMENSION[dimension]
    table, title = _t[name], _RECORDS[name].title
    same: ColumnElement[bool] = title == value
    if value.isascii() and value.isdigit() and len(value) < 19:
        same = or_(same, table.c.id == int(value))
    return list(connection.execute(select(table.c.id).where(same).order_by(table.c.id)).scalars())


def records(connection: Connection, record: str, ids: Iterable[int]) -> list[dict[str, Any]]:
    """`id`, `title` and details of rows of a table, in the order asked; rows that are gone are left out."""
    wanted = list(ids)
    details = _RECORDS[record].details
    found = {
        row["id"]: dict(row)
        for some in _portions(wanted)
        for row in connection.execute(_select(record, some, details)).mappings()
    }
    return [found[key] for key in wanted if key in found]


def _select(record: str, ids: list[int], details: dict[str, ColumnElement[Any]] | None = None) -> Select[Any]:
    shown, key = _RECORDS[record], _t[record].c.id
    more = [column.label(heading) for heading, column in (details or {}).items()]
    return select(key, shown.title.label("title"), *more).select_from(shown.rows).where(key.in_(ids))


def _portions(keys: Iterable[int]) -> list[list[int]]:
    distinct = list(dict.fromkeys(keys))
    return [distinct[n : n + _MANY] for n in range(0, len(distinct), _MANY)]
