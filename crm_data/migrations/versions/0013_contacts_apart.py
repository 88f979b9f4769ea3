"""Contacts that look like one person and are two."""

import sqlalchemy as sa
from alembic import op

from crm_data.schema.types import Key

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "contacts_apart",
        sa.Column("id", Key, primary_key=True),
        sa.Column("one_id", Key, nullable=False),
        sa.Column("other_id", Key, nullable=False),
        sa.UniqueConstraint("one_id", "other_id", name="uq_contacts_apart_pair"),
        sa.CheckConstraint("one_id < other_id", name="order"),
    )


def downgrade() -> None:
    op.drop_table("contacts_apart")
