"""The stages of a deal have an order."""

import sqlalchemy as sa
from alembic import op

from crm_data.migrations import triggers
from crm_data.schema.types import Key, UTCDateTime, db_now

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "stages",
        sa.Column("id", Key, primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("probability", sa.Float),
        sa.Column("source_system", sa.String(40), nullable=False, server_default="app"),
        sa.Column("source_id", sa.String(200)),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("updated_at", UTCDateTime, nullable=False, index=True, server_default=db_now()),
        sa.UniqueConstraint("name", name="uq_stages_name"),
        sa.UniqueConstraint("source_system", "source_id"),
        sa.CheckConstraint("probability BETWEEN 0 AND 1", name="probability"),
        sqlite_autoincrement=True,
    )
    triggers.watch("stages")


def downgrade() -> None:
    triggers.unwatch("stages")
    op.drop_table("stages")
