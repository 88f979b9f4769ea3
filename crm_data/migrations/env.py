"""Run by Alembic: inside the caller's transaction, or on its own for `alembic` on the command line."""

from alembic import context
from sqlalchemy import Connection

from crm_data.engine import connect, writing
from crm_data.schema import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, user_module_prefix="")
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with writing(connect()) as own:
        run(own)
