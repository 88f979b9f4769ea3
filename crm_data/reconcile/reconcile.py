"""The comparison itself: each row of the files beside the CRM's, and why the two differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from crm_data.engine import reported
from crm_data.importers.mapping import Mapping
from crm_data.importers.stage import Rejected
from crm_data.organisation import read_organisation
from crm_data.reconcile.ledger import Ledger, Pair, Replaced, Side
from crm_data.reconcile.result import MOST, Cause, Difference, Reconciliation, Share, Tally
from crm_data.reconcile.source import Compared, Read, compared, leave_named, read_crm, read_files
from crm_data.schema.system import audit_log, import_aliases, tombstones

_TOO_LARGE = 10**15
_REPLACED = "replaced by a later row with the same id"


@dataclass(frozen=True)
class _Known:
    """What explains a difference of one object: reasons by (file, line), the rest by the row's id or key."""

    rejected: dict[tuple[str, int], str]
    merged: dict[str, int]  # the row that it became part of
    deleted: dict[str, datetime]
    editors: dict[int, tuple[str, datetime]]
    finished: datetime


def reconcile(
    engine: Engine, mapping: Mapping, paths: Iterable[Path], rejected: Iterable[Rejected], finished: datetime
) -> Reconciliation:
    """Compare the files at `paths` with what the CRM has of them now.

    rejected: the rows that the import kept out, with the reasons. finished: when the import was done; what
    was changed later explains itself. Raises ImportStopped where a file is not there any more, and
    CrmUnavailable.
    """
    found = Reconciliation(mapping.source)
    columns = compared(mapping)
    reasons: dict[str, dict[tuple[str, int], str]] = {}
    for row in rejected:
        words = f"rejected: {row.column} {row.reason}" if row.column else f"rejected: {row.reason}"
        reasons.setdefault(row.object, {}).setdefault((row.file, row.line), words)
    with Ledger() as ledger, reported(engine), engine.connect() as connection:
        zone = read_organisation(connection).zone
        read = read_files(ledger, mapping, paths, columns, zone)
        found.remarks = read.remarks
        read_crm(ledger, connection, mapping.source, columns, zone)
        leave_named(ledger, connection, mapping, read)
        for one in columns:
            name = one.table.name
            known = _Known(
                reasons.get(name, {}),
                _merged(connection, name, mapping.source),
                _deleted(connection, name, mapping.source),
                _editors(connection, name, finished),
                finished,
            )
            parts = [b.number for b in mapping.blocks if b.table is one.table and b.rows != "known"]
            _compare(found, ledger, one, read, parts, known)
    return found


def _compare(
    found: Reconciliation, ledger: Ledger, columns: Compared, read: Read, parts: list[int], known: _Known
) -> None:
    name = columns.table.name
    tally = Tally(name, read=read.rows[name], crm=ledger.in_crm(name))
    tally.parts = ledger.completing(name, parts)
    shares: dict[tuple[str, str, str], Share] = {}
    causes: dict[tuple[str, str], Cause] = {}
    in_crm = 0

    def differs(one: Difference) -> None:
        cause = causes.setdefault(
            (one.reason, one.currency), Cause(name, one.reason, one.explained, one.currency)
        )
        cause.rows += 1
        cause.effect += one.effect or 0
        if len(found.differences) < MOST:
            found.differences.append(one)

    if without := read.without_id[name]:
        words = "rejected: the row has no id"
        tally.rejected += without
        causes[words, ""] = Cause(name, words, True, "", without)
    for pair in ledger.pairs(name):
        if pair.key is None:
            rejected, merged = (pair.file, pair.line) in known.rejected, pair.id in known.merged
            tally.rejected += rejected
            tally.merged += merged and not rejected
            tally.missing += not merged and not rejected
        else:
            in_crm += 1
            tally.merged += pair.merged_into is not None
            tally.found += pair.merged_into is None
        _share(shares, name, pair)
        for one in _differences(name, pair, known):
            differs(one)
    for row in ledger.replaced(name, parts):
        reason = known.rejected.get((row.file, row.line))
        tally.rejected += reason is not None
        tally.replaced += reason is None
        if row.lost or reason:
            _share_of_files(shares, name, row.in_file)
            differs(_absent(name, row, reason or _REPLACED, explained=True))
    tally.elsewhere = tally.crm - in_crm
    found.objects.append(tally)
    found.shares += [shares[key] for key in sorted(shares)]
    found.causes += causes.values()


def _share(shares: dict[tuple[str, str, str], Share], name: str, pair: Pair) -> None:
    """Add the row to its status and its month, on either side."""
    _share_of_files(shares, name, pair.in_file)
    if pair.key is not None:
        side = pair.in_crm
        for by in ("status", "month"):
            share = shares.setdefault(_key(by, side), Share(name, by, getattr(side, by), side.currency))
            share.crm_rows += 1
            share.crm_amount += side.amount or 0


def _share_of_files(shares: dict[tuple[str, str, str], Share], name: str, side: Side) -> None:
    for by in ("status", "month"):
        share = shares.setdefault(_key(by, side), Share(name, by, getattr(side, by), side.currency))
        share.rows += 1
        share.amount += side.amount or 0


def _key(by: str, side: Side) -> tuple[str, str, str]:
    return by, getattr(side, by), side.currency


def _differences(name: str, pair: Pair, known: _Known) -> Iterator[Difference]:
    """What is not the same, with what it adds to the CRM's sums."""
    ours, theirs = pair.in_file, pair.in_crm
    base = Difference(name, pair.id, pair.file, pair.line, "row", "", "", "", True)
    if pair.key is None:
        yield _absent(name, pair, *_why_absent(pair, known))
        return
    if pair.merged_into is not None:
        yield replace(base, reason="merged into another row", in_crm=f"no. {pair.merged_into}")
    reason, explained = _why_other(pair, known)
    if ours.currency != theirs.currency:
        yield replace(base, what="currency", in_file=_words(ours), in_crm=_words(theirs), reason=reason,
                      explained=explained, currency=ours.currency,
                      effect=-ours.amount if ours.amount else None)  # fmt: skip
        yield replace(base, what="currency", in_file=_words(ours), in_crm=_words(theirs), reason=reason,
                      explained=explained, currency=theirs.currency, effect=theirs.amount)  # fmt: skip
    elif ours.amount != theirs.amount:
        effect = (theirs.amount or Decimal(0)) - (ours.amount or Decimal(0))
        why = "" if theirs.amount is not None else _why_empty(ours)
        yield replace(base, what="amount", in_file=_words(ours), in_crm=_words(theirs), reason=why or reason,
                      explained=bool(why) or explained, currency=ours.currency, effect=effect)  # fmt: skip
    for what in ("status", "month"):
        one, other = getattr(ours, what), getattr(theirs, what)
        if one != other:
            yield replace(base, what=what, in_file=one, in_crm=other, reason=reason, explained=explained,
                          currency=ours.currency)  # fmt: skip


def _absent(name: str, row: Pair | Replaced, reason: str, explained: bool) -> Difference:
    """A row of the files that is no row of the CRM."""
    ours = row.in_file
    effect = None if ours.amount is None else -ours.amount
    return Difference(name, row.id, row.file, row.line, "row", _words(ours), "", reason, explained,
                      ours.currency, effect)  # fmt: skip


def _why_absent(pair: Pair, known: _Known) -> tuple[str, bool]:
    if reason := known.rejected.get((pair.file, pair.line)):
        return reason, True
    if pair.id in known.merged:
        return f"merged into no. {known.merged[pair.id]}", True
    if at := known.deleted.get(pair.id):
        return f"deleted from the CRM on {at:%Y-%m-%d}", True
    return "not in the CRM, for no reason that is known", False


def _why_other(pair: Pair, known: _Known) -> tuple[str, bool]:
    if reason := known.rejected.get((pair.file, pair.line)):
        return f"{reason}; the CRM keeps what it had", True
    if pair.key in known.editors:
        who, at = known.editors[pair.key]
        return f"edited by {who} on {at:%Y-%m-%d}", True
    if pair.changed and datetime.fromisoformat(pair.changed) > known.finished:
        return "changed in the CRM since the import", True
    return "not the same, for no reason that is known", False


def _why_empty(side: Side) -> str:
    """Why an amount cannot be kept, so that the import leaves it empty where the mapping says so."""
    amount = side.amount or Decimal(0)
    if abs(amount) >= _TOO_LARGE:
        return "left empty, since it is too large"
    return "left empty, since it has more than four decimals" if amount != round(amount, 4) else ""


def _words(side: Side) -> str:
    if side.amount is None:
        return "no amount"
    number = format(side.amount.normalize(), "f") if side.amount else "0"
    return f"{number} {side.currency}".strip()


def _merged(connection: Connection, name: str, source: str) -> dict[str, int]:
    """Rows that became part of another one when they were imported."""
    alias = import_aliases.c
    query = select(alias.source_id, alias.row_id).where(
        alias.table_name == name, alias.source_system == source
    )
    return {row.source_id: row.row_id for row in connection.execute(query)}


def _deleted(connection: Connection, name: str, source: str) -> dict[str, datetime]:
    log = tombstones.c
    query = select(log.source_id, log.deleted_at).where(log.table_name == name, log.source_system == source)
    return {row.source_id: row.deleted_at for row in connection.execute(query) if row.source_id}


def _editors(connection: Connection, name: str, since: datetime) -> dict[int, tuple[str, datetime]]:
    """Who last changed a row by hand since the import."""
    log = audit_log.c
    query = (
        select(log.row_id, log.actor, log.at)
        .where(log.table_name == name, log.at >= since, log.action.in_(("update", "undo")))
        .where(log.row_id.is_not(None))
        .order_by(log.id)
    )
    return {row.row_id: (row.actor, row.at) for row in connection.execute(query)}
