"""An import knows its mapping, its decisions and what it changed, so that it can be taken back."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from crm_data.migrations import columns
from crm_data.schema.types import Json, Key, UTCDateTime

revision = "0012"
down_revision = "0011"


def _new_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("mapping", sa.String),
        sa.Column("decisions", Json),
        sa.Column("actor", sa.String(200)),
        sa.Column("undone_at", UTCDateTime),
        sa.Column("undone_by", sa.String(200)),
    )


def upgrade() -> None:
    for column in _new_columns():
        op.add_column("imports", column)
    op.create_table(
        "import_added",
        sa.Column("import_id", Key, sa.ForeignKey("imports.id"), primary_key=True),
        sa.Column("table_name", sa.String(60), primary_key=True),
        sa.Column("first_id", Key, primary_key=True),
        sa.Column("last_id", Key, nullable=False),
    )
    op.create_table(
        "import_changes",
        sa.Column("table_name", sa.String(60), primary_key=True),
        sa.Column("row_id", Key, primary_key=True, autoincrement=False),
        sa.Column("import_id", Key, sa.ForeignKey("imports.id"), primary_key=True, index=True),
        sa.Column("was_version", sa.Integer),
        sa.Column("became_version", sa.Integer),
        sa.Column("before", Json),
        sa.Column("after", Json),
        sa.Column("undone_version", sa.Integer),
    )
    op.create_table(
        "import_aliases",
        sa.Column("id", Key, primary_key=True),
        sa.Column("table_name", sa.String(60), nullable=False),
        sa.Column("source_system", sa.String(40), nullable=False),
        sa.Column("source_id", sa.String(200), nullable=False),
        sa.Column("row_id", Key, nullable=False),
        sa.Column("wins", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("content", Json),
        sa.Column("import_id", Key, sa.ForeignKey("imports.id"), nullable=False, index=True),
        sa.UniqueConstraint("table_name", "source_system", "source_id"),
    )
    op.create_index("ix_import_aliases_row", "import_aliases", ["table_name", "row_id"])


def downgrade() -> None:
    columns.drop("import_aliases", "import_changes", "import_added")
    for column in _new_columns():
        op.drop_column("imports", column.name)
