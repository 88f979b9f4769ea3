"""${message}."""

import sqlalchemy as sa
from alembic import op

from crm_data.schema.types import Key, Money, UTCDateTime, db_now

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
