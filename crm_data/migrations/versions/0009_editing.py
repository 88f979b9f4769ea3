"""Acts in the audit log, merged contacts, and finding contacts by any word."""

import sqlalchemy as sa
from alembic import op

from crm_data.migrations import search
from crm_data.schema.types import Key

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("audit_log", sa.Column("act", Key))
    op.add_column("audit_log", sa.Column("undoes", Key))
    op.add_column("audit_log", sa.Column("deed", sa.String(20)))
    op.create_index("ix_audit_log_act", "audit_log", ["act"])
    op.create_index("ix_audit_log_undoes", "audit_log", ["undoes"])
    # SQLite adds no constraint to a table, but a column may bring one along.
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("contacts")}
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            "ALTER TABLE contacts ADD COLUMN merged_into_id BIGINT "
            "CONSTRAINT fk_contacts_merged_into_id REFERENCES contacts (id)"
        )
    elif "merged_into_id" not in there:
        op.execute("ALTER TABLE contacts ADD COLUMN merged_into_id INTEGER REFERENCES contacts (id)")
    op.create_index("ix_contacts_merged_into_id", "contacts", ["merged_into_id"])
    search.create()


def downgrade() -> None:
    search.drop()
    op.drop_index("ix_contacts_merged_into_id", "contacts")
    if op.get_bind().dialect.name == "sqlite":
        # A column that refers to another row cannot be dropped there; without its values it says nothing.
        op.execute("UPDATE contacts SET merged_into_id = NULL WHERE merged_into_id IS NOT NULL")
    else:
        op.drop_column("contacts", "merged_into_id")
    op.drop_index("ix_audit_log_undoes", "audit_log")
    op.drop_index("ix_audit_log_act", "audit_log")
    for name in ("deed", "undoes", "act"):
        op.drop_column("audit_log", name)
