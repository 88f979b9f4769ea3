"""Reports are kept as they were, with the rows behind their figures."""

import sqlalchemy as sa
from alembic import op

from crm_data.schema.types import Json, Key, UTCDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "kept_reports",
        sa.Column("id", Key, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("period_start", sa.Date, nullable=False),
        sa.Column("period_end", sa.Date, nullable=False),
        sa.Column("filters", Json, nullable=False),
        sa.Column("rights", Json, nullable=False),
        sa.Column("kept_at", UTCDateTime, nullable=False, index=True),
        sa.Column("kept_by", sa.String(200), nullable=False),
        sa.Column("data_version", sa.Integer, nullable=False),
        sa.Column("refreshed_at", UTCDateTime),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kept_rows",
        sa.Column("id", Key, primary_key=True),
        sa.Column("report_id", Key, sa.ForeignKey("kept_reports.id"), nullable=False, index=True),
        sa.Column("kpi", sa.String(80), nullable=False),
        sa.Column("windows", Json, nullable=False),
        sa.Column("n", Key, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("rows", sa.LargeBinary),
    )


def downgrade() -> None:
    op.drop_table("kept_rows")
    op.drop_table("kept_reports")
