"""How far the copy has read: the newest row it knows of each table, and from where to read on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_data.warehouse.mirror import MIRROR
from crm_data.warehouse.source import Snapshot

#: `updated_at` is not the order of commits: a writer may wait for its turn, or its clock be late.
OVERLAP = timedelta(seconds=60)

#: A table whose newest stamp is known for so long is read on behind it, without the overlap: an import
#: gives a million rows the same minute.
SETTLED = 2 * OVERLAP

_STAMPS = {**dict.fromkeys(MIRROR, "updated_at"), "tombstones": "deleted_at", "imports": "finished_at"}


@dataclass(frozen=True)
class Heads:
    """Instants are text in UTC, as in `2026-11-21 09:30:00.000000`, in the CRM database's clock.

    `newest`: table -> its newest stamp and highest id. `sure`: what is older has been committed.
    `since`: table -> `sure` when this stamp of it was first read.
    """

    newest: dict[str, tuple[str | None, int]]
    sure: str
    since: dict[str, str]

    def settled(self, table: str) -> bool:
        """Whether the table's newest stamp has been read so long ago that nothing older can still come: what
        is committed from now on is stamped later, by late clocks, too."""
        sure, since = _instant(self.sure), _instant(self.since.get(table))
        return sure is not None and since is not None and sure - since >= SETTLED

    @property
    def latest(self) -> str:
        """The newest change of all."""
        return max((stamp for stamp, _ in self.newest.values() if stamp), default="")


def read(snapshot: Snapshot, before: Heads | None) -> Heads:
    """The heads of this state of the database; `before`: those of the last one that was read."""

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
    newest = {table: (stamp, last or 0) for table, stamp, last in rows[1:]}

    def since(table: str) -> str:
        if before and before.newest.get(table, (None,))[0] == newest[table][0]:
            return before.since.get(table, now)
        return now

    return Heads(newest, now, {table: since(table) for table in newest})


def unread(snapshot: Snapshot, known: Heads) -> dict[str, str]:
    """table -> condition for the rows that may be newer than `known`: too many rather than too few."""
    first = snapshot.all(f"SELECT min(started_at) FROM imports WHERE id > {known.newest['imports'][1]}")[0][0]
    conditions = {table: _newer(table, known, snapshot.dialect, _instant(first)) for table in _STAMPS}
    for table in MIRROR:
        gone = f"SELECT row_id FROM tombstones WHERE table_name = '{table}' AND ({conditions['tombstones']})"
        conditions[table] += f" OR id IN ({gone})"  # it may have come back
    return conditions


def _newer(table: str, known: Heads, dialect: str, import_began: datetime | None) -> str:
    stamp, last = known.newest[table]
    newest = _instant(stamp)
    if newest and known.settled(table):
        newest += OVERLAP + newest.resolution
    since = min(s for s in (newest, _instant(known.sure), import_began) if s) - OVERLAP
    instant = f"'{since:%Y-%m-%d %H:%M:%S.%f}'"
    if dialect != "sqlite":
        instant = f"TIMESTAMPTZ '{since:%Y-%m-%d %H:%M:%S.%f}+00'"
    return f"{_STAMPS[table]} >= {instant} OR id > {last}"


def _instant(stamp: str | datetime | None) -> datetime | None:
    """None for what somebody wrote there that is no instant."""
    if isinstance(stamp, datetime):
        return stamp.replace(tzinfo=None) - (stamp.utcoffset() or timedelta())
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=None) if stamp else None
    except ValueError:
        return None
