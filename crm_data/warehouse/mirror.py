"""Which columns of the CRM database the copy holds: keys, dates, numbers, categories.

No names of people, no addresses, no free text. The mirror lies in DuckDB's schema `crm`, under the
names of the CRM's own tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import Date, Float, Numeric, String
from sqlalchemy.types import TypeEngine

from crm_data.schema import metadata
from crm_data.schema.types import Money, UTCDateTime


@dataclass(frozen=True)
class Kind:
    """How values of a column travel. `{c}` stands for the column."""

    duckdb: str
    sqlite: str
    postgresql: str
    sqlite_arrow: pa.DataType
    postgresql_arrow: pa.DataType

    def arrow(self, dialect: str) -> pa.DataType:
        return self.sqlite_arrow if dialect == "sqlite" else self.postgresql_arrow

    def select(self, dialect: str, column: str) -> str:
        return (self.sqlite if dialect == "sqlite" else self.postgresql).format(c=column)


WHOLE = Kind("BIGINT", "{c}", "CAST({c} AS bigint)", pa.int64(), pa.int64())
#: Money in ten-thousandths, as SQLite has it.
AMOUNT = Kind("BIGINT", "{c}", "CAST({c} * 10000 AS bigint)", pa.int64(), pa.int64())
#: Rates in billionths: SQLite keeps them as floats, nine decimals make them exact again.
RATE = Kind(
    "BIGINT",
    "CAST(round({c} * 1000000000) AS integer)",
    "CAST({c} * 1000000000 AS bigint)",
    pa.int64(),
    pa.int64(),
)
REAL = Kind("DOUBLE", "CAST({c} AS real)", "CAST({c} AS double precision)", pa.float64(), pa.float64())
WORD = Kind("VARCHAR", "CAST({c} AS text)", "CAST({c} AS text)", pa.string(), pa.string())
DAY = Kind("DATE", "CAST({c} AS text)", "{c}", pa.string(), pa.date32())
#: UTC, without saying so.
INSTANT = Kind("TIMESTAMP", "CAST({c} AS text)", "{c} AT TIME ZONE 'UTC'", pa.string(), pa.timestamp("us"))
#: Whether something happened at all: 0 or 1.
HAPPENED = Kind(
    "TINYINT", "{c} IS NOT NULL", "CASE WHEN {c} IS NULL THEN 0 ELSE 1 END", pa.int64(), pa.int64()
)

#: A position to a tenth of a degree: a town, no address.
TENTHS = Kind(
    "BIGINT",
    "CAST(round({c} * 10) AS integer)",
    "CAST(round(CAST({c} * 10 AS numeric)) AS bigint)",
    pa.int64(),
    pa.int64(),
)

#: A name with a question mark keeps only whether the column is filled; one with a tilde only tenths.
_COLUMNS = {
    "regions": "name parent_id country",
    "teams": "name",
    "users": "team_id region_id",
    "exchange_rates": "currency valid_on kind rate",
    "silence_thresholds": "segment days",
    "working_hours": "weekday opens_minute closes_minute",
    "holidays": "day",
    "targets": "kpi dimension member period_start period_end target floor",
    "products": "name family",
    "campaigns": "name channel region_id",
    "surveys": "name kind scale_min scale_max satisfied_from",
    "accounts": "segment industry size region_id country owner_id acquisition_channel latitude~ longitude~",
    "account_history": "account_id changed_at segment industry region_id owner_id",
    "memberships": "account_id started_on ended_on end_reason plan monthly_amount currency",
    "contacts": "account_id",
    "leads": "created_at status channel segment country region_id campaign_id owner_id"
    " first_response_at converted_account_id",
    "stages": "name position probability",
    "opportunities": "account_id lead_id product_id campaign_id owner_id region_id channel stage status"
    " amount currency probability opened_on closed_on expected_close close_reason updated_at",
    "opportunity_history": "opportunity_id changed_at stage amount currency probability owner_id"
    " expected_close",
    "quotes": "opportunity_id account_id sent_on accepted_on amount currency",
    "invoices": "account_id kind issued_on due_on currency",
    "invoice_lines": "invoice_id product_id amount cost",
    "payments": "invoice_id paid_on amount",
    "spend": "campaign_id region_id channel spent_on kind amount currency",
    "cases": "kind account_id contact_id product_id owner_id team_id channel cause priority opened_at"
    " first_response_at response_due_at due_at resolved_at",
    "case_reopenings": "case_id resolved_at reopened_at",
    "articles": "category product_id",
    "article_views": "article_id day views helpful unhelpful",
    "survey_invitations": "survey_id account_id contact_id case_id sent_at",
    "survey_answers": "survey_id invitation_id account_id contact_id case_id answered_at score",
    "activities": "kind happened_at direction account_id contact_id lead_id opportunity_id case_id user_id",
    "loyalty": "account_id joined_on left_on tier",
    "loyalty_points": "loyalty_id happened_on points",
    "emails": "campaign_id contact_id sent_at delivered_at? opened_at? clicked_at? unsubscribed_at?"
    " bounced_at?",
    "touches": "campaign_id account_id lead_id opportunity_id channel touched_at",
    "campaign_members": "campaign_id contact_id lead_id joined_at responded_at",
    "web_traffic": "day source country sessions conversions",
    "social_mentions": "mentioned_at network sentiment reach campaign_id product_id",
}


def _kind(type_: TypeEngine[object]) -> Kind:
    for kind, types in ((AMOUNT, Money), (DAY, Date), (INSTANT, UTCDateTime), (REAL, Float)):
        if isinstance(type_, types):
            return kind
    if isinstance(type_, Numeric):
        return RATE if type_.asdecimal else REAL
    return WORD if isinstance(type_, String) else WHOLE


def _kinds(table: str, names: str) -> dict[str, Kind]:
    columns = metadata.tables[table].columns
    special = {"?": HAPPENED, "~": TENTHS}
    return {
        name.rstrip("?~"): special.get(name[-1]) or _kind(columns[name].type)
        for name in ("id", *names.split())
    }


#: table -> column -> how it travels
MIRROR: dict[str, dict[str, Kind]] = {table: _kinds(table, names) for table, names in _COLUMNS.items()}


def ddl(table: str) -> str:
    columns = ", ".join(f"{name} {kind.duckdb}" for name, kind in MIRROR[table].items())
    return f"CREATE OR REPLACE TABLE crm.{table} ({columns})"


def _happened(table: str) -> list[str]:
    return [name for name, kind in MIRROR[table].items() if kind is HAPPENED]


def _travelling(table: str) -> dict[str, Kind]:
    return {name: kind for name, kind in MIRROR[table].items() if kind is not HAPPENED}


def select(table: str, dialect: str, where: str = "true") -> str:
    """The rows of a CRM table as they travel, in SQL of the CRM database.

    Whether things happened travels as the bits of one number, `happened`, because each value takes its time.
    """
    columns = [f"{kind.select(dialect, name)} AS {name}" for name, kind in _travelling(table).items()]
    if bits := _happened(table):
        number = " + ".join(
            f"CASE WHEN {name} IS NULL THEN 0 ELSE {1 << n} END" for n, name in enumerate(bits)
        )
        columns.append(f"{WHOLE.select(dialect, f'({number})')} AS happened")
    return f"SELECT {', '.join(columns)} FROM {table} WHERE {where}"


def schema(table: str, dialect: str) -> pa.Schema:
    """The Arrow types of the rows that `select` gives."""
    fields = [(name, kind.arrow(dialect)) for name, kind in _travelling(table).items()]
    return pa.schema(fields + [("happened", WHOLE.arrow(dialect))] * bool(_happened(table)))


def arrived(table: str) -> str:
    """What makes rows of the mirror from rows that travelled, in DuckDB's SQL."""
    bits = {name: f"(happened >> {n}) & 1" for n, name in enumerate(_happened(table))}
    return ", ".join(
        f"CAST({bits.get(name, name)} AS {kind.duckdb}) AS {name}" for name, kind in MIRROR[table].items()
    )
