"""A figure from another system's report, and the definition under which these deals give it.

Two systems that hold the same deals still report different numbers: won ÷ closed is not won ÷ all, a mean is
not a median, a deal belongs to the month in which it was closed or created. Every plausible definition is
computed on the same deals, and those that give the other figure are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from crm_data.warehouse import facts
from kpis.catalog import DEFINITIONS
from kpis.clauses import of_members
from kpis.model import Unit
from kpis.question import Question
from kpis.read import restrictions, until_today
from kpis.snapshot import Snapshot

_deal = facts.deals.c
_NUMBER = re.compile(r"[-+]?[\d.,'\s]*\d")
_TIMES = {"k": 1_000, "m": 1_000_000, "mio": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000}

#: The figures that can be compared, by their KPI's key.
COMPARED = ("win_rate", "revenue_won", "deals_won", "average_deal", "sales_cycle", "open_pipeline")


@dataclass(frozen=True)
class Typed:
    """A figure as somebody typed it, and how far the digits that were left away may lead."""

    value: float
    within: float


@dataclass(frozen=True)
class Variant:
    """A definition and what it gives; None: it has no value here. `ours`: the dashboard's own."""

    words: str
    value: float | None
    ours: bool = False

    def gives(self, typed: Typed) -> bool:
        return self.value is not None and abs(self.value - typed.value) <= typed.within * (1 + 1e-9)


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


def read_figure(text: str, unit: Unit) -> Typed | None:
    """`63.15 %`, `1,117.10K`, `11.257.622 €`; None where the text holds no number.

    Of points and commas the last is the decimal sign, unless it comes twice, or stands alone before the last
    three digits of an amount or a count.
    """
    found = _NUMBER.search(text.replace("−", "-"))
    if found is None:
        return None
    digits = re.sub(r"['\s]", "", found.group())
    decimals = 0
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        sign, rest = digits[last], digits[last + 1 :]
        both = ("," if sign == "." else ".") in digits
        if digits.count(sign) == 1 and (both or len(rest) != 3 or unit in (Unit.SHARE, Unit.DAYS)):
            decimals = len(rest)
            digits = re.sub(r"[.,]", "", digits[:last]) + "." + rest
        else:
            digits = re.sub(r"[.,]", "", digits)
    factor = Decimal(1)
    suffix = re.match(r"\s*([a-z]+)", text[found.end() :].casefold())
    if suffix and unit is not Unit.SHARE:
        factor = Decimal(_TIMES.get(suffix.group(1), 1))
    value = Decimal(digits)
    if unit is Unit.SHARE and ("%" in text or abs(value) > 1):
        factor = Decimal("0.01")
    return Typed(float(value * factor), float(Decimal("0.5").scaleb(-decimals) * factor))


def variants(data: Snapshot, question: Question) -> list[Variant]:
    """What each plausible definition of the question's figure gives, the dashboard's own first."""
    by_closing = _sums(data, question, _deal.closed_day, open_too=True)
    by_opening = _sums(data, question, _deal.opened_day, open_too=False)
    found: list[Variant] = []
    for words, formula in _FORMULAS[question.kpis[0]]:
        found.append(Variant(words, formula(by_closing), ours=not found))
    if question.kpis[0] != "open_pipeline":
        for words, formula in _FORMULAS[question.kpis[0]]:
            found.append(Variant(f"{words}, of the deals created in the period", formula(by_opening)))
    return found


def _sums(data: Snapshot, question: Question, day: ColumnElement[object], *, open_too: bool) -> _By:
    """By status. `open_too`: deals that are not closed yet count as well, whenever they were created."""
    period = until_today(question.period, question)
    inside = and_(day >= period.start, day < period.end)
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


def _ratio(top: float, bottom: float) -> float | None:
    return float(top) / float(bottom) if bottom else None


def _of(by: _By, name: str) -> _Sums:
    return by.get(name, _Sums())


def _mean_amount(name: str) -> _Formula:
    return lambda by: _ratio(_of(by, name).amount / 100, _of(by, name).with_amount)


def _mean_cycle(name: str) -> _Formula:
    return lambda by: _ratio(_of(by, name).cycle, _of(by, name).with_cycle)


def _amount(*names: str) -> _Formula:
    """The sum of the amounts that are known; None where none is."""

    def add(by: _By) -> float | None:
        some = [_of(by, name) for name in names]
        known = any(one.with_amount for one in some)
        return sum(one.amount for one in some) / 100 if known else None

    return add


def _spread(over: str) -> _Formula:
    """The amount won over more deals than brought it."""
    return lambda by: _ratio(_of(by, "won").amount / 100, _of(by, over).n)


def _number(name: str) -> _Formula:
    return lambda by: _of(by, name).n


_FORMULAS: dict[str, tuple[tuple[str, _Formula], ...]] = {
    "win_rate": (
        ("deals won ÷ deals closed", lambda by: _ratio(_of(by, "won").n, _of(by, "closed").n)),
        ("deals won ÷ all deals, open ones included", lambda by: _ratio(_of(by, "won").n, _of(by, "all").n)),
        (
            "amount won ÷ amount closed",
            lambda by: _ratio(_of(by, "won").amount, _of(by, "closed").amount),
        ),
        (
            "amount won ÷ amount of all deals, open ones included",
            lambda by: _ratio(_of(by, "won").amount, _of(by, "all").amount),
        ),
        ("deals won ÷ deals lost", lambda by: _ratio(_of(by, "won").n, _of(by, "lost").n)),
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
    "open_pipeline": (
        ("amount of the open deals", _amount("open")),
        ("amount of all deals, closed ones included", _amount("all")),
        ("number of open deals", _number("open")),
    ),
}  # fmt: skip


def sentence(given: list[Variant], typed: Typed, key: str) -> str:
    """What was found, in a sentence or two."""
    label = DEFINITIONS[key].label
    ours = next(one for one in given if one.ours)
    if ours.gives(typed):
        return f"The same as here: {label} is {ours.words}."
    fitting = [one.words for one in given if one.gives(typed)]
    if fitting:
        return (
            f"Their figure is {' or '.join(fitting)}; here, {label} is {ours.words}. The deals are the same."
        )
    return (
        f"None of the definitions that were tried gives their figure; here, {label} is {ours.words}. "
        "Compare the period, the filters of their report and the rows that were left out."
    )
