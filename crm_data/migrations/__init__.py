"""How a CRM database comes to be, and how an older one is brought up to date: Alembic revisions.

A new revision: `.venv/bin/alembic revision --autogenerate --rev-id 0006 -m "what changes"` against an
up-to-date database, then read what it wrote. SQLite loses a table's triggers when a revision rebuilds the
table: make them again with crm_data.migrations.triggers.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def revision_of(connection: Connection) -> str | None:
    """The revision the database is at; None when it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision this program works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def is_known(revision: str) -> bool:
    """Whether this program knows the revision: false for a database that a newer one made."""
    return any(
        script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the missing revisions inside the connection's transaction."""
    command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Undo the revisions after `revision`; `base` undoes all. Their rows are lost."""
    command.downgrade(_config(connection), revision)
