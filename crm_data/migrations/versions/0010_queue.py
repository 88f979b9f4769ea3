"""The cases that are open are found without reading all."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index("ix_cases_queue", "cases", ["status", "resolved_at"])


def downgrade() -> None:
    op.drop_index("ix_cases_queue", "cases")
