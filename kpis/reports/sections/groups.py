"""Customers by how lately, how often and how much they bought."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.model import Unit
from kpis.reports.document import Cell, Column, Part, Row, Table, Words
from kpis.reports.names import Names
from kpis.reports.scope import Found, Needs, Scope


@dataclass(frozen=True)
class Groups:
    """A line for each group of recency, frequency and value."""

    title: str

    def needs(self, scope: Scope) -> Needs:
        return Needs(groups=True)

    def write(self, found: Found, names: Names) -> Part:
        known, formats = found.groups, found.formats
        if known is None or not known.total.customers:
            said = "Groups cannot be told: no purchases are known in this selection."
            return Part(self.title, ((Words(said),),))
        total = known.total
        largest = max(group.customers for group in known.segments.values())
        rows: list[Row] = []
        for name, group in known.segments.items():
            money = group.cents / 100
            share = money / (total.cents / 100) if total.cents else 0.0
            rows.append(
                (
                    Cell(name, name, group=name),
                    Cell(
                        formats.number(group.customers),
                        group.customers,
                        bar=(0, group.customers / largest),
                        group=name,
                    ),
                    Cell(
                        formats.percent(group.customers / total.customers), group.customers / total.customers
                    ),
                    Cell(formats.short(Unit.MONEY, money), money, group=name),
                    Cell(formats.percent(share), share),
                )
            )
        who, best = max(known.segments.items(), key=lambda pair: pair[1].cents)
        people = formats.percent(best.customers / total.customers)
        bought = formats.percent(best.cents / total.cents if total.cents else 0.0)
        until = formats.day(known.as_of)
        sentence = f"{who}: {people} of all who have bought, and {bought} of what was bought up to {until}."
        columns = (
            Column("Group"),
            Column("Customers", Unit.COUNT),
            Column("Share", Unit.SHARE),
            Column("Bought altogether", Unit.MONEY),
            Column("Share of it", Unit.SHARE),
        )
        return Part(self.title, ((Words(sentence),),), None, (Table(columns, tuple(rows), self.title),))
