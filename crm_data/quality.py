"""What is wrong or missing in the CRM's data: one definition for each finding, its count and its rows.

Where the copy holds the columns, it is asked: it counts ten million rows in milliseconds. What the copy does
not hold (addresses, and rows that keep it from following) is asked of the CRM database.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from crm_data.schema.organisation import exchange_rates as rates
from crm_data.warehouse.copy import Copy

COPY, CRM = "copy", "crm"


@dataclass(frozen=True)
class Finding:
    """`where`: the condition on a row t of `table`, in SQL that both databases understand; {crm} stands for
    the schema. affects: KPIs, by their keys, that these rows make wrong or incomplete."""

    key: str
    title: str
    why: str
    table: str
    where: str
    affects: tuple[str, ...]
    asked_of: str = COPY


@dataclass(frozen=True)
class Counted:
    finding: Finding
    n: int
    of: int  # rows of the table


_CLOSED = "t.status IN ('won', 'lost')"

FINDINGS = (
    Finding(
        "rate-missing-deal",
        "Deals in a currency without a rate",
        "They cannot be converted, so the copy does not follow the CRM until a rate is entered.",
        "opportunities",
        "{missing:t.amount IS NOT NULL AND t.status = 'won' AND t.closed_on IS NOT NULL:t.closed_on}",
        ("revenue_won",),
        CRM,
    ),
    Finding(
        "rate-missing-invoice",
        "Invoices in a currency without a rate",
        "They cannot be converted, so the copy does not follow the CRM until a rate is entered.",
        "invoices",
        "{missing:1 = 1:t.issued_on}",
        ("gross_margin",),
        CRM,
    ),
    Finding(
        "rate-missing-spend",
        "Costs in a currency without a rate",
        "They cannot be converted, so the copy does not follow the CRM until a rate is entered.",
        "spend",
        "{missing:1 = 1:t.spent_on}",
        ("cac",),
        CRM,
    ),
    Finding(
        "deal-without-amount",
        "Won deals without an amount",
        "They count as deals, but bring no revenue.",
        "opportunities",
        "t.status = 'won' AND t.amount IS NULL",
        ("revenue_won", "average_deal"),
    ),
    Finding(
        "open-deal-without-amount",
        "Open deals without an amount",
        "The pipeline is worth more than it says.",
        "opportunities",
        "t.status = 'open' AND t.amount IS NULL",
        ("open_pipeline",),
    ),
    Finding(
        "closed-without-day",
        "Closed deals without a closing day",
        "They are in no period.",
        "opportunities",
        f"{_CLOSED} AND t.closed_on IS NULL",
        ("deals_won", "revenue_won", "win_rate"),
    ),
    Finding(
        "won-before-created",
        "Deals closed before they were created",
        "One of the two days is wrong; the sales cycle leaves them out.",
        "opportunities",
        f"{_CLOSED} AND t.closed_on < t.opened_on",
        ("sales_cycle", "sales_cycle_median"),
    ),
    Finding(
        "deal-without-opening",
        "Deals without a day of creation",
        "Nobody can say how long they took.",
        "opportunities",
        "t.opened_on IS NULL",
        ("sales_cycle", "sales_cycle_median"),
    ),
    Finding(
        "closed-in-future",
        "Deals closed on a day to come",
        "They are in no period until that day has come.",
        "opportunities",
        f"{_CLOSED} AND t.closed_on > {{today}}",
        ("deals_won", "revenue_won"),
    ),
    Finding(
        "overdue-close",
        "Open deals whose expected closing day has passed",
        "Either they are closed, or the day is out of date.",
        "opportunities",
        "t.status = 'open' AND t.expected_close < {today}",
        ("open_pipeline",),
    ),
    Finding(
        "deal-without-owner",
        "Deals without an owner",
        "They belong to no team and no representative.",
        "opportunities",
        "t.owner_id IS NULL",
        ("revenue_won", "win_rate"),
    ),
    Finding(
        "deal-without-account",
        "Deals without an account",
        "They have no region, segment or industry.",
        "opportunities",
        "t.account_id IS NULL",
        ("revenue_won", "win_rate"),
    ),
    Finding(
        "account-without-region",
        "Accounts without a region",
        "They are under “(none)” wherever numbers are broken down by region.",
        "accounts",
        "t.region_id IS NULL",
        ("active_customers", "churn_rate"),
    ),
    Finding(
        "account-without-segment",
        "Accounts without a segment",
        "They are under “(none)” wherever numbers are broken down by segment.",
        "accounts",
        "t.segment IS NULL",
        ("active_customers", "churn_rate"),
    ),
    Finding(
        "membership-reversed",
        "Customers who left before they came",
        "One of the two days is wrong; they are set aside.",
        "memberships",
        "t.ended_on < t.started_on",
        ("churn_rate", "active_customers"),
    ),
    Finding(
        "invoice-without-due",
        "Invoices without a due day",
        "They are never overdue.",
        "invoices",
        "t.due_on IS NULL",
        ("invoices_overdue", "dso"),
    ),
    Finding(
        "line-without-cost",
        "Invoice lines without a cost",
        "Their margin is unknown.",
        "invoice_lines",
        "t.cost IS NULL",
        ("gross_margin", "cltv"),
    ),
    Finding(
        "case-without-account",
        "Cases without an account",
        "They have no region and no segment.",
        "cases",
        "t.account_id IS NULL",
        ("cases_opened", "csat"),
    ),
    Finding(
        "case-reversed",
        "Cases resolved before they were opened",
        "One of the two times is wrong.",
        "cases",
        "t.resolved_at < t.opened_at",
        ("cases_opened",),
    ),
    Finding(
        "answer-off-scale",
        "Survey answers off their scale",
        "They are neither satisfied nor dissatisfied, so they are left out.",
        "survey_answers",
        "EXISTS (SELECT 1 FROM {crm}surveys AS s WHERE s.id = t.survey_id"
        " AND (t.score < s.scale_min OR t.score > s.scale_max))",
        ("csat",),
    ),
    Finding(
        "contact-without-account",
        "Contacts without an account",
        "What they do counts for no customer.",
        "contacts",
        "t.account_id IS NULL",
        (),
    ),
    Finding(
        "contact-without-channel",
        "Contacts that cannot be reached",
        "Neither e-mail nor phone is known.",
        "contacts",
        "t.email IS NULL AND t.phone IS NULL AND t.merged_into_id IS NULL",
        (),
        CRM,
    ),
    Finding(
        "email-twice",
        "Contacts that share an e-mail address",
        "Probably one person twice; merging them keeps everything.",
        "contacts",
        "t.merged_into_id IS NULL AND lower(t.email) IN (SELECT lower(o.email) FROM contacts AS o"
        " WHERE o.email IS NOT NULL AND o.merged_into_id IS NULL"
        " GROUP BY lower(o.email) HAVING count(*) > 1)",
        (),
        CRM,
    ),
)  # fmt: skip

BY_KEY = {finding.key: finding for finding in FINDINGS}


def counted(copy: Copy, crm: Connection) -> list[Counted]:
    """Every finding with its number of rows, in the order of FINDINGS."""
    return [
        Counted(finding, _scalar(copy, crm, finding, "count(*)"), _of(copy, crm, finding))
        for finding in FINDINGS
    ]


def rows(copy: Copy, crm: Connection, finding: Finding, *, offset: int, limit: int) -> list[int]:
    """The keys of the rows, lowest first."""
    sql = f"{_from(copy, crm, finding, 't.id')} ORDER BY t.id LIMIT {int(limit)} OFFSET {int(offset)}"
    return [int(key) for (key,) in _run(copy, crm, finding, sql)]


def _scalar(copy: Copy, crm: Connection, finding: Finding, what: str) -> int:
    return int(_run(copy, crm, finding, _from(copy, crm, finding, what))[0][0])


def _of(copy: Copy, crm: Connection, finding: Finding) -> int:
    schema = "crm." if finding.asked_of == COPY else ""
    return int(_run(copy, crm, finding, f"SELECT count(*) FROM {schema}{finding.table}")[0][0])


def _from(copy: Copy, crm: Connection, finding: Finding, what: str) -> str:
    schema = "crm." if finding.asked_of == COPY else ""
    where = finding.where
    if where.startswith("{missing:"):
        where = _without_rate(copy, crm, *where[9:-1].split(":"))
    else:
        today = copy.state.today
        where = where.format(crm=schema, today=f"DATE '{today}'" if today else "NULL")
    return f"SELECT {what} FROM {schema}{finding.table} AS t WHERE {where}"


def _without_rate(copy: Copy, crm: Connection, among: str, day: str) -> str:
    """Amounts in another currency than the organisation's, before the first rate that is known."""
    known = select(rates.c.currency, func.min(rates.c.valid_on)).where(rates.c.kind == "daily")
    first = dict(tuple(row) for row in crm.execute(known.group_by(rates.c.currency)))
    listed = ", ".join(_quoted(currency) for currency in (*first, copy.organisation.base_currency))
    early = [
        f"(t.currency = {_quoted(currency)} AND {day} < '{since}')"
        for currency, since in first.items()
        if currency != copy.organisation.base_currency
    ]
    return f"{among} AND ({' OR '.join([f't.currency NOT IN ({listed})', *early])})"


def _quoted(word: str) -> str:
    escaped = word.replace("'", "''").replace(":", "\\:")  # a colon would be a parameter
    return f"'{escaped}'"


def _run(copy: Copy, crm: Connection, finding: Finding, sql: str) -> list[tuple[int, ...]]:
    if finding.asked_of == CRM:
        return [tuple(row) for row in crm.execute(text(sql))]
    with copy.reading() as connection:
        return connection.execute(sql).fetchall()
