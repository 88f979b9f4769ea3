"""What customers wrote lately."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.drill import NEWEST
from kpis.reports.document import Cell, Column, Part, Row, Table, Words
from kpis.reports.names import Names
from kpis.reports.scope import Found, Listing, Needs, Scope

_LOOKED_AT = 400  # answers; most have no comment
_LONGEST = 600  # characters


@dataclass(frozen=True)
class Comments:
    """The latest comments among the answers behind a KPI."""

    title: str
    kpi: str
    limit: int = 8

    @property
    def _listing(self) -> Listing:
        return Listing(self.kpi, NEWEST, _LOOKED_AT)

    def needs(self, scope: Scope) -> Needs:
        return Needs(listings=(self._listing,))

    def write(self, found: Found, names: Names) -> Part:
        listed = found.rows[self._listing]
        answers = [dict(zip(listed.columns, values, strict=True)) for values in listed.rows]
        records = names.records(listed.record, [row["id"] for row in answers])
        commented = [
            (row, records[row["id"]])
            for row in answers
            if str(records.get(row["id"], {}).get("Comment") or "").strip()
        ][: self.limit]
        if not commented:
            return Part(self.title, ((Words("No answer of this window has a comment."),),))
        accounts = names.of("account", [row["account"] for row, _ in commented])
        rows: list[Row] = []
        for row, record in commented:
            text = str(record["Comment"])
            text = text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + " …"
            score = record.get("Score")
            name = accounts[row["account"]]
            rows.append(
                (
                    Cell(found.formats.day(row["day"]), row["day"]),
                    Cell(name, name, account=row["account"]),
                    Cell("" if score is None else found.formats.number(score), score),
                    Cell(text, text),
                )
            )
        columns = (Column("Day"), Column("Account"), Column("Score"), Column("Comment"))
        return Part(self.title, (), None, (Table(columns, tuple(rows), self.title),))
