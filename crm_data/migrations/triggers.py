"""Triggers, so that a change by any process is noticed, even one that writes plain SQL.

- An UPDATE that leaves `updated_at` alone moves it to now and counts `version` up. This package's
  own writers set both, so they pay nothing.
- A DELETE leaves a row in `tombstones`.
- An UPDATE of what a history table keeps adds a row there with the new values. The first one adds
  the old values as well, known since the row was last written.

INSERT fires nothing, so that bulk loading stays fast.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


def create_functions() -> None:
    """PostgreSQL's trigger functions; SQLite has none. Each finds its tables whatever the search path."""
    if _on_sqlite():
        return
    _run(
        """
        CREATE FUNCTION crm_touch() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.updated_at := clock_timestamp();
            NEW.version := OLD.version + 1;
            RETURN NEW;
        END $$
        """,
        """
        CREATE FUNCTION crm_bury() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                EXECUTE 'INSERT INTO tombstones (table_name, row_id, source_system, source_id, deleted_at) '
                    || 'SELECT ' || quote_literal(TG_TABLE_NAME) || ', id, source_system, source_id, '
                    || 'clock_timestamp() FROM ' || quote_ident(TG_TABLE_NAME);
            ELSE
                INSERT INTO tombstones (table_name, row_id, source_system, source_id, deleted_at)
                VALUES (TG_TABLE_NAME, OLD.id, OLD.source_system, OLD.source_id, clock_timestamp());
            END IF;
            RETURN NULL;
        END $$
        """,
    )


def drop_functions() -> None:
    if not _on_sqlite():
        _run("DROP FUNCTION crm_bury", "DROP FUNCTION crm_touch")


def watch(table: str) -> None:
    """Keep updated_at and version right, and tombstones for deletions, on a table made by `record`."""
    if _on_sqlite():
        _run(
            f"""
            CREATE TRIGGER {table}_touch AFTER UPDATE ON {table}
            WHEN NEW.updated_at IS OLD.updated_at
            BEGIN
                UPDATE {table} SET updated_at = {SQLITE_NOW}, version = OLD.version + 1 WHERE id = NEW.id;
            END
            """,
            f"""
            CREATE TRIGGER {table}_bury AFTER DELETE ON {table}
            BEGIN
                INSERT INTO tombstones (table_name, row_id, source_system, source_id, deleted_at)
                VALUES ('{table}', OLD.id, OLD.source_system, OLD.source_id, {SQLITE_NOW});
            END
            """,
        )
    else:
        _run(
            f"""
            CREATE TRIGGER {table}_touch BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at) EXECUTE FUNCTION crm_touch()
            """,
            f"CREATE TRIGGER {table}_bury AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION crm_bury()",
            f"CREATE TRIGGER {table}_bury_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION crm_bury()",
        )


def unwatch(table: str) -> None:
    if _on_sqlite():
        _run(f"DROP TRIGGER {table}_touch", f"DROP TRIGGER {table}_bury")
    else:
        _run(*(f"DROP TRIGGER {table}_{name} ON {table}" for name in ("touch", "bury", "bury_all")))


def watch_organisation() -> None:
    """The settings have one row, no version and no source: only updated_at is kept."""
    if _on_sqlite():
        _run(
            f"""
            CREATE TRIGGER organisation_touch AFTER UPDATE ON organisation
            WHEN NEW.updated_at IS OLD.updated_at
            BEGIN
                UPDATE organisation SET updated_at = {SQLITE_NOW} WHERE id = NEW.id;
            END
            """
        )
    else:
        _run(
            """
            CREATE FUNCTION crm_touch_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.updated_at := clock_timestamp();
                RETURN NEW;
            END $$
            """,
            """
            CREATE TRIGGER organisation_touch BEFORE UPDATE ON organisation FOR EACH ROW
            WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
            EXECUTE FUNCTION crm_touch_organisation()
            """,
        )


def unwatch_organisation() -> None:
    if _on_sqlite():
        _run("DROP TRIGGER organisation_touch")
    else:
        _run("DROP TRIGGER organisation_touch ON organisation", "DROP FUNCTION crm_touch_organisation")


def keep_history(table: str, history: str, key: str, columns: Sequence[str]) -> None:
    """Write `history` when one of `columns` of `table` really changes; `key` names the row there."""
    names = ", ".join(columns)
    changed = " OR ".join(
        f"NEW.{c} IS NOT OLD.{c}" if _on_sqlite() else f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in columns
    )
    now = SQLITE_NOW if _on_sqlite() else "clock_timestamp()"

    def add(row: str, at: str, where: str = "") -> str:
        values = ", ".join(f"{row}.{column}" for column in columns)
        return f"INSERT INTO {history} ({key}, changed_at, {names}) SELECT {row}.id, {at}, {values} {where};"

    first = add("OLD", "OLD.updated_at", f"WHERE NOT EXISTS (SELECT 1 FROM {history} WHERE {key} = OLD.id)")
    if _on_sqlite():
        _run(
            f"""
            CREATE TRIGGER {table}_history AFTER UPDATE OF {names} ON {table}
            WHEN {changed}
            BEGIN {first} {add("NEW", now)} END
            """
        )
    else:
        _run(
            f"""
            CREATE FUNCTION crm_{history}() RETURNS trigger LANGUAGE plpgsql
            SET search_path FROM CURRENT AS $$
            BEGIN {first} {add("NEW", now)} RETURN NULL; END $$
            """,
            f"""
            CREATE TRIGGER {table}_history AFTER UPDATE ON {table} FOR EACH ROW
            WHEN ({changed}) EXECUTE FUNCTION crm_{history}()
            """,
        )


def forget_history(table: str, history: str) -> None:
    if _on_sqlite():
        _run(f"DROP TRIGGER {table}_history")
    else:
        _run(f"DROP TRIGGER {table}_history ON {table}", f"DROP FUNCTION crm_{history}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
