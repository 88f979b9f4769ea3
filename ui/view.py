"""The URL as a value: period, comparison, filters and what was drilled into. The only state of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from kpis import DEFINITIONS
from kpis.dimensions import DIMENSIONS
from kpis.members import NOTHING, read_member, written
from kpis.period import COMPARISONS, PRESETS, Period
from kpis.question import Where

#: The dimensions of the facts that every page can be filtered by, in the order of their controls.
FILTERS = ("region", "country", "segment", "channel", "team", "owner", "product", "campaign")

#: Filters that only some pages offer; a link may set them on any.
OFFERED_BY = {"campaign": ("marketing",)}

#: The same for marked custom columns, by the table that has them.
_MARKS_OFFERED_BY = {"contacts": ("marketing",), "leads": ("marketing",), "opportunities": ("sales",)}

#: Pages that no filter narrows: they show one record as a whole.
UNFILTERED = ("customer",)

#: Which rows of a number to list. "out": left out, or only those left out for `reason`. "ledger": what
#: changed a stock since the window that it is compared with, or only what did for `reason`.
LISTS = ("counted", "out", "undated", "ledger")

#: The parameters that are text or numbers, and those that are keys of records in the CRM database.
_PLAIN = ("period", "compare", "kpi", "rows", "reason", "page", "by", "report", "finding", "queue")
_RECORDS = ("account", "contact", "case", "rule", "kept")

_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 1, 1)


def filters() -> tuple[str, ...]:
    """All that pages can be filtered by: FILTERS, and the custom columns that are marked."""
    return (*FILTERS, *(one.key for one in DIMENSIONS.marked))


def offers(page: str, dimension: str, kpi: str | None = None) -> bool:
    """Whether the page, about that KPI, has a control for the filter even while nothing is chosen."""
    owner = DIMENSIONS[dimension].owner
    if owner is None:
        return page in OFFERED_BY.get(dimension, (page,))
    if kpi in DEFINITIONS and page == "rows":
        return dimension in DEFINITIONS[kpi].dimensions
    return page in _MARKS_OFFERED_BY.get(owner, (page,))


def lost(parameters: Iterable[str], url: QueryParams) -> tuple[str, ...]:
    """The marks that the URL narrows by, or splits by, and that there are no more: nothing is narrowed."""
    named = [*parameters, *url.get_all("by"), *(_clicked(text)[0] for text in url.get_all("at"))]
    return tuple(dict.fromkeys(key for key in named if DIMENSIONS.lost(key)))


class QueryParams(Protocol):
    """The part of `st.query_params` that is needed here."""

    def get_all(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class View:
    """What a page shows. `custom` wins over `period`; `where` holds the filters.

    The rest is the drill-down: the KPI, the member (`at`) and time bucket that were clicked, which of
    the rows, the dimension (`by`) a change is split by, the record, report or kept report that is open,
    and what the queue of cases is narrowed to.
    """

    period: str = "12m"
    custom: Period | None = None
    compare: str = "year"
    where: Where = ()
    kpi: str | None = None
    at: Where = ()
    bucket: Period | None = None
    rows: str = "counted"
    reason: str | None = None
    page: int = 1
    by: str | None = None
    account: int | None = None
    contact: int | None = None
    case: int | None = None
    rule: int | None = None
    kept: int | None = None
    report: str | None = None
    finding: str | None = None
    queue: str | None = None

    @classmethod
    def from_url(cls, url: QueryParams) -> View:
        """The view that a URL means; what is unknown or malformed becomes the default."""
        return cls(
            period=_one_of(PRESETS, _first(url, "period"), cls.period),
            custom=_period(_first(url, "from"), _first(url, "to")),
            compare=_one_of(COMPARISONS, _first(url, "compare"), cls.compare),
            where=_where((key, url.get_all(key)) for key in filters()),
            kpi=_first(url, "kpi"),
            at=_where(_clicked(text) for text in url.get_all("at")),
            bucket=_period(*_halves(_first(url, "bucket"))),
            rows=_one_of(LISTS, _first(url, "rows"), cls.rows),
            reason=_first(url, "reason"),
            page=_number(_first(url, "page"), digits=9) or cls.page,
            by=_one_of(DIMENSIONS, _first(url, "by"), "") or None,
            report=_first(url, "report"),
            finding=_first(url, "finding"),
            queue=_first(url, "queue"),
            **{name: _number(_first(url, name)) for name in _RECORDS},
        )

    def query(self, **change: Any) -> dict[str, str | list[str]]:
        """The parameters of a link to this view with some fields changed. Defaults are left out."""
        view = replace(self, **change)
        parameters: dict[str, str | list[str]] = {}
        for name in (*_PLAIN, *_RECORDS):
            if (value := getattr(view, name)) != getattr(View, name):
                parameters[name] = str(value)
        if view.custom:
            parameters |= {"from": f"{view.custom.start}", "to": f"{view.custom.end}"}
            parameters.pop("period", None)
        for dimension, members in view.where:
            parameters[dimension] = [written(member) for member in members]
        if view.at:
            parameters["at"] = [f"{key}:{written(member)}" for key, members in view.at for member in members]
        if view.bucket:
            parameters["bucket"] = f"{view.bucket.start}..{view.bucket.end}"
        return parameters

    def overview(self, **change: Any) -> dict[str, str | list[str]]:
        """The parameters of a link that keeps period and filters and drops the drill-down."""
        kept = View(period=self.period, custom=self.custom, compare=self.compare, where=self.where)
        return kept.query(**change)

    def prove(
        self,
        kpi: str,
        dimension: str | None = None,
        members: tuple[object, ...] = (),
        bucket: Period | None = None,
    ) -> dict[str, str | list[str]]:
        """The parameters of a link to the rows behind a KPI, or behind what was clicked in its chart."""
        return self.overview(kpi=kpi, at=((dimension, members),) if dimension else (), bucket=bucket)

    def members(self, dimension: str) -> tuple[object, ...]:
        """The members that the dimension is filtered by; none: all."""
        return dict(self.where).get(dimension, ())

    def filtered(self, dimension: str, members: Iterable[object]) -> Where:
        """The filters with this dimension's replaced."""
        chosen = dict(self.where) | {dimension: tuple(members)}
        return tuple((key, chosen[key]) for key in filters() if chosen.get(key))

    @property
    def everything(self) -> Where:
        """The filters and what was clicked, together. A clicked member narrows its dimension's filter."""
        return tuple((dict(self.where) | dict(self.at)).items())


def _first(url: QueryParams, key: str) -> str | None:
    values = url.get_all(key)
    return values[0] if values else None


def _one_of(known: Iterable[str], value: str | None, default: str) -> str:
    return value if value is not None and value in known else default


def _period(start: str | None, end: str | None) -> Period | None:
    try:
        period = Period(date.fromisoformat(start or ""), date.fromisoformat(end or ""))
    except ValueError:
        return None
    return period if period.start >= _EARLIEST and period.end <= _LATEST else None


def _halves(text: str | None) -> tuple[str, str]:
    start, _, end = (text or "").partition("..")
    return start, end


def _number(text: str | None, digits: int = 18) -> int | None:
    """A whole number from 1 up; None where the text is none."""
    if text and text.isascii() and text.isdigit() and len(text) <= digits and int(text) >= 1:
        return int(text)
    return None


def _clicked(text: str) -> tuple[str, list[str]]:
    key, _, member = text.partition(":")
    return key, [member]


def _where(pairs: Iterable[tuple[str, list[str]]]) -> Where:
    """Filters by known dimensions, in their order; members that cannot be are dropped."""
    chosen: dict[str, dict[object, None]] = {}
    for dimension, texts in pairs:
        if dimension in DIMENSIONS:
            read = (read_member(dimension, text) for text in texts)
            chosen.setdefault(dimension, {}).update({member: None for member in read if member != NOTHING})
    return tuple((key, tuple(chosen[key])) for key in DIMENSIONS if chosen.get(key))
