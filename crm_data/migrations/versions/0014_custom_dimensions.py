"""Custom columns that figures are broken down by."""

import sqlalchemy as sa
from alembic import op

from crm_data.schema.types import Key

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "custom_dimensions",
        sa.Column("id", Key, primary_key=True),
        sa.Column("table_name", sa.String(60), nullable=False),
        sa.Column("heading", sa.String(500), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("key", sa.String(40), nullable=False, unique=True),
        sa.UniqueConstraint("table_name", "heading"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("custom_dimensions")
