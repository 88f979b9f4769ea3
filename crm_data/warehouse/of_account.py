"""What the rows of a fact take from their account, and bringing that alone up to date.

An account has rows all over most facts. An edit of it changes a column of them, or two, and nothing else that
the fact's SELECT computes. Writing these columns where they are is several times faster than computing the
rows again, and leaves them among those of their day.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

#: Columns of work.account_versions.
CUSTOMER = ("region", "country", "segment", "industry", "size", "channel")
ALL = (*CUSTOMER, "owner", "team")

#: What is written stays in memory until the refresh is over. Beyond so many accounts rows are computed again.
_FEW = 50_000


@dataclass(frozen=True)
class OfAccount:
    """Each row shows columns of its `account`, as that was on a day.

    `day`: in SQL, of the row's own columns and of those of its root in `table`.
    """

    day: str = ""
    columns: tuple[str, ...] = ()  # shown as they are
    others: tuple[str, ...] = ()  # that have a share in something else that the row shows
    table: str = ""

    def ways(self, fact: str, count: int) -> tuple[tuple[str, str], ...]:
        """What of so many changed accounts takes computing rows again, and which: as `Build.affected`."""
        columns = self.others if count <= _FEW else (*self.others, *self.columns)
        rows = f"SELECT id FROM {fact} WHERE account IN (SELECT id FROM changed_account_versions)"
        return ((f"account_versions {' '.join(columns)}", rows),) if columns else ()

    def write(self, connection: duckdb.DuckDBPyConnection, fact: str, count: int, changed: set[str]) -> int:
        """Write what of so many changed accounts is shown as it is; gives how many rows differed."""
        columns = [column for column in self.columns if f"account_versions.{column}" in changed]
        if not columns or count > _FEW:
            return 0
        new = f"""
            SELECT
                id, {", ".join(columns)},
                coalesce(start_day, DATE '-infinity') AS since, coalesce(end_day, DATE 'infinity') AS until
            FROM (SELECT id FROM changed_account_versions) LEFT JOIN work.account_versions USING (id)
        """
        key, then = "f.account", f"{self.day} >= a.since AND {self.day} < a.until"
        if self.table:
            new = f"""
                SELECT root.id, a.* EXCLUDE (id)
                FROM ({new}) AS a JOIN {self.table} AS root ON root.account_id = a.id AND {then}
            """
            key, then = "f.id", "true"
        ((written,),) = connection.execute(
            f"""
            UPDATE {fact} AS f SET {", ".join(f"{c} = a.{c}" for c in columns)} FROM ({new}) AS a
            WHERE {key} = a.id AND {then}
              AND ({" OR ".join(f"f.{c} IS DISTINCT FROM a.{c}" for c in columns)})
            """
        ).fetchall()
        return int(written)
