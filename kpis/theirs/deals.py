"""Deals: what was won and lost, how long it took, and what is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from crm_data.warehouse import facts
from kpis.clauses import of_members
from kpis.question import Question
from kpis.read import restrictions
from kpis.snapshot import Snapshot
from kpis.theirs.counting import day_of, in_period, ratio, values
from kpis.theirs.variant import Variant

_deal = facts.deals.c


@dataclass(frozen=True)
class _Sums:
    """Of the deals of one status, by closing or by opening in the window: how many, and their sums."""

    n: int = 0
    with_amount: int = 0
    amount: int = 0  # cents
    with_cycle: int = 0
    cycle: int = 0  # days
    median: float | None = None  # days


_By = dict[str, _Sums]  # by status; "closed" and "all" are sums of others
_Formula = Callable[[_By], float | None]


def variants(data: Snapshot, question: Question) -> list[Variant]:
    """Of a figure about closed deals: by the day of closing, as here, and by the day of creation."""
    key = question.kpis[0]
    (ours,) = values(data, question, key)
    by_closing = _sums(data, question, _deal.closed_day, open_too=True)
    by_opening = _sums(data, question, _deal.opened_day, open_too=False)
    (own, _), *others = FORMULAS[key]
    found = [Variant(own, ours, ours=True)]
    found += [Variant(words, formula(by_closing)) for words, formula in others]
    found += [
        Variant(f"{words}, of the deals created in the period", formula(by_opening))
        for words, formula in FORMULAS[key]
    ]
    if key == "revenue_won":
        (invoiced,) = values(data, question, "revenue_invoiced")
        found.append(Variant("amount of the invoices issued in the period", invoiced))
    return found


def open_pipeline(data: Snapshot, question: Question) -> list[Variant]:
    keys = ("open_pipeline", "weighted_pipeline", "open_deals")
    ours, weighted, number = values(data, question, *keys)
    (today,) = values(data, question, "open_pipeline", period=day_of(question.today))
    by_opening = _sums(data, question, _deal.opened_day, open_too=False)
    return [
        Variant("amount of the deals open at the end of the period, as they stood then", ours, ours=True),
        Variant("amount of the deals open today, whatever the period", today),
        Variant("amount × probability of the deals open at the end of the period", weighted),
        Variant("number of deals open at the end of the period", number),
        Variant("amount of the deals created in the period that are open today", _amount("open")(by_opening)),
        Variant("amount of all deals created in the period, closed ones too", _amount("all")(by_opening)),
    ]


def _sums(data: Snapshot, question: Question, day: ColumnElement[object], *, open_too: bool) -> _By:
    """By status. `open_too`: deals that are not closed yet count as well, whenever they were created."""
    where = restrictions(question)
    if any(dimension not in facts.deals.c for dimension, _ in where):
        return {}
    inside = in_period(question, day)
    rows = or_(inside, _deal.status == "open") if open_too else inside
    found: _By = {}
    for row in data.engine.run(_grouped(rows, question, _deal.status)).to_pylist():
        name = row.pop("name")
        found[name] = _read(row)
    for name, some in (("closed", and_(rows, _deal.status != "open")), ("all", rows)):
        (row,) = data.engine.run(_grouped(some, question, None)).to_pylist()
        found[name] = _read(row)
    return found


def _read(row: dict[str, Any]) -> _Sums:
    """Sums come as decimals; all but the median are whole."""
    whole = {name: int(value) for name, value in row.items() if name != "median"}
    return _Sums(**whole, median=row["median"])


def _grouped(
    rows: ColumnElement[bool], question: Question, by: ColumnElement[str] | None
) -> Select[tuple[object, ...]]:
    right = _deal.cycle_days >= 0
    statement = select(
        func.count().label("n"),
        func.count(_deal.amount_cents).label("with_amount"),
        func.coalesce(func.sum(_deal.amount_cents), 0).label("amount"),
        func.count(_deal.cycle_days).filter(right).label("with_cycle"),
        func.coalesce(func.sum(_deal.cycle_days).filter(right), 0).label("cycle"),
        func.percentile_cont(0.5).within_group(_deal.cycle_days).filter(right).label("median"),
    ).where(rows, of_members(facts.deals, restrictions(question)))
    return statement if by is None else statement.add_columns(by.label("name")).group_by(by)


def _of(by: _By, name: str) -> _Sums:
    return by.get(name, _Sums())


def _mean_amount(name: str) -> _Formula:
    return lambda by: ratio(_of(by, name).amount / 100, _of(by, name).with_amount)


def _mean_cycle(name: str) -> _Formula:
    return lambda by: ratio(_of(by, name).cycle, _of(by, name).with_cycle)


def _amount(*names: str) -> _Formula:
    """The sum of the amounts that are known; None where none is."""

    def add(by: _By) -> float | None:
        some = [_of(by, name) for name in names]
        known = any(one.with_amount for one in some)
        return sum(one.amount for one in some) / 100 if known else None

    return add


def _spread(over: str) -> _Formula:
    """The amount won over more deals than brought it."""
    return lambda by: ratio(_of(by, "won").amount / 100, _of(by, over).n)


def _number(name: str) -> _Formula:
    return lambda by: _of(by, name).n


FORMULAS: dict[str, tuple[tuple[str, _Formula], ...]] = {
    "win_rate": (
        ("deals won ÷ deals closed", lambda by: ratio(_of(by, "won").n, _of(by, "closed").n)),
        ("deals won ÷ all deals, open ones included", lambda by: ratio(_of(by, "won").n, _of(by, "all").n)),
        (
            "amount won ÷ amount closed",
            lambda by: ratio(_of(by, "won").amount, _of(by, "closed").amount),
        ),
        (
            "amount won ÷ amount of all deals, open ones included",
            lambda by: ratio(_of(by, "won").amount, _of(by, "all").amount),
        ),
        ("deals won ÷ deals lost", lambda by: ratio(_of(by, "won").n, _of(by, "lost").n)),
    ),
    "revenue_won": (
        ("amount of the deals won", _amount("won")),
        ("amount of all closed deals, lost ones included", _amount("closed")),
        ("amount of all deals, open and lost ones included", _amount("all")),
        ("amount of the deals won and of the open ones", _amount("won", "open")),
    ),
    "deals_won": (
        ("deals won", _number("won")),
        ("deals won that have an amount", lambda by: _of(by, "won").with_amount),
        ("deals closed, won or lost", _number("closed")),
        ("all deals, open ones included", _number("all")),
    ),
    "deals_lost": (
        ("deals lost", _number("lost")),
        ("deals lost that have an amount", lambda by: _of(by, "lost").with_amount),
        ("deals closed, won or lost", _number("closed")),
        ("deals that are not won: lost ones and open ones", lambda by: _of(by, "all").n - _of(by, "won").n),
    ),
    "average_deal": (
        ("mean amount of the deals won that have one", _mean_amount("won")),
        ("amount won ÷ deals won, those without an amount as 0", _spread("won")),
        ("mean amount of all closed deals", _mean_amount("closed")),
        ("amount won ÷ deals closed, lost ones as 0", _spread("closed")),
        ("mean amount of all deals, open ones included", _mean_amount("all")),
    ),
    "sales_cycle": (
        ("mean days from creation to win, deals won", _mean_cycle("won")),
        ("median days from creation to win, deals won", lambda by: _of(by, "won").median),
        ("mean days from creation to close, deals won and lost", _mean_cycle("closed")),
        ("median days from creation to close, deals won and lost", lambda by: _of(by, "closed").median),
    ),
}  # fmt: skip
