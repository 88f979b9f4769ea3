"""Looking over an import that was read, before anything is written."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from math import log10
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, exists, select

from crm_data.cleansing.checks import wrong
from crm_data.cleansing.findings import Duplicate, Findings, Group, Row
from crm_data.cleansing.listed import UNKNOWN, gone, of_crm, of_file, repeated
from crm_data.cleansing.matching import find_pairs
from crm_data.cleansing.records import Pair, Record
from crm_data.cleansing.schemes import LIKELY, SCHEMES, crm_records, record
from crm_data.engine import reported
from crm_data.importers.deleting import missing
from crm_data.importers.mapping import OBJECTS, parse_mapping
from crm_data.importers.prepared import Prepared
from crm_data.importers.references import References
from crm_data.importers.stage import Reference, Staged
from crm_data.progress import Progress
from crm_data.schema.system import import_aliases
from crm_data.schema.types import Money

_MANY = 1000

#: Amounts are far from the others beyond so many robust standard deviations of their logarithm.
_FAR = 8.0
_ENOUGH = 30  # amounts, to know what is usual

_KEY, _ID = "k", "s"  # begin the keys of records: the CRM's and the files'


def assess(
    engine: Engine,
    prepared: Prepared,
    progress: Progress,
    today: date | None = None,
    whole: Collection[str] | None = None,
) -> Findings:
    """Everything worth a look, with its rows. It reads the CRM and writes nothing there.

    today: of the organisation. whole: the objects of which the files have every row; unless said, as the
    mapping has it. `progress` may raise Cancelled. Raises CrmUnavailable.
    """
    findings = Findings.begin(prepared)
    # A day's grace, because a row's instant may be tomorrow in another time zone.
    latest = (today or datetime.now(UTC).date()) + timedelta(days=1)
    blocks = [one for one in parse_mapping(prepared.mapping).blocks if one.rows == "all"]
    whole_parts = {one.number for one in blocks}
    told_together = {one.number for one in blocks if len(one.id.headings) > 1}
    with reported(engine), engine.connect() as connection:
        for name in prepared.objects:
            looking = _Looking(connection, prepared, name, findings, progress)
            looking.at_rejected()
            looking.at_repeated(whole_parts)
            looking.at_unknown(told_together)
            looking.at_rows(latest)
            if name in SCHEMES:
                looking.for_duplicates()
        progress("Comparing with the CRM", 0, 1)
        full = prepared.whole if whole is None else whole
        parts = {name: parts for name, parts in prepared.objects.items() if name in full}
        rows = missing(connection, prepared.source, prepared.stage, parts)
        while some := list(islice(rows, _MANY)):
            findings.add(gone(one) for one in some)
    return findings


class _Looking:
    """One object of the import."""

    def __init__(
        self, connection: Connection, prepared: Prepared, name: str, findings: Findings, progress: Progress
    ) -> None:
        self._connection = connection
        self._stage = prepared.stage
        self._source = prepared.source
        self._objects = prepared.objects
        self._parts = prepared.objects[name]
        self._name = name
        self._table = OBJECTS[name]
        self._findings = findings
        self._progress = progress
        self._references = References(connection, self._table, prepared.source)
        self._money = {column.name for column in self._table.c if isinstance(column.type, Money)}
        self._total = prepared.stage.ids(self._parts)
        self._texts: dict[tuple[str, str], set[str]] = {}

    def at_rejected(self) -> None:
        rejected = (one for one in self._stage.rejected() if one.object == self._name)
        while some := list(islice(rejected, _MANY)):
            self._findings.add(
                (
                    Group("rejected", self._name, one.column, one.reason, 0),
                    Row("", None, one.file, one.line, one.cell[:200], {}),
                )
                for one in some
            )

    def at_repeated(self, whole: Collection[int]) -> None:
        """Rows of the parts that give whole rows; what completes rows has their ids by its nature."""
        for some in _some(self._stage.replaced([part for part in self._parts if part in whole])):
            self._findings.add(filter(None, (repeated(self._name, row, by) for row, by in some)))

    def at_unknown(self, together: Collection[int]) -> None:
        """Rows that are known by several cells together: a date in another format makes each another row.

        Where the CRM has rows of the source and none of these, the first ones are listed.
        """
        parts = [part for part in self._parts if part in together]
        there = exists().where(self._table.c.source_system == self._source)
        if not parts or not self._connection.scalar(select(there)):
            return
        first: list[Staged] = []
        for some in _some(self._stage.rows(parts)):
            if self._known([row.source_id for row in some]):
                return
            first = first or some
        self._findings.add((Group("unknown", self._name, "", UNKNOWN, 0), of_file(row, "")) for row in first)

    def at_rows(self, latest: date) -> None:
        amounts: dict[tuple[str, str], array[float]] = {}
        done = 0
        for some in self._chunks():
            found: list[tuple[Group, Row]] = []
            for row in some:
                found += [
                    (Group(kind, self._name, column, problem, 0), of_file(row, column))
                    for kind, column, problem in wrong(self._name, row.values, latest)
                ]
                for key, amount in self._amounts(row.values):
                    amounts.setdefault(key, array("d")).append(log10(amount))
            found += self._orphans(some)
            self._findings.add(found)
            done += len(some)
            self._progress(f"Looking at {self._name}", done, self._total)
        usual = {key: bounds for key, logs in amounts.items() if (bounds := _usual(logs))}
        if usual:
            for some in self._chunks():
                self._findings.add(self._far(some, usual))

    def for_duplicates(self) -> None:
        def said(_: str, done: int, total: int) -> None:
            self._progress(f"Looking for duplicates among {self._name}", done, total)

        said("", 0, 1)
        for some in _some(find_pairs(self._records(), SCHEMES[self._name], LIKELY, said)):
            self._findings.add_pairs(self._duplicates(some))
            said("", 1, 1)

    def _chunks(self) -> Iterator[list[Staged]]:
        return _some(self._stage.rows(self._parts))

    def _amounts(self, values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], float]]:
        for name, value in values.items():
            if value and name in self._money:
                yield (name, str(values.get("currency") or "")), abs(float(value))

    def _far(
        self, rows: Sequence[Staged], usual: Mapping[tuple[str, str], tuple[float, float, float]]
    ) -> Iterator[tuple[Group, Row]]:
        for row in rows:
            for key, amount in self._amounts(row.values):
                low, middle, high = usual.get(key, (-400.0, 0.0, 400.0))
                if not low <= log10(amount) <= high:
                    than = "higher" if log10(amount) > middle else "lower"
                    problem = f"is far {than} than the others, of which half are above {10**middle:,.0f}"
                    yield Group("outlier", self._name, key[0], problem, 0), of_file(row, key[0])

    def _orphans(self, rows: list[Staged]) -> list[tuple[Group, Row]]:
        wishes = [
            (row, name, value)
            for row in rows
            for name, value in row.values.items()
            if type(value) is Reference
        ]
        open_wishes = {(name, ref) for _, name, ref in wishes} - self._in_files(wishes)
        found = self._references.find(open_wishes)
        orphans = []
        for row, name, reference in wishes:
            wish = (name, reference)
            if wish in open_wishes and found.get(wish) is None:
                what = "the reference is left empty" if reference.keep else "the row stays out"
                problem = f"{self._references.reason(wish, found)}: {what}"
                orphans.append((Group("orphan", self._name, name, problem, 0), of_file(row, name)))
        return orphans

    def _in_files(self, wishes: list[tuple[Staged, str, Reference]]) -> set[tuple[str, Reference]]:
        """The references to rows that are in the files themselves."""
        wanted: dict[tuple[str, str], dict[str, tuple[str, Reference]]] = {}
        for _, name, reference in wishes:
            wanted.setdefault((name, reference.by), {})[reference.text] = (name, reference)
        there: set[tuple[str, Reference]] = set()
        for (name, by), texts in wanted.items():
            (foreign,) = self._table.c[name].foreign_keys
            target = foreign.column.table.name
            if target not in self._objects:
                continue
            if by == "source_id":
                known = self._stage.known(texts, self._objects[target])
            else:
                known = self._texts_of(target, by) & texts.keys()
            there |= {texts[text] for text in known}
        return there

    def _texts_of(self, target: str, column: str) -> set[str]:
        if (target, column) not in self._texts:
            rows = self._stage.rows(self._objects[target])
            self._texts[target, column] = {str(row.values.get(column)) for row in rows}
        return self._texts[target, column]

    def _records(self) -> Iterator[Record]:
        """The rows that the import would add, and what the CRM has to compare them with."""
        companies = self._companies()
        any_fresh = False
        for some in self._chunks():
            known = self._known([row.source_id for row in some])
            for row in some:
                if row.source_id not in known:
                    any_fresh = True
                    company = row.values.get("account_id")
                    named = {"company": companies.get(company.text, "")} if type(company) is Reference else {}
                    yield record(self._name, _ID + row.source_id, row.values | named)
        if any_fresh:
            for old in crm_records(self._connection, self._name, fresh=False):
                yield Record(_KEY + old.key, old.values, fresh=False)

    def _known(self, source_ids: list[str]) -> set[str]:
        """Those that the CRM has from this source already, on their own or as part of another row."""
        columns, aliases = self._table.c, import_aliases.c
        rows = select(columns.source_id).where(
            columns.source_system == self._source, columns.source_id.in_(source_ids)
        )
        merged = select(aliases.source_id).where(
            aliases.table_name == self._name,
            aliases.source_system == self._source,
            aliases.source_id.in_(source_ids),
        )
        return set(self._connection.scalars(rows)) | set(self._connection.scalars(merged))

    def _companies(self) -> dict[str, str]:
        """The name of each company by what contacts refer to it by: its id in the source, or its name."""
        if "account_id" not in self._table.c:
            return {}
        accounts = OBJECTS["accounts"]
        query = select(accounts.c.source_id, accounts.c.name).where(
            accounts.c.source_system == self._source, accounts.c.source_id.is_not(None)
        )
        names: dict[str, str] = {}
        for source_id, name in self._connection.execute(query.execution_options(yield_per=_MANY)):
            names[source_id] = names[name] = name
        for row in self._stage.rows(self._objects.get("accounts", [])):
            name = str(row.values.get("name") or "")
            names[row.source_id] = names[name] = name
        return names

    def _duplicates(self, pairs: list[Pair]) -> Iterator[Duplicate]:
        keys = [key for pair in pairs for key in (pair.one, pair.other)]
        staged = self._stage.find(self._parts, [key[1:] for key in keys if key[0] == _ID])
        rows = {_ID + source_id: of_file(row, "") for source_id, row in staged.items()}
        old = {int(key[1:]) for key in keys if key[0] == _KEY}
        query = select(self._table).where(self._table.c.id.in_(old))
        for row in self._connection.execute(query).mappings():
            rows[f"{_KEY}{row['id']}"] = of_crm(row["id"], dict(row))
        for pair in pairs:
            one, other = rows[pair.one], rows[pair.other]
            if _rank(one) > _rank(other):
                one, other = other, one
            yield Duplicate(self._name, one, other, pair.score, pair.reasons)


def _rank(row: Row) -> tuple[bool, int, int]:
    """Of two rows that are the same, that with the higher rank survives: the CRM's, the fuller, the first."""
    return row.key is not None, len(row.values), -row.line


def _usual(logs: Sequence[float]) -> tuple[float, float, float] | None:
    """The lowest, the middle and the highest usual logarithm; None where too few are known or all alike."""
    if len(logs) < _ENOUGH:
        return None
    middle = median(logs)
    spread = 1.4826 * median(abs(one - middle) for one in logs)
    if not spread:
        return None
    return middle - _FAR * spread, middle, middle + _FAR * spread


def _some(rows: Iterator[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while some := list(islice(rest, _MANY)):
        yield some
