"""Where customers are: those at the end of a window, added up over the cells of a grid.

Cells are a number of tenths of a degree wide and set like bricks, so that columns in their middles stand
as hexagons do. Positions are known to a tenth of a degree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Float, Integer, Select, cast, func, literal, select

from crm_data.warehouse import facts
from kpis.catalog.customers import ACTIVE_CUSTOMERS
from kpis.clauses import allowed, in_window
from kpis.question import Question
from kpis.read import restrictions, until_today
from kpis.snapshot import Snapshot

WIDTHS = (20, 10, 4)  # tenths of a degree, for customers across the world, a continent, a country
FARTHEST = 3600  # rows or columns that a grid may have
_FLAT = 0.866  # a row of hexagons is lower than wide
_spell, _site = facts.customer_spells.c, facts.sites.c

Cell = tuple[int, int]  # row and column of the grid


@dataclass(frozen=True)
class Site:
    """A cell with customers: its middle in degrees, their number, what they pay a month in cents; and one
    of their accounts, whose city can stand for the cell."""

    cell: Cell
    latitude: float
    longitude: float
    customers: int
    cents: int
    example: int


@dataclass(frozen=True)
class Sites:
    """All cells, most customers first, and how many customers have no known position."""

    found: tuple[Site, ...]
    nowhere: int
    wide: int  # tenths of a degree


def sites(data: Snapshot, question: Question) -> Sites:
    """The customers at the end of the question's window, in cells that suit how far apart they are."""
    span = data.engine.run(
        _located(
            question,
            (func.max(_site.longitude_tenths) - func.min(_site.longitude_tenths)).label("span"),
            func.count().filter(_site.id.is_(None)).label("nowhere"),
        )
    ).to_pylist()[0]
    across = span["span"] or 0
    wide = WIDTHS[0] if across > 900 else WIDTHS[1] if across > 300 else WIDTHS[2]
    row, place = _cell(wide)
    counted = (
        _located(
            question,
            row.label("row"),
            place.label("place"),
            func.count().label("customers"),
            cast(func.coalesce(func.sum(_spell.monthly_cents), 0), BigInteger).label("cents"),
            func.min(_spell.id).label("example"),
        )
        .where(_site.id.isnot(None))
        .group_by(row, place)
        .order_by(func.count().desc(), row, place)
    )
    found = tuple(_site_of(one, wide) for one in data.engine.run(counted).to_pylist())
    return Sites(found, span["nowhere"], wide)


def accounts(
    data: Snapshot, question: Question, wide: int, cell: Cell, offset: int, limit: int
) -> tuple[int, list[tuple[int, int | None]]]:
    """How many customers a cell has, and a page of their accounts with what each pays a month, most first."""
    row, place = _cell(wide)
    rows = (
        _located(question, _spell.id, _spell.monthly_cents)
        .where(row == cell[0], place == cell[1])
        .order_by(func.coalesce(_spell.monthly_cents, -1).desc(), _spell.id)
    )
    found = data.engine.run(rows).to_pylist()
    return len(found), [(one["id"], one["monthly_cents"]) for one in found[offset : offset + limit]]


def _located(question: Question, *columns: ColumnElement[Any]) -> Select[Any]:
    period = until_today(question.period, question)
    held = in_window(ACTIVE_CUSTOMERS, literal(period.start, Date), literal(period.end, Date))
    source = facts.customer_spells.outerjoin(facts.sites, _site.id == _spell.id)
    return select(*columns).select_from(source).where(held, allowed(ACTIVE_CUSTOMERS, restrictions(question)))


def _cell(wide: int) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Row and column of a position; every second row is shifted by half a cell."""
    row = cast(func.floor(_site.latitude_tenths / literal(wide * _FLAT, Float)), Integer)
    shift = func.mod(func.abs(row), 2) * literal(wide / 2, Float)
    return row, cast(func.floor((_site.longitude_tenths + shift) / literal(float(wide), Float)), Integer)


def middle(wide: int, cell: Cell) -> tuple[float, float]:
    """Latitude and longitude of a cell's middle."""
    row, place = cell
    return (row + 0.5) * wide * _FLAT / 10, ((place + 0.5) * wide - abs(row) % 2 * wide / 2) / 10


def _site_of(one: dict[str, Any], wide: int) -> Site:
    cell = one["row"], one["place"]
    return Site(cell, *middle(wide, cell), one["customers"], one["cents"], one["example"])
