"""How far the copy has read: the newest row it knows of each table, and from where to read on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_data.warehouse.mirror import MIRROR
from crm_data.warehouse.source import Snapshot

#: `updated_at` is not the order of commits: a writer may wait for its turn, or its clock be late.
OVERLAP = timedelta(seconds=60)

_STAMPS = {**dict.fromkeys(MIRROR, "updated_at"), "tombstones": "deleted_at", "imports": "finished_at"}


@dataclass(frozen=True)
class Heads:
    """Instants are text in UTC, as in `2026-11-21 09:30:00.000000`, in the CRM database's clock.

    `newest`: table -> its newest stamp and highest id. `sure`: what is older has been committed.
    """

    newest: dict[str, tuple[str | None, int]]
    sure: str

    @property
    def latest(self) -> str:
        """The newest change of all."""
        return max((stamp for stamp, _ in self.newest.values() if stamp), default="")


def read(snapshot: Snapshot) -> Heads:
    def stamp(expression: str) -> str:
        if snapshot.dialect == "sqlite":
            return expression
        return f"to_char({expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"

    clock = "strftime('%Y-%m-%d %H:%M:%f', 'now')" if snapshot.dialect == "sqlite" else "clock_timestamp()"
    # Subqueries, because only a lone max() is one step in an index.
    parts = [
        f"SELECT '{table}', {stamp(f'(SELECT max({column}) FROM {table})')}, (SELECT max(id) FROM {table})"
        for table, column in _STAMPS.items()
    ]
    rows = snapshot.all(" UNION ALL ".join([f"SELECT '', {stamp(clock)}, 0", *parts]))
    now = snapshot.horizon or rows[0][1]
    return Heads({table: (newest, last or 0) for table, newest, last in rows[1:]}, now)


def unread(snapshot: Snapshot, known: Heads) -> dict[str, str]:
    """table -> condition for the rows that may be newer than `known`: too many rather than too few."""
    first = snapshot.all(f"SELECT min(started_at) FROM imports WHERE id > {known.newest['imports'][1]}")[0][0]
    conditions = {table: _newer(table, known, snapshot.dialect, _instant(first)) for table in _STAMPS}
    for table in MIRROR:
        gone = f"SELECT row_id FROM tombstones WHERE table_name = '{table}' AND ({conditions['tombstones']})"
        conditions[table] += f" OR id IN ({gone})"  # it may have come back
    return conditions


def _newer(table: str, known: Heads, dialect: str, import_began: datetime | None) -> str:
    newest, last = known.newest[table]
    since = min(s for s in (_instant(newest), _instant(known.sure), import_began) if s)
    instant = f"'{since - OVERLAP:%Y-%m-%d %H:%M:%S.%f}'"
    if dialect != "sqlite":
        instant = f"TIMESTAMPTZ '{since - OVERLAP:%Y-%m-%d %H:%M:%S.%f}+00'"
    return f"{_STAMPS[table]} >= {instant} OR id > {last}"


def _instant(stamp: str | datetime | None) -> datetime | None:
    """None for what somebody wrote there that is no instant."""
    if isinstance(stamp, datetime):
        return stamp.replace(tzinfo=None) - (stamp.utcoffset() or timedelta())
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=None) if stamp else None
    except ValueError:
        return None
