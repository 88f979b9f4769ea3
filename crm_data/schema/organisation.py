"""The organisation that runs the CRM: its settings, people, places, targets and rates."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Integer,
    Numeric,
    String,
    Table,
    UniqueConstraint,
)

from crm_data.schema.base import metadata, one_of, record, reference, unique_without
from crm_data.schema.types import UTCDateTime

organisation = Table(
    "organisation",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_one"), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("time_zone", String(60), nullable=False, server_default="UTC"),
    Column("week_start", Integer, nullable=False, server_default="1"),  # ISO: 1 Monday … 7 Sunday
    Column("fiscal_start_month", Integer, nullable=False, server_default="1"),
    Column("fiscal_calendar", String(10), nullable=False, server_default="months"),
    Column("base_currency", String(3), nullable=False, server_default="EUR"),
    Column("locale", String(20), nullable=False, server_default="en"),
    Column("demo_seed", Integer),  # set only in a demo CRM
    Column("updated_at", UTCDateTime),
    CheckConstraint("week_start BETWEEN 1 AND 7", name="week_start"),
    CheckConstraint("fiscal_start_month BETWEEN 1 AND 12", name="fiscal_start_month"),
    one_of("fiscal_calendar", "months", "445"),
)

# A customer without a known contract end is held lost after this many days without an order.
# Frozen once set: changing it would rewrite history. basis says in words how it was found.
silence_thresholds = record(
    "silence_thresholds",
    Column("segment", String(80)),  # NULL: every segment without a row of its own
    Column("days", Integer, nullable=False),
    Column("basis", String(200), nullable=False),
    UniqueConstraint("segment", name="uq_silence_thresholds_segment"),
    CheckConstraint("days > 0", name="days"),
)

# When the organisation is at work, by its own clocks; a weekday without a row is a day off. No rows at all:
# Monday to Friday, 9 to 17. Minutes count from midnight.
working_hours = record(
    "working_hours",
    Column("weekday", Integer, nullable=False),  # ISO: 1 Monday … 7 Sunday
    Column("opens_minute", Integer, nullable=False),
    Column("closes_minute", Integer, nullable=False),
    UniqueConstraint("weekday", name="uq_working_hours_weekday"),
    CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
    CheckConstraint(
        "0 <= opens_minute AND opens_minute < closes_minute AND closes_minute <= 1440", name="minutes"
    ),
)

# Days off that weekdays do not tell.
holidays = record(
    "holidays",
    Column("day", Date, nullable=False),
    Column("name", String(120)),
    UniqueConstraint("day", name="uq_holidays_day"),
)

# The sales regions, as a tree: a region, its countries, their subdivisions.
regions = record(
    "regions",
    Column("name", String(120), nullable=False),
    reference("parent_id", "regions"),
    Column("country", String(2)),  # ISO 3166-1 alpha-2
    Column("subdivision", String(6)),  # ISO 3166-2
    Column("latitude", Float),
    Column("longitude", Float),
    CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
    CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
)

teams = record(
    "teams",
    Column("name", String(120), nullable=False),
    Column("department", String(20)),
    one_of("department", "sales", "marketing", "service"),
)

users = record(
    "users",
    Column("name", String(200), nullable=False),
    Column("email", String(254)),
    Column("role", String(20), nullable=False, server_default="member"),
    reference("team_id", "teams"),
    reference("manager_id", "users"),
    reference("region_id", "regions"),
    Column("active", Boolean, nullable=False, server_default="1"),
)

# One KPI's target for one scope and one period [period_start, period_end).
# dimension and member NULL: the whole organisation. Amounts are in the base currency.
targets = record(
    "targets",
    Column("kpi", String(80), nullable=False),
    Column("dimension", String(40)),
    Column("member", String(200)),
    Column("period_start", Date, nullable=False),
    Column("period_end", Date, nullable=False),
    Column("target", Numeric(19, 6, asdecimal=False), nullable=False),
    Column("floor", Numeric(19, 6, asdecimal=False)),
    CheckConstraint("period_start < period_end", name="period"),
    CheckConstraint("(dimension IS NULL) = (member IS NULL)", name="scope"),
    UniqueConstraint("kpi", "dimension", "member", "period_start", "period_end", name="uq_targets_scope"),
    unique_without("dimension", "uq_targets_whole", "kpi", "period_start", "period_end"),
)

# What one unit of `currency` was worth in the organisation's base currency on a day.
# daily: for amounts that happen on a day; plan: one rate a fiscal year, for stocks such as the pipeline.
exchange_rates = record(
    "exchange_rates",
    Column("currency", String(3), nullable=False),
    Column("valid_on", Date, nullable=False),
    Column("kind", String(5), nullable=False, server_default="daily"),
    Column("rate", Numeric(19, 9), nullable=False),
    CheckConstraint("rate > 0", name="rate"),
    one_of("kind", "daily", "plan"),
    UniqueConstraint("currency", "kind", "valid_on", name="uq_exchange_rates_day"),
)
