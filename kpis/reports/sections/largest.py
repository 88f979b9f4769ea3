"""The first rows behind a KPI, with the names that belong to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kpis.catalog import DEFINITIONS
from kpis.drill import LARGEST, MISSED
from kpis.model import Unit
from kpis.period import Period
from kpis.reports.document import Cell, Column, Part, Proof, Row, Table, Words
from kpis.reports.names import Names
from kpis.reports.scope import Found, Listing, Needs, Scope
from kpis.reports.sentences import reason


@dataclass(frozen=True)
class Largest:
    """`details` are headings of the record's details in the CRM; `reason` a dimension told in words."""

    title: str
    kpi: str
    order: str = LARGEST
    details: tuple[str, ...] = ("Owner", "Product")
    reason: str | None = None
    limit: int = 10

    @property
    def _listing(self) -> Listing:
        return Listing(self.kpi, self.order, self.limit)

    def needs(self, scope: Scope) -> Needs:
        return Needs((scope.question((self.kpi,)),), listings=(self._listing,))

    def write(self, found: Found, names: Names) -> Part:
        listed = found.rows[self._listing]
        rows = [dict(zip(listed.columns, values, strict=True)) for values in listed.rows]
        rows = [row for row in rows if row["weight" if self.order == MISSED else "counts_for"]]
        if self.order == MISSED:
            rows = [row for row in rows if not row["counts_for"]]
        if not rows:
            why = found.reading(found.scope.question((self.kpi,)), self.kpi).why
            said = f"There are none: {reason(why)}" if why else "There are none in this window."
            return Part(self.title, ((Words(said),),))
        records = names.records(listed.record, [row["id"] for row in rows])
        accounts = names.of("account", [row.get("account") for row in rows])
        columns = [Column("Account"), *(Column(name) for name in self.details), Column("Day")]
        columns += [Column("Reason")] if self.reason else []
        columns.append(Column("Amount", Unit.MONEY))
        table = tuple(self._row(row, records.get(row["id"], {}), accounts, found) for row in rows)
        return Part(self.title, (), None, (Table(tuple(columns), table, self.title, shown=self.limit),))

    def _row(
        self,
        row: Mapping[str, Any],
        record: Mapping[str, Any],
        accounts: Mapping[object, str],
        found: Found,
    ) -> Row:
        account = row.get("account")
        name = accounts[account] if account is not None else str(record.get("title") or "(none)")
        cells = [Cell(name, name, account=account)]
        for detail in self.details:
            text = str(record.get(detail) or "")
            cells.append(Cell(text, text))
        day = row["day"] if not isinstance(row.get("until"), date) else row["until"]
        cells.append(Cell(found.formats.day(day), day))
        if self.reason:
            text = found.formats.member(self.reason, row.get(self.reason))
            cells.append(Cell(text, text))
        number = float(row["weight" if self.order == MISSED else "counts_for"])
        cells.append(Cell(found.formats.value(Unit.MONEY, number), number, self._proof(account, day)))
        return tuple(cells)

    def _proof(self, account: object, day: object) -> Proof:
        """The KPI of the row's account on the row's day: the row itself."""
        if account is None or not isinstance(day, date) or "account" not in DEFINITIONS[self.kpi].dimensions:
            return Proof(self.kpi)
        return Proof(self.kpi, ("account", account), Period(day, day + timedelta(days=1)))
