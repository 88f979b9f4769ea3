"""An alert knows its cause, its course and its end; a rule its filters and what it compares with."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from crm_data.schema.types import Json, UTCDateTime

revision = "0008"
down_revision = "0007"


def _rules() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("filters", Json),
        sa.Column("against", sa.String(8), nullable=False, server_default="year"),
        sa.Column("sure", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("deleted_at", UTCDateTime),
    )


def _events() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("cause", sa.String(260), nullable=False, server_default=""),
        sa.Column("threshold", sa.Float),
        sa.Column("latest", sa.Float),
        sa.Column("compared", sa.Float),
        sa.Column("n", sa.Integer),
        sa.Column("seen_at", UTCDateTime),
        sa.Column("cleared_at", UTCDateTime),
        sa.Column("ended", sa.String(80)),
        sa.Column("state_actor", sa.String(200)),
    )


def upgrade() -> None:
    for column in _rules():
        op.add_column("alert_rules", column)
    for column in _events():
        op.add_column("alert_events", column)
    op.execute("UPDATE alert_events SET cause = coalesce(member, ''), latest = value, seen_at = fired_at")
    # Of several that speak of the same, only the last can be going on.
    op.execute(
        "UPDATE alert_events SET cleared_at = fired_at, ended = 'an earlier alert' WHERE EXISTS (SELECT 1 "
        "FROM alert_events AS later WHERE later.rule_id = alert_events.rule_id "
        "AND later.cause = alert_events.cause AND later.id > alert_events.id)"
    )
    op.drop_column("alert_events", "member")
    going_on = sa.text("cleared_at IS NULL")
    op.create_index(
        "uq_alert_events_run",
        "alert_events",
        ["rule_id", "cause"],
        unique=True,
        sqlite_where=going_on,
        postgresql_where=going_on,
    )
    op.create_table(
        "alert_watch",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="only_one"), primary_key=True),
        sa.Column("as_of", UTCDateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("alert_watch")
    op.drop_index("uq_alert_events_run", "alert_events")
    op.add_column("alert_events", sa.Column("member", sa.String(200)))
    op.execute("UPDATE alert_events SET member = nullif(cause, '')")
    for column in _events():
        op.drop_column("alert_events", column.name)
    for column in _rules():
        op.drop_column("alert_rules", column.name)
