"""The organisation, its people and places, and what the product itself keeps."""

import sqlalchemy as sa
from alembic import op

from crm_data.migrations.columns import drop, one_of, record, reference, unique_without
from crm_data.schema.types import Json, Key, Money, UTCDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="only_one"), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False, server_default="UTC"),
        sa.Column("week_start", sa.Integer, nullable=False, server_default="1"),
        sa.Column("fiscal_start_month", sa.Integer, nullable=False, server_default="1"),
        sa.Column("fiscal_calendar", sa.String(10), nullable=False, server_default="months"),
        sa.Column("base_currency", sa.String(3), nullable=False, server_default="EUR"),
        sa.Column("locale", sa.String(20), nullable=False, server_default="en"),
        sa.Column("demo_seed", sa.Integer),
        sa.Column("updated_at", UTCDateTime),
        sa.CheckConstraint("week_start BETWEEN 1 AND 7", name="week_start"),
        sa.CheckConstraint("fiscal_start_month BETWEEN 1 AND 12", name="fiscal_start_month"),
        one_of("fiscal_calendar", "months", "445"),
    )
    record(
        "regions",
        sa.Column("name", sa.String(120), nullable=False),
        reference("parent_id", "regions"),
        sa.Column("country", sa.String(2)),
        sa.Column("subdivision", sa.String(6)),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )
    record(
        "teams",
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("department", sa.String(20)),
        one_of("department", "sales", "marketing", "service"),
    )
    record(
        "users",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("role", sa.String(20), nullable=False, server_default="member"),
        reference("team_id", "teams"),
        reference("manager_id", "users"),
        reference("region_id", "regions"),
        sa.Column("active", sa.Boolean, nullable=False, server_default="1"),
    )
    record(
        "products",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("family", sa.String(120)),
        sa.Column("list_price", Money),
        sa.Column("currency", sa.String(3)),
        sa.Column("released_on", sa.Date),
        sa.Column("withdrawn_on", sa.Date),
    )
    record(
        "targets",
        sa.Column("kpi", sa.String(80), nullable=False),
        sa.Column("dimension", sa.String(40)),
        sa.Column("member", sa.String(200)),
        sa.Column("period_start", sa.Date, nullable=False),
        sa.Column("period_end", sa.Date, nullable=False),
        sa.Column("target", sa.Numeric(19, 6, asdecimal=False), nullable=False),
        sa.Column("floor", sa.Numeric(19, 6, asdecimal=False)),
        sa.CheckConstraint("period_start < period_end", name="period"),
        sa.CheckConstraint("(dimension IS NULL) = (member IS NULL)", name="scope"),
        sa.UniqueConstraint(
            "kpi", "dimension", "member", "period_start", "period_end", name="uq_targets_scope"
        ),
    )
    unique_without("dimension", "uq_targets_whole", "targets", "kpi", "period_start", "period_end")
    record(
        "exchange_rates",
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("valid_on", sa.Date, nullable=False),
        sa.Column("kind", sa.String(5), nullable=False, server_default="daily"),
        sa.Column("rate", sa.Numeric(19, 9), nullable=False),
        sa.CheckConstraint("rate > 0", name="rate"),
        one_of("kind", "daily", "plan"),
        sa.UniqueConstraint("currency", "kind", "valid_on", name="uq_exchange_rates_day"),
    )
    record(
        "silence_thresholds",
        sa.Column("segment", sa.String(80)),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.UniqueConstraint("segment", name="uq_silence_thresholds_segment"),
        sa.CheckConstraint("days > 0", name="days"),
    )
    record(
        "alert_rules",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kpi", sa.String(80), nullable=False),
        sa.Column("basis", sa.String(6), nullable=False, server_default="level"),
        sa.Column("comparison", sa.String(5), nullable=False),
        sa.Column("threshold", sa.Float, nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("dimension", sa.String(40)),
        sa.Column("smallest_n", sa.Integer, nullable=False, server_default="30"),
        sa.Column("active", sa.Boolean, nullable=False, server_default="1"),
        reference("owner_id", "users"),
        one_of("basis", "level", "change"),
        one_of("comparison", "above", "below"),
    )
    record(
        "alert_events",
        reference("rule_id", "alert_rules", required=True),
        sa.Column("member", sa.String(200)),
        sa.Column("period_start", sa.Date, nullable=False),
        sa.Column("period_end", sa.Date, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("fired_at", UTCDateTime, nullable=False),
        sa.Column("state", sa.String(12), nullable=False, server_default="open"),
        sa.Column("state_at", UTCDateTime),
        reference("state_by", "users"),
        sa.Column("snoozed_until", UTCDateTime),
        one_of("state", "open", "acknowledged", "snoozed", "resolved"),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", Key, primary_key=True),
        sa.Column("at", UTCDateTime, nullable=False, index=True),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("table_name", sa.String(60), nullable=False),
        sa.Column("row_id", Key),
        sa.Column("before", Json),
        sa.Column("after", Json),
        one_of("action", "create", "update", "delete", "import", "undo"),
        sa.Index("ix_audit_log_row", "table_name", "row_id"),
    )
    op.create_table(
        "imports",
        sa.Column("id", Key, primary_key=True),
        sa.Column("source_system", sa.String(40), nullable=False),
        sa.Column("started_at", UTCDateTime, nullable=False),
        sa.Column("finished_at", UTCDateTime, nullable=False, index=True),
        sa.Column("files", Json, nullable=False),
        sa.Column("counts", Json, nullable=False),
    )
    op.create_table(
        "tombstones",
        sa.Column("id", Key, primary_key=True),
        sa.Column("table_name", sa.String(60), nullable=False),
        sa.Column("row_id", Key, nullable=False),
        sa.Column("source_system", sa.String(40)),
        sa.Column("source_id", sa.String(200)),
        sa.Column("deleted_at", UTCDateTime, nullable=False, index=True),
    )


def downgrade() -> None:
    drop(
        "tombstones",
        "imports",
        "audit_log",
        "alert_events",
        "alert_rules",
        "silence_thresholds",
        "exchange_rates",
        "targets",
        "products",
        "users",
        "teams",
        "regions",
        "organisation",
    )
