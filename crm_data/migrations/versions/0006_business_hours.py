"""When the organisation is at work."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from crm_data.migrations import triggers
from crm_data.schema.types import Key, UTCDateTime, db_now

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "working_hours",
        sa.Column("id", Key, primary_key=True),
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("opens_minute", sa.Integer, nullable=False),
        sa.Column("closes_minute", sa.Integer, nullable=False),
        sa.UniqueConstraint("weekday", name="uq_working_hours_weekday"),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint(
            "0 <= opens_minute AND opens_minute < closes_minute AND closes_minute <= 1440", name="minutes"
        ),
        *_kept(),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "holidays",
        sa.Column("id", Key, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("name", sa.String(120)),
        sa.UniqueConstraint("day", name="uq_holidays_day"),
        *_kept(),
        sqlite_autoincrement=True,
    )
    triggers.watch("working_hours")
    triggers.watch("holidays")


def downgrade() -> None:
    for table in ("holidays", "working_hours"):
        triggers.unwatch(table)
        op.drop_table(table)


def _kept() -> list[sa.Column[Any] | sa.UniqueConstraint]:
    return [
        sa.Column("source_system", sa.String(40), nullable=False, server_default="app"),
        sa.Column("source_id", sa.String(200)),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("updated_at", UTCDateTime, nullable=False, index=True, server_default=db_now()),
        sa.UniqueConstraint("source_system", "source_id"),
    ]
